"""Can a logistic model be fitted to these cases: every reason against it is found before, never by a failed fit.

Where a combination of the columns divides events from non-events, the likelihood rises for ever. Newton's method
stops somewhere on the way, without a warning, at an odds ratio of millions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from her2stats.statistics.fits.covariates import column_rank
from her2stats.statistics.flags import flag
from her2stats.statistics.frame import Array, Cases, ModelFrame

GAIN = 1e-6  # of columns scaled to spread 1; far above the solver's own tolerance of 1e-7 per observation


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


def is_separated(design: Array, outcome: Array) -> bool:
    """Tell whether the outcomes (0 and 1, both present) are separated, completely or up to ties.

    The linear programme: maximise the sum of s_i x_i b over -1 <= b <= 1 with every s_i x_i b >= 0, where s_i is 1 for
    an event and -1 otherwise. Its optimum is 0 exactly when the maximum likelihood estimate exists. For one exposure
    the optimum can be read from the ranges, and is. The design has full rank, its first column the intercept. Sources:
    Albert and Anderson 1984, doi:10.1093/biomet/71.1.1; Konis 2007, DPhil thesis, University of Oxford.
    """
    return divided_by_range(design[:, 1], outcome) if design.shape[1] == 2 else divided_by_programme(design, outcome)


def divided_by_range(exposure: Array, outcome: Array) -> bool:
    """Tell whether events and non-events lie on two sides of one exposure, ties at the border included."""
    with_event, without = exposure[outcome == 1], exposure[outcome == 0]
    return bool(with_event.min() >= without.max() or with_event.max() <= without.min())


def divided_by_programme(design: Array, outcome: Array) -> bool:
    """Tell the same of any number of columns, by the linear programme of `is_separated`."""
    from scipy.optimize import linprog  # a third of a second to import, and only here

    spread = design.std(axis=0)
    spread[0] = 1.0
    signed = np.where(outcome[:, None] == 1, design, -design) / spread
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(outcome)), bounds=(-1, 1), method="highs")
    return bool(found.status != 0 or -found.fun > GAIN)
