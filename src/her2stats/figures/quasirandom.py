"""Dots side by side without chance: the same values give the same cloud, in whatever order they come."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import qmc


def spread(values: pd.Series, *, dimensions: int = 1) -> np.ndarray:
    """Offsets in -0.5 to 0.5 that keep dots of similar value apart.

    Values are sorted (ties by sample id) and the k-th gets the k-th point of a Halton sequence
    (Halton 1960, doi 10.1007/BF01386213).

    Parameters
    ----------
    values : Series
        Indexed by sample.
    dimensions : int
        Offsets for each value.

    Returns
    -------
    ndarray
        len(values) x dimensions.

    Examples
    --------
    >>> spread(pd.Series([0.1, 0.2, 0.3], index=["a", "b", "c"])).ravel().tolist()
    [0.0, -0.25, 0.25]
    """
    if not len(values):
        return np.empty((0, dimensions))
    order = np.lexsort((values.index.astype(str), values.to_numpy(dtype=float)))
    points: np.ndarray = qmc.Halton(dimensions, scramble=False).random(len(values) + 1)[1:] - 0.5
    offsets = np.empty_like(points)
    offsets[order] = points
    return offsets
