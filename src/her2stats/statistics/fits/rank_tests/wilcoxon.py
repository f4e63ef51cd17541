"""Wilcoxon's rank-sum test of two groups with the Hodges-Lehmann shift and its interval, as R's wilcox.test."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from her2stats.statistics.frame import Array

SAME = 1e-12  # probabilities of whole counts over a common total, equal but for rounding
EXACT_BELOW = 50  # R: exact when both groups are smaller and nothing is tied


@dataclass(frozen=True)
class RankSum:
    """What the test of a second group against a first one gives."""

    # hodges-Lehmann shift, second minus first, in the unit of the values; limits NaN where the groups are too small
    # for the confidence level
    shift: float
    conf_low: float
    conf_high: float
    statistic: float  # W of the second group: pairs in which its value is the larger, ties count a half
    superiority: float  # W / (n1 n2): chance that a value of the second group exceeds one of the first
    p_value: float  # Two-sided
    exact: bool  # whether p and limits come from the exact distribution


def rank_sum(first: Array, second: Array, *, conf_level: float = 0.95) -> RankSum:
    """Wilcoxon's rank-sum test of the reference group and the compared one, neither empty.

    Exact when both groups have fewer than 50 values and none is tied; else the normal approximation with the variance
    corrected for ties and a continuity correction of a half. The limits are order statistics D(1) <= ... <= D(mn) of
    all differences second minus first, D(k) and D(mn + 1 - k): exact, k = max(1, smallest q with P(W <= q) >= (1 -
    conf_level) / 2); asymptotic (Moses), k = floor(mn / 2 - z sqrt(mn (m + n + 1) / 12)). They are not given when the
    interval from the smallest to the largest difference is still short of the level. Source: Hollander, Wolfe and
    Chicken, Nonparametric Statistical Methods, 3rd edition, chapter 4.
    """
    m, n = len(first), len(second)
    both = np.concatenate([first, second])
    _, position, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[position]
    statistic = float(ranks[m:].sum() - n * (n + 1) / 2)
    exact = bool(m < EXACT_BELOW and n < EXACT_BELOW and counts.max() == 1)
    if exact:
        p_value, k = _exact_p(statistic, m, n), _exact_place(m, n, conf_level)
    else:
        p_value, k = _normal_p(statistic, m, n, counts.astype("float64")), _moses_place(m, n, conf_level)
    differences = np.subtract.outer(second, first).ravel()
    pairs = m * n
    middle = [(pairs - 1) // 2, pairs // 2]
    ends = [k - 1, pairs - k] if k else []
    differences.partition(sorted({*middle, *ends}))
    shift = float((differences[middle[0]] + differences[middle[1]]) / 2)
    low, high = (float(differences[end]) + 0.0 for end in ends) if ends else (math.nan, math.nan)
    return RankSum(shift, low, high, statistic, statistic / pairs, p_value, exact)


def superiority_limits(superiority: float, m: float, n: float, *, conf_level: float) -> tuple[float, float]:
    """Score interval of the superiority of one group of m or n values over the other; NaN where it has no value.

    Source: Newcombe 2006, method 5, doi:10.1002/sim.2324.
    """
    from scipy.optimize import brentq

    z, half = float(ndtri(0.5 + conf_level / 2)), (m + n) / 2 - 1

    def short_of(at: float, side: int) -> float:
        variance = at * (1 - at) * (1 + half * ((1 - at) / (2 - at) + at / (1 + at))) / (m * n)
        return side * (at - superiority) - z * math.sqrt(variance)

    if not 0 <= superiority <= 1:
        return math.nan, math.nan
    # at 0 and 1 the variance is 0, and that root is not the limit
    low = brentq(short_of, 0.0, min(superiority, 1 - 1e-9), args=(-1,)) if superiority > 0 else 0.0
    high = brentq(short_of, max(superiority, 1e-9), 1.0, args=(1,)) if superiority < 1 else 1.0
    return low, high


def _normal_p(statistic: float, m: int, n: int, counts: Array) -> float:
    """NaN when every value is the same."""
    total = m + n
    ties = float((counts**3 - counts).sum()) / (total * (total - 1))
    variance = m * n / 12 * (total + 1 - ties)
    if variance <= 0:
        return math.nan
    distance = abs(statistic - m * n / 2)
    return float(min(1.0, 2 * ndtr(-max(distance - 0.5, 0.0) / math.sqrt(variance))))


def _moses_place(m: int, n: int, conf_level: float) -> int:
    """Place of the lower limit from below, 0 where there is none."""
    reach = float(ndtri(0.5 + conf_level / 2)) * math.sqrt(m * n * (m + n + 1) / 12)
    return max(0, math.floor(m * n / 2 - reach))


def _exact_p(statistic: float, m: int, n: int) -> float:
    smaller = min(statistic, m * n - statistic)  # the distribution is symmetric
    return min(1.0, 2 * float(_null_distribution(m, n)[round(smaller)]))


def _exact_place(m: int, n: int, conf_level: float) -> int:
    """Place of the lower limit from below, 0 where there is none."""
    tail = (1 - conf_level) / 2
    below = _null_distribution(m, n)
    if below[0] > tail * (1 + SAME):
        return 0
    return max(1, int(np.searchsorted(below, tail * (1 - SAME))))


@lru_cache(maxsize=64)
def _null_distribution(m: int, n: int) -> Array:
    """P(W <= w) for w = 0 ... mn, without ties.

    scipy gives the test but not this distribution, whose quantiles the limits need. Counts of subsets by size and sum
    are built by additions only, so that nothing cancels.
    """
    size, other = min(m, n), max(m, n)
    most = size * other
    counts = np.zeros((size + 1, most + 1))
    counts[0, 0] = 1.0
    # The value that comes (r + 1)-th of all, as the k-th of the smaller group, exceeds r - (k - 1) of the other group.
    for r in range(size + other):
        for k in range(min(r + 1, size), 0, -1):
            exceeded = r - (k - 1)
            if exceeded <= other:
                counts[k, exceeded:] += counts[k - 1, : most + 1 - exceeded]
    sums = np.cumsum(counts[size])
    below: Array = sums / sums[-1]
    return below
