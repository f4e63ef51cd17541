"""Profile likelihood limits of a contrast of a logistic model."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import chdtri

from her2stats.statistics.fits.logit import LogitFit, fit_logit, likelihood_ratio
from her2stats.statistics.frame import Array

MOST_PACES = 60


def profile_limits(fit: LogitFit, weights: Array, conf_level: float) -> tuple[float, float]:
    """Profile likelihood limits of L b: where twice the log-likelihood has fallen by the chi-squared quantile.

    The model is written anew with L b as a parameter of its own, which is then held fixed while the rest is fitted; the
    signed root of the fall is nearly a straight line, on which the root is found. The fit has converged, and L
    (`weights`) is not all 0. The limits are on the log scale, NaN where the search fails. Source: Venzon and Moolgavkar
    1988, doi:10.2307/2347496.
    """
    pivot = int(np.argmax(np.abs(weights)))
    carrier = fit.design[:, pivot] / weights[pivot]
    rest = np.delete(fit.design - np.outer(carrier, weights), pivot, axis=1)
    target = math.sqrt(float(chdtri(1, 1 - conf_level)))
    estimate, error = fit.contrast(weights)
    begin = np.delete(fit.coefficients, pivot)

    def excess(value: float) -> float:
        nonlocal begin
        held = fit_logit(rest, fit.outcome, offset=value * carrier, start=begin)
        if not held.on_top:
            held = fit_logit(rest, fit.outcome, offset=value * carrier)
        if not held.on_top:
            raise ArithmeticError
        begin = held.coefficients
        return math.sqrt(likelihood_ratio(fit, held)) - target

    return _crossing(excess, estimate, -target * error), _crossing(excess, estimate, target * error)


def _crossing(excess: Callable[[float], float], estimate: float, reach: float) -> float:
    """Where the excess turns positive, from the estimate in the direction of `reach`.

    Each fit begins where the last one ended, so the way out is walked in steps: longer ones while all goes well,
    shorter ones where a fit does not find its maximum.
    """
    from scipy.optimize import brentq  # a third of a second to import, and only here

    inner, pace = estimate, reach / 2
    for _ in range(MOST_PACES):
        try:
            if excess(inner + pace) >= 0:
                return float(brentq(excess, inner, inner + pace, xtol=1e-12 * abs(reach), rtol=1e-13))
            inner, pace = inner + pace, pace * 1.5
        except ArithmeticError:
            pace /= 4
    return math.nan
