"""What the tests said: which rows are significant after correction, which are not, which could not be estimated.

Nothing here looks further than the result tables. A direction is the sign of an estimate, never a cause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from her2stats.statistics.flags import Row, code_of
from her2stats.statistics.rows import is_second_test, records
from her2stats.vocabulary.measures import measure
from her2stats.vocabulary.numbers import is_missing


@dataclass(frozen=True)
class Judged:
    """The rows of one question in one cohort and stratum, sorted by what the test said."""

    # significant, with an estimate below or above the null value; the smallest p-values first
    below: tuple[Row, ...]
    above: tuple[Row, ...]
    nominal: tuple[Row, ...]  # below alpha before the correction, not after it
    rest: tuple[Row, ...]  # not significant
    failed: tuple[Row, ...]  # no p-value; the reason is in ``flag``
    corrected: bool  # whether the p-values were corrected for multiple testing

    @property
    def significant(self) -> tuple[Row, ...]:
        """Both directions together."""
        return self.below + self.above

    @property
    def with_p(self) -> tuple[Row, ...]:
        """Rows that have a p-value."""
        return self.significant + self.nominal + self.rest

    @property
    def tested(self) -> int:
        """How many rows have a p-value."""
        return len(self.with_p)


def judge(rows: pd.DataFrame, *, alpha: float) -> Judged:
    """Sort rows of one family by their p-value after correction, or as it stands where none of them was corrected.

    Each is held against the null value of its measure. Second tests (Fisher exact, likelihood ratio) are left out.
    """
    main = rows[~is_second_test(rows)]
    corrected = bool(main["p_adjusted"].notna().any())
    found: dict[str, list[Row]] = {"below": [], "above": [], "nominal": [], "rest": [], "failed": []}
    for row in records(main):
        p = row["p_adjusted"] if corrected else row["p_value"]
        if is_missing(p) or is_missing(row["p_value"]):
            kind = "failed"
        elif p < alpha:
            kind = "above" if is_above(row) else "below"
        else:
            kind = "nominal" if corrected and row["p_value"] < alpha else "rest"
        found[kind].append(row)

    def by_p(row: Row) -> tuple[float, float]:
        return row["p_adjusted" if corrected else "p_value"], row["p_value"]

    ordered = {kind: tuple(sorted(some, key=by_p)) if kind != "failed" else tuple(some) for kind, some in found.items()}
    return Judged(**ordered, corrected=corrected)


def is_above(row: Row) -> bool:
    """Whether the estimate of a row is above the null value of its measure."""
    return not is_missing(row["estimate"]) and bool(row["estimate"] > (measure(row["measure"]).null or 0.0))


def reasons(rows: tuple[Row, ...], name: Callable[[Row], str]) -> list[str]:
    """Name rows that could not be estimated, with the code of their flag."""
    return [f"{name(row)} ({code_of(row['flag']) or 'no p-value'})" for row in rows]
