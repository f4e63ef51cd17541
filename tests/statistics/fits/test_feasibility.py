"""Separation is found before the fit, complete or up to ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.statistics.fits.feasibility import divided_by_programme, divided_by_range, is_separated
from her2stats.statistics.fits.logit import fit_logit


def with_intercept(*columns: list[float]) -> np.ndarray:
    return np.column_stack([np.ones(len(columns[0])), *map(np.asarray, columns)]).astype(float)


def test_a_zero_cell_that_others_converge_on():
    # 0/8 against 6/12: Newton's method elsewhere stops at b = -19.6 with a standard error of 3802, without a word
    group = [1.0] * 8 + [0.0] * 12
    outcome = np.array([0.0] * 8 + [1.0] * 6 + [0.0] * 6)
    assert is_separated(with_intercept(group), outcome)
    assert is_separated(with_intercept(group, [0, 1] * 10), outcome)


@pytest.mark.parametrize(
    ("x", "separated"),
    [([1, 2, 3, 4, 5, 6], True), ([1, 2, 3, 3, 5, 6], True), ([1, 2, 4, 3, 5, 6], False), ([6, 5, 4, 3, 2, 1], True)],
)
def test_one_exposure_by_its_ranges(x, separated):
    outcome = np.array([0.0, 0, 0, 1, 1, 1])
    assert is_separated(with_intercept(x), outcome) is separated


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(5, 25))
def test_the_ranges_and_the_programme_agree(seed, n):
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=n), 1)
    outcome = (x + rng.normal(scale=0.4, size=n) > 0) * 1.0
    outcome[:2] = 0, 1
    if np.ptp(x) == 0:
        return
    assert divided_by_range(x, outcome) is divided_by_programme(with_intercept(x), outcome)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(6, 25))
def test_a_fit_converges_exactly_where_nothing_is_separated(seed, n):
    rng = np.random.default_rng(seed)
    design = with_intercept(np.round(rng.normal(size=n), 1), rng.normal(size=n))
    outcome = (design[:, 1] + rng.normal(scale=0.7, size=n) > 0) * 1.0
    outcome[:2] = 0, 1
    assert fit_logit(design, outcome).converged is not is_separated(design, outcome)


def test_an_oblique_line_that_no_single_variable_shows():
    x = np.array([0.0, 1, 2, 3, 0, 1, 2, 3])
    z = np.array([1.0, 2, 3, 4, 0, 1, 2, 3]) - 0.5
    outcome = (z > x) * 1.0
    assert not is_separated(with_intercept(x), outcome)
    assert not is_separated(with_intercept(z), outcome)
    assert is_separated(with_intercept(x, z), outcome)
    assert is_separated(with_intercept(x * 1e-7, z * 1e5), outcome)
