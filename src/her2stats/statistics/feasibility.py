"""Can a logistic model be fitted to these cases: every reason against it is found before, never by a failed fit."""

from __future__ import annotations

from collections.abc import Sequence

from her2stats.statistics.covariates import column_rank
from her2stats.statistics.flags import flag
from her2stats.statistics.frame import Array, Cases, ModelFrame
from her2stats.statistics.separation import is_separated


def why_no_model(frame: ModelFrame, cases: Cases, outcome: str, exposure: str, names: Sequence[str]) -> str:
    """Flag of complete cases on which the question cannot be put, empty text when it can."""
    if absent := frame.without_value(names):
        return flag("missing variable", f"'{absent}' has no value")
    if cases.n < 2:
        return flag("too few observations", f"{cases.n} complete cases")
    events = cases[outcome]
    if events.min() == events.max():
        return flag("constant outcome", f"'{outcome}' is {events[0]:g} in all {cases.n} cases")
    exposures = cases[exposure]
    if exposures.min() == exposures.max():
        return flag("constant exposure", f"'{exposure}' is {exposures[0]:g} in all {cases.n} cases")
    return ""


def why_no_fit(design: Array, outcome: Array, *, penalised: bool = False) -> str:
    """Flag of a design whose likelihood has no single finite maximum, empty text when it has."""
    cases, columns = design.shape
    if cases <= columns:
        return flag("too few observations", f"{cases} complete cases for {columns} coefficients")
    rank = column_rank(design)
    if rank < columns:
        return flag("rank deficient", f"{rank} of {columns} columns are independent")
    if not penalised and is_separated(design, outcome):
        return flag("separation", "the variables divide events from non-events, there is no finite estimate")
    return ""
