"""The results in plain words, question by question, made from the result tables alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

import pandas as pd

from her2stats.report.findings import Judged, judge
from her2stats.report.grid import make_grid
from her2stats.report.statements import Answer, Statement, Wording, family_statement, largest_size, name_list, tally
from her2stats.results.findings import has_value, with_value
from her2stats.results.folder import ResultsFolder
from her2stats.results.question_rows import response_given_hr, total_rows, type_rows
from her2stats.statistics.flags import Row
from her2stats.statistics.pooling import FEWEST_TELLING
from her2stats.statistics.rows import exposure_rows, interaction_rows, is_second_test, records
from her2stats.tables.effects import effect_text
from her2stats.vocabulary.names import model_label, sentence_case, stratum_label, variable_label
from her2stats.vocabulary.numbers import format_percent, is_missing, p_phrase

_MOST_CLINICAL = 5
POOLED = "Pooled over the cohorts, p-values not corrected:"
UNCORRECTED = "These p-values are not corrected for multiple testing."


def plain_summary(folder: ResultsFolder) -> list[Answer]:
    """Answer every question of the study that has results, in the order of the report."""
    made = [
        _cell_types(folder),
        _total_til(folder),
        _by_stratum(folder),
        _between_groups(folder),
        _odds(folder),
        _interaction(folder),
        _clinical(folder),
        _marginal(folder),
        _response(folder),
    ]
    return [answer for answer in made if answer is not None]


def _outcome(row: Row) -> str:
    return str(row["outcome"])


def _statements(rows: pd.DataFrame, wording: Wording, folder: ResultsFolder) -> tuple[Statement, ...]:
    """One statement a cohort and stratum, in the order of the file."""
    whole = stratum_label("all") if len(set(rows["stratum"])) > 1 else ""
    return tuple(
        family_statement(
            part,
            wording,
            alpha=folder.provenance.alpha,
            cohort=str(cohort),
            stratum=whole if stratum == "all" else str(stratum),
        )
        for (cohort, stratum), part in rows.groupby(["cohort", "stratum"], sort=False)
    )


_BY_SCORE = Wording(lambda row: str(row["item"]), "less where the score is higher", "more where the score is higher")


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose strata are called as they are shown, "all" wherever it stands in its own words."""
    names = {stratum: stratum_label(str(stratum)) for stratum in rows["stratum"].unique() if stratum != "all"}
    return rows.assign(stratum=rows["stratum"].replace(names))


def _answer(
    question: str, rows: pd.DataFrame, wording: Wording, folder: ResultsFolder, parts: pd.Series | None = None
) -> Answer | None:
    """Answer a question stratum by stratum, or by `parts`, which are called as they are shown."""
    if not len(rows):
        return None
    rows = _named(rows) if parts is None else rows.assign(stratum=parts)
    alpha = folder.provenance.alpha
    grid = make_grid(rows, wording.name, alpha=alpha, below=wording.below, above=wording.above)
    return Answer(question, _statements(rows, wording, folder), headline=_headline(rows, wording, alpha), grid=grid)


def _headline(rows: pd.DataFrame, wording: Wording, alpha: float) -> str:
    """Name, stratum by stratum, what passes in every cohort; where nothing does, the strongest of each cohort."""
    several = len(set(rows["stratum"])) > 1
    return " ".join(
        sentence_case(f"{_heading(stratum) if several else ''}{_headline_of(part, wording, alpha)}.")
        for stratum, part in rows.groupby("stratum", sort=False)
    )


def _heading(stratum: Hashable) -> str:
    return f"{'all tumours' if stratum == 'all' else stratum}: "


def _headline_of(rows: pd.DataFrame, wording: Wording, alpha: float) -> str:
    """What one stratum says: estimates with their intervals, and the number of tumours."""
    judged = {str(cohort): judge(part, alpha=alpha) for cohort, part in rows.groupby("cohort", sort=False)}
    size = largest_size(rows)
    where = f" in all {len(judged)} cohorts" if len(judged) > 1 else f" ({size})" if size else ""
    words = [
        f"{text}{where}: {name_list(_same([found(one) for one in judged.values()], wording, alpha))}"
        for text, found in ((wording.below, attrgetter("below")), (wording.above, attrgetter("above")))
        if _same([found(one) for one in judged.values()], wording, alpha)
    ]
    nowhere = f" in every one of the {len(judged)} cohorts" if len(judged) > 1 else where
    found = "; ".join(words) or f"none is significant{nowhere}; {_strongest(judged, wording, alpha)}"
    return "; ".join(filter(None, (found, _whole_study(judged, wording, alpha))))


