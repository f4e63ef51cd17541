"""Is a sample better explained than random expression? The null distribution of r, and two p-values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

POOL = 2_000_000
"""Most values that random mixtures are drawn from."""


def pool_samples(samples: Sequence[str], genes: int, seed: int) -> npt.NDArray[np.int64]:
    """Places of the samples whose values random mixtures are drawn from: all, or in huge cohorts a random subset.

    The subset is chosen by a hash of each sample's name, so that the order of samples does not matter.
    """
    most = max(POOL // genes, 1)
    if len(samples) <= most:
        return np.arange(len(samples))
    marks = [hashlib.blake2b(f"{seed}:{sample}".encode(), digest_size=8).digest() for sample in samples]
    chosen = sorted(range(len(samples)), key=marks.__getitem__)[:most]
    return np.array(sorted(chosen), dtype=np.int64)


def draw_mixtures(values: Floats, permutations: int, seed: int) -> Floats:
    """Random mixtures: each draws its genes, without replacement, from all values of the shared genes.

    `values` (S, genes), on the linear scale, are the samples of `pool_samples`. Draw k depends on the seed and k only:
    neither on the order of samples or genes nor on how many are drawn.
    """
    genes = values.shape[1]
    drawn = np.empty((permutations, genes))
    if permutations:
        pool = np.sort(values, axis=None)
        for k in range(permutations):
            drawn[k] = pool[np.random.default_rng([seed, k]).choice(len(pool), genes, replace=False)]
    return drawn


def p_values(r: Floats, null: Floats) -> tuple[Floats, Floats]:
    """CIBERSORT's p-value and the bias-free one of the correlation of each sample with its fit; NaN gives NaN.

    CIBERSORT's is 1 - k / P with k the rank of the null value nearest to r, which can be 0. The bias-free one is
    (b + 1) / (P + 1) with b the null values not below r (Phipson and Smyth 2010, doi 10.2202/1544-6115.1585). The null
    values are correlations of random mixtures, NaN where a mixture has no fit; without permutations both are NaN.
    """
    known = np.sort(null[np.isfinite(null)])
    missing = np.full(len(r), np.nan)
    if not len(known):
        return missing, missing.copy()
    right = np.searchsorted(known, r)
    left = np.clip(right - 1, 0, len(known) - 1)
    right = np.clip(right, 0, len(known) - 1)
    nearest = np.where(np.abs(known[left] - r) <= np.abs(known[right] - r), left, right)
    first = np.searchsorted(known, known[nearest])  # which.min takes the first of equals
    reached = len(known) - np.searchsorted(known, r)
    found = np.isfinite(r)
    return (
        np.where(found, 1 - (first + 1) / len(known), np.nan),
        np.where(found, (reached + 1) / (len(null) + 1), np.nan),
    )
