"""What must not change a number: the order of rows, the names of samples, which other variables are asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.statistics import (
    compare_groups,
    correlate,
    fit_ancova,
    fit_clinical,
    fit_interaction,
    fit_logistic,
    response_odds,
)

from .conftest import simulated

Verb = Callable[[pd.DataFrame], pd.DataFrame]
VERBS: dict[str, Verb] = {
    "correlate": lambda d: correlate(d, "her2", ["cd8", "plasma"], by="hr").table,
    "bootstrap": lambda d: correlate(d, "her2", ["cd8", "plasma"], ci="bootstrap", draws=50, seed=3).table,
    "compare_groups": lambda d: compare_groups(d, ["cd8", "plasma", "cd8_high"], group="hr").table,
    "fit_logistic": lambda d: fit_logistic(d, "cd8_high", "her2", by="hr", covariates=["age", "pam50"]).table,
    "profile": lambda d: fit_logistic(d, "cd8_high", "her2", ci="profile").table,
    "fit_interaction": lambda d: fit_interaction(d, "cd8_high", "her2", "hr", covariates="age").table,
    "fit_clinical": lambda d: fit_clinical(d, "cd8_high", "plasma_high", moderator="hr").table,
    "tests": lambda d: fit_ancova(d, ["plasma", "cd8"], "her2", covariates=["age", "pam50"]).tests.table,
    "slopes": lambda d: fit_ancova(d, ["plasma", "cd8"], "her2", weights="outer").slopes.table,
    "curve": lambda d: fit_ancova(d, "plasma", "her2", points=3).curve.table,
    "response_odds": lambda d: response_odds(d, "cd8_high", "her2_ihc", reference="1+").table,
}


@pytest.mark.parametrize("verb", VERBS)
@settings(deadline=None, max_examples=6)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_not_one_bit(verb, seed):
    data = simulated(80, seed, missing=seed % 2 == 0)
    shuffled = data.sample(frac=1, random_state=seed + 1)
    pd.testing.assert_frame_equal(VERBS[verb](data), VERBS[verb](shuffled), check_exact=True)


@pytest.mark.parametrize("verb", VERBS)
def test_the_names_of_samples_change_nothing(verb, gappy):
    renamed = gappy.reset_index(drop=True)
    pd.testing.assert_frame_equal(VERBS[verb](gappy), VERBS[verb](renamed), check_exact=True)


@pytest.mark.parametrize("verb", VERBS)
def test_the_frame_that_is_given_stays_as_it_is(verb, gappy):
    before = gappy.copy(deep=True)
    VERBS[verb](gappy)
    pd.testing.assert_frame_equal(gappy, before)


@pytest.mark.parametrize("verb", VERBS)
def test_no_cohort_at_all_still_gives_rows(verb, gappy):
    nobody = gappy.iloc[:0]
    nobody = nobody.assign(pam50=pd.Categorical([], categories=["Basal", "LumA"]))
    table = VERBS[verb](nobody)
    assert len(table)
    assert (table["flag"] != "").all()
    assert table["estimate"].isna().all()
    assert (table["n"] == 0).all()


@pytest.mark.parametrize("verb", ["correlate", "compare_groups"])
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 1000), scale=st.sampled_from([1e-6, 0.5, 1024.0, 1e7]))
def test_ranks_do_not_know_the_unit(verb, seed, scale):
    data = simulated(60, seed)
    scaled = data.assign(cd8=data["cd8"] * scale, her2=data["her2"] * scale)
    columns = ["statistic", "p_value"]
    one, other = (VERBS[verb](frame)[columns].to_numpy(float) for frame in (data, scaled))
    np.testing.assert_array_equal(one, other)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 1000), scale=st.sampled_from([1e-8, 0.37, 1e3, 1e9]), shift=st.sampled_from([0, 1e5]))
def test_an_odds_ratio_per_sd_does_not_know_the_unit(seed, scale, shift):
    data = simulated(80, seed)
    moved = data.assign(her2=(data["her2"] + shift * (scale == 1e3)) * scale)
    columns = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value"]
    one, other = (fit_logistic(frame, "cd8_high", "her2", by="hr").table[columns] for frame in (data, moved))
    np.testing.assert_allclose(one.to_numpy(float), other.to_numpy(float), rtol=1e-8)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 1000))
def test_turning_the_exposure_round_inverts_the_odds_ratio(seed):
    data = simulated(80, seed)
    one = fit_logistic(data, "cd8_high", "her2").table.iloc[0]
    other = fit_logistic(data.assign(her2=-data["her2"]), "cd8_high", "her2").table.iloc[0]
    assert one["estimate"] == pytest.approx(1 / other["estimate"], rel=1e-10)
    assert one["conf_low"] == pytest.approx(1 / other["conf_high"], rel=1e-10)
    assert one["p_value"] == pytest.approx(other["p_value"], rel=1e-10)
