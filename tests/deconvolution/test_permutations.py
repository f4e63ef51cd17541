"""The null distribution and the p-values read from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from her2stats.deconvolution import deconvolve
from her2stats.deconvolution.permutations import draw_mixtures, p_values

from .conftest import Planted


def r_code(r: float, null: np.ndarray) -> float:
    """CIBERSORT's line: 1 - (which.min(abs(nulldist - mix_r)) / length(nulldist)), nulldist sorted."""
    null = np.sort(null)
    return 1 - (np.argmin(np.abs(null - r)) + 1) / len(null)


@settings(deadline=None)
@given(
    null=arrays(float, st.integers(1, 30), elements=st.floats(-1, 1).map(lambda x: round(x, 2))),
    r=st.floats(-1, 1).map(lambda x: round(x, 2)),
)
def test_p_is_that_of_the_r_code(null: np.ndarray, r: float) -> None:
    ours, _ = p_values(np.array([r]), null)
    distance = np.sort(np.abs(null - r))
    if len(null) > 1 and 0 < distance[1] - distance[0] < 1e-9:
        return  # a tie by rounding, which either side may break
    assert ours[0] == pytest.approx(r_code(r, null))


@settings(deadline=None)
@given(null=arrays(float, st.integers(1, 30), elements=st.floats(-1, 1)), r=st.floats(-1, 1))
def test_the_bias_free_p_counts_and_is_never_zero(null: np.ndarray, r: float) -> None:
    _, p = p_values(np.array([r]), null)
    assert p[0] == (np.sum(null >= r) + 1) / (len(null) + 1)


def test_samples_without_a_fit_have_no_p() -> None:
    ours, unbiased = p_values(np.array([np.nan, 0.5]), np.array([0.1, 0.2]))
    assert np.isnan(ours[0])
    assert np.isnan(unbiased[0])
    assert ours[1] == 0


def test_a_null_mixture_without_a_fit_exceeds_nothing() -> None:
    ours, unbiased = p_values(np.array([0.5]), np.array([np.nan, 0.2, 0.9]))
    assert ours[0] == 1 - 1 / 2  # the r code drops it
    assert unbiased[0] == 2 / 4


def test_draws_depend_on_seed_and_number_only() -> None:
    values = np.random.default_rng(0).lognormal(size=(5, 30))
    drawn = draw_mixtures(values, 8, seed=2)
    assert (draw_mixtures(values[::-1, ::-1], 3, seed=2) == drawn[:3]).all()
    assert not (draw_mixtures(values, 8, seed=3) == drawn).all()
    assert np.isin(drawn, values).all()
    assert all(len(set(draw)) == 30 for draw in drawn)  # without replacement


def test_permutations_leave_the_fractions_alone(planted: Planted) -> None:
    without = deconvolve(planted.expression, planted.signature)
    result = deconvolve(planted.expression, planted.signature, permutations=30, seed=5)
    pd.testing.assert_frame_equal(result.fractions, without.fractions)
    assert without.quality["p_value"].isna().all()
    assert (result.quality["p_value_unbiased"] <= 2 / 31).all()


def test_random_expression_is_not_significant(planted: Planted) -> None:
    rng = np.random.default_rng(0)
    noise = planted.expression.copy()
    noise.loc[list(planted.signature.genes)] = rng.permuted(noise.loc[list(planted.signature.genes)].to_numpy(), axis=0)
    result = deconvolve(noise, planted.signature, permutations=60, seed=5)
    assert result.quality["p_value_unbiased"].median() > 0.1