def _whole_study(judged: Mapping[str, Judged], wording: Wording, alpha: float) -> str:
    """Which items hold in the whole study, of every cohort; nothing where that was not asked."""
    asked = [[row for row in one.with_p if not is_missing(row.get("p_study", float("nan")))] for one in judged.values()]
    if not all(asked):
        return ""
    holding = [{wording.name(row) for row in rows if row["p_study"] < alpha} for rows in asked]
    names = [name for row in asked[0] if (name := wording.name(row)) in set.intersection(*holding)]
    if names:
        return f"in the whole study {name_list(names, most=99)} hold{'s' if len(names) == 1 else ''}"
    return "none holds in the whole study" if any(one.significant for one in judged.values()) else ""


def _same(found: Sequence[tuple[Row, ...]], wording: Wording, alpha: float) -> list[str]:
    """Items that every cohort has among its findings; with the value where there is one cohort."""
    if len(found) == 1:
        return [with_value(row, wording.name, alpha=alpha, symbol=wording.symbol) for row in found[0]]
    others = [{wording.name(row) for row in rows} for rows in found[1:]]
    return [name for row in found[0] if all((name := wording.name(row)) in names for names in others)]


def _strongest(judged: Mapping[str, Judged], wording: Wording, alpha: float) -> str:
    """Of each cohort the row with the smallest p, one with an interval if there is one: what the data leave open."""
    said = []
    for cohort, one in judged.items():
        tested = sorted(
            (*one.significant, *one.nominal, *one.rest), key=lambda row: (not has_value(row), row["p_value"])
        )
        name = f"{cohort}: " if len(judged) > 1 else ""
        told = with_value(tested[0], wording.name, alpha=alpha, symbol=wording.symbol) if tested else "not estimable"
        said.append(f"{name}{told}")
    return f"strongest: {'; '.join(said)}"


def _cell_types(folder: ResultsFolder) -> Answer | None:
    rows = type_rows(folder, "correlation")
    return _answer(f"Which cell types go with {folder.provenance.exposure_name}?", rows, _BY_SCORE, folder)


def _total_til(folder: ResultsFolder) -> Answer | None:
    wording = Wording(
        lambda row: str(row["term"]), "less infiltration with higher values", "more infiltration with higher values"
    )
    rows = total_rows(folder, "correlation")
    return _answer("How does total immune infiltration go with the scores?", rows, wording, folder)


def _by_stratum(folder: ResultsFolder) -> Answer | None:
    rows = type_rows(folder, "correlation_by_hr")
    return _answer("And within the hormone-receptor groups?", rows, _BY_SCORE, folder)


def _between_groups(folder: ResultsFolder) -> Answer | None:
    rows = folder.table("group_comparison")
    rows = rows[rows["term"].eq("hr") & ~is_second_test(rows)]
    wording = Wording(_outcome, "more in HR-negative tumours", "more in HR-positive tumours")
    return _answer("Which cell types differ between HR-positive and HR-negative tumours?", rows, wording, folder)


def _odds(folder: ResultsFolder) -> Answer | None:
    rows = exposure_rows(folder.table("odds_ratios"), folder.provenance.exposure)
    wording = Wording(_outcome, "lower odds of high abundance", "higher odds of high abundance")
    question = "What are the odds of high abundance per standard deviation of the score?"
    answer = _answer(question, rows, wording, folder)
    pooled = exposure_rows(folder.table("pooled_odds_ratios"), folder.provenance.exposure)
    pooled = pooled[pooled["k"] >= FEWEST_TELLING] if len(pooled) else pooled
    if answer is None or not len(pooled):
        return answer
    together = _headline(_named(pooled), wording, folder.provenance.alpha)  # what several cohorts say together leads
    return replace(answer, headline=f"{POOLED} {together} Cohort by cohort: {answer.headline}")


def _interaction(folder: ResultsFolder) -> Answer | None:
    rows = interaction_rows(folder.table("interaction"), folder.provenance.exposure)
    wording = Wording(
        _outcome,
        "odds ratio lower in HR-positive than in HR-negative tumours",
        "odds ratio higher in HR-positive than in HR-negative tumours",
        "ratio of odds ratios",
    )
    question = "Do these odds ratios differ between the hormone-receptor groups?"
    return _answer(question, rows, wording, folder)


