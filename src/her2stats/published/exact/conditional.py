"""The exact distribution of a 2 x 2 table given its margins: estimate, limits and p-values of the odds ratio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from her2stats.published.exact.likelihood import bisect
from her2stats.published.numerals import Floats

Tail = Literal["central", "mid-p", "least likely"]

_LOG_REACH = 30.0  # odds ratios between e-30 and e30
_MOST_CELLS = 50_000  # possible first cells of one table; beyond, exact and asymptotic limits print alike
_PORTION = 2_000_000  # possible first cells looked at together
_SAME = 1 + 1e-7  # tables this close in probability count as equally likely, as in R's fisher.test


def conditional_odds_ratio(cells: Floats) -> Floats:
    """Maximum likelihood odds ratio given both margins (that of R's fisher.test), shape (k,).

    >>> round(float(conditional_odds_ratio(np.array([[23.0, 13, 36, 14]]))[0]), 6)
    0.691077
    """
    return _in_portions(cells, lambda portion: [_conditional_odds_ratio(portion)])[0]


def _conditional_odds_ratio(cells: Floats) -> Floats:
    weights, support = _hypergeometric(cells)
    a = cells[:, 0]

    def excess(log_ratio: Floats) -> Floats:
        chances = _tilted(weights, support, log_ratio)
        mean: Floats = (chances * np.where(np.isfinite(weights), support, 0.0)).sum(axis=1)
        return mean - a

    ratio = np.exp(bisect(excess, np.full(len(a), -_LOG_REACH), np.full(len(a), _LOG_REACH)))
    bottom, top = _support_ends(cells)
    ratio = np.where(a == bottom, 0.0, np.where(a == top, np.inf, ratio))
    return np.where(bottom == top, np.nan, ratio)


def conditional_limits(cells: Floats, conf_level: float, tail: Tail) -> tuple[Floats, Floats]:
    """Limits of the odds ratio from the exact distribution of the first cell given both margins, shape (k,) each.

    The `tail` is "central", half the error in each tail; "mid-p", the same with half the observed probability; or
    "least likely", the outermost odds ratios that the two-sided test of all tables no likelier than the observed one
    does not reject. Tables with counts that are not whole give NaN.
    """
    whole = (cells == np.round(cells)).all(axis=1)
    counts = np.where(whole[:, None], cells, 1.0)

    def inverted(portion: Floats) -> Sequence[Floats]:
        if tail == "least likely":
            return _least_likely(portion, 1 - conf_level)
        return _tail_limits(portion, (1 - conf_level) / 2, own=0.5 if tail == "mid-p" else 1.0)

    low, high = _in_portions(counts, inverted)[:2]
    bottom, top = _support_ends(counts)
    a = counts[:, 0]
    low, high = np.where(a == bottom, 0.0 * low, low), np.where(a == top, np.inf + 0.0 * high, high)
    unknown = ~whole | (bottom == top)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _in_portions(cells: Floats, compute: Callable[[Floats], Sequence[Floats]]) -> list[Floats]:
    """Compute columns for tables in portions of bounded size; NaN for tables too large for an exact method."""
    bottom, top = _support_ends(cells)
    sizes = top - bottom + 1
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] <= _MOST_CELLS]
    columns: list[Floats] = []
    while len(order):
        widths = np.arange(1, len(order) + 1) * sizes[order]
        taken = max(1, int(np.searchsorted(widths, _PORTION)))
        rows, order = order[:taken], order[taken:]
        for k, values in enumerate(compute(cells[rows])):
            if k == len(columns):
                columns.append(np.full(len(cells), np.nan))
            columns[k][rows] = values
    return columns or [np.full(len(cells), np.nan)] * 3


def _support_ends(cells: Floats) -> tuple[Floats, Floats]:
    a, b, c, d = cells.T
    return np.maximum(0.0, a - d), np.minimum(a + b, a + c)


def _hypergeometric(cells: Floats) -> tuple[Floats, Floats]:
    """Log weights (k, m) of the possible first cells at odds ratio 1, -inf beyond the support, and those cells."""
    a, b, c, d = cells.T
    bottom, top = _support_ends(cells)
    steps = np.arange(int((top - bottom).max()) + 1)
    support = bottom[:, None] + steps
    inside = support <= top[:, None]
    first = np.where(inside, support, bottom[:, None])
    shift = first - a[:, None]
    logs = -sum(gammaln(cell[:, None] + sign * shift + 1) for cell, sign in ((a, 1), (b, -1), (c, -1), (d, 1)))
    logs = logs - logs.max(axis=1, keepdims=True)
    return np.where(inside, logs, -np.inf), first


def _tilted(weights: Floats, support: Floats, log_ratio: Floats) -> Floats:
    logs = weights + log_ratio[:, None] * support
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    tilted: Floats = chances / chances.sum(axis=1, keepdims=True)
    return tilted


def _tail_limits(cells: Floats, error: float, *, own: float) -> tuple[Floats, Floats]:
    weights, support = _hypergeometric(cells)
    a = cells[:, 0][:, None]
    inside = np.isfinite(weights)

    def tail(log_ratio: Floats, side: npt.NDArray[np.bool_]) -> Floats:
        chances = _tilted(weights, support, log_ratio)
        share = np.where(side, 1.0, 0.0) + np.where((support == a) & inside, own, 0.0)
        total: Floats = (chances * share).sum(axis=1)
        return total

    small, large = np.full(len(cells), -_LOG_REACH), np.full(len(cells), _LOG_REACH)
    low = bisect(lambda x: tail(x, (support > a) & inside) - error, small, large)
    high = bisect(lambda x: error - tail(x, (support < a) & inside), small, large)
    return np.exp(low), np.exp(high)


def _least_likely(cells: Floats, error: float) -> tuple[Floats, Floats]:
    """Scan outwards-in, because the two-sided p-value is not monotone in the odds ratio, then refine."""
    weights, support = _hypergeometric(cells)
    centre = np.log(np.clip(np.nan_to_num(conditional_odds_ratio(cells), nan=1.0), *np.exp([-_LOG_REACH, _LOG_REACH])))
    outer_low, outer_high = (np.log(end) for end in _tail_limits(cells, error / 50, own=1.0))

    def accepted(log_ratio: Floats) -> npt.NDArray[np.bool_]:
        chances = _tilted(weights, support, log_ratio)
        seen = np.take_along_axis(chances, np.argmax(support == cells[:, :1], axis=1)[:, None], axis=1)
        kept: npt.NDArray[np.bool_] = np.where(chances <= seen * _SAME, chances, 0.0).sum(axis=1) > error
        return kept

    ends = []
    for outer in (outer_low, outer_high):
        last, before = centre.copy(), outer.copy()
        for share in np.linspace(0, 1, 401):
            point = centre + share * (outer - centre)
            keep = accepted(point)
            before = np.where(keep, centre + min(share + 1 / 400, 1.0) * (outer - centre), before)
            last = np.where(keep, point, last)
        ends.append(np.exp(bisect(lambda x: np.where(accepted(x), -1.0, 1.0), last, before)))
    return ends[0], ends[1]


def hypergeometric_p(cells: Floats) -> dict[str, Floats]:
    """Two-sided exact p-values at odds ratio 1, shape (k,) each; NaN for counts that are not whole.

    "Fisher": all tables no likelier than the one seen; "Fisher, doubled": twice the smaller tail; "mid-p".

    >>> round(float(hypergeometric_p(np.array([[0.0, 8, 6, 6]]))["Fisher"][0]), 6)
    0.041899
    """
    whole = (cells == np.round(cells)).all(axis=1)
    counts = np.where(whole[:, None], cells, 1.0)
    names = ("Fisher", "Fisher, doubled", "mid-p")
    columns = _in_portions(counts, _two_sided_p)
    return {name: np.where(whole, np.minimum(p, 1.0), np.nan) for name, p in zip(names, columns, strict=True)}


def _two_sided_p(counts: Floats) -> list[Floats]:
    weights, support = _hypergeometric(counts)
    chances = _tilted(weights, support, np.zeros(len(counts)))
    a, inside = counts[:, :1], np.isfinite(weights)
    seen = np.where((support == a) & inside, chances, 0.0).sum(axis=1)
    below = np.where((support < a) & inside, chances, 0.0).sum(axis=1)
    above = np.where((support > a) & inside, chances, 0.0).sum(axis=1)
    no_likelier = np.where(chances <= seen[:, None] * _SAME, chances, 0.0).sum(axis=1)
    smaller = np.minimum(below, above)
    return [no_likelier, 2 * (smaller + seen), 2 * (smaller + seen / 2)]
