"""Firth's penalised likelihood for small or separated samples: finite wherever both outcomes occur.

The penalty is half the log determinant of the information of all columns, also where one of them is held, so that the
profile and its ratio test are those of Heinze and Schemper. Packages stop the search for a limit early, by up to 0.2 %.
Sources: Firth 1993, doi:10.1093/biomet/80.1.27; Heinze and Schemper 2002, doi:10.1002/sim.1047.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from scipy.special import expit, ndtr, ndtri

from her2stats.statistics.fits.feasibility import why_no_fit
from her2stats.statistics.fits.odds_ratio import on_odds_scale
from her2stats.statistics.flags import Row, code_of, flag
from her2stats.statistics.frame import Array

SAFE, SPARSE = 10, 5  # fewest with or without the event: from the one maximum likelihood does, below the other Firth's
BESIDE = ("firth_estimate", "firth_low", "firth_high", "firth_p")
MOST_STEPS, MOST_HALVINGS, MOST_POLISHING, LONGEST = 200, 60, 3, 5.0
THERE, NEARLY = 1e-22, 1e-11  # what another step promises to gain; below the second rounding may hide that it rises
UNSEEN, SAME = 1e-9, 1e-7  # differences of heights
LARGE = 3.0  # coefficient of a column of size 1 that may hold as well with the other sign, where hardly any event tells
MOST_TOPS, MOST_FOLLOWED = 5, 3  # the penalised likelihood may have several maxima
PACE, GROWTH, MOST_PACES = 0.25, 1.1, 45  # in standard errors, from the estimate to a limit: up to 163
ENOUGH = 1e-11  # of a pace


@dataclass(frozen=True, eq=False)
class _Place:
    """The penalised likelihood at some coefficients, and how it bends among columns of orthonormal weight."""

    coefficients: Array
    height: float
    score: Array
    weights: Array
    leverage: Array
    basis: Array
    tilt: Array  # chance of no event less that of one


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
    # about their means, so that where the search begins hangs on no origin
    design = np.column_stack([design[:, 0], design[:, 1:] - design[:, 1:].mean(axis=0)])
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
    profile = _Profile(design, outcome, top, column, PACE * error)
    estimate, reach = float(top.coefficients[column]), float(ndtri(0.5 + conf_level / 2))
    try:
        statistic = -profile.root(0.0)
        low, high = (profile.limit(side, reach) for side in (-1, 1))
    except (ArithmeticError, ValueError):
        return {"flag": flag("not converged", "penalised profile likelihood")}
    row = on_odds_scale(estimate / unit, low / unit, high / unit)
    return row | {"std_error": error / unit, "statistic": statistic, "p_value": float(2 * ndtr(-abs(statistic)))}


@dataclass(frozen=True, eq=False)
class _Profile:
    """The penalised likelihood with one coefficient held, followed outwards from the maximum pace by pace.

    Far out there may be several maxima: each that is met is followed on, and the highest counts. New ones are sought at
    every pace, from zero and with a large coefficient turned round: what is found depends on the paces alone.
    """

    design: Array
    outcome: Array
    top: _Place
    column: int
    pace: float

    def root(self, at: float) -> float:
        """Signed root of the likelihood ratio at a value of the coefficient."""
        now: tuple[_Place, ...] = (self.top,)
        way = at - self._held(self.top)
        if not way:
            return 0.0
        for gone in takewhile(lambda gone: gone < abs(way), self._paces()):
            now = self._on(now, self._held(self.top) + math.copysign(gone, way))
        return self._root(self._on(now, at)[0])

    def limit(self, side: int, target: float) -> float:
        """Where the root reaches a target first: Newton's steps within the pace, each from the last place asked."""
        now: tuple[_Place, ...] = (self.top,)
        for gone in self._paces():
            there = self._on(now, self._held(self.top) + side * gone)
            if side * self._root(there[0]) >= target:
                return self._within(self._held(now[0]), there, side * target)
            now = there
        raise ArithmeticError

    def _within(self, inner: float, places: tuple[_Place, ...], target: float) -> float:
        """Between a value where the root is not reached and places where it is, of which every maximum is known."""
        outer, last = self._held(places[0]), places
        for _ in range(MOST_STEPS):
            at, found = self._held(last[0]), self._root(last[0])
            slope = -float(last[0].score[self.column]) / found if found else 0.0
            ahead = at - (found - target) / slope if slope else math.nan
            if abs(ahead - at) < ENOUGH * self.pace:
                return ahead
            if not min(inner, outer) < ahead < max(inner, outer):
                ahead = (inner + outer) / 2
            if abs(outer - inner) < ENOUGH * self.pace:
                return outer
            last = self._on(places, ahead, known=True)
            inner, outer = (inner, ahead) if abs(self._root(last[0])) >= abs(target) else (ahead, outer)
        raise ArithmeticError

    def _paces(self) -> Iterator[float]:
        """How far from the estimate each pace leads: they grow, as the likelihood is flat far out."""
        return (self.pace * (GROWTH**step - 1) / (GROWTH - 1) for step in range(1, MOST_PACES))

    def _held(self, place: _Place) -> float:
        return float(place.coefficients[self.column])

    def _root(self, place: _Place) -> float:
        lost, way = self.top.height - place.height, self._held(place) - self._held(self.top)
        if lost < UNSEEN:  # the difference of two heights is rounding: half the way times the slope
            lost = -way * float(place.score[self.column]) / 2
        return math.copysign(math.sqrt(2 * max(0.0, lost)), way)

    def _on(self, begin: tuple[_Place, ...], at: float, *, known: bool = False) -> tuple[_Place, ...]:
        """Maxima with the coefficient held, highest first."""
        starts = [
            place.coefficients + _tangent(self.design, place, self.column) * (at - self._held(place)) for place in begin
        ]
        if not known:
            turned = [
                starts[0] * np.where(np.arange(len(starts[0])) == j, -1, 1)
                for j in np.flatnonzero(abs(starts[0]) > LARGE)
            ]
            starts += [np.zeros(len(starts[0])), *turned]
        found: list[_Place] = []
        for start in starts:
            start[self.column] = at
            place = _maximum(self.design, self.outcome, start, held=self.column)
            if place is not None and all(abs(place.height - one.height) > SAME for one in found):
                found.append(place)
        if not found:
            raise ArithmeticError
        found.sort(key=lambda place: -place.height)
        if found[0].height > self.top.height + 1e-9 * (1 + abs(self.top.height)):
            raise _HigherError(found[0].coefficients)
        return tuple(found[:MOST_FOLLOWED])


