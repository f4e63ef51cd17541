"""Limits of an odds ratio by inverting the likelihood ratio or a score test.

The likelihood and score limits are looked for along the fitted count of the first cell, which for given margins
determines the odds ratio: the statistic is monotone in it on either side of the observed count, so bisection is safe.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy.special import chdtri

from her2stats.published.numerals import Floats

Likelihood = Literal["profile", "score", "miettinen", "yates"]

_STEPS = 80  # bisection steps: the last bit of a double


def likelihood_limits(cells: Floats, conf_level: float, statistic: Likelihood) -> tuple[Floats, Floats]:
    """Limits of the odds ratio by inverting the likelihood ratio or a score test, shape (k,) each."""
    a, b, c, d = cells.T
    total = cells.sum(axis=1)
    critical = float(chdtri(1, 1 - conf_level))
    wanted = critical * (total / np.maximum(total - 1, 1) if statistic == "miettinen" else np.ones(len(cells)))

    def distance(first: Floats) -> Floats:
        return _statistic(cells, first, statistic) - wanted

    lowest, highest = a - np.minimum(a, d), a + np.minimum(b, c)
    empty = (a + c == 0) | (b + d == 0) | (a + b == 0) | (c + d == 0)
    low = _fitted_ratio(cells, bisect(distance, a, lowest))
    high = _fitted_ratio(cells, bisect(distance, a, highest))
    low, high = np.where(lowest == a, 0.0, low), np.where(highest == a, np.inf, high)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def bisect(distance: Callable[[Floats], Floats], inside: Floats, outside: Floats) -> Floats:
    """Find where distance turns from negative (inside) to positive (outside)."""
    near, far = inside.astype(np.float64), outside.astype(np.float64)
    for _ in range(_STEPS):
        middle = (near + far) / 2
        beyond = distance(middle) > 0
        near, far = np.where(beyond, near, middle), np.where(beyond, middle, far)
    return (near + far) / 2


def _fitted(cells: Floats, first: Floats) -> Floats:
    """Four fitted counts that keep the margins and have this first cell."""
    shift = first - cells[:, 0]
    return np.stack([cells[:, 0] + shift, cells[:, 1] - shift, cells[:, 2] - shift, cells[:, 3] + shift], axis=1)


def _fitted_ratio(cells: Floats, first: Floats) -> Floats:
    fitted = np.maximum(_fitted(cells, first), 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio: Floats = fitted[:, 0] * fitted[:, 3] / (fitted[:, 1] * fitted[:, 2])
    return ratio


def _statistic(cells: Floats, first: Floats, statistic: Likelihood) -> Floats:
    fitted = _fitted(cells, first)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if statistic == "profile":
            terms = np.where(cells > 0, cells * np.log(cells / fitted), 0.0)
            deviance: Floats = 2 * terms.sum(axis=1)
            return deviance
        shift = np.abs(first - cells[:, 0])
        shift = np.maximum(shift - 0.5, 0) if statistic == "yates" else shift
        score: Floats = np.where(shift > 0, shift**2 * (1 / fitted).sum(axis=1), 0.0)
    return score
