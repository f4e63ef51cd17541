"""Confidence intervals of the odds ratio of a 2 x 2 table: every convention in use, for many tables at once.

A table is events and non-events of the comparison group (a, b) and of the reference group (c, d); the odds ratio is
a d / (b c). Limits with a formula stand here; those found by bisection stand in `likelihood` and `conditional`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from her2stats.published.exact.cells import as_cells
from her2stats.published.exact.conditional import conditional_limits, conditional_odds_ratio
from her2stats.published.exact.likelihood import likelihood_limits
from her2stats.published.numerals import Floats

Limits = tuple[Floats, Floats]
Method = Callable[[Floats, float], Limits]


def _wald(cells: Floats, quantile: Floats | float) -> Limits:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        log_ratio = np.log(odds_ratio(cells))
        reach = quantile * np.sqrt((1 / cells).sum(axis=1))
        low, high = np.exp(log_ratio - reach), np.exp(log_ratio + reach)
    undefined = (cells <= 0).any(axis=1)
    return np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)


def odds_ratio(cells: Floats) -> Floats:
    """Odds ratio a d / (b c) of tables of shape (k, 4); NaN for 0 / 0, infinite for x / 0."""
    a, b, c, d = cells.T
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio: Floats = (a * d) / (b * c)
    return ratio


def _normal(conf_level: float) -> float:
    return float(ndtri(0.5 + conf_level / 2))


def _wald_196(cells: Floats, conf_level: float) -> Limits:
    return _wald(cells, round(_normal(conf_level), 2))


def _wald_t(cells: Floats, conf_level: float) -> Limits:
    df = np.maximum(cells.sum(axis=1) - 2, 1)
    return _wald(cells, stdtrit(df, 0.5 + conf_level / 2))


def _independence_smoothed(cells: Floats, conf_level: float) -> Limits:
    """Agresti (1999): add to each cell twice its expected share under independence."""
    a, b, c, d = cells.T
    total = np.maximum(cells.sum(axis=1), 1)
    rows, columns = np.stack([a + b, c + d]), np.stack([a + c, b + d])
    share = np.stack([rows[i] * columns[j] for i, j in ((0, 0), (0, 1), (1, 0), (1, 1))], axis=1) / total[:, None] ** 2
    return _wald(cells + 2 * share, _normal(conf_level))


def _firth_wald(cells: Floats, conf_level: float) -> Limits:
    """Firth's penalised estimate with the standard error of the unpenalised information at that estimate."""
    smoothed = cells + 0.5
    rows = np.stack([cells[:, 0] + cells[:, 1], cells[:, 2] + cells[:, 3]], axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        shrink = np.repeat(rows / (rows + 1), 2, axis=1)
        reach = _normal(conf_level) * np.sqrt((1 / (smoothed * shrink)).sum(axis=1))
        centre = np.log(odds_ratio(smoothed))
        return np.exp(centre - reach), np.exp(centre + reach)


def _wilson_logits(events: Floats, n: Floats, quantile: float) -> Limits:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        middle = (events + quantile**2 / 2) / (n + quantile**2)
        spread = quantile * np.sqrt(events * (n - events) / n + quantile**2 / 4) / (n + quantile**2)
        low, high = middle - spread, middle + spread
        return np.log(low / (1 - low)), np.log(high / (1 - high))


def _mover(cells: Floats, conf_level: float) -> Limits:
    """Donner and Zou (2012): the limits of two Wilson intervals put together on the log odds scale."""
    a, b, c, d = cells.T
    quantile = _normal(conf_level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        first, second = np.log(a / b), np.log(c / d)
        low_1, high_1 = _wilson_logits(a, a + b, quantile)
        low_2, high_2 = _wilson_logits(c, c + d, quantile)
        down = np.sqrt((first - low_1) ** 2 + (high_2 - second) ** 2)
        up = np.sqrt((high_1 - first) ** 2 + (second - low_2) ** 2)
        return np.exp(first - second - down), np.exp(first - second + up)


# Name -> limits of tables (k, 4) at a confidence level, the usual first and the slowest last.
METHODS: dict[str, Method] = {
    "Wald": lambda cells, level: _wald(cells, _normal(level)),
    "Wald with 1.96": _wald_196,
    "profile likelihood": lambda cells, level: likelihood_limits(cells, level, "profile"),
    "exact conditional (Fisher)": lambda cells, level: conditional_limits(cells, level, "central"),
    "exact conditional, mid-p": lambda cells, level: conditional_limits(cells, level, "mid-p"),
    "Wald with 0.5 added (Haldane)": lambda cells, level: _wald(cells + 0.5, _normal(level)),
    "score (Cornfield)": lambda cells, level: likelihood_limits(cells, level, "score"),
    "score with N/(N - 1) (Miettinen-Nurminen)": lambda cells, level: likelihood_limits(cells, level, "miettinen"),
    "score with continuity correction (Cornfield-Yates)": lambda cells, level: likelihood_limits(cells, level, "yates"),
    "penalised likelihood (Firth), profile": lambda cells, level: likelihood_limits(cells + 0.5, level, "profile"),
    "penalised likelihood (Firth), Wald": _firth_wald,
    "Wald with t quantile": _wald_t,
    "independence-smoothed (Agresti)": _independence_smoothed,
    "MOVER with Wilson limits": _mover,
    "exact conditional, least likely first (Baptista-Pike)": lambda cells, level: conditional_limits(
        cells, level, "least likely"
    ),
}

# Every estimate that is printed as "the odds ratio".
ESTIMATES: dict[str, Callable[[Floats], Floats]] = {
    "a d / (b c)": odds_ratio,
    "conditional maximum likelihood": conditional_odds_ratio,
    "with 0.5 added (Haldane, Firth)": lambda cells: odds_ratio(cells + 0.5),
}

# Which of them goes with a method, where it is not the first.
_ESTIMATE_OF = {
    "exact conditional (Fisher)": "conditional maximum likelihood",
    "exact conditional, mid-p": "conditional maximum likelihood",
    "exact conditional, least likely first (Baptista-Pike)": "conditional maximum likelihood",
    "Wald with 0.5 added (Haldane)": "with 0.5 added (Haldane, Firth)",
    "penalised likelihood (Firth), profile": "with 0.5 added (Haldane, Firth)",
    "penalised likelihood (Firth), Wald": "with 0.5 added (Haldane, Firth)",
}


def odds_ratio_intervals(cells: Any, *, conf_level: float = 0.95) -> pd.DataFrame:
    """Return the odds ratio of one 2 x 2 table and its interval by every method.

    Parameters
    ----------
    cells : sequence of 4 counts or 2 x 2
        Events and non-events of the comparison group, then of the reference group.
    conf_level : float
        Coverage asked for.

    Returns
    -------
    DataFrame
        Columns ``method``, ``estimate``, ``conf_low``, ``conf_high``. The estimate is the one that goes with the
        method. NaN where a method gives no number (a zero cell).

    Raises
    ------
    DataError
        Not a 2 x 2 table of counts.

    References
    ----------
    Agresti, Categorical Data Analysis, 3rd ed., sections 3.1-3.3 and 16.6; Miettinen and Nurminen, Stat Med 1985;4:213;
    Baptista and Pike, Appl Stat 1977;26:214; Donner and Zou, Stat Methods Med Res 2012;21:347.

    Examples
    --------
    >>> table = odds_ratio_intervals([[23, 13], [36, 14]]).set_index("method")
    >>> table.loc["Wald"].round(3).tolist()
    [0.688, 0.275, 1.724]
    """
    table = as_cells(cells)[:1]
    rows = []
    for method, limits in METHODS.items():
        low, high = limits(table, conf_level)
        estimate = ESTIMATES[_ESTIMATE_OF.get(method, "a d / (b c)")](table)
        rows.append((method, float(estimate[0]), float(low[0]), float(high[0])))
    return pd.DataFrame(rows, columns=["method", "estimate", "conf_low", "conf_high"])
