"""A public page: no count of one to four tumours, and none that follows from what stands beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from her2stats.report.disclosure import LARGE, SMALL, SUPPRESSED, for_public_page
from her2stats.report.write import render_report
from her2stats.results import read_folder
from her2stats.results.folder import ResultsFolder
from her2stats.results.provenance import CohortEntry, Provenance
from her2stats.statistics import classify_abundance, combine, compare_groups, correlate, fit_logistic, response_odds
from her2stats.tables import table_one

from .page_reader import Page


def public(sample: Path, **tables: pd.DataFrame) -> dict[str, pd.DataFrame]:
    results = read_folder(sample)
    return dict(for_public_page(replace(results, tables={**results.tables, **tables})).tables)


def test_a_variable_with_a_small_cell_has_no_number(small_sample: Path) -> None:
    clinical = pd.DataFrame({"hr": ["positive"] * 40 + ["negative"] * 3, "grade": ["II"] * 30 + ["III"] * 13})
    table = public(small_sample, table_one=table_one({"c": clinical}))["table_one"].set_index(["variable", "level"])
    assert table.loc[("Hormone receptor", "negative"), "c"] == SMALL
    assert table.loc[("Hormone receptor", "positive"), "c"] == LARGE
    assert table.loc[("Grade", "III"), "c"] == "13 (30.2%)"
    assert pd.isna(table.loc[("Hormone receptor", "positive"), "c n"])


def test_a_level_is_a_level_whatever_its_name(small_sample: Path) -> None:
    clinical = pd.DataFrame({"hr": ["positive"] * 43, "arm": ["median dose"] * 3 + ["high dose"] * 40})
    table = public(small_sample, table_one=table_one({"c": clinical}))["table_one"].set_index(["variable", "level"])
    assert table.loc[("Arm", "median dose"), "c"] == SMALL
    assert table.loc[("Arm", "high dose"), "c"] == LARGE


def test_tables_of_single_patients_and_details_of_notes_are_dropped(sample: Path) -> None:
    tables = public(sample)
    assert "scores" not in tables
    assert "fractions" not in tables
    assert set(tables["notes"]["detail"]) == {""}
    assert tables["notes"]["count"].dropna().min() >= 5


@pytest.mark.parametrize(("events", "hidden"), [(4, True), (5, False), (31, False), (33, True)])
def test_an_odds_ratio_that_gives_a_small_count_away_goes_too(sample: Path, events: int, hidden: bool) -> None:
    response = read_folder(sample).table("response").head(1).assign(n_events_reference=events, n_reference=36)
    folder = read_folder(sample)
    shown = for_public_page(replace(folder, tables={"response": response})).tables["response"].iloc[0]
    assert pd.isna(shown["estimate"]) == hidden
    assert pd.isna(shown["n_events_comparison"]) == hidden
    assert shown["flag"].startswith(SUPPRESSED) == hidden


def test_a_second_test_of_the_same_groups_goes_with_the_first(sample: Path) -> None:
    groups = read_folder(sample).table("group_comparison")
    own = groups[(groups["cohort"] == "abim") & (groups["outcome"] == "Monocytes")]
    assert set(own["measure"]) == {"risk_difference", "second_test"}
    shown = public(sample, group_comparison=own.assign(n_comparison=3.0))["group_comparison"]
    assert shown["p_value"].isna().all()


def test_distinct_values_do_not_count_the_tumours_without_a_type(sample: Path) -> None:
    levels = read_folder(sample).table("ordinal_odds").assign(levels=40.0)
    shown = public(sample, ordinal_odds=levels)["ordinal_odds"]
    assert len(shown)
    assert shown["levels"].isna().all()


def test_a_figure_goes_with_a_row_that_it_draws_and_the_row_with_all_its_numbers(sample: Path) -> None:
    folder = read_folder(sample)
    groups = folder.table("correlation")
    groups = groups[groups["group"].fillna("").ne("")].assign(n_reference=60.0, superiority=0.6)
    sizes = {"large": groups.assign(n_comparison=30.0), "small": groups.assign(n_comparison=3.0)}
    shown = {name: for_public_page(replace(folder, tables={"correlation": table})) for name, table in sizes.items()}
    assert [any(name.startswith("fig1a") for name in page.pictures) for page in shown.values()] == [True, False]
    assert shown["large"].tables["correlation"]["superiority"].notna().all()
    assert shown["small"].tables["correlation"]["superiority"].isna().all()  # U / (n1 n2) gives both away


@pytest.mark.parametrize(("events", "kept"), [(12, True), (3, False), (58, False)])
def test_a_figure_that_prints_a_hidden_count_goes_though_its_effects_are_shown(
    sample: Path, events: int, kept: bool
) -> None:
    folder = read_folder(sample)
    odds = folder.table("odds_ratios")
    odds = odds[odds["cohort"].eq("abim") & odds["stratum"].eq("all")].head(1)
    odds = odds.assign(n=60.0, n_missing=0.0, n_events=float(events), per="SD", group="")
    known = replace(folder.provenance, cohorts=(CohortEntry("abim", 60),))
    page = for_public_page(replace(folder, provenance=known, tables={"odds_ratios": odds}))
    assert page.tables["odds_ratios"]["estimate"].notna().all()
    assert page.tables["odds_ratios"]["n_events"].notna().all() == kept
    assert any(name.startswith("fig2b") for name in page.pictures) == kept


@pytest.mark.parametrize(("n", "kept"), [(60, True), (57, False), (55, True)])
def test_random_lists_do_not_count_who_has_no_answer(sample: Path, n: int, kept: bool) -> None:
    folder = read_folder(sample)
    lists = folder.table("random_lists").head(1).assign(cohort="abim", n=n)
    assert len(lists) == 1
    known = replace(folder.provenance, cohorts=(CohortEntry("abim", 60),))
    page = for_public_page(replace(folder, provenance=known, tables={"random_lists": lists}))
    assert bool(len(page.tables["random_lists"])) == kept


@pytest.mark.parametrize(("negative", "unknown", "gone"), [(5, 0, False), (4, 0, True), (20, 4, True), (20, 5, False)])
def test_groups_that_are_small_or_follow_go_whole(sample: Path, negative: int, unknown: int, gone: bool) -> None:
    folder = read_folder(sample)
    tables = {"correlation": folder.table("correlation"), "correlation_by_hr": folder.table("correlation_by_hr")}
    tables = {name: table[table["cohort"] == "abim"] for name, table in tables.items()}
    by = tables["correlation_by_hr"]
    size = by["stratum"].map({"hr=negative": negative, "hr=positive": 318 - negative - unknown})
    tables["correlation_by_hr"] = by.assign(n=size, n_reference=np.nan, n_comparison=np.nan)
    tables["correlation"] = tables["correlation"].assign(n=318, n_reference=np.nan, n_comparison=np.nan)
    slopes = folder.table("infiltration_by_hr")
    tables["infiltration_by_hr"] = slopes[slopes["cohort"] == "abim"].assign(n=318)  # of one model over all tumours
    entry = CohortEntry("abim", 318, "log2", "ER only", "expression")
    shown = for_public_page(replace(folder, tables=tables, provenance=replace(folder.provenance, cohorts=(entry,))))
    assert (not len(shown.tables["correlation_by_hr"])) == gone
    assert shown.tables["infiltration_by_hr"]["stratum"].str.startswith("hr=").any() != gone
    assert (not shown.pictures) == gone
    assert len(shown.tables["correlation"])


@pytest.mark.parametrize(("missing", "gone"), [(0, False), (1, True), (4, True), (5, False)])
def test_a_row_that_counts_the_missing_by_difference_goes(sample: Path, missing: int, gone: bool) -> None:
    folder = read_folder(sample)
    row = folder.table("odds_ratios")
    row = row[(row["cohort"] == "abim") & (row["stratum"] == "all")].head(1).assign(n=318 - missing)
    shown = for_public_page(replace(folder, tables={"odds_ratios": row})).tables["odds_ratios"]
    assert (not len(shown)) == gone


def test_sentences_keep_what_they_say_and_lose_how_many(sample: Path) -> None:
    omitted = pd.DataFrame(
        {"cohort": ["a"], "part": ["ancova"], "reason": ["only 2 tumour(s) with HER2 IHC 0 are left"]}
    )
    assert public(sample, omitted=omitted)["omitted"]["reason"].tolist() == [
        "too few tumour(s) with HER2 IHC 0 are left"
    ]
    odds = read_folder(sample).table("odds_ratios").assign(flag="constant outcome: 'x' is 1 in all 17 cases")
    assert set(public(sample, odds_ratios=odds)["odds_ratios"]["flag"]) == {"constant outcome"}


class Published:
    """What a reader of the page knows: sums of cells, and bounds of cells; nothing of how the page was made."""

    def __init__(self) -> None:
        self.sums: list[tuple[tuple[str, ...], int]] = []
        self.bounds: dict[str, tuple[int, int]] = {}

    def solutions(self, cells: list[str], most: int) -> list[dict[str, int]]:
        """Every way to fill cells that agrees with all that is known; at most a few cells at a time."""
        ranges = [
            range(self.bounds.get(c, (0, most))[0], min(self.bounds.get(c, (0, most))[1], most) + 1) for c in cells
        ]
        inside = [(names, total) for names, total in self.sums if set(names) <= set(cells)]
        found = []
        for values in product(*ranges):
            filled = dict(zip(cells, values, strict=True))
            if all(sum(filled[name] for name in names) == total for names, total in inside):
                found.append(filled)
        return found


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=3).filter(lambda counts: sum(counts) > 0))
def test_no_cell_of_table_one_is_determined(counts: list[int]) -> None:
    levels = ["I", "II", "III"][: len(counts)]
    clinical = pd.DataFrame({"grade": [level for level, n in zip(levels, counts, strict=True) for _ in range(n)]})
    folder = _folder({"table_one": table_one({"c": clinical})}, n=sum(counts))
    shown = for_public_page(folder).tables["table_one"]
    shown = shown[shown["variable"] == "Grade"].set_index("level")["c"]
    known = Published()
    known.sums.append((tuple(levels), sum(counts)))
    for level in levels:
        text = str(shown.get(level, "0"))
        number = re.match(r"(\d+)(?: \(|$)", text)
        bound = {SMALL: (0, 4), LARGE: (5, 99), SUPPRESSED: (0, 99)}.get(text)
        known.bounds[level] = bound or (int(number[1]), int(number[1])) if bound or number else (0, 99)
    _none_is_determined(known, levels, dict(zip(levels, counts, strict=True)), sum(counts))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(8, 22), st.integers(0, 7), st.floats(0.05, 0.95))
def test_no_group_of_a_cell_type_is_determined_by_any_table(seed: int, n: int, negative: int, share: float) -> None:
    frame = _frame(seed, n, negative, share)
    known, cells = _read(for_public_page(_folder(_tables_of(frame), n=n)).tables, n), ["T1-", "T0-", "T1+", "T0+"]
    _none_is_determined(known, cells, _cells(frame), n)


def _page_of(tables: dict[str, pd.DataFrame], n: int) -> Page:
    return Page(render_report(_folder(tables, n=n)))


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**32 - 1), st.integers(8, 22), st.integers(0, 7), st.floats(0.05, 0.95))
def test_nor_by_the_page_as_it_is_read(seed: int, n: int, negative: int, share: float) -> None:
    frame = _frame(seed, n, negative, share)
    page = _page_of(_tables_of(frame), n)
    assert "Public version" in page.text
    assert {"abundance", "table_one"} <= set(page.tables)
    _none_is_determined(_read(page.tables, n), ["T1-", "T0-", "T1+", "T0+"], _cells(frame), n)
    assert not page.small_counts()


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 2**32 - 1), st.integers(30, 80), st.floats(0.2, 0.8), st.floats(0.1, 0.4))
@example(seed=1, n=60, share=0.5, missing=0.17)
@example(seed=5, n=60, share=0.5, missing=0.17)
def test_who_has_no_answer_is_not_determined_within_a_group(seed: int, n: int, share: float, missing: float) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"her2_ihc": rng.choice(["0", "1+", "2+"], n), "hr": "positive"})
    frame["her2_group"] = np.where(frame["her2_ihc"].eq("0"), "HER2-0", "HER2-low")
    frame["pcr"] = np.where(rng.random(n) < missing, np.nan, rng.random(n) < share)
    if frame.loc[frame["pcr"].notna(), "her2_group"].nunique() < 2:
        return
    odds = response_odds(
        frame.rename(columns={"group": "her2_group"}), "pcr", "her2_group", reference="HER2-0", cohort="c"
    )
    tables = {"response": combine([odds]), "table_one": table_one({"c": frame[["her2_ihc", "pcr"]]})}
    page = _page_of(tables, n)
    cells = [f"{ihc} {answer}" for ihc in ("0", "1+", "2+") for answer in ("yes", "no", "missing")]
    answers = frame["pcr"].map({1.0: "yes", 0.0: "no"}).fillna("missing")
    true = (frame["her2_ihc"] + " " + answers).value_counts().reindex(cells, fill_value=0)
    known = _margins(page.tables, cells, n)
    for cell in [*cells, *((f"1+ {answer}", f"2+ {answer}") for answer in ("yes", "no", "missing"))]:
        parts = [cell] if isinstance(cell, str) else list(cell)
        if 0 < true[parts].sum() < 5:
            least, most = _extremes(known, cells, parts, n)
            assert least < most, (parts, least)
    assert not page.small_counts()


def _margins(tables: dict[str, pd.DataFrame], cells: list[str], n: int) -> list[tuple[list[str], int, int]]:
    """What a page tells of HER2 IHC by response: names of cells, and the least and most that they add up to."""
    known = [(cells, n, n)]

    def named(of: str, ihc: str) -> list[str]:
        split = {cell: cell.split() for cell in cells}
        return [c for c, (one, answer) in split.items() if answer in of.split() and one in (ihc or "0 1+ 2+").split()]

    def add(count: object, of: str, ihc: str = "") -> None:
        if pd.notna(count):
            known.append((named(of, ihc), round(float(count)), round(float(count))))

    every = "yes no missing"
    words = {SMALL: (0, 4), LARGE: (5, n), "0": (0, 0)}
    for row in tables["table_one"].to_dict("records"):
        of, ihc = (every, row["level"]) if row["variable"] == "HER2 IHC" else (row["level"], "")
        if row["variable"] in ("HER2 IHC", "Pathological complete response"):
            add(row["c n"], of, ihc)
            if pd.isna(row["c n"]) and row["c"] in words:
                known.append((named(of, ihc), *words[row["c"]]))
    for row in tables.get("response", pd.DataFrame()).to_dict("records"):
        add(row["n"], "yes no")
        add(row["n_missing"], "missing")
        add(row["n_events"], "yes")
        for side, ihc in (("reference", "0"), ("comparison", "1+ 2+")):
            add(row[f"n_{side}"], "yes no", ihc)
            add(row[f"n_events_{side}"], "yes", ihc)
    return known


def _extremes(known: list[tuple[list[str], int, int]], cells: list[str], parts: list[str], n: int) -> tuple[int, int]:
    """Least and most that some cells can add up to, in whole tumours, given all that is known."""
    rows = np.array([[cell in names for cell in cells] for names, _, _ in known], dtype=float)
    limits = LinearConstraint(rows, [least for _, least, _ in known], [most for _, _, most in known])
    wanted = np.array([cell in parts for cell in cells], dtype=float)
    found = [milp(sign * wanted, constraints=limits, integrality=1, bounds=Bounds(0, n)) for sign in (1, -1)]
    assert all(one.success for one in found), "what is published is true"
    return round(found[0].fun), round(-found[1].fun)


def _cells(frame: pd.DataFrame) -> dict[str, int]:
    true = {f"T{int(one)}{'-' if hr == 'negative' else '+'}": 0 for one in (0, 1) for hr in ("negative", "positive")}
    for one, hr in zip(frame["T"], frame["hr"], strict=True):
        true[f"T{int(one)}{'-' if hr == 'negative' else '+'}"] += 1
    return true


def _frame(seed: int, n: int, negative: int, share: float) -> pd.DataFrame:
    """A small cohort at random: a dichotomised cell type, receptor status, response and its groups."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"hr": ["negative"] * negative + ["positive"] * (n - negative), "her2": rng.normal(size=n)})
    frame["T"] = (rng.random(n) < share) * 1.0
    frame["pcr"] = (rng.random(n) < share) * 1.0
    frame["group"] = np.where(rng.random(n) < 0.5, "low", "zero")
    return frame


