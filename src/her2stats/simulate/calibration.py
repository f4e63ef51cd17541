"""From targets to the parameters of the latent model: each target is met by one monotone root.

Per cell type there are six parameters (intercept, slope and position in two HR groups) and up to six targets: two odds
ratios are slopes, two correlations within groups are positions, the overall correlation is the difference of the
intercepts, and the share of high tumours (half of them, or those that are not zero) is their level.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from her2stats.errors import DataError, Problem, ProblemList
from her2stats.simulate.latent import SCORE_WEIGHTS, Pair, ScoreModel, TypeModel, group_correlation, overall_correlation
from her2stats.simulate.planted import CELL_TYPES
from her2stats.simulate.targets import DICHOTOMISED_FROM, OVERALL, STRATA, Targets
from her2stats.simulate.til import TilModel, calibrate_til

LOGIT_OF_PROBIT = 1.702  # a logistic curve of this slope is within 0.01 of the normal one
_REACH = 12.0  # of log odds
_ROUNDS = 6  # of zero share and correlations in turn; each changes the other by little


@dataclass(frozen=True)
class Calibration:
    """A cohort's latent model: the score, the cell types and total TIL."""

    score: ScoreModel
    types: Mapping[str, TypeModel]
    til: TilModel


def calibrate(targets: Targets) -> Calibration:
    """Solve the latent model for the targets.

    Parameters
    ----------
    targets : Targets
        Checked here.

    Returns
    -------
    Calibration

    Raises
    ------
    DataError
        Targets that are out of range, or cannot go together: which, and what could be reached; all at once.

    Examples
    --------
    >>> found = calibrate(Targets(odds_ratios={"hr=positive": {"Plasma cells": 0.41}}))
    >>> round(float(np.exp(found.types["Plasma cells"].slopes[1] / found.score.sds[1])), 2)
    0.41
    """
    targets.check()
    score = ScoreModel.of(targets.margins.share_positive(), targets.score_sd)
    problems = ProblemList()
    types: dict[str, TypeModel] = {}
    for name in CELL_TYPES:
        with problems.collect(name):
            types[name] = _solve(_Asked.of(targets, name), score)
    problems.raise_if_any()
    return Calibration(score, types, calibrate_til(targets.til, score))


@dataclass(frozen=True)
class _Asked:
    """Targets of one cell type; None where nothing is asked."""

    zeros: float
    overall: float | None
    correlations: tuple[float | None, float | None]
    odds_ratios: tuple[float | None, float | None]

    @classmethod
    def of(cls, targets: Targets, name: str) -> _Asked:
        within, odds = (
            tuple(table.get(stratum, {}).get(name) for stratum in STRATA)
            for table in (targets.correlations, targets.odds_ratios)
        )
        overall = targets.correlations.get(OVERALL, {}).get(name)
        return cls(targets.zero_shares.get(name, 0.0), overall, (within[0], within[1]), (odds[0], odds[1]))


def _solve(asked: _Asked, score: ScoreModel) -> TypeModel:
    if asked.overall is not None and all(value is None for value in (*asked.correlations, *asked.odds_ratios)):
        return _effect_of_score_alone(asked.zeros, asked.overall, score)
    pairs = [_complete(asked.correlations[k], asked.odds_ratios[k], score.sds[k]) for k in (0, 1)]
    slopes, within = (pairs[0][0], pairs[1][0]), (pairs[0][1], pairs[1][1])
    if asked.overall is None:
        return _model(asked.zeros, slopes, within, 0.0, score)
    gap = _root(
        lambda gap: overall_correlation(_model(asked.zeros, slopes, within, gap, score), score),
        asked.overall,
        "correlation over both HR groups, by a difference of the amount between them",
        reach=_REACH / 2,
    )
    return _model(asked.zeros, slopes, within, gap, score)


def _complete(correlation: float | None, odds_ratio: float | None, sd: float) -> Pair:
    """Slope over the score standardised within the group, and Spearman correlation; one implies the other."""
    if odds_ratio is not None:
        slope = float(np.log(odds_ratio)) * sd
    else:
        r = 2 * np.sin(np.pi * (correlation or 0.0) / 6)
        slope = float(LOGIT_OF_PROBIT * r / np.sqrt(1 - r * r))
    if correlation is None:
        probit = slope / LOGIT_OF_PROBIT
        correlation = float(6 / np.pi * np.arcsin(probit / np.sqrt(1 + probit * probit) / 2))
    return slope, correlation


def _effect_of_score_alone(zeros: float, overall: float, score: ScoreModel) -> TypeModel:
    """Let the amount depend on the score by one slope in both groups, and on HR only through it."""

    def model(effect: float) -> TypeModel:
        pairs = [_complete(None, float(np.exp(effect)), sd) for sd in score.sds]
        gap = effect * (score.means[0] - score.means[1])
        return _model(zeros, (pairs[0][0], pairs[1][0]), (pairs[0][1], pairs[1][1]), gap, score)

    what = "correlation over both HR groups, by an effect of the score alone"
    effect = _root(lambda effect: overall_correlation(model(effect), score), overall, what, reach=4.0)
    return model(effect)


def _model(zeros: float, slopes: Pair, within: Pair, gap: float, score: ScoreModel) -> TypeModel:
    """Level for the share of high tumours, then positions and empty part for correlations and zeros, in turn."""
    dichotomised = zeros >= DICHOTOMISED_FROM
    absence = {"empty": 1.0, "band": 0.0} if dichotomised else {"empty": 0.0}
    start = TypeModel((0.0, 0.0), slopes, (0.0, 0.0), **absence)

    def at(level: float) -> TypeModel:
        return replace(start, intercepts=(level + gap / 2, level - gap / 2))

    def share(level: float) -> float:
        return float(sum(score.weights[k] * (SCORE_WEIGHTS @ at(level).share_high(k)) for k in (0, 1)))

    model = at(_root(share, 1 - zeros if dichotomised else 0.5, "share of high tumours", reach=2 * _REACH))
    if dichotomised:
        return model
    for _ in range(_ROUNDS if zeros else 1):
        model = replace(model, empty=_empty(model, zeros, score))
        model = replace(model, positions=(_position(model, within[0], 0), _position(model, within[1], 1)))
    return model


def _empty(model: TypeModel, zeros: float, score: ScoreModel) -> float:
    if not zeros:
        return 0.0
    return float(brentq(lambda empty: replace(model, empty=empty).zero_share(score) - zeros, 0.0, 1.0, xtol=1e-10))


def _position(model: TypeModel, wanted: float, group: int) -> float:
    def correlation(position: float) -> float:
        positions = (position, 0.0) if group == 0 else (0.0, position)
        return group_correlation(replace(model, positions=positions), group)

    return _root(correlation, wanted, f"correlation within {STRATA[group]}, beside its odds ratio", reach=0.98)


def _root(value: Callable[[float], float], wanted: float, what: str, *, reach: float) -> float:
    """Solve value(x) = wanted for x between -reach and reach; value is monotone."""
    ends = value(-reach), value(reach)
    if not min(ends) <= wanted <= max(ends):
        reached = f"between {min(ends):.3f} and {max(ends):.3f} can be reached with the other targets"
        raise DataError(Problem(f"{wanted:g} cannot be met: {reached}", what, "move this target or the others"))
    return float(brentq(lambda x: value(x) - wanted, -reach, reach, xtol=1e-10))
