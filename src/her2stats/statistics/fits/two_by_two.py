"""Two shares beside each other: their difference, and the exact test of a 2 x 2 table."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln, ndtri

from her2stats.statistics.frame import Array


def newcombe(events: tuple[int, int], sizes: tuple[int, int], conf_level: float) -> tuple[float, float, float]:
    """Second share minus the first, with limits from Wilson's of each share.

    Source: Newcombe 1998, method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.

    >>> [round(value, 3) for value in newcombe((36, 23), (50, 36), 0.95)]
    [-0.081, -0.275, 0.112]
    """
    z = float(ndtri((1 + conf_level) / 2))
    first, second = (event / size for event, size in zip(events, sizes, strict=True))
    low_1, high_1 = _wilson(first, sizes[0], z)
    low_2, high_2 = _wilson(second, sizes[1], z)
    difference = second - first
    low = difference - math.hypot(second - low_2, high_1 - first)
    return difference, low, difference + math.hypot(high_2 - second, first - low_1)


def _wilson(share: float, size: int, z: float) -> tuple[float, float]:
    middle, half = share + z**2 / (2 * size), z * math.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2)
    return tuple((middle + sign * half) / (1 + z**2 / size) for sign in (-1, 1))  # type: ignore[return-value]


def mid_p(events: tuple[int, int], sizes: tuple[int, int]) -> float:
    """Two-sided p of equal shares, given both margins: twice the smaller tail with half the observed table's chance.

    Source: Hwang & Yang 2001, Statistica Sinica 11, 807-826.

    >>> round(mid_p((36, 23), (50, 36)), 4)
    0.4358
    """
    total = sum(events)
    second = np.arange(max(0, total - sizes[0]), min(total, sizes[1]) + 1, dtype="float64")
    ways = _log_choose(sizes[0], total - second) + _log_choose(sizes[1], second)
    chances = np.exp(ways - ways.max())
    chances /= chances.sum()
    own = chances[second == events[1]].sum() / 2
    return float(min(1.0, 2 * min(chances[second < events[1]].sum() + own, chances[second > events[1]].sum() + own)))


def _log_choose(of: int, taken: Array) -> Array:
    return np.asarray(gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1))
