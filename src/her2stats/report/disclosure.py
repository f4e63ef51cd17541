"""What a public page may show: no count of one to four tumours, and none that follows from the counts beside it.

One step over the whole folder, before anything of the page is made:

* Tables of single patients go, and figures in which single tumours can be seen or a row or count stands that the page
  hides.
* Where receptor-positive, -negative and unknown tumours of a cohort are not none or at least five each, everything
  within the receptor groups goes, and every figure of the page, since figures print the sizes of groups.
* A row that rests on one to four tumours fewer than its cohort, stratum, compared group or another row goes, and one
  of a stratum that leaves so few beside the others: the difference counts them (`nested`). What is pooled of it goes
  with it.
* A cell type or outcome that has a group of one to four tumours in any stratum loses its counts in every table of the
  cohort, as they add up; rows that compare such groups lose their numbers, too, for the counts follow from them.
* A variable of Table 1 with such a cell says which cells are below five ("<5", also for none), and no number.
* The flow of tumours tells what was left out together where one step left out so few, and no group or count of known
  values that is small or leaves few over.
* Least effects, E-values and corrections for misreading follow from counts, and go with them.
* Sentences that count (reasons, flags, notes) keep what they say and lose how many.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd

from her2stats.report.nested import SMALLEST_SHOWN, any_follows, known_of, that_tell_nothing, without_pooled
from her2stats.report.whole_groups import gives_groups_away, group_sizes, of_whole_groups, sizes_of, small, whose_of
from her2stats.results.catalogue import caption_of
from her2stats.results.folder import ResultsFolder
from her2stats.results.picture import Picture
from her2stats.results.question_rows import total_scores
from her2stats.results.schema import PER_PATIENT_TABLES, RESULT_TABLES
from her2stats.statistics.fits.firth import BESIDE
from her2stats.statistics.flags import code_of
from her2stats.statistics.pooling import POOLED
from her2stats.tables.patients import MEDIAN_LEVEL, PATIENTS

SMALL = f"<{SMALLEST_SHOWN}"
LARGE = f"{SMALLEST_SHOWN} or more"
SUPPRESSED = "suppressed"
PUBLIC_NOTE = (
    f"This is the public version: counts below {SMALLEST_SHOWN} are suppressed, with the counts, rows and figures from "
    "which they would follow, and figures that show single patients are left out."
)
COUNTS = ("n_events", "fewest", "n_reference", "n_comparison", "n_events_reference", "n_events_comparison")
FOLLOWING = ("detectable", "e_values", "misread_ihc")
VALUES = ("value_reference", "value_comparison")
EFFECTS = (
    *("estimate", "std_error", "conf_low", "conf_high", "statistic", "df", "p_value", "p_adjusted", "p_bh"),
    *("risk_difference", "rd_low", "rd_high", "p_mid", "superiority", *BESIDE),
    *("rank_sd", "loa_low", "loa_high", "loa_error", "share_near"),
)


def for_public_page(folder: ResultsFolder) -> ResultsFolder:
    """Return the folder as a public page may show it; the one that is given is not changed."""
    tables = {name: table for name, table in folder.tables.items() if name not in PER_PATIENT_TABLES}
    results = {name: tables[name] for name in RESULT_TABLES if name in tables}
    groups = group_sizes(tables.get("table_one"), results)
    sizes = sizes_of(folder, results, groups)
    split = {cohort for cohort in {cohort for cohort, _ in sizes} if gives_groups_away(sizes, cohort)}
    if split:
        split.add(POOLED)  # what is pooled adds the groups of all cohorts up
    whole = {name: of_whole_groups(table, sizes, groups, split) for name, table in results.items()}
    whose = {name: whose_of(table, sizes) for name, table in whole.items()}
    results = without_pooled(results, that_tell_nothing(whole, whose, known_of(folder)))
    hidden = {*_things_with_small_groups(results, tables.get("abundance")), *_things_that_differ(results, whose)}
    hidden |= {(POOLED, name) for _, name in hidden}
    tables |= {name: _without_counts(table, hidden) for name, table in results.items()}
    if "abundance" in tables:
        tables["abundance"] = _abundance(tables["abundance"], hidden)
    if "table_one" in tables:
        tables["table_one"] = _table_one(tables["table_one"])
    if "flow" in tables:
        tables["flow"] = _flow(tables["flow"], split)
    shown = {key for t in results.values() for key in zip(t["cohort"], t["stratum"], t["n"].fillna(0), strict=True)}
    for name in (one for one in FOLLOWING if one in tables):
        tables[name] = _following(tables[name], hidden, shown, split)
    if "random_lists" in tables:
        few = tables["random_lists"]["cohort"].map(lambda name: sizes.get((name, "all"))) - tables["random_lists"]["n"]
        tables["random_lists"] = tables["random_lists"][~small(few)]
    for name, column in (("notes", "what"), ("omitted", "reason")):
        if name in tables:
            tables[name] = _uncounted(tables[name], column)
    return replace(folder, tables=tables, pictures={} if split else _pictures(folder, tables))


def _things_with_small_groups(
    results: dict[str, pd.DataFrame], abundance: pd.DataFrame | None
) -> Iterator[tuple[str, str]]:
    """Cohort and name of what divides tumours into groups of which one has one to four."""
    for table in results.values():
        few = small(table["n_events"]) | small(table["n"].astype("float64") - table["n_events"].astype("float64"))
        for column in ("n_reference", "n_comparison"):
            few |= small(table[column]) if column in table else False
        for side in ("reference", "comparison"):
            if {f"n_events_{side}", f"n_{side}"} <= set(table):
                events = table[f"n_events_{side}"].astype("float64")
                few |= small(events) | small(table[f"n_{side}"].astype("float64") - events)
            if {f"value_{side}", f"n_{side}"} <= set(table):
                events = table[f"n_{side}"].astype("float64") * table[f"value_{side}"].astype("float64")
                shares = table["measure"].eq("risk_difference")
                few |= shares & (small(events) | small(table[f"n_{side}"].astype("float64") - events))
        for row in table[few].to_dict("records"):
            yield row["cohort"], row["outcome"]
            if row.get("group"):
                yield row["cohort"], row["group"]
    if abundance is not None and "n_zero" in abundance:
        few = small(abundance["n_zero"]) | small(abundance["n"] - abundance["n_zero"])
        yield from zip(abundance.loc[few, "cohort"], abundance.loc[few, "type"], strict=True)


def _things_that_differ(results: dict[str, pd.DataFrame], whose: dict[str, pd.Series]) -> Iterator[tuple[str, str]]:
    """The same, of what has such a group among the tumours of one row that are not those of another."""
    counted = _counts_of_things(table.assign(stratum=whose[name]) for name, table in results.items())
    for things in (names for names, told in counted.items() if any_follows(told)):
        yield from ((things[0], name) for name in things[1:-1])


def _counts_of_things(tables: Iterable[pd.DataFrame]) -> dict[tuple[str, ...], set[tuple[str, float]]]:
    """Counts by stratum of what divides tumours: cohort, the names of what goes with it, and which part is counted."""
    found: dict[tuple[str, ...], set[tuple[str, float]]] = defaultdict(set)

    def add(cohort: str, *names: str, part: str, counts: dict[str, float]) -> None:
        found[cohort, *names, f"with {part}"].add((row["stratum"], counts["events"]))
        found[cohort, *names, f"without {part}"].add((row["stratum"], counts["n"] - counts["events"]))

    for table in tables:
        counted = [name for name in ("n", *COUNTS) if name in table]
        for row in table.astype(dict.fromkeys(counted, "float64")).to_dict("records"):
            add(row["cohort"], row["outcome"], part="", counts={"n": row["n"], "events": row["n_events"]})
            for side in ("reference", "comparison") if row.get("group") else ():
                n = row[f"n_{side}"]
                found[row["cohort"], row["group"], str(row[side])].add((row["stratum"], n))
                events = row.get(f"n_events_{side}", float("nan"))
                add(row["cohort"], row["outcome"], row["group"], part=row[side], counts={"n": n, "events": events})
    return found


def _without_counts(table: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.DataFrame:
    """Take counts from what is hidden, and every number from comparisons of its groups; flags keep their code."""
    table = table.copy()
    groups = table["group"].fillna("") if "group" in table else pd.Series("", table.index)
    about = [
        (cohort, outcome) in hidden or (cohort, group) in hidden
        for cohort, outcome, group in zip(table["cohort"], table["outcome"], groups, strict=True)
    ]
    few = pd.Series(about, table.index, dtype=bool)
    table["flag"] = table["flag"].fillna("").map(code_of)
    missing = table["n_missing"].astype("float64")
    table["n_missing"] = missing.mask(small(missing))
    two_by_two = few & (groups.ne("") | _of_two_binaries(table))
    for column in (*COUNTS, *VALUES):
        if column in table:
            table[column] = table[column].mask(few)
    for column in EFFECTS:
        if column in table:
            table[column] = table[column].mask(two_by_two)
    if "levels" in table:  # tumours less distinct values: how many are tied, mostly at zero
        table["levels"] = float("nan")
    table.loc[two_by_two, "flag"] = f"{SUPPRESSED}: fewer than {SMALLEST_SHOWN} in a group"
    return table


def _of_two_binaries(table: pd.DataFrame) -> pd.Series:
    """Odds ratios per unit of an exposure, which is 0 or 1: with their limits they are a table of four counts."""
    return table["per"].eq("unit") if "per" in table else pd.Series(False, table.index)


def _abundance(table: pd.DataFrame, hidden: set[tuple[str, str]]) -> pd.DataFrame:
    table = table.copy()
    few = pd.Series(
        [key in hidden for key in zip(table["cohort"], table["type"], strict=True)], table.index, dtype=bool
    )
    for column in ("n_zero", "share_zero"):
        if column in table:
            table[column] = table[column].astype("float64").mask(few)
    return table


def _table_one(table: pd.DataFrame) -> pd.DataFrame:
    """A variable with a small cell says which cells are below five, "<5" standing for none as well, and no number."""
    table = table.copy()
    for cohort in [name for name in table.columns if f"{name} n" in table.columns]:
        counts = pd.to_numeric(table[f"{cohort} n"], errors="coerce")
        cells = table["variable"].ne(PATIENTS) & table["level"].ne(MEDIAN_LEVEL) & counts.notna()
        for _, places in table[cells].groupby("variable", sort=False).groups.items():
            own = counts[places]
            if not small(own).any():
                continue
            large = own >= SMALLEST_SHOWN
            shown = large.map({True: LARGE, False: SMALL}) if large.any() else SUPPRESSED
            table.loc[places, cohort] = shown
            table.loc[places, [name for name in (f"{cohort} n", f"{cohort} percent") if name in table]] = float("nan")
    return table


def _flow(table: pd.DataFrame, split: set[str]) -> pd.DataFrame:
    """Steps from which no count of one to four tumours follows."""
    gone = table["step"].eq("group") & table["cohort"].isin(split)
    for _, part in table.groupby("cohort", sort=False):
        step, n = part["step"], part["n"].astype("float64")
        out = n[step.eq("left out")]
        hidden = {"left out"} if small(out).any() else set()
        hidden |= {"start"} if small(pd.Series([out.sum()])).any() else set()
        hidden |= {"group"} if small(n[step.eq("group")]).any() else set()
        few = small(n) | small(n[step.eq("analysed")].sum() - n)
        gone[part.index] |= step.isin(hidden) | (step.eq("known") & few)
    return table[~gone]


def _following(
    table: pd.DataFrame, hidden: set[tuple[str, str]], shown: set[tuple[str, str, int]], split: set[str]
) -> pd.DataFrame:
    """Rows whose numbers of tumours are on the page and whose outcome has no small group: they follow from counts."""
    keys = zip(table["cohort"], table["outcome"], table["n"].fillna(0), table["stratum"], table["given"], strict=True)
    kept = [
        (cohort, outcome) not in hidden
        and (cohort, stratum, n) in shown
        and not (cohort in split and (stratum != "all" or given))
        for cohort, outcome, n, stratum, given in keys
    ]
    return table[pd.Series(kept, table.index, dtype=bool)]


def _uncounted(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Sentences without the numbers of tumours in them, and without details, which may name some."""
    table = table.copy()
    table[column] = [re.sub(r"\bonly \d+ (tumour|sample|patient)", r"too few \1", str(text)) for text in table[column]]
    if "detail" in table:
        table["detail"] = ""
    if "count" in table:
        table["count"] = pd.to_numeric(table["count"], errors="coerce") // SMALLEST_SHOWN * SMALLEST_SHOWN
        table["count"] = table["count"].where(table["count"] > 0)
    return table


def _pictures(folder: ResultsFolder, tables: dict[str, pd.DataFrame]) -> dict[str, Picture]:
    """Figures in which no single tumour can be seen, and whose tables have all their rows and effects on the page."""
    kept, totals = {}, total_scores(folder)
    for name, picture in folder.pictures.items():
        caption = caption_of(name, exposure=folder.provenance.exposure_name)
        behind = [(folder.tables.get(table), tables.get(table)) for table in (caption.data, *caption.beside)]
        if caption.totals:
            behind = [(_of(totals, drawn), _of(totals, shown)) for drawn, shown in behind]
        whole = (drawn is None or shown is None or _drawn(drawn).equals(_drawn(shown)) for drawn, shown in behind)
        if not caption.patients and all(whole):
            kept[name] = picture
    return kept


def _of(outcomes: set[str], table: pd.DataFrame | None) -> pd.DataFrame | None:
    return table if table is None or not outcomes else table[table["outcome"].isin(outcomes)]


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    """What a figure may show or print: effects and the counts beside them, or of a table without any all of it."""
    effects = [name for name in (*EFFECTS, *COUNTS, *VALUES) if name in table]
    return table[[*effects, "n"]] if effects else table
