"""Interaction models: their five rows, and what they have to do with the strata."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from her2stats.errors import DataError
from her2stats.statistics import fit_clinical, fit_interaction, fit_logistic

from .conftest import simulated

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value"]


def test_five_rows_in_the_agreed_order(tumours):
    table = fit_interaction(tumours, "cd8_high", "her2", "hr").table
    assert table[["stratum", "term"]].to_numpy().tolist() == [
        ["hr=negative", "her2"],
        ["hr=positive", "her2"],
        ["all", "hr[positive]"],
        ["all", "her2:hr[positive]"],
        ["all", "her2:hr[positive] (likelihood ratio)"],
    ]
    assert table["exposure"].unique().tolist() == ["her2"]
    assert table.loc[4, ["estimate", "std_error", "conf_low", "conf_high"]].isna().all()
    assert table.loc[4, "df"] == 1
    assert "likelihood ratio test" in table.loc[4, "method"]


def test_every_number_agrees_with_statsmodels(tumours):
    table = fit_interaction(tumours, "plasma_high", "her2", "hr", per_sd=False, covariates=["age", "pam50"]).table
    formula = "plasma_high ~ her2 * C(hr) + age + C(pam50)"
    full = smf.logit(formula, tumours).fit(disp=0, tol=1e-10, maxiter=200)
    reduced = smf.logit(formula.replace("*", "+"), tumours).fit(disp=0, tol=1e-10, maxiter=200)
    slope, factor, product = "her2", "C(hr)[T.positive]", "her2:C(hr)[T.positive]"
    complete = tumours.dropna(subset=["plasma_high", "her2", "hr", "age", "pam50"])
    contrasts = [{slope: 1}, {slope: 1, product: 1}, {factor: 1, product: complete["her2"].mean()}, {product: 1}]
    weights = np.array([[contrast.get(name, 0) for name in full.params.index] for contrast in contrasts])
    np.testing.assert_allclose(np.log(table["estimate"][:4]), weights @ full.params, rtol=1e-8)
    errors = np.sqrt(np.diag(weights @ full.cov_params() @ weights.T))
    np.testing.assert_allclose(table["std_error"][:4], errors, rtol=1e-7)
    assert table.loc[4, "statistic"] == pytest.approx(2 * (full.llf - reduced.llf), rel=1e-8)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(["wald", "profile"]))
def test_strata_with_the_cohorts_sd_are_the_simple_slopes(seed, ci):
    data = simulated(90, seed, missing=seed % 2 == 0)
    data.loc[data["hr"].isna(), "her2"] = np.nan  # so that both verbs see the same SD
    data.loc[data["cd8_high"].isna(), "her2"] = np.nan
    strata = fit_logistic(data, "cd8_high", "her2", by="hr", ci=ci).table
    assume((strata["flag"] == "").all())
    slopes = fit_interaction(data, "cd8_high", "her2", "hr", ci=ci).table.iloc[:2]
    assert slopes["stratum"].tolist() == strata["stratum"].tolist()
    np.testing.assert_allclose(slopes[NUMBERS].to_numpy(float), strata[NUMBERS].to_numpy(float), rtol=1e-8)


def test_the_interaction_is_the_ratio_of_the_two_odds_ratios(tumours):
    table = fit_interaction(tumours, "plasma_high", "her2", "hr").table
    assert table.loc[3, "estimate"] == pytest.approx(table.loc[1, "estimate"] / table.loc[0, "estimate"], rel=1e-11)
    independent = math.hypot(table.loc[0, "std_error"], table.loc[1, "std_error"])
    assert table.loc[3, "std_error"] == pytest.approx(independent, rel=1e-10)


@pytest.mark.parametrize(
    ("negative", "positive", "printed"),
    [((5.29, 1.16, 24.0), (0.56, 0.38, 0.83), 0.005), ((0.16, 0.04, 0.61), (1.60, 1.07, 2.39), 0.001)],
)
def test_the_printed_interaction_follows_from_the_printed_strata(negative, positive, printed):
    # mast cells resting and neutrophils: what the previous test says, on the paper's numbers
    def log_and_error(odds_ratio):
        return math.log(odds_ratio[0]), math.log(odds_ratio[2] / odds_ratio[1]) / (2 * 1.959964)

    (a, se_a), (b, se_b) = log_and_error(negative), log_and_error(positive)
    p_value = math.erfc(abs(a - b) / math.hypot(se_a, se_b) / math.sqrt(2))
    assert round(p_value, 3) == pytest.approx(printed, abs=0.0011)


def test_the_moderator_is_read_at_the_mean_of_the_exposure(tumours):
    here = fit_interaction(tumours, "plasma_high", "her2", "hr", per_sd=False).table
    tumours["her2"] += 100
    moved = fit_interaction(tumours, "plasma_high", "her2", "hr", per_sd=False).table
    np.testing.assert_allclose(moved.loc[:3, NUMBERS], here.loc[:3, NUMBERS], rtol=1e-9)


def test_the_moderator_of_a_clinical_model_is_read_where_the_cell_type_is_low(tumours):
    table = fit_clinical(tumours, "plasma_high", "cd8_high", moderator="hr").table
    low = tumours[tumours["cd8_high"] == 0].dropna(subset=["hr", "plasma_high"])
    counts = low.groupby(["hr", "plasma_high"], observed=True).size()
    odds = [counts[hr, 1.0] / counts[hr, 0.0] for hr in ("negative", "positive")]
    assert table.loc[2, "estimate"] == pytest.approx(odds[1] / odds[0], rel=1e-9)


def test_a_moderator_of_0_and_1(tumours):
    tumours["low"] = (tumours["hr"] == "positive") * 1
    by_number = fit_interaction(tumours, "cd8_high", "her2", "low").table
    by_name = fit_interaction(tumours, "cd8_high", "her2", "hr").table
    assert by_number["term"].tolist()[2:4] == ["low[1]", "her2:low[1]"]
    np.testing.assert_array_equal(by_number[NUMBERS].to_numpy(float), by_name[NUMBERS].to_numpy(float))


def test_clinical_models_cross_outcomes_and_exposures_per_unit(tumours):
    tumours["older"], tumours["large"] = (tumours["age"] > 50) * 1, (tumours["plasma"] > 2) * 1
    table = fit_clinical(tumours, ["older", "large"], ["cd8_high", "plasma_high"], moderator="hr").table
    assert len(table) == 2 * 2 * 5
    assert not table.duplicated(["stratum", "outcome", "term", "exposure"]).any()
    one = fit_interaction(tumours, "large", "cd8_high", "hr", per_sd=False).table
    asked = [0, 1, 3, 4]  # the moderator alone is read at exposure 0 here, at the mean there
    pd.testing.assert_frame_equal(table.iloc[10:15].reset_index(drop=True).loc[asked], one.loc[asked])
    assert "per unit of the exposure" in table.loc[0, "method"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cd8_high": lambda d: 1.0}, "constant outcome"),
        ({"her2": lambda d: 7.0}, "constant exposure"),
        ({"her2": lambda d: np.nan}, "missing variable"),
        ({"her2": lambda d: np.where(np.arange(len(d)) < 3, d["her2"], np.nan)}, "too few observations"),
    ],
)
@pytest.mark.parametrize("covariates", [[], ["age"]])
def test_what_cannot_be_fitted_keeps_its_five_rows_with_a_flag(tumours, change, code, covariates):
    tumours["hr"] = pd.Categorical(["negative", "positive"] * 75, categories=["negative", "positive"])
    for column, of in change.items():
        tumours[column] = of(tumours)
    table = fit_interaction(tumours, "cd8_high", "her2", "hr", covariates=covariates).table
    assert table["flag"].str.split(":").str[0].tolist() == [code] * 5
    assert table[[*NUMBERS, "df"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("change", "own", "joint"),
    [
        ({"her2": lambda d: np.where(d["hr"] == "negative", 7.0, d["her2"])}, "constant exposure", "rank deficient"),
        ({"cd8_high": lambda d: np.where(d["hr"] == "negative", 1.0, d["cd8_high"])}, "constant outcome", "separation"),
        (
            {"cd8_high": lambda d: np.where(d["hr"] == "negative", d["her2"] > 8, d["cd8_high"]).astype(float)},
            "separation",
            "separation",
        ),
        ({"her2": lambda d: np.where(d["hr"] == "negative", np.nan, d["her2"])}, "empty level", "empty level"),
    ],
)
@pytest.mark.parametrize("covariates", [[], ["age"]])
def test_a_level_that_cannot_be_fitted_takes_nothing_from_the_other(tumours, change, own, joint, covariates):
    tumours["hr"] = pd.Categorical(["negative", "positive"] * 75, categories=["negative", "positive"])
    for column, of in change.items():
        tumours[column] = of(tumours)
    table = fit_interaction(tumours, "cd8_high", "her2", "hr", covariates=covariates).table
    assert table["flag"].str.split(":").str[0].tolist() == [own, "", joint, joint, joint]
    assert table.loc[[0, 2, 3, 4], [*NUMBERS, "df"]].isna().all(axis=None)
    alone = fit_logistic(tumours, "cd8_high", "her2", by="hr", covariates=covariates).table
    alone = alone[(alone["stratum"] == "hr=positive") & (alone["role"] == "exposure")].iloc[0]
    counts = ["n", "n_events", "n_missing"]
    np.testing.assert_allclose(
        table.loc[1, [*NUMBERS, *counts]].astype(float), alone[[*NUMBERS, *counts]].astype(float), rtol=1e-8
    )


def test_the_flag_of_a_separated_level_names_it(tumours):
    tumours["cd8_high"] = np.where(tumours["hr"] == "negative", 1.0, tumours["cd8_high"])
    flags = fit_interaction(tumours, "cd8_high", "her2", "hr").table["flag"]
    assert flags[3] == "separation: the outcome is 1 in all cases of hr=negative"


def test_a_moderator_needs_two_levels(tumours):
    with pytest.raises(DataError, match="has 3 levels: 0, 1\\+, 2\\+"):
        fit_interaction(tumours, "cd8_high", "her2", "her2_ihc")
    with pytest.raises(DataError, match="has 1 levels: positive"):
        fit_interaction(tumours[tumours["hr"] == "positive"].astype({"hr": "str"}), "cd8_high", "her2", "hr")
