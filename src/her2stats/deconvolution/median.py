"""Median of more values than may be copied: exact, in passes over blocks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Blocks = Callable[[], Iterator[Floats]]

BITS = (22, 21, 21)  # of the 64 of a number: a histogram of each part takes 32 MB at most


def exact_median(blocks: Blocks) -> float:
    """Median of all values of all blocks, equal to NumPy's to the last bit; not negative values only.

    The bits of non-negative floating-point numbers, read as integers, are in the order of the numbers. Three passes
    narrow the two middle values down to their leading 22, 43 and all 64 bits.
    """
    middles: list[tuple[int, int]] | None = None  # leading bits found so far, rank among the numbers that share them
    shift = 64
    for width in BITS:
        shift -= width
        counts = _histograms(blocks, [prefix for prefix, _ in middles or [(0, 0)]], shift, width)
        if middles is None:
            total = int(counts[0].sum())
            middles = [(0, (total - 1) // 2), (0, total // 2)]
        middles = [_narrow(prefix, rank, counts[prefix], width) for prefix, rank in middles]
    assert middles is not None
    low, high = np.array([bits for bits, _ in middles], dtype=np.uint64).view(np.float64)
    return float((low + high) / 2)


def _histograms(blocks: Blocks, prefixes: list[int], shift: int, width: int) -> dict[int, npt.NDArray[np.int64]]:
    """For the numbers that begin with each prefix, how often each value of the next `width` bits occurs."""
    counts = {prefix: np.zeros(1 << width, dtype=np.int64) for prefix in prefixes}
    mask = np.uint64((1 << width) - 1)
    for block in blocks():
        bits = (np.ascontiguousarray(block, dtype=np.float64).ravel() + 0.0).view(np.uint64)  # + 0.0: no minus zero
        head = bits >> np.uint64(shift)
        for prefix, count in counts.items():
            mine = head if shift + width == 64 else head[(head >> np.uint64(width)) == np.uint64(prefix)]
            np.add.at(count, (mine & mask).astype(np.int64), 1)
    return counts


def _narrow(prefix: int, rank: int, counts: npt.NDArray[np.int64], width: int) -> tuple[int, int]:
    passed = np.cumsum(counts)
    place = int(np.searchsorted(passed, rank, side="right"))
    return (prefix << width) | place, rank - int(passed[place] - counts[place])
