"""Rank correlation among samples that are alike in a factor and in covariates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from her2stats.statistics.fits.tails import t_two_sided
from her2stats.statistics.frame import Array

NOTHING = 1e-9  # of a variable's length: what is left of it when the rest explains it


@dataclass(frozen=True)
class GivenRho:
    """A correlation, how many parameters went into what is held alike, and its test (`df` missing: normal).

    Without variation in one of the two, rho is missing and `constant` says in which: "x" or "y".
    """

    rho: float
    taken: int
    statistic: float = math.nan
    df: float = math.nan
    p_value: float = math.nan
    constant: str = ""


def doubled_ranks(values: Array) -> Array:
    """Twice the mid-ranks, centred at 0: whole numbers, so that sums over them are exact in any order.

    >>> doubled_ranks(np.array([5.0, 1.0, 5.0]))
    array([ 1., -2.,  1.])
    """
    distinct = np.unique(values, return_inverse=True, return_counts=True)
    counts = distinct[2].astype("float64")
    doubled: Array = (2 * np.cumsum(counts) - counts + 1)[distinct[1]] - (len(values) + 1)
    return doubled


def rank_shares(values: Array) -> Array:
    """Centred mid-ranks as shares of the stratum's size + 1."""
    shares: Array = doubled_ranks(values) / (2 * (len(values) + 1))
    return shares


def within_strata(x: Array, y: Array, strata: Array) -> GivenRho:
    """Correlate ranks within strata, and test by van Elteren's statistic.

    A rank counts as its share of the stratum's size + 1; a variable of 0 and 1 as it is. Source: van Elteren 1960,
    Bull. Int. Stat. Inst. 37, 351-361.

    >>> x, y = np.array([1.0, 2, 3, 4, 5, 6]), np.array([3.0, 2, 1, 6, 5, 4])
    >>> found = within_strata(x, y, np.array([0.0, 0, 0, 1, 1, 1]))
    >>> found.rho, found.statistic
    (-1.0, -2.0)
    """
    binary = bool(np.isin(y, (0.0, 1.0)).all())
    sums, variance = np.zeros(3), 0.0
    levels = np.unique(strata)
    for level in levels:
        inside = strata == level
        n = int(inside.sum())
        u = rank_shares(x[inside])
        v = y[inside] - y[inside].mean() if binary else rank_shares(y[inside])
        sums += u @ u, v @ v, u @ v
        variance += float((u @ u) * (v @ v)) / (n - 1) if n > 1 else 0.0
    uu, vv, uv = map(float, sums)
    taken = len(levels) - 1
    if not uu or not vv:
        return GivenRho(math.nan, taken, constant="x" if vv else "y")
    z = uv / math.sqrt(variance) if variance else math.nan
    return GivenRho(max(-1.0, min(1.0, uv / math.sqrt(uu * vv))), taken, z, p_value=float(2 * ndtr(-abs(z))))


def given_columns(x: Array, y: Array, columns: Array) -> GivenRho:
    """Correlate what columns leave of the ranks of two variables; t on the degrees of freedom that remain.

    The columns, of shape (n, k), are the covariates without the intercept.
    """
    design = np.column_stack([np.ones(len(x)), columns])
    basis, sizes, _ = np.linalg.svd(design / np.linalg.norm(design, axis=0).clip(min=1e-300), full_matrices=False)
    basis = basis[:, sizes > NOTHING * sizes[0]]
    left, taken = [], basis.shape[1] - 1
    for name, values in (("y", y), ("x", x)):
        ranks = doubled_ranks(values)
        rest = ranks - basis @ (basis.T @ ranks)
        if np.linalg.norm(rest) <= NOTHING * np.linalg.norm(ranks):
            return GivenRho(math.nan, taken, constant=name)
        left.append(rest / np.linalg.norm(rest))
    rho, df = float(np.clip(left[0] @ left[1], -1, 1)), len(x) - 2 - taken
    unexplained = 1 - rho**2
    statistic = rho * math.sqrt(df / unexplained) if df > 0 and unexplained > 0 else math.nan
    return GivenRho(rho, taken, statistic, df, t_two_sided(statistic, df) if df > 0 else math.nan)
