"""The tables of a run that answer what the paper prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.published.beside.questions import QUESTIONS
from her2stats.statistics.result import Result
from her2stats.statistics.rows import result_rows

Tables = Mapping[str, pd.DataFrame | Result] | Iterable[Result]

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


def by_question(results: Tables) -> dict[str, pd.DataFrame]:
    """Sort the tables of a run by the question that they answer.

    Raises
    ------
    DataError
        None of them answers a question that the paper has.
    """
    named: list[tuple[str, pd.DataFrame]] = []
    if isinstance(results, Mapping):
        for name, table in results.items():
            verb = table.spec.verb if isinstance(table, Result) else TABLES.get(name, name)
            named.append((verb, table.table if isinstance(table, Result) else table))
    else:
        named = [(result.spec.verb, result.table) for result in results]
    frames = {
        question: result_rows([frame for verb, frame in named if verb == question])
        for question in QUESTIONS
        if any(verb == question and len(frame) for verb, frame in named)
    }
    if not frames:
        wanted = ", ".join(TABLES)
        raise DataError(Problem("none of the tables can be compared with the paper", remedy=f"give one of: {wanted}"))
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
