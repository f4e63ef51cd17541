"""Quantile normalisation: every sample gets the same distribution, as preprocessCore's normalize.quantiles does."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def target_distribution(values: Floats) -> Floats:
    """Mean of the sorted columns, (genes,): what every sample of `values` (genes x samples) is brought to."""
    return np.asarray(np.sort(values, axis=0).mean(axis=1))


def quantile_normalise(values: Floats, target: Floats | None = None) -> Floats:
    """Give every column of (genes, samples) the target distribution (sorted), or else the mean of the sorted columns.

    Ties get the target at their average rank: the value at that rank, or, for a half rank, the mean of its two
    neighbours, as in preprocessCore. Source: Bolstad et al. (2003), doi 10.1093/bioinformatics/19.2.185.
    """
    if target is None:
        target = target_distribution(values)
    result = np.empty_like(values, dtype=np.float64)
    for column in range(values.shape[1]):
        rank = _average_rank(values[:, column])
        below = np.floor(rank).astype(int)
        half = rank - below > 0.4
        result[:, column] = np.where(
            half, 0.5 * (target[below - 1] + target[np.minimum(below, len(target) - 1)]), target[below - 1]
        )
    return result


def _average_rank(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of their ranks."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[group])
