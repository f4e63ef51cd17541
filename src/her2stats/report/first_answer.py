"""The question of the study answered in sentences: how total infiltration goes with the exposure, and how sure that is.

An estimate, its interval and how many tumours it rests on stand in every sentence. That a test did not reach its
threshold is never told as the absence of an association.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from her2stats.report.least_effects import study_finds
from her2stats.results.findings import in_study
from her2stats.results.folder import ResultsFolder
from her2stats.results.question_rows import response_given_hr, total_rows
from her2stats.statistics.arguments import percent
from her2stats.statistics.flags import Row, code_of
from her2stats.statistics.pooling import FEWEST_TELLING, POOLED
from her2stats.statistics.rows import records
from her2stats.tables.effects import effect_text
from her2stats.vocabulary.names import sentence_case, stratum_label, variable_label
from her2stats.vocabulary.numbers import format_count, is_missing, p_phrase

WEAK = 0.3
"""An interval that stays within this on both sides leaves room for weak correlations only (the paper's words)."""
POOLED_NAME = "All cohorts pooled"
TWOFOLD = 2.0
"""The same for odds ratios: what stays within half and double is told as a small difference, if any."""
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Claim:
    """What one cohort answers."""

    cohort: str  # its name; empty where the study has one
    lead: str  # over all tumours
    strata: tuple[str, ...] = ()  # within each hormone-receptor group
    difference: str = ""  # whether the groups differ; empty where that was not tested


def first_answer(folder: ResultsFolder) -> tuple[Claim, ...]:
    """Answer the question in every cohort with a total TIL score; of a study of response alone, that of response."""
    if not len(folder.table("correlation")):
        return tuple(_response_claim(folder, row) for row in records(folder.table("response")))
    exposure = folder.provenance.exposure
    overall, within = (
        _of_exposure(total_rows(folder, name), exposure) for name in ("correlation", "correlation_by_hr")
    )
    given = _of_exposure(total_rows(folder, "correlation_given_hr"), exposure)
    pooled = _of_exposure(total_rows(folder, "pooled_correlations"), exposure)
    pooled = pooled[pooled["k"] >= FEWEST_TELLING] if len(pooled) else pooled.assign(given="")
    alike = pooled["given"].eq("hr")
    overall = pd.concat([pooled[~alike & pooled["stratum"].eq("all")], overall], ignore_index=True)
    given = pd.concat([pooled[alike], given], ignore_index=True)
    within = pd.concat([pooled[~alike & pooled["stratum"].ne("all")], within], ignore_index=True)
    tests = folder.table("infiltration_by_hr")
    several = overall["cohort"].nunique() > 1
    return tuple(
        Claim(
            (POOLED_NAME if row["cohort"] == POOLED else str(row["cohort"])) if several else "",
            sentence_case(f"{_association(row, folder)}."),
            tuple(
                f"{label}: {_association(part, folder)}."
                for label, part in (
                    *(("Given hormone receptor", part) for part in _of_cohort(given, row)),
                    *((stratum_label(part["stratum"]), part) for part in _of_cohort(within, row)),
                )
            ),
            _difference(tests[tests["cohort"] == row["cohort"]], folder.provenance.alpha),
        )
        for row in records(overall)
    )


def _of_cohort(rows: pd.DataFrame, row: Row) -> list[Row]:
    return list(records(rows[rows["cohort"] == row["cohort"]]))


def _of_exposure(rows: pd.DataFrame, exposure: str) -> pd.DataFrame:
    return rows[rows["term"] == exposure]


def _association(row: Row, folder: ResultsFolder) -> str:
    """Direction, size, interval and number of one correlation."""
    total, exposure = row["outcome"], folder.provenance.exposure_name
    size = f"n{NO_BREAK}={NO_BREAK}{format_count(row['n'])}"
    low, high = row["conf_low"], row["conf_high"]
    if is_missing(row["estimate"]) or is_missing(low) or is_missing(high):
        return (
            f"how {total} goes with {exposure} could not be estimated ({code_of(row['flag']) or 'no estimate'}, {size})"
        )
    level = percent(row["conf_level"]) if not is_missing(row["conf_level"]) else "95%"
    value = f"ρ{NO_BREAK}{effect_text(row)}, {level} interval, {size}"
    if high < 0 or low > 0:
        told = f"{total} is {'lower' if high < 0 else 'higher'} where {exposure} is higher: {value}"
        return "; ".join(filter(None, (told, in_study(row, folder.provenance.alpha))))
    finds = study_finds(folder, row, given=row.get("given") not in ("", None) and not is_missing(row.get("given")))
    if max(-low, high) < WEAK:
        return f"no more than a weak association of {total} with {exposure}, of either sign: {value}{finds}"
    return f"too few tumours to tell how {total} goes with {exposure}: {value}{finds}"


def _odds_ratio(row: Row) -> str:
    return (
        f"OR{NO_BREAK}{effect_text(row)}, {percent(row['conf_level'])} interval, "
        f"n{NO_BREAK}={NO_BREAK}{format_count(row['n'])}"
    )


def _response(folder: ResultsFolder, row: Row, given: str = "") -> str:
    """Whether response differs between the HER2 groups, with odds ratio, interval and number."""
    where = f"{row['cohort']}, {variable_label(row['outcome'])}{given}"
    size = f"n{NO_BREAK}={NO_BREAK}{format_count(row['n'])}"
    low, high = row["conf_low"], row["conf_high"]
    if is_missing(row["estimate"]) or is_missing(low) or is_missing(high):
        return f"{where}: no odds ratio could be estimated ({code_of(row['flag']) or 'no estimate'}, {size})."
    value = _odds_ratio(row)
    if high < 1 or low > 1:
        return f"{where}: {'lower' if high < 1 else 'higher'} odds of response in {row['comparison']} tumours: {value}."
    value += study_finds(folder, row, given=bool(given))
    if low > 1 / TWOFOLD and high < TWOFOLD:
        return f"{where}: the odds of response differ less than twofold between the HER2 groups, if at all: {value}."
    return f"{where}: too few patients to tell whether response differs between the HER2 groups: {value}."


def _response_claim(folder: ResultsFolder, crude: Row) -> Claim:
    """Response among tumours of the same hormone receptor leads, as the crude odds ratio mixes the receptor groups."""
    alike = response_given_hr(folder, crude)
    adjusted = next((row for row in alike if row["stratum"] == "all" and not is_missing(row["estimate"])), None)
    if adjusted is None:
        return Claim("", _response(folder, crude))
    others = [(stratum_label(row["stratum"]), row) for row in alike if row["stratum"] != "all"]
    return Claim(
        "",
        _response(folder, adjusted, ", given hormone receptor"),
        tuple(
            f"{sentence_case(what)}: {_odds_ratio(row)}."
            for what, row in [*others, ("not adjusted", crude)]
            if not is_missing(row["estimate"])
        ),
    )


def _difference(rows: pd.DataFrame, alpha: float) -> str:
    """Whether the slopes of the groups differ, by the test of their product."""
    tests = [row for row in records(rows[rows["role"] == "interaction"]) if not is_missing(row["p_value"])]
    if not tests:
        return ""
    slopes = [
        f"{stratum_label(row['stratum'])} {effect_text(row)}"
        for row in records(rows[(rows["measure"] == "slope") & (rows["stratum"] != "all")])
    ]
    p = p_phrase(tests[0]["p_value"], alpha=alpha)
    beside = f"slope per standard deviation: {', '.join(slopes)}; difference {p}"
    if tests[0]["p_value"] < alpha:
        return f"The groups differ ({'; '.join(filter(None, (beside, in_study(tests[0], alpha))))})."
    return f"No sign that the groups differ, which does not show that they are alike ({beside})."
