"""Confidence intervals of Spearman's rho on Fisher's z scale, one formula a convention, and the bootstrap."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from her2stats.statistics.frame import Array
from her2stats.statistics.specs import CorrelationCI

NAMES: dict[CorrelationCI, str] = {
    "bonett-wright": "Bonett-Wright",
    "fieller": "Fieller",
    "caruso-cliff": "Caruso-Cliff",
    "fisher": "Fisher z",
    "sas": "bias-adjusted Fisher z (PROC CORR)",
    "bootstrap": "bootstrap percentile",
}


def z_std_error(rho: float, n: int, ci: CorrelationCI) -> float:
    """Standard error of Fisher's z of a Spearman correlation.

    Parameters
    ----------
    rho : float
        Between -1 and 1, both excluded.
    n : int
        Pairs, at least 4.
    ci : str
        Which convention, see `correlate`.

    Returns
    -------
    float
        Without unit; NaN for the bootstrap, which has none.

    Examples
    --------
    >>> round(z_std_error(-0.44, 318, "bonett-wright"), 6)
    0.059008
    """
    if ci == "bonett-wright":
        return math.sqrt((1 + rho**2 / 2) / (n - 3))
    if ci == "fieller":
        return math.sqrt(1.06 / (n - 3))
    if ci == "caruso-cliff":
        return math.sqrt(1 / (n - 2) + abs(math.atanh(rho)) / (6 * n + 4 * math.sqrt(n)))
    return math.nan if ci == "bootstrap" else math.sqrt(1 / (n - 3))


def z_interval(rho: float, n: int, ci: CorrelationCI, conf_level: float) -> tuple[float, float]:
    """Limits of rho: Fisher's z plus and minus its standard error, brought back.

    PROC CORR ("sas") first subtracts the bias r / (2 (n - 1)) from z.

    Examples
    --------
    >>> [round(limit, 2) for limit in z_interval(-0.44, 318, "bonett-wright", 0.95)]
    [-0.53, -0.34]
    """
    centre = math.atanh(rho) - (rho / (2 * (n - 1)) if ci == "sas" else 0.0)
    reach = float(ndtri(0.5 + conf_level / 2)) * z_std_error(rho, n, ci)
    return math.tanh(centre - reach), math.tanh(centre + reach)


def bootstrap_interval(x: Array, y: Array, *, conf_level: float, draws: int, seed: int) -> tuple[float, float]:
    """Percentile limits of rho over resampled pairs.

    How often each pair is drawn follows a multinomial distribution, so the mid-ranks of a resample are running sums
    of those counts and no resample has to be sorted. Resamples without variation are left out.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Pairs in an order that does not depend on the order of the input rows.
    draws, seed : int
        Number of resamples, and where the random numbers start.

    Returns
    -------
    tuple of float
        NaN when every resample is constant.
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
