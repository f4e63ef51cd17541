"""Z of rank correlations of many outcomes with one exposure, for all permutations of the exposure at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, ndtri

from her2stats.statistics.fits.rank_tests.given_ranks import (
    NOTHING,
    among_strata,
    centred_scores,
    doubled_ranks,
    is_binary,
    spanned_by,
)
from her2stats.statistics.frame import Array

FARTHEST = 37.0  # standard errors; beyond, probabilities are no numbers any more
Places = NDArray[np.intp]
Statistic = Callable[[Array, Places], Array]  # exposure, places (cases, permutations) -> z (outcomes, permutations)


def ranks_of(values: Array, places: Places) -> Array:
    """Doubled mid-ranks, centred at 0, of values after each permutation; `places` says where a case has its value from.

    >>> ranks_of(np.array([5.0, 1.0, 5.0]), np.array([[0, 1], [1, 2]])).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    distinct, codes = np.unique(values, return_inverse=True)
    cells = codes[places] + len(distinct) * np.arange(places.shape[1])
    counts = np.bincount(cells.ravel(), minlength=len(distinct) * places.shape[1]).reshape(-1, len(distinct))
    ranks: Array = (2 * counts.cumsum(axis=1) - counts).ravel()[cells] - float(len(places))
    return ranks


def z_within_strata(outcomes: Sequence[Array], strata: Array) -> Statistic:
    """Van Elteren's statistic within strata that lie one after the other."""
    binary = [is_binary(values) for values in outcomes]
    insides = [slice(*ends) for ends in pairwise(np.cumsum([0, *np.unique(strata, return_counts=True)[1]]))]
    scored = [np.array([centred_scores(v[own], b) for v, b in zip(outcomes, binary, strict=True)]) for own in insides]

    def z(exposure: Array, places: Places) -> Array:
        ranked = (ranks_of(exposure, places[own]).T / (2 * (own.stop - own.start + 1)) for own in insides)
        return np.nan_to_num(among_strata(zip(ranked, scored, strict=True))[1])

    return z


def z_given_columns(outcomes: Sequence[Array], columns: Array) -> Statistic:
    """T of the correlation of what columns leave of ranks, as the z of the same probability."""
    basis = spanned_by(columns)
    ranked = np.array([doubled_ranks(values) for values in outcomes])
    rest = ranked - (ranked @ basis) @ basis.T
    rest /= np.linalg.norm(rest, axis=1, keepdims=True)
    df = len(basis) - basis.shape[1] - 1

    def z(exposure: Array, places: Places) -> Array:
        ranks = ranks_of(exposure, places)
        whole = (ranks**2).sum(axis=0)
        left = whole - ((basis.T @ ranks) ** 2).sum(axis=0)
        rho = np.nan_to_num(rest @ ranks / np.sqrt(np.where(left > NOTHING * whole, left, np.nan)))
        far = -ndtri(betainc(df / 2, 0.5, np.clip(1 - rho**2, 0, 1)) / 2)  # df / (df + t^2) = 1 - rho^2
        return np.asarray(np.sign(rho) * np.minimum(far, FARTHEST))

    return z
