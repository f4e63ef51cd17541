"""Rank correlation among samples that are alike in a factor and in covariates."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

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


def is_binary(values: Array) -> bool:
    """Whether there is nothing but 0 and 1, which count as they are and not by rank."""
    return bool(np.isin(values, (0.0, 1.0)).all())


def centred_scores(values: Array, binary: bool) -> Array:
    """What values of a stratum count as: rank shares, or 0 and 1 less their mean."""
    return values - values.mean() if binary else rank_shares(values)


def among_strata(parts: Iterable[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Correlations of centred scores over strata, and van Elteren's z of each; NaN where nothing varies.

    A part is a stratum: scores u, shape (many, n), and v, shape (others, n). Both results are others x many.
    """
    sums: list[Any] = [0.0] * 4
    for u, v in parts:
        uu, vv = (u**2).sum(axis=1), (v**2).sum(axis=1)
        own = (v @ u.T, uu, vv, np.outer(vv, uu) / max(u.shape[1] - 1, 1))
        sums = [old + new for old, new in zip(sums, own, strict=True)]
    product, uu, vv, variance = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        return product / np.sqrt(np.outer(vv, uu)), product / np.sqrt(variance)


def within_strata(x: Array, y: Array, strata: Array) -> GivenRho:
    """Correlate ranks within strata, and test by van Elteren's statistic.

    A rank counts as its share of the stratum's size + 1; a variable of 0 and 1 as it is. Source: van Elteren 1960,
    Bull. Int. Stat. Inst. 37, 351-361.

    >>> x, y = np.array([1.0, 2, 3, 4, 5, 6]), np.array([3.0, 2, 1, 6, 5, 4])
    >>> found = within_strata(x, y, np.array([0.0, 0, 0, 1, 1, 1]))
    >>> found.rho, found.statistic
    (-1.0, -2.0)
    """
    binary, taken = is_binary(y), len(np.unique(strata)) - 1
    insides = [strata == level for level in np.unique(strata)]
    parts = [(rank_shares(x[inside])[None], centred_scores(y[inside], binary)[None]) for inside in insides]
    for name, place in (("y", 1), ("x", 0)):
        if not any(part[place].any() for part in parts):
            return GivenRho(math.nan, taken, constant=name)
    rho, z = (float(found[0, 0]) for found in among_strata(parts))
    return GivenRho(max(-1.0, min(1.0, rho)), taken, z, p_value=float(2 * ndtr(-abs(z))))


def given_columns(x: Array, y: Array, columns: Array) -> GivenRho:
    """Correlate what columns leave of the ranks of two variables; t on the degrees of freedom that remain.

    The columns, of shape (n, k), are the covariates without the intercept.
    """
    basis = spanned_by(columns)
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


def spanned_by(columns: Array) -> Array:
    """An orthonormal basis of columns, of shape (n, k), and the intercept."""
    design = np.column_stack([np.ones(len(columns)), columns])
    basis, sizes, _ = np.linalg.svd(design / np.linalg.norm(design, axis=0).clip(min=1e-300), full_matrices=False)
    found: Array = basis[:, sizes > NOTHING * sizes[0]]
    return found