def _at(design: Array, outcome: Array, coefficients: Array) -> _Place:
    linear = design @ coefficients
    chance, other = expit(linear), expit(-linear)
    weights = chance * other
    basis, triangle = np.linalg.qr(design * np.sqrt(weights)[:, None])
    leverage = (basis**2).sum(axis=1)
    with np.errstate(divide="ignore"):
        penalty = float(np.log(np.abs(np.diag(triangle))).sum())
    height = penalty - float(np.logaddexp(0.0, np.where(outcome > 0, -linear, linear)).sum())
    score = design.T @ (outcome - chance + leverage * (0.5 - chance))
    return _Place(coefficients, height, score, weights, leverage, basis, other - chance)


def _curvature(place: _Place, columns: Array) -> Array:
    """Minus the second derivatives of the penalised likelihood along columns of the same rows as the design."""
    tilted = columns * place.tilt[:, None]
    pairs = np.einsum("ij,ik->ijk", place.basis, place.basis).reshape(len(columns), -1)
    seen = pairs.T @ tilted  # the squares of the hat matrix, without making it
    bent = columns.T @ (columns * (place.weights * (1 + place.leverage))[:, None])
    return np.asarray(bent - (tilted.T @ (tilted * place.leverage[:, None]) - seen.T @ seen) / 2)


def _maximum(design: Array, outcome: Array, start: Array, held: int | None = None) -> _Place | None:
    """Newton's steps over the coefficients that are not held, each shortened until the likelihood rises.

    They are taken in the columns' orthonormal combinations, as weights may differ by twenty orders of magnitude.
    """
    free = np.array([place for place in range(len(start)) if place != held], dtype=int)
    now, polished = _at(design, outcome, start), 0
    for _ in range(MOST_STEPS):
        turn = _turn(design, now, free)
        if turn is None:
            return None
        bent, axes = np.linalg.eigh(_curvature(now, design[:, free] @ turn))
        slope = axes.T @ (turn.T @ now.score[free])
        steps = slope / np.maximum(np.abs(bent), 1e-3)
        promised = float(slope @ steps)
        if promised < NEARLY and bent.min() > 0:
            polished += 1
        if polished > MOST_POLISHING or (polished and promised < THERE):
            return now
        step = turn @ (axes @ steps)
        step *= min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-300))
        there = _moved(design, outcome, now, free, step, 1 if polished else MOST_HALVINGS)
        if there is None:
            return None
        now = there
    return None


def _turn(design: Array, place: _Place, free: Array) -> Array | None:
    """What makes the free columns orthonormal under the weights of a place."""
    triangle = np.linalg.qr(design[:, free] * np.sqrt(place.weights)[:, None], mode="r")
    try:
        return np.asarray(np.linalg.inv(triangle))
    except np.linalg.LinAlgError:
        return None


def _moved(design: Array, outcome: Array, now: _Place, free: Array, step: Array, tries: int) -> _Place | None:
    """The first shortened step that rises; a single try stands, as at the very top rounding may hide the rise."""
    for halving in range(tries):
        trial = now.coefficients.copy()
        trial[free] += step / 2**halving
        there = _at(design, outcome, trial)
        if math.isfinite(there.height) and (tries == 1 or there.height > now.height):
            return there
    return None


def _tangent(design: Array, place: _Place, held: int) -> Array:
    """How the other coefficients follow the one held."""
    free = np.array([column for column in range(design.shape[1]) if column != held], dtype=int)
    follow, turn = np.zeros(design.shape[1]), _turn(design, place, free)
    if turn is not None:
        bent = _curvature(place, np.column_stack([design[:, free] @ turn, design[:, held]]))
        follow[free] = -turn @ np.linalg.lstsq(bent[:-1, :-1], bent[:-1, -1], rcond=None)[0]
    return follow
