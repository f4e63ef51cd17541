"""Odds ratios: per SD, by stratum, adjusted; and every reason for not giving one."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from her2stats.errors import DataError
from her2stats.statistics import LogisticSpec, fit_logistic

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value"]


def test_odds_ratio_per_cohort_sd_agrees_with_statsmodels(tumours):
    row = fit_logistic(tumours, "plasma_high", "her2").table.iloc[0]
    scaled = tumours["her2"] / tumours["her2"].std(ddof=1)
    reference = sm.GLM(tumours["plasma_high"], sm.add_constant(scaled), family=sm.families.Binomial()).fit(tol=1e-14)
    assert math.log(row["estimate"]) == pytest.approx(reference.params["her2"], rel=1e-10)
    assert row["std_error"] == pytest.approx(reference.bse["her2"], rel=1e-8)
    assert row["p_value"] == pytest.approx(reference.pvalues["her2"], rel=1e-7)
    limits = np.exp(reference.conf_int().loc["her2"]).tolist()
    assert row[["conf_low", "conf_high"]].tolist() == pytest.approx(limits, rel=1e-8)
    assert (row["n"], row["n_events"], row["n_missing"]) == (150, 75, 0)


def test_the_standard_deviation_divides_by_n_less_one(tumours):
    per_unit = fit_logistic(tumours, "cd8_high", "her2", per_sd=False).table.iloc[0]
    per_sd = fit_logistic(tumours, "cd8_high", "her2").table.iloc[0]
    ratio = math.log(per_sd["estimate"]) / math.log(per_unit["estimate"])
    assert ratio == pytest.approx(np.std(tumours["her2"], ddof=1), rel=1e-12)
    assert per_sd["statistic"] == pytest.approx(per_unit["statistic"], rel=1e-12)


def test_the_cohorts_sd_counts_rows_that_the_model_leaves_out(gappy):
    per_unit = fit_logistic(gappy, "plasma_high", "her2", by="hr", per_sd=False).table
    for sd, expected in (
        ("cohort", [gappy["her2"].std(ddof=1)] * 2),
        ("stratum", gappy.groupby("hr", observed=True)["her2"].std(ddof=1).tolist()),
    ):
        per_sd = fit_logistic(gappy, "plasma_high", "her2", by="hr", sd=sd).table
        assert (np.log(per_sd["estimate"]) / np.log(per_unit["estimate"])).tolist() == pytest.approx(
            expected, rel=1e-11
        )
        assert per_sd["method"].str.contains(f"SD of the exposure ({sd}, n-1)", regex=False).all()


def test_rows_of_covariates_and_their_levels(gappy):
    result = fit_logistic(gappy, ["plasma_high", "cd8_high"], "her2", covariates=["age", "pam50"])
    assert result.table["term"].tolist() == ["her2", "age", "pam50[LumA]", "pam50[LumB]"] * 2
    assert isinstance(result.spec, LogisticSpec)
    assert result.data["pam50"].cat.categories.tolist() == ["Basal", "LumA", "LumB"]
    complete = gappy.dropna(subset=["her2", "plasma_high", "age", "pam50"])
    assert result.table.loc[0, "n"] == len(complete)
    assert result.table.loc[0, "n_missing"] == 150 - len(complete)
    design = pd.DataFrame({"her2": complete["her2"] / gappy["her2"].std(ddof=1), "age": complete["age"]})
    design["LumA"], design["LumB"] = complete["pam50"] == "LumA", complete["pam50"] == "LumB"
    reference = sm.GLM(
        complete["plasma_high"], sm.add_constant(design.astype(float)), family=sm.families.Binomial()
    ).fit(tol=1e-14)
    assert np.log(result.table["estimate"][:4]).tolist() == pytest.approx(reference.params[1:].tolist(), rel=1e-9)
    assert result.table["std_error"][:4].tolist() == pytest.approx(reference.bse[1:].tolist(), rel=1e-7)


def test_profile_limits_replace_walds_and_nothing_else(tumours):
    wald, profile = (fit_logistic(tumours, "cd8_high", "her2", ci=ci).table.iloc[0] for ci in ("wald", "profile"))
    assert wald[["estimate", "std_error", "statistic", "p_value"]].equals(
        profile[["estimate", "std_error", "statistic", "p_value"]]
    )
    assert wald["conf_low"] != profile["conf_low"]
    assert "95% CI profile likelihood; z and p Wald" in profile["method"]


def test_walds_limits_are_symmetric_on_the_log_scale(tumours):
    row = fit_logistic(tumours, "cd8_high", "her2", conf_level=0.9).table.iloc[0]
    assert math.sqrt(row["conf_low"] * row["conf_high"]) == pytest.approx(row["estimate"], rel=1e-12)
    assert math.log(row["conf_high"] / row["estimate"]) == pytest.approx(
        1.6448536269514722 * row["std_error"], rel=1e-12
    )


EIGHT = {"high": [0, 0, 1, 0, 1, 1, 0, 1], "her2": [1, 3, 2, 5, 4, 6, 8, 7], "age": [40, 52, 47, 61, 38, 55, 49, 70]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"high": [1] * 8}, "constant outcome"),
        ({"her2": [5] * 8}, "constant exposure"),
        ({"her2": [1, 2, 5, 3, 6, 7, 4, 8]}, "separation"),
        ({"her2": [0, 0, 1, 0, 1, 1, 0, 0]}, "separation"),
        ({"age": [2, 6, 4, 10, 8, 12, 16, 14]}, "rank deficient"),
        ({"age": [50] * 8}, "rank deficient"),
        ({"high": [np.nan] * 8}, "missing variable"),
        ({"her2": [1, 3, 2] + [np.nan] * 5}, "too few observations"),
        ({"her2": [1, 3] + [np.nan] * 6, "high": [np.nan, np.nan] + [1.0, 0] * 3}, "too few observations"),
    ],
)
def test_what_cannot_be_fitted_keeps_its_rows_with_a_flag(change, code):
    table = fit_logistic(pd.DataFrame(EIGHT | change), "high", "her2", covariates="age").table
    assert set(table["flag"].str.split(":").str[0]) == {code}
    assert table[NUMBERS].isna().all(axis=None)
    assert table["n"].notna().all()


def test_a_stratum_that_cannot_be_fitted_does_not_stop_the_other(tumours):
    tumours.loc[tumours["hr"] == "negative", "cd8_high"] = 1.0
    table = fit_logistic(tumours, "cd8_high", "her2", by="hr").table
    assert [text.split(":")[0] for text in table["flag"]] == ["constant outcome", ""]
    assert table["estimate"].notna().tolist() == [False, True]


def test_a_level_without_cases_is_flagged_beside_numbers_that_stand(tumours):
    tumours["pam50"] = pd.Categorical(tumours["pam50"], categories=["Basal", "Her2", "LumA", "LumB"])
    table = fit_logistic(tumours, "cd8_high", "her2", covariates="pam50").table.set_index("term")
    assert table.loc["pam50[Her2]", "flag"].startswith("empty level")
    tumours["pam50"] = tumours["pam50"].cat.remove_unused_categories()
    without = fit_logistic(tumours, "cd8_high", "her2", covariates="pam50").table.set_index("term")
    pd.testing.assert_frame_equal(table.drop(index="pam50[Her2]"), without)


def test_without_the_reference_level_its_contrasts_are_not_given(tumours):
    tumours["pam50"] = pd.Categorical(tumours["pam50"], categories=["Her2", "Basal", "LumA", "LumB"])
    table = fit_logistic(tumours, "cd8_high", "her2", covariates="pam50").table.set_index("term")
    assert table.drop(index="her2")["flag"].str.startswith("empty level").all()
    tumours["pam50"] = tumours["pam50"].cat.remove_unused_categories()
    without = fit_logistic(tumours, "cd8_high", "her2", covariates="pam50").table.set_index("term")
    assert table.loc["her2", "estimate"] == pytest.approx(without.loc["her2", "estimate"], rel=1e-12)


def test_a_factor_of_which_one_level_is_left_adjusts_for_nothing(tumours):
    alone = fit_logistic(tumours, "cd8_high", "her2").table.iloc[0]
    for level in ("Basal", "LumA"):
        tumours["pam50"] = pd.Categorical([level] * 150, categories=["Basal", "LumA"])
        table = fit_logistic(tumours, "cd8_high", "her2", covariates="pam50").table.set_index("term")
        assert table.loc["her2", NUMBERS].tolist() == pytest.approx(alone[NUMBERS].tolist(), rel=1e-12)
        assert table.loc["pam50[LumA]", "flag"].startswith("empty level")


def test_an_odds_ratio_beyond_all_numbers_is_not_shown_as_infinite(tumours):
    tumours["her2"] *= 1e-6
    row = fit_logistic(tumours, "plasma_high", "her2", per_sd=False, by="hr").table.iloc[0]
    assert row["flag"].startswith("not estimable")
    assert np.isnan(row["estimate"])
    assert np.isfinite(row["p_value"])


def test_outcomes_have_to_be_0_and_1(tumours):
    with pytest.raises(DataError, match="'cd8' holds"):
        fit_logistic(tumours, "cd8", "her2")


def test_the_exposure_has_to_be_a_number(tumours):
    with pytest.raises(DataError, match="'hr' holds groups, not numbers"):
        fit_logistic(tumours, "cd8_high", "hr")
