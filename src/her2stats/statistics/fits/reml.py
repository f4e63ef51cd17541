"""The variance between cohorts by restricted maximum likelihood, and the mean that goes with it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from her2stats.statistics.frame import Array

GRID = 200  # steps in which sign changes of the slope are looked for


@dataclass(frozen=True)
class Mean:
    """Mean of the effects with its error; df is infinite where the normal distribution judges it."""

    estimate: float
    std_error: float
    df: float

    def reach(self, conf_level: float) -> float:
        """Half of the interval."""
        level = 0.5 + conf_level / 2
        return self.std_error * float(ndtri(level) if math.isinf(self.df) else stdtrit(self.df, level))


def weighted_mean(effects: Array, variances: Array) -> Mean:
    """Inverse-variance mean with the error of known variances."""
    weights = 1 / variances
    return Mean(float(effects @ weights / weights.sum()), float(1 / math.sqrt(weights.sum())), math.inf)


def hartung_knapp(effects: Array, variances: Array, conf_level: float) -> Mean:
    """Inverse-variance mean with the error that the effects themselves show, never surer than with known variances.

    >>> found = hartung_knapp(np.array([-0.6, -0.2, -0.75]), np.array([0.1, 0.1, 0.05]), 0.95)
    >>> round(found.std_error, 4), found.df
    (0.1591, 2)
    """
    plain, k = weighted_mean(effects, variances), len(effects)
    spread = float(((effects - plain.estimate) ** 2 / variances).sum()) / (k - 1)
    seen = Mean(plain.estimate, plain.std_error * math.sqrt(spread), k - 1)
    return seen if seen.reach(conf_level) > plain.reach(conf_level) else plain


def reml_variance(effects: Array, variances: Array) -> float:
    """Variance between cohorts at the highest restricted likelihood; 0 where that is at the border.

    >>> round(reml_variance(np.array([-0.6, -0.2, -0.75]), np.array([0.24, 0.27, 0.13]) ** 2), 5)
    0.03015
    """
    from scipy.optimize import brentq  # loads for as long as all other fits together, and only cohorts need it

    def slope(tau2: Array | float) -> Array:
        weights = 1 / (variances + np.asarray(tau2)[..., None])
        total, squared = weights.sum(axis=-1), weights**2
        residuals = effects - (weights @ effects / total)[..., None]
        rise: Array = squared.sum(axis=-1) / total - total + (squared * residuals**2).sum(axis=-1)
        return rise

    def likelihood(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        residuals = effects - effects @ weights / weights.sum()
        return float(np.log(weights).sum() - np.log(weights.sum()) - weights @ residuals**2)

    most = 10 * float(effects.var(ddof=1)) + float(variances.min())  # there the likelihood falls
    places = most * np.linspace(0, 1, GRID + 1) ** 2
    slopes = slope(places)
    peaks = [0.0] + [
        float(brentq(slope, low, high, xtol=1e-300, rtol=8.9e-16))
        for low, high, up, down in zip(places[:-1], places[1:], slopes[:-1], slopes[1:], strict=True)
        if up > 0 >= down
    ]
    return max(peaks, key=likelihood)
