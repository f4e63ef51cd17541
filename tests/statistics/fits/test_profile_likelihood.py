"""Profile likelihood limits: by brute force, in another coding, and far out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats

from her2stats.statistics.fits.feasibility import is_separated
from her2stats.statistics.fits.logit import fit_logit
from her2stats.statistics.fits.profile_likelihood import profile_limits


def example(n: int = 120, seed: int = 0, slope: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), rng.normal(size=n), rng.random(n) < 0.4]).astype(float)
    chance = 1 / (1 + np.exp(-(design @ [-0.3, slope, 0.5])))
    return design, (rng.random(n) < chance) * 1.0


def test_profile_limits_are_where_the_likelihood_has_fallen_by_the_quantile():
    design, outcome = example(n=40)
    fit = fit_logit(design, outcome)

    def fall(value: float) -> float:
        def minus_log_likelihood(rest: np.ndarray) -> float:
            predictor = design @ [rest[0], value, rest[1]]
            return np.logaddexp(0, np.where(outcome == 1, -predictor, predictor)).sum()

        found = optimize.minimize(minus_log_likelihood, fit.coefficients[[0, 2]], method="BFGS", options={"gtol": 1e-9})
        return 2 * (fit.log_likelihood + found.fun) - stats.chi2.ppf(0.95, 1)

    estimate, error = fit.contrast(np.array([0.0, 1, 0]))
    expected = [optimize.brentq(fall, estimate + s * 0.5 * error, estimate + s * 6 * error) for s in (-1, 1)]
    assert profile_limits(fit, np.array([0.0, 1, 0]), 0.95) == pytest.approx(tuple(expected), rel=1e-6)


def test_the_profile_of_a_contrast_is_that_of_a_coefficient_in_another_coding():
    design, outcome = example(n=80)
    other = design.copy()
    other[:, 1] = design[:, 1] - 2 * design[:, 2]
    # the same model: b1 x1 + b2 x2 = b1 (x1 - 2 x2) + (b2 + 2 b1) x2
    limits = profile_limits(fit_logit(design, outcome), np.array([0.0, 2, 1]), 0.9)
    assert limits == pytest.approx(profile_limits(fit_logit(other, outcome), np.array([0.0, 0, 1]), 0.9), rel=1e-8)


def test_profile_limits_far_out_are_found():
    # one event among few: the profile goes on where every chance is near 0 or 1
    design = np.column_stack([np.ones(40), np.linspace(-3, 3, 40)])
    outcome = (design[:, 1] > 0.4) * 1.0
    outcome[20], outcome[19] = 1.0, 0.0
    outcome[23], outcome[18] = 0.0, 1.0
    low, high = profile_limits(fit_logit(design, outcome), np.array([0.0, 1.0]), 0.9999)
    assert 0 < low < high < math.inf


def test_limits_of_an_almost_separated_sample():
    # two values short of separation: Newton's method alone loses its way among chances of 0 and 1
    x = np.concatenate([np.linspace(-3, -0.5, 14), [0.1, 0.12], np.linspace(0.6, 3, 14)])
    outcome = np.repeat([0.0, 1, 0, 1], [14, 1, 1, 14])
    design = np.column_stack([np.ones(30), x, np.repeat([0.0, 1, 0, 1], [12, 4, 3, 11])])
    fit = fit_logit(design, outcome)
    assert not is_separated(design, outcome)
    for weights in np.eye(3):
        estimate, _ = fit.contrast(weights)
        limits = profile_limits(fit, weights, 0.95)
        assert limits[0] < estimate < limits[1]
        for limit in limits:
            pivot = int(np.argmax(weights))
            held = fit_logit(np.delete(design, pivot, axis=1), outcome, offset=limit * design[:, pivot])
            fall = 2 * (fit.log_likelihood - held.log_likelihood)
            assert fall == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-7)
