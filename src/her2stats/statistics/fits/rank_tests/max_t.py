"""Many tests over one set of permutations: standardised statistics, and the step-down p-values of their maximum."""

from __future__ import annotations

import numpy as np

from her2stats.statistics.frame import Array

SAME = 1e-9  # standardised statistics this near are equal: sums in another order are no other result
NO_SPREAD = 1e-10  # of the largest statistic: all permutations give the same


def standardised(statistics: Array) -> Array:
    """Statistics less their mean over the permutations, by their standard deviation; NaN where they do not vary.

    `statistics`, shape (tests, 1 + permutations): the first column is the data as they are, and is in neither mean nor
    standard deviation.
    """
    drawn = statistics[:, 1:]
    middle, spread = drawn.mean(axis=1, keepdims=True), drawn.std(axis=1, ddof=1, keepdims=True)
    still = spread <= NO_SPREAD * np.abs(statistics).max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(still, np.nan, (statistics - middle) / spread)


def own_p(sizes: Array) -> Array:
    """P of each test by itself: the share of permutations, the data among them, at least as far out."""
    return np.asarray((sizes >= sizes[:, :1] - SAME).mean(axis=1))


def step_down(sizes: Array) -> Array:
    """Westfall and Young's step-down p of each test, for how far the farthest of those not yet decided may lie.

    `sizes`, shape (tests, 1 + permutations): absolute standardised statistics, the data first.
    Source: Westfall and Young 1993, Resampling-Based Multiple Testing, Wiley, algorithm 2.8.

    >>> step_down(np.array([[3.0, 1, 2, 1], [2.5, 2, 3, 0], [0.5, 0, 1, 2]])).tolist()
    [0.5, 0.5, 0.75]
    """
    order = np.argsort(-sizes[:, 0], kind="stable")
    farthest = np.maximum.accumulate(sizes[order[::-1]], axis=0)[::-1]
    found = np.empty(len(sizes))
    found[order] = np.maximum.accumulate(own_p(np.column_stack([sizes[order, 0], farthest[:, 1:]])))
    return found
