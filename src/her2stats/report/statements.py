"""Sentences about the rows of one family of tests.

Every sentence says how things go together in the data. None says why: no word of cause, effect or influence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from her2stats.report.findings import Judged, judge, reasons
from her2stats.report.grid import Grid
from her2stats.results.findings import with_value
from her2stats.statistics.flags import Row
from her2stats.vocabulary.names import sentence_case

MOST_NAMED = 6


@dataclass(frozen=True)
class Statement:
    """What one cohort (or stratum) says to one question."""

    # where: "abim", "HR-positive", "n = 254"
    cohort: str
    stratum: str = ""
    size: str = ""
    tally: str = ""  # "4 of 15 significant after correction"
    significant: tuple[str, ...] = ()  # a sentence for each direction
    nominal: str = ""  # what was below the threshold before the correction only
    rest: tuple[str, ...] = ()  # names of what was not significant
    failed: tuple[str, ...] = ()  # names of what could not be estimated, with the reason


@dataclass(frozen=True)
class Answer:
    """One question: a sentence over all cohorts, a grid of marks, what each cohort says, what to bear in mind."""

    question: str
    statements: tuple[Statement, ...]
    headline: str = ""
    grid: Grid | None = None
    remark: str = ""


@dataclass(frozen=True)
class Wording:
    """How the rows of a question are put into words."""

    name: Callable[[Row], str]  # result row -> what it is about ("T cells CD8")
    # words for an estimate below and above the null value: "less where the score is higher"
    below: str
    above: str
    symbol: str | None = None  # in front of the estimate; None takes that of the row's measure


def name_list(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Join names with commas and "and", the tail counted."""
    if len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most} more"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def largest_size(rows: pd.DataFrame) -> str:
    """Say how many tumours the rows rest on at most."""
    counts = rows["n"].dropna()
    return f"n = {int(counts.max())}" if len(counts) else ""


def tally(judged: Judged) -> str:
    """Say how many of the tests are significant, and whether they were corrected."""
    word = "significant after correction" if judged.corrected else "below the threshold, uncorrected"
    return f"{len(judged.significant)} of {judged.tested} {word}" if judged.tested else "none could be estimated"


def family_statement(
    rows: pd.DataFrame, wording: Wording, *, alpha: float, cohort: str, stratum: str = ""
) -> Statement:
    """Put the rows of one family of tests into sentences."""
    judged = judge(rows, alpha=alpha)
    directions = ((wording.below, judged.below), (wording.above, judged.above))

    def listed(found: tuple[Row, ...]) -> str:
        return name_list([with_value(row, wording.name, alpha=alpha, symbol=wording.symbol) for row in found])

    return Statement(
        cohort,
        stratum,
        largest_size(rows),
        tally(judged),
        significant=tuple(f"{sentence_case(text)}: {listed(found)}." for text, found in directions if found),
        nominal=name_list([wording.name(row) for row in judged.nominal], most=99),
        rest=tuple(wording.name(row) for row in judged.rest),
        failed=tuple(reasons(judged.failed, wording.name)),
    )
