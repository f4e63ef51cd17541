"""What the estimate of a row is: its words, its symbol, its scale and null value, and how it is printed.

A result row names its measure; whoever draws, prints or judges it asks here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from her2stats.errors import DataError, Problem, near

Decimals = Literal["ratio", "two", "width"]


@dataclass(frozen=True)
class Measure:
    """One kind of estimate."""

    name: str  # as it stands in the column ``measure``
    words: str  # for running text
    symbol: str  # for narrow places
    log_scale: bool = False  # whether differences are taken, and axes drawn, on the log scale
    null: float | None = 0.0  # the value that says "nothing"; None where a value of no effect has no meaning
    # two decimals (one from 10, none from 100), always two, or as many as show two digits of the half-width
    decimals: Decimals = "width"


MEASURES: dict[str, Measure] = {
    entry.name: entry
    for entry in (
        Measure("rho", "Spearman correlation", "ρ", decimals="two"),
        Measure("odds_ratio", "odds ratio", "OR", log_scale=True, null=1.0, decimals="ratio"),
        Measure("shift", "Hodges-Lehmann shift", "shift"),
        Measure("risk_difference", "difference of proportions", "difference"),
        Measure("rank_difference", "difference of ranks, percentage points", "difference"),
        Measure("slope", "marginal slope", "slope"),
        Measure("mean", "marginal mean", "mean", null=None),
        Measure("median_z", "median of z", "median z", decimals="two"),
        Measure("test", "test", "", null=None),
        Measure("second_test", "second test of the same question", "", null=None),
    )
}


def measure(name: str) -> Measure:
    """Look a measure up by its name. Raises DataError when no measure has this name."""
    found = MEASURES.get(name)
    if found is None:
        remedy = near(name, MEASURES) or "use one of " + ", ".join(map(repr, MEASURES))
        raise DataError(Problem(f"measure={name!r} is not a choice", remedy=remedy))
    return found
