"""Intervals of a correlation on Fisher's z scale, for many printed correlations at once, and their inversion."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtr

from her2stats.published.numerals import Floats
from her2stats.published.wald import normal_quantile
from her2stats.statistics.correlation_interval import NAMES

METHODS: dict[str, str] = {name: label for name, label in NAMES.items() if name != "bootstrap"}

Ends = tuple[Floats, Floats]

_EDGE = 1 - 1e-12
_MOST = 10_000_000  # pairs; what allows more is called unbounded
_STEPS = 60  # bisection steps
_FARTHEST = 10.0  # no limit lies farther from its z than this, even of four pairs at 99.9 %


def std_error(z: Floats, n: Floats, method: str) -> Floats:
    """Standard error of Fisher's z; the formulas are those of `statistics.correlation_interval.z_std_error`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "bonett-wright":
            squared = (1 + np.tanh(z) ** 2 / 2) / (n - 3)
        elif method == "fieller":
            squared = 1.06 / (n - 3)
        elif method == "caruso-cliff":
            squared = 1 / (n - 2) + np.abs(z) / (6 * n + 4 * np.sqrt(n))
        else:
            squared = 1 / (n - 3)
        error: Floats = np.sqrt(squared)
    return error


def limits(rho: Floats, n: Floats, method: str, conf_level: float) -> Ends:
    """Limits of correlations, shape (k,) each.

    Examples
    --------
    >>> low, high = limits(np.array([-0.44]), np.array([318.0]), "bonett-wright", 0.95)
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (-0.528, -0.342)
    """
    low, high = _z_limits(np.arctanh(np.clip(rho, -_EDGE, _EDGE)), n, method, conf_level)
    return np.tanh(low), np.tanh(high)


def _z_limits(z: Floats, n: Floats, method: str, conf_level: float) -> Ends:
    centre = z - np.tanh(z) / (2 * (n - 1)) if method == "sas" else z
    reach = normal_quantile(conf_level) * std_error(z, n, method)
    return centre - reach, centre + reach


def possible(estimate: Ends, low: Ends, high: Ends, n: Floats, method: str, conf_level: float) -> npt.NDArray[np.bool_]:
    """Whether some correlation that the print can stand for has limits that the print can stand for.

    Both limits rise with the correlation, so the correlations that give the printed lower limit are an interval, so
    are those that give the upper one, and the question is whether the two and the printed range meet.

    Parameters
    ----------
    estimate, low, high : pair of ndarray
        Smallest and largest value each print can stand for, broadcastable with `n`.
    n : ndarray
        Pairs; NaN gives False.
    """
    ends = {"estimate": estimate, "low": low, "high": high}
    z = {name: [np.arctanh(np.clip(end, -_EDGE, _EDGE)) for end in pair] for name, pair in ends.items()}
    sides = []
    for side in (0, 1):
        below = _with_limit(z["low"][side], n, method, conf_level, upper=False)
        above = _with_limit(z["high"][side], n, method, conf_level, upper=True)
        sides.append((z["estimate"][side], below, above))
    least, most = np.maximum.reduce(np.broadcast_arrays(*sides[0])), np.minimum.reduce(np.broadcast_arrays(*sides[1]))
    met: npt.NDArray[np.bool_] = least <= most + 1e-9
    return met


def _with_limit(target: Floats, n: Floats, method: str, conf_level: float, *, upper: bool) -> Floats:
    """Fisher's z whose lower (or upper) limit is the target, by bisection."""
    near, far = np.broadcast_arrays(target - _FARTHEST, target + _FARTHEST, n)[:2]
    for _ in range(_STEPS):
        middle = (near + far) / 2
        short = _z_limits(middle, n, method, conf_level)[int(upper)] < target
        near, far = np.where(short, middle, near), np.where(short, far, middle)
    found: Floats = (near + far) / 2 + 0 * n  # NaN stays where n is not known
    return found


def sample_sizes(estimate: Ends, low: Ends, high: Ends, method: str, conf_level: float) -> tuple[float, float]:
    """Fewest and most pairs that can lie behind one printed correlation with its interval; NaN where none can.

    Examples
    --------
    >>> printed = [(-0.445, -0.435), (-0.535, -0.525), (-0.345, -0.335)]
    >>> sample_sizes(*((np.array([low]), np.array([high])) for low, high in printed), "fisher", 0.95)
    (252.0, 310.0)
    """
    z = [float(np.arctanh(np.clip(end, -_EDGE, _EDGE))[0]) for pair in (estimate, low, high) for end in pair]
    narrow, wide = max(z[0] - z[3], z[4] - z[1], 1e-6), min(z[1] - z[2], z[5] - z[0])
    if any(math.isnan(end) for end in z) or wide <= 0:
        return math.nan, math.nan
    quantile = normal_quantile(conf_level)
    fewest = max(4, int(0.8 * (quantile / wide) ** 2) - 10)
    most = min(_MOST, int(2 * (quantile / narrow) ** 2) + 50)
    if most < fewest:
        return math.nan, math.nan
    n = _candidates(fewest, most)
    fits = n[possible(estimate, low, high, n, method, conf_level)]
    if not len(fits):
        return math.nan, math.nan
    return float(fits.min()), float(fits.max()) if fits.max() < _MOST else math.inf


def _candidates(fewest: int, most: int) -> Floats:
    """Every whole number where that is affordable, else denser at the small end."""
    if most - fewest <= 60_000:
        return np.arange(fewest, most + 1, dtype=np.float64)
    few = np.arange(fewest, fewest + 30_000, dtype=np.float64)
    many = np.geomspace(fewest + 30_000, most, 30_000).round()
    return np.unique(np.concatenate([few, many]))


def p_values(estimate: Ends, n: Floats) -> dict[str, Ends]:
    """Smallest and largest two-sided p of correlations between two ends: t test, Fisher z, large-sample normal."""
    ends = [np.clip(end, -_EDGE, _EDGE) for end in estimate]
    far = np.maximum(np.abs(ends[0]), np.abs(ends[1]))
    near = np.where((ends[0] <= 0) & (ends[1] >= 0), 0.0, np.minimum(np.abs(ends[0]), np.abs(ends[1])))
    with np.errstate(divide="ignore", invalid="ignore"):
        df = np.where(n > 2, n - 2, np.nan)
        by_t = [betainc(df / 2, 0.5, 1 - r**2) for r in (far, near)]
        by_z = [2 * ndtr(-np.arctanh(r) * np.sqrt(n - 3)) for r in (far, near)]
        by_normal = [2 * ndtr(-r * np.sqrt(n - 1)) for r in (far, near)]
    return {"t": (by_t[0], by_t[1]), "Fisher z": (by_z[0], by_z[1]), "normal": (by_normal[0], by_normal[1])}
