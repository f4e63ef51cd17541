"""Chance that a test finds an effect: by formula, by all tables that occur, or by simulation where neither is true."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

from her2stats.statistics.frame import Array

CELLS = 1_000_000  # numbers held at once
MOST = 100_000  # samples that a study may take
FEWEST = 5  # expected count, below which the formula of the strata is rough
STEPS = 25  # Newton's, at most: a slope that still grows then has no maximum, and is found in no study
STILL = 1e-8
NODES = 60  # of the quadrature over a normal exposure


def normal_power(mean: float, alpha: float) -> float:
    """Power of a two-sided test whose statistic has this mean and a variance of 1."""
    reach = -ndtri(alpha / 2)
    return float(ndtr(mean - reach) + ndtr(-mean - reach))


def correlation_power(z: float, df: float, alpha: float) -> float:
    """Power of a rank correlation whose Fisher's z has the variance 1.06 / df (Fieller)."""
    return normal_power(z * math.sqrt(df / 1.06), alpha)


def group_sizes(n: int, pairs: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Whole numbers in the proportion of the pairs that add up to n, two at least in each place."""
    parts = np.array(pairs, dtype="float64").ravel()
    ends = np.rint(np.cumsum(parts) / parts.sum() * n).astype(int)
    return [(int(a), int(b)) for a, b in np.maximum(np.diff(ends, prepend=0), 2).reshape(-1, 2)]


def two_by_two_power(sizes: tuple[int, int], share: float, slope: float, alpha: float) -> float:
    """Power of Wald's test of the odds ratio over all tables that occur; one with a zero cell finds nothing."""
    from scipy.stats import binom

    events, chances = [], []
    for size, p in zip(sizes, (share, float(expit(logit(share) + slope))), strict=True):
        first, last = binom.ppf((1e-12, 1 - 1e-12), size, p)
        events.append(np.arange(max(first, 1), min(last, size - 1) + 1))
        chances.append(binom.pmf(events[-1], size, p))
    (a, b), (n, m) = events, sizes
    log_odds = np.log(b / (m - b)) - np.log(a / (n - a))[:, None]
    error = np.sqrt((1 / b + 1 / (m - b)) + (1 / a + 1 / (n - a))[:, None])
    return float(chances[0] @ (np.abs(log_odds) > -ndtri(alpha / 2) * error) @ chances[1])


def stratified_power(
    sizes: Sequence[tuple[int, int]], shares: Sequence[float], slope: float, alpha: float
) -> tuple[float, float]:
    """Power of Wald's test of one log odds ratio in all strata by its information, and the smallest expected count."""
    n, chance = np.array(sizes, dtype="float64"), expit(logit(np.array(shares))[:, None] + np.array([0.0, slope]))
    information = (1 / (1 / (n * chance * (1 - chance))).sum(axis=1)).sum()
    return normal_power(slope * math.sqrt(information), alpha), float((n * np.minimum(chance, 1 - chance)).min())


def logistic_power(
    sizes: Sequence[int], slopes: Sequence[float], share: float, alpha: float, draws: int, seed: int
) -> float:
    """Power of Wald's test of one log odds ratio per SD, or of the difference of two, in simulated samples.

    The exposure is normal; `share` of the samples have the outcome in each group.
    """
    rng, found = np.random.default_rng(seed), 0
    levels = [_intercept(slope, share) for slope in slopes]
    portion = max(1, CELLS // max(sizes))
    for start in range(0, draws, portion):
        some, difference, variance = min(portion, draws - start), np.zeros(1), np.zeros(1)
        for sign, size, slope, level in zip((1, -1), sizes, slopes, levels, strict=False):
            x = rng.standard_normal((some, size))
            estimate, square = _slopes(x, rng.random((some, size)) < expit(level + slope * x))
            difference, variance = difference + sign * estimate, variance + square
        found += int((np.abs(difference) > -ndtri(alpha / 2) * np.sqrt(variance)).sum())
    return found / draws


def _intercept(slope: float, share: float) -> float:
    """Level at which a share of a normal exposure's carriers has the outcome."""
    from scipy.optimize import brentq

    reach = abs(float(logit(share))) + abs(slope) * 10 + 1
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    chance = weights / weights.sum()
    return float(brentq(lambda level: chance @ expit(level + slope * nodes) - share, -reach, reach))


def _slopes(x: Array, y: np.ndarray) -> tuple[Array, Array]:
    """Maximum likelihood of one slope and an intercept in every row, with the slope's variance."""
    a, b = logit((y.sum(axis=1) + 0.5) / (y.shape[1] + 1)), np.zeros(len(x))
    for _ in range(STEPS):
        p = expit(a[:, None] + b[:, None] * x)
        w, rest = p * (1 - p), y - p
        wx = w * x
        i00, i01, i11 = w.sum(axis=1), wx.sum(axis=1), np.einsum("ij,ij->i", wx, x)
        information = np.maximum(i11 - i01**2 / np.maximum(i00, 1e-300), 1e-12)
        s0, s1 = rest.sum(axis=1), np.einsum("ij,ij->i", rest, x)
        step = np.clip((s1 - i01 / np.maximum(i00, 1e-300) * s0) / information, -2, 2)
        a = a + np.clip((s0 - i01 * step) / np.maximum(i00, 1e-12), -2, 2)
        b = b + step
        if np.abs(step).max() < STILL:
            break
    return b, np.where(np.abs(step) < 1e-4, 1 / information, np.inf)


def least_effect(power_at: Callable[[float], float], target: float, first: float, within: float) -> float | None:
    """Smallest distance from no effect that has the power, within a relative error; None beyond eight times `first`."""
    low, high = 0.0, first
    while power_at(high) < target:
        low, high = high, 1.25 * high
        if high > 8 * first:
            return None
    while high - low > within * high:
        middle = (low + high) / 2
        low, high = (low, middle) if power_at(middle) >= target else (middle, high)
    return high


def least_size(power_at: Callable[[int], float], target: float, first: int) -> int | None:
    """Smallest number of samples that has the power; None where more than `MOST` are needed."""
    low, high = first - 1, first
    while power_at(high) < target:
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_at(middle) >= target else (middle, high)
    return high
