"""Intervals of a correlation on Fisher's z scale, for many printed correlations at once, and their inversion."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtr

from her2stats.published.exact.wald import normal_quantile
from her2stats.published.numerals import Floats
from her2stats.statistics.correlation_interval import INTERVALS

METHODS: dict[str, str] = {name: one.words for name, one in INTERVALS.items() if not one.resamples}

Ends = tuple[Floats, Floats]

_EDGE = 1 - 1e-12
_MOST = 10_000_000  # pairs; what allows more is called unbounded
_NEWTON_STEPS = 8
_NET = 48  # sample sizes looked at together


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
    """Limits of correlations, shape (k,) each."""
    low, high = _z_limits(np.arctanh(np.clip(rho, -_EDGE, _EDGE)), n, method, conf_level)
    return np.tanh(low), np.tanh(high)


def _z_limits(z: Floats, n: Floats, method: str, conf_level: float) -> Ends:
    centre = z - np.tanh(z) / (2 * (n - 1)) if method == "sas" else z
    reach = normal_quantile(conf_level) * std_error(z, n, method)
    return centre - reach, centre + reach


def possible(estimate: Ends, low: Ends, high: Ends, n: Floats, method: str, conf_level: float) -> npt.NDArray[np.bool_]:
    """Whether some correlation that the print can stand for has limits that the print can stand for.

    Each print comes as its smallest and largest value, broadcastable with `n`; an unknown n gives False.
    """
    met: npt.NDArray[np.bool_] = _room(estimate, low, high, n, method, conf_level) >= -1e-9
    return met


def _room(estimate: Ends, low: Ends, high: Ends, n: Floats, method: str, conf_level: float) -> Floats:
    """Width of the range of z that fits estimate and both limits; negative where none does, NaN where n is unknown.

    Both limits rise with the correlation, so those that give the printed lower limit are an interval, so are those
    that give the upper one, and the question is by how much the two and the printed range overlap.
    """
    ends = {"estimate": estimate, "low": low, "high": high}
    z = {name: [np.arctanh(np.clip(end, -_EDGE, _EDGE)) for end in pair] for name, pair in ends.items()}
    sides = []
    for side in (0, 1):
        below = _with_limit(z["low"][side], n, method, conf_level, upper=False)
        above = _with_limit(z["high"][side], n, method, conf_level, upper=True)
        sides.append(np.broadcast_arrays(z["estimate"][side], below, above))
    room: Floats = np.minimum.reduce(sides[1]) - np.maximum.reduce(sides[0])
    return room


def _with_limit(target: Floats, n: Floats, method: str, conf_level: float, *, upper: bool) -> Floats:
    """Fisher's z whose lower (or upper) limit is the target, by Newton's method; its slope is never far from 1."""
    z = np.broadcast_to(target, np.broadcast_shapes(target.shape, n.shape)).astype(np.float64)
    step = 1e-6
    with np.errstate(invalid="ignore"):
        for _ in range(_NEWTON_STEPS):
            reached = _z_limits(z, n, method, conf_level)[int(upper)]
            slope = (_z_limits(z + step, n, method, conf_level)[int(upper)] - reached) / step
            z = z - (reached - target) / np.clip(slope, 0.1, 2.0)
    return z


def sample_sizes(estimate: Ends, low: Ends, high: Ends, method: str, conf_level: float) -> tuple[float, float]:
    """Fewest and most pairs that can lie behind one printed correlation with its interval; NaN where none can.

    The overlap of `_room` is, as a function of the width of the interval, the smallest of several straight lines
    (nearly so where the standard error depends on the correlation), so the sample sizes that fit have no gaps: a net of
    them is drawn tighter until one fits, then the ends are found by bisection.

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

    def room(n: Floats) -> Floats:
        return _room(estimate, low, high, n, method, conf_level) + 1e-9

    net = _first_that_fits(room, fewest, most)
    if net is None:
        return math.nan, math.nan
    fits = np.flatnonzero(room(net) >= 0)
    first, last = fits[0], fits[-1]
    smallest = net[first] if first == 0 else _edge(room, net[first], net[first - 1])
    largest = net[last] if last == len(net) - 1 else _edge(room, net[last], net[last + 1])
    return smallest, math.inf if largest >= _MOST else largest


