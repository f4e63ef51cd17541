"""P of a slope over permutations within the cells of the factors: is there a slope in any of them.

What the model without the score leaves of the outcome is permuted (Freedman and Lane 1983, doi:10.2307/1391660).
Without covariates that is the same as permuting the score, as all else is alike within a cell.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from her2stats.statistics.fits.ancova_model import AncovaModel, SharedModel
from her2stats.statistics.fits.linear import LinearFit, studentised
from her2stats.statistics.fits.rank_tests.permutations import BLOCK, permutations_within
from her2stats.statistics.frame import Array

SAME = 1e-9  # relative: sums in another order are no other result


def permuted_p(model: AncovaModel, shared: SharedModel, fit: LinearFit, combinations: Array) -> Array:
    """Share of permutations, the data among them, whose slope is at least as many standard errors from 0.

    `combinations` are those of the slopes, shape (m, k); the samples are permuted in an order of their values, so that
    the order of the rows changes nothing.
    """
    spec, order = model.spec, np.lexsort((model.values, *shared.keys[::-1]))
    sizes = np.unique(shared.cells, return_counts=True)[1]
    values = model.values - fit.shift
    told = shared.reduced @ (shared.reduced.T @ values)
    left = (values - told)[order]
    observed = np.abs(studentised(fit.projection, values[:, None], combinations, spec.covariance))
    count, before = np.ones(len(combinations)), np.argsort(order)
    places = _places(tuple(int(size) for size in sizes), spec.permutations, spec.seed)
    for start in range(0, spec.permutations, BLOCK):
        drawn = told[:, None] + left[places[:, start : start + BLOCK]][before]
        found = np.abs(studentised(fit.projection, drawn, combinations, spec.covariance))
        count += (found >= observed * (1 - SAME)).sum(axis=1)
    return np.asarray(count / (spec.permutations + 1))


@lru_cache(maxsize=2)
def _places(sizes: tuple[int, ...], permutations: int, seed: int) -> np.ndarray:
    return np.hstack(list(permutations_within(sizes, permutations, seed)))
