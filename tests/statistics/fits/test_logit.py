"""The logistic likelihood: its maximum and its curvature."""

from __future__ import annotations

import math

import numpy as np
import pytest

from her2stats.statistics.fits.logit import fit_logit, likelihood_ratio


def example(n: int = 120, seed: int = 0, slope: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), rng.normal(size=n), rng.random(n) < 0.4]).astype(float)
    chance = 1 / (1 + np.exp(-(design @ [-0.3, slope, 0.5])))
    return design, (rng.random(n) < chance) * 1.0


def test_a_two_by_two_table_has_its_closed_form():
    a, b, c, d = 17, 22, 9, 23
    design = np.column_stack([np.ones(71), np.repeat([0.0, 1.0], [a + b, c + d])])
    outcome = np.repeat([1.0, 0, 1, 0], [a, b, c, d])
    estimate, error = fit_logit(design, outcome).contrast(np.array([0.0, 1.0]))
    assert math.exp(estimate) == pytest.approx(c * b / (a * d), rel=1e-13)
    assert error == pytest.approx(math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), rel=1e-13)


def test_the_score_is_zero_at_the_estimate():
    design, outcome = example()
    fit = fit_logit(design, outcome)
    chance = 1 / (1 + np.exp(-design @ fit.coefficients))
    assert np.abs(design.T @ (outcome - chance)).max() < 1e-12
    information = (design.T * (chance * (1 - chance))) @ design
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(information), rtol=1e-11)


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1e4, 1e9])
def test_the_unit_of_a_column_does_not_matter(scale):
    design, outcome = example()
    plain = fit_logit(design, outcome).contrast(np.array([0.0, 1, 0]))
    scaled = fit_logit(design * [1, scale, 1], outcome).contrast(np.array([0.0, scale, 0]))
    assert scaled == pytest.approx(plain, rel=1e-12)


def test_a_start_in_the_saturated_region_finds_its_way_back():
    design, outcome = example()
    held = fit_logit(design[:, [0, 2]], outcome, offset=60 * design[:, 1])
    assert held.converged
    chance = 1 / (1 + np.exp(-60 * design[:, 1] - design[:, [0, 2]] @ held.coefficients))
    assert np.abs(design[:, [0, 2]].T @ (outcome - chance)).max() < 1e-9


def test_separated_outcomes_do_not_converge():
    design = np.column_stack([np.ones(10), np.arange(10.0)])
    assert not fit_logit(design, (np.arange(10) > 4) * 1.0).converged


def test_likelihood_ratio_of_nested_models():
    design, outcome = example()
    full, reduced = fit_logit(design, outcome), fit_logit(design[:, :2], outcome)
    assert likelihood_ratio(full, reduced) > 0
    assert likelihood_ratio(reduced, full) == 0
