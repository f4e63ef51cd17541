"""Firth's penalised likelihood for small or separated samples: finite wherever both outcomes occur.

The penalty is half the log determinant of the information of all columns, also where one of them is held, so that the
profile and its ratio test are those of Heinze and Schemper. Packages stop the search for a limit early, by up to 0.2 %.
Sources: Firth 1993, doi:10.1093/biomet/80.1.27; Heinze and Schemper 2002, doi:10.1002/sim.1047.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import expit, ndtr, ndtri

from her2stats.statistics.fits.feasibility import why_no_fit
from her2stats.statistics.fits.odds_ratio import on_odds_scale
from her2stats.statistics.flags import Row, code_of, flag
from her2stats.statistics.frame import Array

SAFE, SPARSE = 10, 5  # fewest with or without the event: from the one maximum likelihood does, below the other Firth's
BESIDE = ("firth_estimate", "firth_low", "firth_high", "firth_p")
MOST_STEPS, MOST_HALVINGS, LONGEST = 200, 40, 5.0
STEP = 1e-11  # of columns of size 1: after a step this small nothing is left to gain
FLAT, NEARLY = 1e-20, 1e-12  # square of the score over the information: for coefficients, for a height alone
MOST_TOPS = 5  # the penalised likelihood may have several maxima
MOST_ERRORS = 60  # from the estimate to a limit


@dataclass(frozen=True, eq=False)
class _Place:
    """The penalised likelihood at some coefficients."""

    coefficients: Array
    height: float
    score: Array
    weights: Array
    leverage: Array


class _HigherError(Exception):
    """A profile goes above what was taken for the maximum: the likelihood has several, and the search begins there."""

    def __init__(self, coefficients: Array) -> None:
        self.coefficients = coefficients


def fewest(events: Array) -> int:
    """The smaller of how many have the event and how many have not."""
    return int(min(events.sum(), len(events) - events.sum()))


def firth_beside(
    found: Row, design: Array | None, outcome: Array, column: int, conf_level: float, smallest: int
) -> Row:
    """What maximum likelihood `found` of a column, and Firth's numbers beside it where events, or others, are few.

    `smallest` is `fewest` of the stratum, of several that of the smallest; it is told in any case.
    """
    row: Row = {"fewest": smallest} | dict.fromkeys(BESIDE, math.nan)
    if 0 < smallest < SAFE:
        row["flag"] = flag("sparse", f"{smallest} with, or without, the event")
    if smallest and code_of((row | found).get("flag", "")) in ("sparse", "separation"):
        possible = design is not None and not why_no_fit(design, outcome, penalised=True)
        firth = firth_odds_ratios(design, outcome, conf_level, (column,))[0] if design is not None and possible else {}
        names = ("estimate", "conf_low", "conf_high", "p_value")
        row |= {beside: firth.get(name, math.nan) for beside, name in zip(BESIDE, names, strict=True)}
    return row | found


def firth_odds_ratios(
    design: Array, outcome: Array, conf_level: float, columns: tuple[int, ...] | None = None
) -> list[Row]:
    """Odds ratios of columns, by default every one but the intercept (the first), with penalised profile limits.

    The design has full rank; separation does no harm. ``std_error`` is that of logistf, from the information in which
    every observation counts one and its leverage (brglm2 counts it once and is larger). The p is that of the penalised
    likelihood ratio, as Heinze and Schemper advise (Wald's fails where Firth is needed most), and ``statistic`` its
    signed root, so that p, statistic and limits tell the same.
    """
    size = np.sqrt((design**2).mean(axis=0))
    size[size == 0] = 1.0
    scaled, asked = design / size, columns or tuple(range(1, design.shape[1]))
    start = np.zeros(scaled.shape[1])
    for _ in range(MOST_TOPS):
        top = _maximum(scaled, outcome, start)
        if top is None:
            break
        try:
            return [_odds_ratio(scaled, outcome, top, j, conf_level, float(size[j])) for j in asked]
        except _HigherError as found:
            start = found.coefficients
    return [{"flag": flag("not converged", "penalised likelihood")} for _ in asked]


def _odds_ratio(design: Array, outcome: Array, top: _Place, column: int, conf_level: float, unit: float) -> Row:
    weighted = design * np.sqrt(top.weights * (1 + top.leverage))[:, None]
    error = math.sqrt(np.linalg.inv(weighted.T @ weighted)[column, column])
    root = _signed_root(design, outcome, top, column, error)
    estimate, reach = float(top.coefficients[column]), float(ndtri(0.5 + conf_level / 2))
    try:
        statistic = -root(0.0)
        low, high = (_limit(root, estimate, side * error, side * reach) for side in (-1, 1))
    except (ArithmeticError, ValueError):
        return {"flag": flag("not converged", "penalised profile likelihood")}
    row = on_odds_scale(estimate / unit, low / unit, high / unit)
    return row | {"std_error": error / unit, "statistic": statistic, "p_value": float(2 * ndtr(-abs(statistic)))}


def _limit(root: Callable[[float], float], estimate: float, pace: float, target: float) -> float:
    from scipy.optimize import brentq  # a third of a second to import, and only here

    inner, outer = estimate, estimate + 1.1 * abs(target) * pace
    for _ in range(MOST_ERRORS):
        if root(outer) / target >= 1:
            return float(brentq(lambda at: root(at) - target, inner, outer, xtol=1e-11 * abs(pace), rtol=1e-13))
        inner, outer = outer, outer + pace
    raise ArithmeticError


def _signed_root(design: Array, outcome: Array, top: _Place, column: int, error: float) -> Callable[[float], float]:
    """Signed root of the likelihood ratio with one coefficient held.

    With one held there may be several maxima: the highest is taken of those reached from the top step by step, from the
    last one, and from zero.
    """
    last, estimate = top.coefficients, float(top.coefficients[column])

    def hold(start: Array, at: float) -> _Place | None:
        begin = start.copy()
        begin[column] = at
        return _maximum(design, outcome, begin, held=column)

    @cache
    def root(at: float) -> float:
        nonlocal last
        paces = 1 + min(25, max(1, math.ceil(abs(at - estimate) / error)))
        followed, begin = None, top.coefficients
        for place in np.linspace(estimate, at, paces)[1:]:
            followed = hold(begin, float(place))
            begin = begin if followed is None else followed.coefficients
        found = [one for one in (followed, hold(last, at), hold(0 * last, at)) if one is not None]
        if not found:
            raise ArithmeticError
        highest = max(found, key=lambda one: one.height)
        if highest.height > top.height + 1e-9 * (1 + abs(top.height)):
            raise _HigherError(highest.coefficients)
        last = highest.coefficients
        return math.copysign(math.sqrt(max(0.0, 2 * (top.height - highest.height))), at - estimate)

    return root


def _at(design: Array, outcome: Array, coefficients: Array) -> _Place:
    linear = design @ coefficients
    chance = expit(linear)
    weights = chance * expit(-linear)
    basis, triangle = np.linalg.qr(design * np.sqrt(weights)[:, None])
    leverage = (basis**2).sum(axis=1)
    with np.errstate(divide="ignore"):
        penalty = float(np.log(np.abs(np.diag(triangle))).sum())
    height = penalty - float(np.logaddexp(0.0, np.where(outcome > 0, -linear, linear)).sum())
    score = design.T @ (outcome - chance + leverage * (0.5 - chance))
    return _Place(coefficients, height, score, weights, leverage)


def _maximum(design: Array, outcome: Array, start: Array, held: int | None = None) -> _Place | None:
    """Fisher's scoring over the coefficients that are not held, halving a step that does not rise."""
    free = np.array([place for place in range(len(start)) if place != held], dtype=int)
    now = _at(design, outcome, start)
    for _ in range(MOST_STEPS):
        information = (design[:, free].T * now.weights) @ design[:, free]
        try:
            step = np.linalg.solve(information, now.score[free])
        except np.linalg.LinAlgError:
            break
        step *= min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-300))
        for _halving in range(MOST_HALVINGS):
            trial = now.coefficients.copy()
            trial[free] += step
            there = _at(design, outcome, trial)
            if math.isfinite(there.height) and there.height >= now.height:
                break
            step /= 2
        gained, now = there.height - now.height, there
        # at the very top rounding may not let the likelihood rise: the score then has to be zero
        flat = bool((now.score[free] ** 2 < (FLAT if held is None else NEARLY) * np.diag(information)).all())
        if np.abs(step).max() < STEP or (gained <= 1e-13 * abs(now.height) and flat):
            return now
    return _climb(design, outcome, now.coefficients, free)


def _climb(design: Array, outcome: Array, coefficients: Array, free: Array) -> _Place | None:
    """Where scoring runs to and fro between far-off places: quasi-Newton steps from zero, where the score is zero."""
    from scipy.optimize import minimize

    def at(found: Array) -> _Place:
        trial = coefficients.copy()
        trial[free] = found
        return _at(design, outcome, trial)

    def minus(found: Array) -> tuple[float, Array]:
        place = at(found)
        return -place.height, -place.score[free]

    top = at(minimize(minus, np.zeros(len(free)), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 1000}).x)
    information = (design[:, free] ** 2 * top.weights[:, None]).sum(axis=0)
    return top if bool((top.score[free] ** 2 < 1e-10 * information).all()) else None
