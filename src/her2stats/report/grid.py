"""The tests of one question at a glance: items down, cohorts and strata across, a mark a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from her2stats.report.findings import is_above, judge
from her2stats.statistics.flags import Row
from her2stats.statistics.rows import records

Mark = Literal["below", "above", "nominal-below", "nominal-above", "rest", "failed", ""]
LARGEST = 24
ALL = "All"


@dataclass(frozen=True)
class Grid:
    """Marks of the items that are significant somewhere."""

    groups: tuple[tuple[str, int], ...]  # headings over several columns (cohorts), with how many columns each has
    columns: tuple[str, ...]  # strata; empty texts where there is only one
    rows: tuple[tuple[str, tuple[Mark, ...]], ...]  # item and its marks
    quiet: int  # how many items are not significant in any column, and not shown
    # what the two directions mean
    below: str
    above: str
    corrected: bool  # whether the p-values were corrected


def make_grid(rows: pd.DataFrame, name: Callable[[Row], str], *, alpha: float, below: str, above: str) -> Grid:
    """Mark every item in every cohort and stratum; items that are significant nowhere are counted only.

    The rows are those of one question, their strata named as they are shown; `name` gives the item of each, and `below`
    and `above` say what the directions mean.
    """
    marks: dict[str, dict[int, Mark]] = {}
    keys: list[tuple[str, str]] = []
    corrected = False
    for (cohort, stratum), part in rows.groupby(["cohort", "stratum"], sort=False):
        keys.append((str(cohort), str(stratum)))
        for item, mark in _marks(part, name, alpha):
            marks.setdefault(item, {})[len(keys) - 1] = mark
        corrected = corrected or bool(part["p_adjusted"].notna().any())
    places = sorted(range(len(keys)), key=lambda place: [key[0] for key in keys].index(keys[place][0]))
    cohorts = list(dict.fromkeys(cohort for cohort, _ in keys))
    strata = {stratum for _, stratum in keys}
    shown = [(item, own) for item, own in marks.items() if {"below", "above"} & set(own.values())]
    return Grid(
        groups=tuple((cohort, sum(key[0] == cohort for key in keys)) for cohort in cohorts),
        columns=tuple(
            ("" if len(strata) < 2 else ALL if keys[place][1] == "all" else keys[place][1]) for place in places
        ),
        rows=tuple((item, tuple(own.get(place, "") for place in places)) for item, own in shown[:LARGEST]),
        quiet=len(marks) - len(shown[:LARGEST]),
        below=below,
        above=above,
        corrected=corrected,
    )


def _marks(rows: pd.DataFrame, name: Callable[[Row], str], alpha: float) -> list[tuple[str, Mark]]:
    judged = judge(rows, alpha=alpha)
    found: list[tuple[Row, Mark]] = [(row, "below") for row in judged.below]
    found += [(row, "above") for row in judged.above]
    found += [(row, "nominal-above" if is_above(row) else "nominal-below") for row in judged.nominal]
    found += [(row, "rest") for row in judged.rest]
    found += [(row, "failed") for row in judged.failed]
    by_item: dict[str, Mark] = {name(row): mark for row, mark in found}
    order = [name(row) for row in records(rows)]
    return [(item, by_item[item]) for item in dict.fromkeys(order) if item in by_item]