def _none_is_determined(known: Published, cells: list[str], true: dict[str, int], most: int) -> None:
    solutions = known.solutions(cells, most)
    assert {name: true[name] for name in cells} in solutions, "what is published is true"
    for name in cells:
        if 0 < true[name] < 5:
            assert len({solution[name] for solution in solutions}) > 1, name


def _tables_of(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Result tables of one small cohort, by the package's own verbs."""
    groups = {"by": None} if frame["hr"].nunique() < 2 else {"by": "hr"}
    made = {
        "correlation": [compare_groups(frame, "her2", group="T", cohort="c")] if frame["T"].nunique() > 1 else [],
        "odds_ratios": [fit_logistic(frame, "T", "her2", by=by, cohort="c") for by in {None, groups["by"]}],
        "correlation_by_hr": [correlate(frame, "her2", "her2", by=groups["by"], cohort="c")],
    }
    if groups["by"]:
        made["group_comparison"] = [compare_groups(frame, "T", group="hr", kind="binary", cohort="c")]
    if frame["group"].nunique() > 1:
        made["response"] = [response_odds(frame, "pcr", "group", reference="zero", cohort="c")]
    tables = {name: combine(results) for name, results in made.items() if results}
    kinds = classify_abundance(frame[["T"]]).kinds.reset_index().assign(cohort="c")
    return {**tables, "abundance": kinds, "table_one": table_one({"c": frame[["hr"]]})}


def _read(shown: dict[str, pd.DataFrame], n: int) -> Published:
    """Every count of the tables as a sum of the cells of a cell type by receptor."""
    known = Published()
    known.sums.append((("T1-", "T0-", "T1+", "T0+"), n))
    sides = {"all": ("-", "+"), "hr=negative": ("-",), "hr=positive": ("+",)}

    def add(values: str, where: tuple[str, ...], count: object) -> None:
        if pd.notna(count):
            known.sums.append((tuple(f"T{value}{side}" for value in values for side in where), round(float(count))))

    for name in ("correlation", "odds_ratios", "correlation_by_hr", "group_comparison"):
        for row in shown.get(name, pd.DataFrame()).to_dict("records"):
            add("01", sides[row["stratum"]], row["n"])
            if row["outcome"] == "T":
                add("1", sides[row["stratum"]], row["n_events"])
            if row.get("group") == "T":
                add("0", sides[row["stratum"]], row["n_reference"])
                add("1", sides[row["stratum"]], row["n_comparison"])
            for part in ("reference", "comparison") if row.get("group") == "hr" and row["reference"] else ():
                side, size = sides[f"hr={row[part]}"], row[f"n_{part}"]
                add("01", side, size)
                add("1", side, row[f"value_{part}"] * size)
    for row in shown["abundance"].to_dict("records"):
        add("0", ("-", "+"), row["n_zero"])
    return known


def _folder(tables: dict[str, pd.DataFrame], n: int) -> ResultsFolder:
    provenance = Provenance(cohorts=(CohortEntry("c", n),), public=True)
    return ResultsFolder(Path("results"), provenance, tables, {}, None, ())


def flow_of(**counts: int) -> pd.DataFrame:
    """A cohort of 60 tumours after what was left out; `groups` and `known` count some of them."""
    out = {"excluded: a": counts.get("a", 20), "excluded: b": counts.get("b", 9)}
    negative, known = counts.get("negative", 20), counts.get("known", 50)
    steps = [("start", "samples", 60 + sum(out.values())), *(("left out", *one) for one in out.items() if one[1])]
    steps += [("analysed", "tumours analysed", 60), ("group", "HR-positive", 60 - negative)]
    steps += [("group", "HR-negative", negative), ("known", "HER2 IHC known", known)]
    return pd.DataFrame([("c", *step) for step in steps], columns=["cohort", "step", "what", "n"])


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        ({}, set()),
        ({"b": 3}, {"left out"}),
        ({"a": 3, "b": 0}, {"left out", "start"}),
        ({"a": 1, "b": 2}, {"left out", "start"}),
        ({"negative": 4}, {"group"}),
        ({"known": 3}, {"known"}),
        ({"known": 57}, {"known"}),
        ({"known": 60}, set()),
    ],
)
def test_no_step_of_the_flow_counts_one_to_four(small_sample: Path, counts: dict[str, int], gone: set[str]) -> None:
    flow = flow_of(**counts)
    shown = public(small_sample, flow=flow)["flow"]
    assert set(flow["step"]) - set(shown["step"]) == gone
    assert not shown["n"].between(1, 4).any()
    results = replace(read_folder(small_sample), tables={"flow": flow})
    assert ("figS5_flow" in for_public_page(results).pictures) == (not gone)
