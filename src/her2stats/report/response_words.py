"""Response by HER2 group in plain words: counts, percentages and the odds ratio."""

from __future__ import annotations

from her2stats.report.statements import Answer, Statement, largest_size
from her2stats.results.findings import Row
from her2stats.results.folder import ResultsFolder
from her2stats.tables.effects import effect_text, records
from her2stats.tables.response import reference_of
from her2stats.vocabulary.names import split_level, variable_label
from her2stats.vocabulary.numbers import format_percent, is_missing, p_phrase


def response_answer(folder: ResultsFolder) -> Answer | None:
    """Say whether response differs between the HER2 groups, one statement a cohort and outcome."""
    rows = folder.table("response")
    if not len(rows):
        return None
    statements = [
        _statement(str(cohort), row, folder.provenance.alpha, largest_size(part))
        for (cohort, _), part in rows.groupby(["cohort", "outcome"], sort=False)
        for row in records(part)
    ]
    remark = "These p-values are not corrected for multiple testing."
    return Answer("Does response differ between the HER2 groups?", tuple(statements), remark=remark)


def _statement(cohort: str, row: Row, alpha: float, size: str) -> Statement:
    outcome = variable_label(row["outcome"])
    shares = _shares(row)
    if is_missing(row["p_value"]):
        return Statement(cohort, outcome, size, shares, failed=(row["flag"] or "no odds ratio",))
    odds = f"OR {effect_text(row, 'odds ratio')}, {p_phrase(row['p_value'], alpha=alpha)}"
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
    level = split_level(row["term"])[1] or row["term"]
    groups = ((events, n, level), (events_reference, n_reference, reference_of(row)))
    return ", ".join(f"{part} of {whole} ({format_percent(part, whole, 0)}%) in {name}" for part, whole, name in groups)
