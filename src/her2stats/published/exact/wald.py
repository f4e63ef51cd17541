"""What an estimate and its interval say without the data: symmetry, p-value, interaction between two strata.

A Wald interval is estimate +- quantile x standard error (on the log scale for ratios), so any two of estimate, limits
and p-value give the third. Every printed number is taken as the interval of values it can stand for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from her2stats.published.numerals import Floats

Scale = Literal["ratio", "difference", "correlation"]

_TINY = 1e-300  # stands for 0 where a logarithm is taken
_BOUNDARY = 1e-12


@dataclass(frozen=True)
class Box:
    """Ranges of printed estimates and limits on the scale where a Wald interval is symmetric, shape (k,) each."""

    estimate: tuple[Floats, Floats]
    low: tuple[Floats, Floats]
    high: tuple[Floats, Floats]

    def symmetric(self) -> npt.NDArray[np.bool_]:
        """Whether some estimate lies half way between some limits."""
        least, most = self.low[0] + self.high[0], self.low[1] + self.high[1]
        inside: npt.NDArray[np.bool_] = (2 * self.estimate[1] >= least) & (2 * self.estimate[0] <= most)
        return inside

    def widths(self) -> tuple[Floats, Floats]:
        """Smallest and largest distance between the limits."""
        return np.maximum(self.high[0] - self.low[1], 0), np.maximum(self.high[1] - self.low[0], 0)


def transform(values: Floats, scale: Scale) -> Floats:
    """Take values to the scale on which a Wald interval is symmetric."""
    if scale == "difference":
        return values
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if scale == "ratio":
            logs: Floats = np.log(np.maximum(values, _TINY))
            return logs
        z: Floats = np.arctanh(np.clip(values, -1 + _BOUNDARY, 1 - _BOUNDARY))
        return z


def box(estimate: tuple[Floats, Floats], low: tuple[Floats, Floats], high: tuple[Floats, Floats], scale: Scale) -> Box:
    """Ranges of print, as from `numerals.bounds`, on the symmetric scale."""
    ends: list[Any] = [tuple(transform(end, scale) for end in pair) for pair in (estimate, low, high)]
    return Box(*ends)


def normal_quantile(conf_level: float) -> float:
    """Two-sided normal quantile."""
    return float(ndtri(0.5 + conf_level / 2))


def wald_z_range(printed: Box, conf_level: float) -> tuple[Floats, Floats]:
    """Smallest and largest Wald z that estimate and limits allow, where they can be symmetric; else NaN.

    z is quantile x (high + low) / (high - low): a ratio of linear functions, so its extremes over the ranges, cut by
    the condition that the estimate lies half way, are at corners.
    """
    tolerance = 1e-9
    with np.errstate(invalid="ignore"):  # prints as "> x" reach to infinity: no half way, so not allowed
        low, high = _corners(printed)
        ends = (low + high) / 2
    allowed = (ends >= printed.estimate[0] - tolerance) & (ends <= printed.estimate[1] + tolerance)
    allowed &= (low >= printed.low[0] - tolerance) & (low <= printed.low[1] + tolerance)
    allowed &= (high >= printed.high[0] - tolerance) & (high <= printed.high[1] + tolerance)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        z = normal_quantile(conf_level) * (high + low) / np.maximum(high - low, 0)
    z = np.where(np.isnan(z), 0.0, z)
    some = allowed.any(axis=0)
    smallest = np.where(some, np.where(allowed, z, np.inf).min(axis=0), np.nan)
    largest = np.where(some, np.where(allowed, z, -np.inf).max(axis=0), np.nan)
    return smallest, largest


def _corners(printed: Box) -> tuple[Floats, Floats]:
    """Corners of the rectangle of limits and where its edges meet "estimate half way", shape (12, k) each."""
    lows, highs = [], []
    for low in printed.low:
        for high in printed.high:
            lows.append(low)
            highs.append(high)
    for middle in printed.estimate:
        for low in printed.low:
            lows.append(low)
            highs.append(2 * middle - low)
        for high in printed.high:
            lows.append(2 * middle - high)
            highs.append(high)
    return np.stack(lows), np.stack(highs)


def loose_z_range(printed: Box, conf_level: float) -> tuple[Floats, Floats]:
    """Smallest and largest estimate / standard error, the standard error from the width alone."""
    narrow, wide = printed.widths()
    quantile = normal_quantile(conf_level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ends = np.stack([2 * quantile * e / w for e in printed.estimate for w in (narrow, wide)])
    ends = np.where(np.isnan(ends), 0.0, ends)
    return ends.min(axis=0), ends.max(axis=0)


def p_range(z_low: Floats, z_high: Floats) -> tuple[Floats, Floats]:
    """Smallest and largest two-sided p of a z between two ends.

    >>> low, high = p_range(np.array([-2.0]), np.array([1.0]))
    >>> round(float(low[0]), 4), float(high[0])
    (0.0455, 1.0)
    """
    far = np.maximum(np.abs(z_low), np.abs(z_high))
    near = np.where((z_low <= 0) & (z_high >= 0), 0.0, np.minimum(np.abs(z_low), np.abs(z_high)))
    return 2 * ndtr(-far), 2 * ndtr(-near)


def interaction_z_range(first: Box, second: Box, conf_level: float) -> tuple[Floats, Floats]:
    """Outer bounds of the z of a difference between two independent estimates with Wald intervals.

    Each stratum's range of estimates and standard errors is taken whole, so the bounds are never too narrow.
    """
    quantile = normal_quantile(conf_level)
    low = first.estimate[0] - second.estimate[1]
    high = first.estimate[1] - second.estimate[0]
    narrow, wide = ((first.widths()[i] ** 2 + second.widths()[i] ** 2) ** 0.5 / (2 * quantile) for i in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ends = np.stack([low / narrow, low / wide, high / narrow, high / wide])
    ends = np.where(np.isnan(ends), 0.0, ends)
    return ends.min(axis=0), ends.max(axis=0)
