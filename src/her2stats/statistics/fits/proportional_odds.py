"""Proportional odds with a level for every distinct value: Newton's method, whose intercepts are a band of three.

The likelihood of a case is F(u) F(-v) (1 - exp(v - u)), with u and v the linear predictors of its own level and the
next, so that no difference of two nearly equal chances is ever taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from her2stats.statistics.frame import Array

MOST_STEPS, MOST_HALVINGS = 100, 40
STEP = 1e-11  # after a step this small, relative, nothing is left to gain
NO_CURVE = 10.0  # range of linear predictors over which the curvature of a rising likelihood vanishes
FARTHEST = 40.0  # of a linear predictor from the middle: only a likelihood that rises for ever leads there


@dataclass(frozen=True, eq=False)
class OrdinalFit:
    """logit P(Y >= level) = intercept of the level + x b."""

    coefficients: Array
    covariance: Array
    log_likelihood: float
    converged: bool
    far: bool  # not converged, for the likelihood rises for ever


def fit_proportional_odds(columns: Array, levels: np.ndarray) -> OrdinalFit:
    """Maximise the likelihood.

    `columns`, shape (n, k): of full rank together with an intercept, which they do not hold.
    `levels`, shape (n,): 0, 1, ..., each with a case.
    Source: McCullagh 1980, doi:10.1111/j.2517-6161.1980.tb01109.x.

    >>> group, level = np.array([0.0, 0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 0, 1, 0, 1, 1, 1])
    >>> fit = fit_proportional_odds(group[:, None], level)
    >>> np.exp(fit.coefficients).round(6)
    array([9.])
    """
    counts = np.bincount(levels.astype(int))
    intercepts = logit(1 - np.cumsum(counts)[:-1] / len(levels))
    slopes, place = np.zeros(columns.shape[1]), levels.astype(int)
    height, converged, far = _height(intercepts, columns @ slopes, place), False, False
    for _ in range(MOST_STEPS):
        step, inverse = _newton(intercepts, slopes, columns, place)
        if step is None:
            far = bool(np.ptp(columns @ slopes) > NO_CURVE)
            break
        for halving in range(MOST_HALVINGS):
            there = [old + part * 0.5**halving for old, part in zip((intercepts, slopes), step, strict=True)]
            reached = _height(there[0], columns @ there[1], place)
            if reached >= height - 1e-12 * (1 + abs(height)):
                break
        (intercepts, slopes), height = there, reached
        spread = columns @ slopes
        far = bool(np.abs(spread - np.median(spread)).max() > FARTHEST)
        if far:
            break
        if max(np.abs(part).max(initial=0.0) for part in step) <= STEP * (1 + np.abs(slopes).max(initial=0.0)):
            converged = True
            break
    else:
        far = bool(np.ptp(columns @ slopes) > NO_CURVE)
    return OrdinalFit(slopes, inverse, height, converged, far)


def _ends(intercepts: Array, predictor: Array, place: np.ndarray) -> tuple[Array, Array]:
    """Linear predictors u and v of each case; infinite at the outer levels."""
    padded = np.concatenate([[math.inf], intercepts, [-math.inf]])
    return padded[place] + predictor, padded[place + 1] + predictor


def _height(intercepts: Array, predictor: Array, place: np.ndarray) -> float:
    u, v = _ends(intercepts, predictor, place)
    if (np.diff(intercepts) >= 0).any():
        return -math.inf
    return float((np.log(-np.expm1(v - u)) - np.logaddexp(0, -u) - np.logaddexp(0, v)).sum())


def _newton(
    intercepts: Array, slopes: Array, columns: Array, place: np.ndarray
) -> tuple[tuple[Array, Array] | None, Array]:
    """Newton's step of intercepts and slopes, and the covariance of the slopes."""
    from scipy.linalg import solveh_banded

    u, v = _ends(intercepts, columns @ slopes, place)
    inner = np.isfinite(u) & np.isfinite(v)
    ratio = np.zeros(len(u))
    ratio[inner] = 1 / np.expm1(u[inner] - v[inner])
    own, following = place - 1, place  # the intercepts behind u and v
    first, last = place > 0, place < len(intercepts)
    size, weights = len(intercepts), (expit(u) * expit(-u), expit(v) * expit(-v))

    def summed(at_u: Array, at_v: Array) -> Array:
        return np.asarray(
            np.bincount(own[first], at_u[first], minlength=size)
            + np.bincount(following[last], at_v[last], minlength=size)
        )

    curved = ratio * (1 + ratio)
    band = np.zeros((2, size))
    band[1] = summed(weights[0] + curved, weights[1] + curved)
    band[0, 1:] = -np.bincount(following[inner], curved[inner], minlength=size)[1:]
    cross = np.column_stack([summed(weights[0] * x, weights[1] * x) for x in columns.T] or [np.zeros((size, 0))])
    gradient = summed(expit(-u) + ratio, -expit(v) - ratio)
    try:
        right = np.column_stack([gradient, cross])
        solved = solveh_banded(band, right) if size > 1 else right / band[1]
        schur = (columns.T * weights[0]) @ columns + (columns.T * weights[1]) @ columns - cross.T @ solved[:, 1:]
        inverse = np.linalg.inv(schur)
    except (np.linalg.LinAlgError, ValueError):
        return None, np.full((columns.shape[1],) * 2, math.nan)
    step = inverse @ (columns.T @ (expit(-u) - expit(v)) - cross.T @ solved[:, 0])
    return (solved[:, 0] - solved[:, 1:] @ step, step), inverse