def _first_that_fits(room: Callable[[Floats], Floats], fewest: float, most: float) -> Floats | None:
    """Sample sizes among which one fits, tightened around the one with the least gap; None where none fits."""
    if most < fewest:
        return None
    net = np.unique(np.geomspace(fewest, most, _NET).round())
    while True:
        gaps = room(net)
        if (gaps >= 0).any():
            return net
        best = int(np.argmax(gaps))
        around = net[max(best - 1, 0)], net[min(best + 1, len(net) - 1)]
        tighter = np.unique(np.linspace(*around, _NET).round())
        if (len(tighter) >= len(net) and around[1] - around[0] >= net[-1] - net[0]) or around[1] - around[0] <= 2:
            return None
        net = tighter


def _edge(room: Callable[[Floats], Floats], inside: float, outside: float) -> float:
    """Last whole number that fits, going from one that does towards one that does not."""
    while abs(outside - inside) > 1:
        between = np.unique(np.linspace(inside, outside, _NET).round())
        fits = between[(room(between) >= 0) | (between == inside)]
        inside = float(fits.max() if outside > inside else fits.min())
        beyond = between[between > inside] if outside > inside else between[between < inside]
        outside = float(beyond.min() if outside > inside else beyond.max())
    return float(inside)


def p_values(estimate: Ends, n: Floats) -> dict[str, Ends]:
    """Smallest and largest two-sided p of correlations between two ends, by every usual test, shape (k,) each.

    The tests are "t"; "Fisher z"; "normal" (rho times the root of n - 1); "Edgeworth" (the series by which R's cor.test
    gives the p of Spearman's rho from 10 pairs on; Best and Roberts, Applied Statistics 1975;24:377).
    """
    ends = [np.clip(end, -_EDGE, _EDGE) for end in estimate]
    far = np.maximum(np.abs(ends[0]), np.abs(ends[1]))
    near = np.where((ends[0] <= 0) & (ends[1] >= 0), 0.0, np.minimum(np.abs(ends[0]), np.abs(ends[1])))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        df = np.where(n > 2, n - 2, np.nan)
        by_test = {
            "t": [betainc(df / 2, 0.5, 1 - r**2) for r in (far, near)],
            "Fisher z": [2 * ndtr(-np.arctanh(r) * np.sqrt(n - 3)) for r in (far, near)],
            "normal": [2 * ndtr(-r * np.sqrt(n - 1)) for r in (far, near)],
            "Edgeworth": [_edgeworth(r, n, whole) for r, whole in ((far, np.floor), (near, np.ceil))],
        }
    return {name: (least, most) for name, (least, most) in by_test.items()}


def _edgeworth(rho: Floats, n: Floats, whole: Callable[[Floats], Floats] = np.round) -> Floats:
    """Two-sided p of Spearman's rho (not negative) by the Edgeworth series of AS 89.

    The sum of squared rank differences is even (`whole` says to which side a rho between two sums goes), and the
    series is taken one step nearer to its mean.
    """
    squares = whole((n**3 - n) * (1 - rho) / 12) * 2
    x = (1 - 6 * (squares + 1) / (n**3 - n)) * np.sqrt(n - 1)
    b, y = 1 / n, x**2
    inner = 0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y)
    middle = -0.0758 + b * (0.1033 + 0.3932 * b) - y * b * (0.0879 + 0.0151 * b - y * inner)
    series = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * middle)
    tail: Floats = np.clip(series * np.exp(-y / 2) + ndtr(-x), 0, 1)
    return np.minimum(2 * tail, 1.0)
