"""The questions that the paper and a run both answer: their words, their scales, and the tables of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from her2stats.errors import DataError, Problem, ProblemList
from her2stats.statistics.result import Result
from her2stats.statistics.rows import result_rows

Tables = Mapping[str, pd.DataFrame | Result] | Iterable[Result]

# Verb that asks -> words for readers.
QUESTIONS = {
    "correlate": "correlation",
    "fit_logistic": "odds ratio of high abundance",
    "fit_interaction": "interaction with HR",
    "compare_groups": "difference between HR groups",
    "fit_ancova": "marginal slope",
    "response_odds": "odds ratio of response",
}
# Measure that is printed -> scale on which a difference from it is taken.
DIFFERENCE_SCALES = {"rho": "rho", "odds ratio": "log odds ratio"}

# Table of a results folder -> verb whose answers stand in it.
TABLES = {
    "correlation": "correlate",
    "correlation_by_hr": "correlate",
    "odds_ratios": "fit_logistic",
    "interaction": "fit_interaction",
    "group_comparison": "compare_groups",
    "ancova_slopes": "fit_ancova",
    "response": "response_odds",
}
ABUNDANCE = "abundance"  # says which types the zero rule left out
# What the rows of a question have to say so that printed effects find theirs: of every row, and as columns.
_TOLD = {"fit_logistic": ("role",), "fit_interaction": ("role",)}
_COLUMNS = {"fit_interaction": ("variable", "level_2"), "response_odds": ("comparison",)}

# Measure of a row -> what it is called beside the paper, where that is not its name.
_WORDS = {"odds_ratio": "odds ratio", "risk_difference": "difference of shares", "shift": "shift (Hodges-Lehmann)"}


def own_measure(row: Mapping[str, Any]) -> str:
    """Name what a row of a result table estimates.

    >>> own_measure({"measure": "odds_ratio", "role": "interaction"}), own_measure({"measure": "risk_difference"})
    ('ratio of odds ratios', 'difference of shares')
    """
    if row.get("role") == "interaction":
        return "ratio of odds ratios"
    return _WORDS.get(row["measure"], str(row["measure"]))


def by_question(results: Tables) -> dict[str, pd.DataFrame]:
    """Sort the tables of a run by the question that they answer.

    `DataError` says that none of them answers one that the paper has, or that rows do not say what they are about.
    """
    named: list[tuple[str, pd.DataFrame]] = []
    if isinstance(results, Mapping):
        for name, table in results.items():
            verb = table.spec.verb if isinstance(table, Result) else TABLES.get(name, name)
            named.append((verb, table.table if isinstance(table, Result) else table))
    else:
        named = [(result.spec.verb, result.table) for result in results]
    frames = {
        question: result_rows([frame for verb, frame in named if verb == question], *_TOLD.get(question, ()))
        for question in QUESTIONS
        if any(verb == question and len(frame) for verb, frame in named)
    }
    if not frames:
        wanted = ", ".join(TABLES)
        raise DataError(Problem("none of the tables can be compared with the paper", remedy=f"give one of: {wanted}"))
    problems = ProblemList()
    for question, frame in frames.items():
        lacking = [column for column in _COLUMNS.get(question, ()) if column not in frame]
        if lacking:
            what = f"{QUESTIONS[question]}: no column {', '.join(lacking)}"
            problems.add(DataError, what, remedy=f"pass what {question} returned, or a table of a run")
    problems.raise_if_any()
    return frames


def types_left_out(results: Tables) -> dict[str, dict[str, float]]:
    """Cohort -> types that the zero rule left out, with their share of zeros."""
    table = results.get(ABUNDANCE) if isinstance(results, Mapping) else None
    if not isinstance(table, pd.DataFrame) or not {"cohort", "type", "kind", "share_zero"} <= set(table):
        return {}
    excluded = table[table["kind"] == "excluded"]
    return {
        str(cohort): dict(zip(rows["type"], rows["share_zero"], strict=True))
        for cohort, rows in excluded.groupby("cohort")
    }


def cohorts_of(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Cohorts of a run, in the order in which they stand there."""
    return list(dict.fromkeys(cohort for frame in frames.values() for cohort in frame["cohort"]))
