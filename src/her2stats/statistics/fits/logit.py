"""Maximum likelihood of the logistic model to the last digit: Newton's steps and Wald contrasts.

statsmodels' GLM would do it too, but stops where the deviance stands still, at about half the digits of the standard
errors, does not say that it has not arrived, and takes two seconds to import.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from her2stats.statistics.frame import Array

MOST_STEPS = 100
MOST_HALVINGS = 40
FARTHEST = 8.0  # change of the linear predictor in one step: a longer one is shortened,
TURNED = 100.0  # one longer than this is turned uphill before,
HOPELESS = 1e150  # and one this long is the answer of a singular system
DAMPINGS = tuple(10.0**power for power in range(-9, 3))
FLAT = 1e-6  # slope of the log-likelihood along an orthonormal column; of the order of 1 on the way up
LEVEL = 1e-12  # the same, where nothing is left to climb
GAIN = 1e-13  # of the log-likelihood by a step, relative: at the top, for what only the likelihood is asked for
NOTHING = 1e-22  # gain by a step: at the top for coefficients too, where rounding keeps the steps from vanishing
LEAST = 1e-7  # root of the information along an orthonormal column; below, the likelihood is flat and its top a guess
STEP = 1e-10  # Newton's steps converge quadratically: after one this small nothing is left to gain


@dataclass(frozen=True, eq=False)
class LogitFit:
    """A fitted logistic model."""

    design: Array  # columns of the model, of full rank
    outcome: Array  # 0 and 1
    coefficients: Array  # log odds ratios per unit of each column
    covariance: Array  # inverse of the information
    log_likelihood: float  # at the coefficients
    converged: bool  # false leaves the coefficients without meaning
    # the likelihood is at its maximum as far as it can be told, even where it is too flat to tell the coefficients
    on_top: bool

    def contrast(self, weights: Array) -> tuple[float, float]:
        """L b and its standard error for the weights L, shape (k,)."""
        return float(weights @ self.coefficients), math.sqrt(max(0.0, float(weights @ self.covariance @ weights)))


def fit_logit(design: Array, outcome: Array, *, offset: Array | None = None, start: Array | None = None) -> LogitFit:
    """Fit by Newton's method, on an orthonormal basis of the columns so that their scale does not matter.

    The design, intercept included, has full rank and does not separate the outcomes (0 and 1). The `offset` is added to
    the linear predictor; coefficients begin from `start`, or 0.
    """
    basis, triangle = np.linalg.qr(design)
    fixed = np.zeros(len(outcome)) if offset is None else offset
    position = np.zeros(basis.shape[1]) if start is None else triangle @ start
    height = _log_likelihood(outcome, fixed + basis @ position)
    converged = on_top = False
    try:
        for _ in range(MOST_STEPS):
            chance = expit(fixed + basis @ position)
            weights = chance * (1 - chance)
            slope = basis.T @ (outcome - chance)
            step, tamed, gain = _step((basis.T * weights) @ basis, slope, basis)
            position, height = _climb(basis, outcome, fixed, position, step, height)
            steepest = float(np.abs(slope).max())
            flat, level = steepest <= FLAT, steepest <= LEVEL
            small = not tamed and np.abs(step).max() <= STEP * (1 + np.abs(position).max())
            on_top = level or (flat and abs(gain) <= GAIN * (1 + abs(height)))
            if flat and (small or abs(gain) <= NOTHING):
                converged = True
                break
            if level and tamed:  # so flat that no step can be told: the likelihood is found, its place is not
                break
        chance = expit(fixed + basis @ position)
        root = np.linalg.qr(np.sqrt(chance * (1 - chance))[:, None] * basis, mode="r")
        inverse = np.linalg.inv(root @ triangle)
    except np.linalg.LinAlgError:  # the weights have vanished: there is no maximum, or none that numbers can reach
        return LogitFit(
            design, outcome, position * np.nan, np.full((len(position),) * 2, np.nan), math.nan, False, False
        )
    coefficients = np.linalg.solve(triangle, position)
    converged = converged and bool(np.abs(np.diag(root)).min() > LEAST and np.isfinite(inverse).all())
    return LogitFit(design, outcome, coefficients, inverse @ inverse.T, height, converged, on_top)


def _log_likelihood(outcome: Array, predictor: Array) -> float:
    return -float(np.logaddexp(0.0, np.where(outcome > 0, -predictor, predictor)).sum())


def _step(information: Array, slope: Array, basis: Array) -> tuple[Array, bool, float]:
    """Newton's step, whether it had to be tamed, and twice the likelihood that the untamed one promises.

    Where it would throw the linear predictor far out, it is turned uphill and shortened. Out there every chance is 0 or
    1, the information vanishes, and no later step finds the way back.
    """
    gain = math.inf
    for damping in (0.0, *DAMPINGS):
        try:
            step = np.asarray(np.linalg.solve(information + damping * np.eye(len(slope)), slope))
        except np.linalg.LinAlgError:
            continue
        if not np.abs(step).max() < HOPELESS:
            continue
        if damping == 0:
            gain = float(slope @ step)
        reach = float(np.abs(basis @ step).max())
        if reach <= TURNED:
            tamed = damping > 0 or reach > FARTHEST
            return (step * min(1.0, FARTHEST / reach) if tamed else step), tamed, gain
    raise np.linalg.LinAlgError


def _climb(
    basis: Array, outcome: Array, fixed: Array, position: Array, step: Array, height: float
) -> tuple[Array, float]:
    """Go along the step, or half of it and so on, until the likelihood does not fall."""
    slack = 1e-12 * (1 + abs(height))
    for halving in range(MOST_HALVINGS):
        there = position + step * 0.5**halving
        reached = _log_likelihood(outcome, fixed + basis @ there)
        if reached >= height - slack:
            return there, reached
    return position, height


def likelihood_ratio(full: LogitFit, reduced: LogitFit) -> float:
    """Twice the difference of the log-likelihoods of two nested models, never below 0."""
    return max(0.0, 2 * (full.log_likelihood - reduced.log_likelihood))
