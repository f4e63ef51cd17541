"""Confidence intervals of Spearman's rho, an entry a convention: on Fisher's z scale, or by resampling."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from her2stats.errors import DataError, Problem
from her2stats.statistics.arguments import remedy_for
from her2stats.statistics.frame import Array


@dataclass(frozen=True)
class Interval:
    """One convention."""

    words: str  # as the column ``method`` names it
    # squared standard error of z from rho and the number of pairs; None for an interval by resampling
    variance: Callable[[float, int], float] | None = None
    # taken off z before the limits, from rho and the number of pairs
    bias: Callable[[float, int], float] = lambda rho, n: 0.0

    @property
    def resamples(self) -> bool:
        """Whether the limits come from resampled pairs."""
        return self.variance is None


INTERVALS: dict[str, Interval] = {
    "bonett-wright": Interval("Bonett-Wright", lambda rho, n: (1 + rho**2 / 2) / (n - 3)),
    "fieller": Interval("Fieller", lambda rho, n: 1.06 / (n - 3)),
    "caruso-cliff": Interval(
        "Caruso-Cliff", lambda rho, n: 1 / (n - 2) + abs(math.atanh(rho)) / (6 * n + 4 * math.sqrt(n))
    ),
    "fisher": Interval("Fisher z", lambda rho, n: 1 / (n - 3)),
    "sas": Interval(
        "bias-adjusted Fisher z (PROC CORR)", lambda rho, n: 1 / (n - 3), bias=lambda rho, n: rho / (2 * (n - 1))
    ),
    "bootstrap": Interval("bootstrap percentile"),
}


def interval(ci: str) -> Interval:
    """Look a convention up by its name. Raises DataError when there is no such convention.

    >>> interval("sas").words
    'bias-adjusted Fisher z (PROC CORR)'
    """
    if ci not in INTERVALS:
        raise DataError(Problem(f"ci={ci!r} is not a choice", remedy=remedy_for(ci, INTERVALS)))
    return INTERVALS[ci]


def z_std_error(rho: float, n: int, ci: str) -> float:
    """Standard error of Fisher's z of a Spearman correlation under a convention of `correlate`; NaN for the bootstrap.

    `rho` lies strictly between -1 and 1, and `n` counts at least 4 pairs.
    """
    variance = interval(ci).variance
    return math.nan if variance is None else math.sqrt(variance(rho, n))


def z_interval(rho: float, n: int, ci: str, conf_level: float, beside: float = 0.0) -> tuple[float, float]:
    """Limits of rho: Fisher's z, less the bias where the convention has one, plus and minus its standard error.

    `beside` is a variance of z that is not that of sampling.
    """
    centre = math.atanh(rho) - interval(ci).bias(rho, n)
    reach = float(ndtri(0.5 + conf_level / 2)) * math.sqrt(z_std_error(rho, n, ci) ** 2 + beside)
    return math.tanh(centre - reach), math.tanh(centre + reach)


def bootstrap_interval(x: Array, y: Array, *, conf_level: float, draws: int, seed: int) -> tuple[float, float]:
    """Percentile limits of rho over resampled pairs; NaN when every resample is constant.

    The pairs come in an order that does not depend on the order of the input rows. How often each is drawn follows a
    multinomial distribution, so the mid-ranks of a resample are running sums of those counts and no resample has to be
    sorted. Resamples without variation are left out.
    """
    n = len(x)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws).astype("float64")
    rank_x, rank_y = (_resampled_ranks(values, counts) - (n + 1) / 2 for values in (x, y))
    cross = np.sum(counts * rank_x * rank_y, axis=1)
    spread = np.sum(counts * rank_x**2, axis=1) * np.sum(counts * rank_y**2, axis=1)
    varied = spread > 0
    if not varied.any():
        return math.nan, math.nan
    low, high = np.quantile(cross[varied] / np.sqrt(spread[varied]), [(1 - conf_level) / 2, (1 + conf_level) / 2])
    return float(low), float(high)


def _resampled_ranks(values: Array, counts: Array) -> Array:
    """Mid-ranks of each pair's value in each resample (draws x n)."""
    distinct, position = np.unique(values, return_inverse=True)
    by_value = np.zeros((len(counts), len(distinct)))
    order = np.argsort(position, kind="stable")
    starts = np.searchsorted(position[order], np.arange(len(distinct)))
    np.add.reduceat(counts[:, order], starts, axis=1, out=by_value)
    ranks: Array = (np.cumsum(by_value, axis=1) - by_value / 2 + 0.5)[:, position]
    return ranks
