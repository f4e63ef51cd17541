"""Maximum likelihood of the logistic model to the last digit: Newton's steps, Wald contrasts, profile likelihood.

statsmodels' GLM would do the first part, but stops where the deviance stands still, at about half the digits of the
standard errors, has no profile likelihood, and takes two seconds to import.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, expit

from her2stats.statistics.frame import Array

MOST_STEPS = 100
MOST_HALVINGS = 40
MOST_DOUBLINGS = 40
FARTHEST = 8.0  # change of the linear predictor in one step
DAMPINGS = tuple(10.0**power for power in range(-9, 3))
LEAST = 1e-7  # root of the information along an orthonormal column; below, the likelihood is flat and its top a guess
STEP = 1e-10  # Newton's steps converge quadratically: after one this small nothing is left to gain


@dataclass(frozen=True, eq=False)
class LogitFit:
    """A fitted logistic model.

    Parameters
    ----------
    design : ndarray of shape (n, k)
        Columns of the model, of full rank.
    outcome : ndarray of shape (n,)
        0 and 1.
    coefficients : ndarray of shape (k,)
        Log odds ratios per unit of each column.
    covariance : ndarray of shape (k, k)
        Inverse of the information.
    log_likelihood : float
        At the coefficients.
    converged : bool
        False leaves the numbers without meaning.
    """

    design: Array
    outcome: Array
    coefficients: Array
    covariance: Array
    log_likelihood: float
    converged: bool

    def contrast(self, weights: Array) -> tuple[float, float]:
        """L b and its standard error for the weights L, shape (k,)."""
        return float(weights @ self.coefficients), math.sqrt(max(0.0, float(weights @ self.covariance @ weights)))


def fit_logit(design: Array, outcome: Array, offset: Array | None = None) -> LogitFit:
    """Fit by Newton's method, on an orthonormal basis of the columns so that their scale does not matter.

    Parameters
    ----------
    design : ndarray of shape (n, k)
        Full rank, the intercept included.
    outcome : ndarray of shape (n,)
        0 and 1, not separated by the columns.
    offset : ndarray of shape (n,), optional
        Added to the linear predictor.

    Examples
    --------
    >>> design = np.column_stack([np.ones(8), [0.0, 0, 0, 0, 1, 1, 1, 1]])
    >>> fit = fit_logit(design, np.array([0.0, 0, 0, 1, 0, 1, 1, 1]))
    >>> np.exp(fit.coefficients).round(6)
    array([0.333333, 9.      ])
    """
    basis, triangle = np.linalg.qr(design)
    fixed = np.zeros(len(outcome)) if offset is None else offset
    position = np.zeros(basis.shape[1])
    height = _log_likelihood(outcome, fixed)
    converged = False
    try:
        for _ in range(MOST_STEPS):
            chance = expit(fixed + basis @ position)
            weights = chance * (1 - chance)
            slope = basis.T @ (outcome - chance)
            step, damped = _step((basis.T * weights) @ basis, slope, basis)
            position, height = _climb(basis, outcome, fixed, position, step, height)
            if not damped and np.abs(step).max() <= STEP * (1 + np.abs(position).max()):
                converged = True
                break
        chance = expit(fixed + basis @ position)
        root = np.linalg.qr(np.sqrt(chance * (1 - chance))[:, None] * basis, mode="r")
        inverse = np.linalg.inv(root @ triangle)
    except np.linalg.LinAlgError:  # the weights have vanished: there is no maximum, or none that numbers can reach
        return LogitFit(design, outcome, position * np.nan, np.full((len(position),) * 2, np.nan), math.nan, False)
    coefficients = np.linalg.solve(triangle, position)
    converged = converged and bool(np.abs(np.diag(root)).min() > LEAST and np.isfinite(inverse).all())
    return LogitFit(design, outcome, coefficients, inverse @ inverse.T, height, converged)


def _log_likelihood(outcome: Array, predictor: Array) -> float:
    return -float(np.logaddexp(0.0, np.where(outcome > 0, -predictor, predictor)).sum())


def _step(information: Array, slope: Array, basis: Array) -> tuple[Array, bool]:
    """Newton's step; shortened and turned uphill ("damped") where it would throw the linear predictor far out.

    Out there every chance is 0 or 1, the information vanishes, and no later step finds the way back.
    """
    for damping in (0.0, *DAMPINGS):
        try:
            step = np.asarray(np.linalg.solve(information + damping * np.eye(len(slope)), slope))
        except np.linalg.LinAlgError:
            continue
        if np.abs(basis @ step).max() <= FARTHEST:
            break
    return step, damping > 0


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


def profile_limits(fit: LogitFit, weights: Array, conf_level: float) -> tuple[float, float]:
    """Profile likelihood limits of L b: where twice the log-likelihood has fallen by the chi-squared quantile.

    The model is written anew with L b as a parameter of its own, which is then held fixed while the rest is fitted;
    the signed root of the fall is nearly a straight line, on which the root is found.

    Parameters
    ----------
    fit : LogitFit
        Converged.
    weights : ndarray of shape (k,)
        L, not all 0.
    conf_level : float
        Between 0 and 1.

    Returns
    -------
    tuple of float
        On the log scale; NaN where the search fails.

    References
    ----------
    Venzon and Moolgavkar 1988, doi:10.2307/2347496.
    """
    pivot = int(np.argmax(np.abs(weights)))
    carrier = fit.design[:, pivot] / weights[pivot]
    rest = np.delete(fit.design - np.outer(carrier, weights), pivot, axis=1)
    target = math.sqrt(float(chdtri(1, 1 - conf_level)))
    estimate, error = fit.contrast(weights)

    def excess(value: float) -> float:
        held = fit_logit(rest, fit.outcome, offset=value * carrier)
        if not held.converged:
            raise ArithmeticError
        return math.sqrt(likelihood_ratio(fit, held)) - target

    return _crossing(excess, estimate, -target * error), _crossing(excess, estimate, target * error)


def _crossing(excess: Callable[[float], float], estimate: float, reach: float) -> float:
    """Where the excess turns positive, from the estimate in the direction of `reach`."""
    from scipy.optimize import brentq  # a third of a second to import, and only here

    inner, outer = estimate, estimate + reach
    try:
        for _ in range(MOST_DOUBLINGS):
            if excess(outer) >= 0:
                return float(brentq(excess, inner, outer, xtol=1e-12 * abs(reach), rtol=1e-13))
            inner, outer = outer, outer + (outer - estimate)
    except ArithmeticError:
        pass
    return math.nan
