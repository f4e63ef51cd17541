"""Two proportions: difference with its Wald interval, chi-squared, and Fisher's exact test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtri

from her2stats.statistics.fits.tails import chi2_upper

SAME = 1 + 1e-7  # R's fisher.test: tables this close in probability count as equally likely


@dataclass(frozen=True)
class TwoProportions:
    """Events among the members of a second group against a first one."""

    # second proportion minus first; Wald interval
    difference: float
    std_error: float
    conf_low: float
    conf_high: float
    # Pearson's chi-squared on 1 degree of freedom, without continuity correction
    statistic: float
    p_value: float
    smallest_expected: float  # smallest expected count of the 2 x 2 table


def two_proportions(events: tuple[int, int], totals: tuple[int, int], *, conf_level: float = 0.95) -> TwoProportions:
    """Compare two proportions, the first of them the reference.

    Both totals are positive; some but not all have the event.
    """
    (a, b), (m, n) = events, totals
    every, total = a + b, m + n
    first, second = a / m, b / n
    error = math.sqrt(first * (1 - first) / m + second * (1 - second) / n)
    reach = float(ndtri(0.5 + conf_level / 2)) * error
    difference = (b * m - a * n) / (m * n)
    statistic = total * (b * m - a * n) ** 2 / (m * n * every * (total - every))
    expected = min(m, n) * min(every, total - every) / total
    low, high = difference - reach, difference + reach
    return TwoProportions(difference, error, low, high, statistic, chi2_upper(statistic, 1), expected)


def fisher_exact(events: tuple[int, int], totals: tuple[int, int]) -> float:
    """Two-sided p of Fisher's exact test: all tables no likelier than the one seen, R's tolerance for equality.

    scipy's own tolerance of 1e-14 is below the rounding error of its probabilities, so that a mirrored table of equal
    probability may or may not count.
    """
    (a, b), (m, n) = events, totals
    every = a + b
    support = np.arange(max(0, every - n), min(m, every) + 1)
    logs = _log_choose(m, support) + _log_choose(n, every - support)
    weights = np.exp(logs - logs.max())
    seen = weights[a - support[0]]
    return min(1.0, float(weights[weights <= seen * SAME].sum() / weights.sum()))


def _log_choose(n: int, k: np.ndarray[tuple[int], np.dtype[np.int_]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    logs: np.ndarray[tuple[int], np.dtype[np.float64]] = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return logs
