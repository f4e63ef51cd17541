"""Firth's penalised likelihood, against closed forms and brute force."""

from __future__ import annotations

import math
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from her2stats.errors import DataError
from her2stats.statistics import fit_logistic

pytest.importorskip("firthmodels")


def penalised(design: np.ndarray, outcome: np.ndarray, coefficients: np.ndarray) -> float:
    predictor = design @ coefficients
    chance = 1 / (1 + np.exp(-predictor))
    information = (design.T * (chance * (1 - chance))) @ design
    return -np.logaddexp(0, np.where(outcome == 1, -predictor, predictor)).sum() + np.linalg.slogdet(information)[1] / 2


def test_a_two_by_two_table_is_that_with_a_half_in_every_cell(from_counts):
    # 0/8 against 6/12, where maximum likelihood has no estimate
    data = from_counts((6, 0), (12, 8))
    data["low"] = (data["her2_group"] == "HER2-low") * 1
    row = fit_logistic(data, "response", "low", per_sd=False, penalty="firth").table.iloc[0]
    assert row["flag"] == ""
    assert row["estimate"] == pytest.approx((0.5 * 6.5) / (8.5 * 6.5), rel=1e-6)
    # the error too: every observation counts one and its leverage (brglm2 counts it once, and has 1.648 here)
    assert row["std_error"] == pytest.approx(math.sqrt(1 / 6.5 + 1 / 6.5 + 1 / 0.5 + 1 / 8.5), rel=1e-6)
    assert row["conf_high"] < 1.2


def test_estimate_limits_and_p_by_brute_force(tumours):
    few = tumours.iloc[:30]
    row = fit_logistic(few, "cd8_high", "her2", covariates="age", penalty="firth").table.iloc[0]
    exposure = few["her2"] / few["her2"].std(ddof=1)
    centred = [column - column.mean() for column in (exposure, few["age"])]
    design, outcome = np.column_stack([np.ones(30), *centred]), few["cd8_high"].to_numpy()

    def held(value: float) -> float:
        def minus(rest: np.ndarray) -> float:
            return -penalised(design, outcome, np.array([rest[0], value, rest[1] / 10]))

        return -optimize.minimize(minus, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).fun

    best = optimize.minimize_scalar(
        lambda value: -held(value), bounds=(-5, 5), method="bounded", options={"xatol": 1e-9}
    )
    drop = stats.chi2.ppf(0.95, 1) / 2
    low, high = (optimize.brentq(lambda v: held(v) + best.fun + drop, best.x, best.x + side * 4) for side in (-1, 1))
    assert math.log(row["estimate"]) == pytest.approx(best.x, abs=1e-5)
    assert np.log([row["conf_low"], row["conf_high"]]).tolist() == pytest.approx([low, high], abs=1e-5)
    assert row["p_value"] == pytest.approx(stats.chi2.sf(2 * (-best.fun - held(0.0)), 1), rel=1e-4)
    assert row["statistic"] ** 2 == pytest.approx(stats.chi2.isf(row["p_value"], 1), rel=1e-9)


def test_the_unit_of_the_exposure_only_changes_the_unit_of_the_odds_ratio(tumours):
    few = tumours.iloc[:40].copy()
    plain = fit_logistic(few, "cd8_high", "her2", per_sd=False, penalty="firth").table.iloc[0]
    few["her2"] *= 1000
    scaled = fit_logistic(few, "cd8_high", "her2", per_sd=False, penalty="firth").table.iloc[0]
    assert math.log(scaled["estimate"]) * 1000 == pytest.approx(math.log(plain["estimate"]), rel=1e-6)
    assert scaled["p_value"] == pytest.approx(plain["p_value"], rel=1e-6)


def test_limits_and_p_tell_the_same():
    rng = np.random.default_rng(8)
    for _ in range(10):
        data = pd.DataFrame({"x": rng.normal(size=25), "event": rng.random(25) < 0.3})
        row = fit_logistic(data, "event", "x", penalty="firth").table.iloc[0]
        assert (row["conf_low"] > 1 or row["conf_high"] < 1) == (row["p_value"] < 0.05)


def test_constant_outcomes_are_flagged_as_without_penalty(tumours):
    tumours["cd8_high"] = 1.0
    table = fit_logistic(tumours, "cd8_high", "her2", penalty="firth").table
    assert table["flag"].iloc[0].startswith("constant outcome")


def test_the_method_says_what_limits_and_p_are(tumours):
    method = fit_logistic(tumours, "cd8_high", "her2", penalty="firth").table["method"].iloc[0]
    assert "Firth penalty" in method
    assert "CI penalised profile likelihood; p penalised likelihood ratio" in method


def test_without_the_package_a_person_hears_what_to_install(tumours, monkeypatch):
    monkeypatch.setitem(sys.modules, "firthmodels", None)
    with pytest.raises(DataError, match=r"pip install 'her2stats\[firth\]'"):
        fit_logistic(tumours, "cd8_high", "her2", penalty="firth")