def _clinical(folder: ResultsFolder) -> Answer | None:
    rows = exposure_rows(folder.table("clinical"))
    if not len(rows):
        return None
    alpha = folder.provenance.alpha
    statements, tested = [], 0
    for cohort, part in rows.groupby("cohort", sort=False):
        judged = judge(part, alpha=alpha)
        tested += judged.tested
        failed = (f"{len(judged.failed)} odds ratios",) if judged.failed else ()
        said = _clinical_sentences(judged, alpha)
        statements.append(Statement(str(cohort), "", largest_size(part), tally(judged), said, failed=failed))
    if rows["p_adjusted"].notna().any():
        return Answer("Do age, grade and tumour size go with abundance?", tuple(statements))
    chance = f" Of {tested} tests about {alpha * tested:.0f} would fall below {alpha:g} by chance alone."
    return Answer("Do age, grade and tumour size go with abundance?", tuple(statements), remark=UNCORRECTED + chance)


def _clinical_sentences(judged: Judged, alpha: float) -> tuple[str, ...]:
    """One sentence a direction; of many odds ratios those with the smallest p."""
    directions = (
        ("Less frequent where the cell type is abundant", judged.below),
        ("More frequent where the cell type is abundant", judged.above),
    )
    return tuple(
        f"{words}: {name_list([with_value(row, _clinical_pair, alpha=alpha) for row in found], _MOST_CLINICAL)}."
        for words, found in directions
        if found
    )


def _clinical_pair(row: Row) -> str:
    return f"{row['outcome']} with {row['term']}, {stratum_label(row['stratum'])}"


def _marginal(folder: ResultsFolder) -> Answer | None:
    rows = folder.table("ancova_slopes")
    rows = rows[rows["stratum"] == "all"]
    wording = Wording(_outcome, "lower with a higher score", "higher with a higher score")
    models = rows["model"].map(model_label) if "model" in rows else None
    return _answer("Given hormone receptor and HER2, what goes with the score?", rows, wording, folder, models)


def _response(folder: ResultsFolder) -> Answer | None:
    """Say whether response differs between the HER2 groups, one statement a cohort and outcome."""
    rows = folder.table("response")
    if not len(rows):
        return None
    statements = [
        _response_statement(str(cohort), row, folder, largest_size(part))
        for (cohort, _), part in rows.groupby(["cohort", "outcome"], sort=False)
        for row in records(part)
    ]
    return Answer("Does response differ between the HER2 groups?", tuple(statements), remark=UNCORRECTED)


def _response_statement(cohort: str, crude: Row, folder: ResultsFolder, size: str) -> Statement:
    """The odds ratio given hormone receptor decides where there is one; the crude one stands beside it."""
    outcome, shares, alpha = variable_label(crude["outcome"]), _shares(crude), folder.provenance.alpha
    alike = response_given_hr(folder, crude)
    given = [row for row in alike if row["stratum"] == "all" and not is_missing(row["p_value"])]
    row = given[0] if given else crude
    if is_missing(row["p_value"]):
        return Statement(cohort, outcome, size, shares, failed=(row["flag"] or "no odds ratio",))
    odds = f"OR {effect_text(row)}, {p_phrase(row['p_value'], alpha=alpha)}"
    if given and not is_missing(crude["estimate"]):
        odds = f"given hormone receptor {odds}; not adjusted OR {effect_text(crude)}"
    if row["p_value"] < alpha:
        word = "Lower" if row["estimate"] < 1 else "Higher"
        return Statement(cohort, outcome, size, shares, significant=(f"{word} odds of response: {odds}.",))
    return Statement(cohort, outcome, size, shares, nominal="", rest=(odds,))


def _shares(row: Row) -> str:
    counts = [row.get(f"{part}_{group}") for group in ("comparison", "reference") for part in ("n_events", "n")]
    known = [int(count) for count in counts if count is not None and not is_missing(count)]
    if len(known) < 4:
        return ""
    events, n, events_reference, n_reference = known
    groups = ((events, n, row["comparison"]), (events_reference, n_reference, row["reference"]))
    return ", ".join(f"{part} of {whole} ({format_percent(part, whole, 0)}%) in {name}" for part, whole, name in groups)
