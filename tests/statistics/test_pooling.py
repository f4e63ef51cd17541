"""Pooling over cohorts: a published meta-analysis, the same algebra in R, and its own definition."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from her2stats.errors import DataError
from her2stats.statistics import fit_interaction, fit_logistic, pool
from her2stats.statistics.specs import PoolingModel
from her2stats.statistics.terms import PARTS

from .conftest import simulated

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "q", "q_p_value", "i2", "tau2"]
# Thirteen trials of BCG against tuberculosis (Colditz 1994, doi:10.1001/jama.1994.03510330076038): cases and others,
# vaccinated and not.
BCG = [
    *((4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761)),
    *((180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232)),
    *((17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)),
]


def cohorts(effects: np.ndarray, errors: np.ndarray, **columns: object) -> pd.DataFrame:
    names = [f"c{place:02d}" for place in range(len(effects))]
    same = {"stratum": "all", "outcome": "m1", "term": "her2", "n": 100, "measure": "odds_ratio", **columns}
    return pd.DataFrame({"cohort": names, "estimate": np.exp(effects), "std_error": errors, **same})


def test_the_bcg_trials_give_the_published_numbers() -> None:
    a, b, c, d = np.array(BCG, dtype=float).T
    effects = np.log(a / (a + b)) - np.log(c / (c + d))
    errors = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    row = pool(cohorts(effects, errors), model="dersimonian-laird").table.iloc[0]
    # metafor 4.6, rma(yi, vi, method = "DL"), as its documentation prints them.
    assert np.log(row["estimate"]) == pytest.approx(-0.7141, abs=5e-5)
    assert row["std_error"] == pytest.approx(0.1787, abs=5e-5)
    assert np.log([row["conf_low"], row["conf_high"]]) == pytest.approx([-1.0644, -0.3638], abs=5e-5)
    assert (row["q"], row["tau2"]) == (pytest.approx(152.2330, abs=5e-5), pytest.approx(0.3088, abs=5e-5))
    assert row["i2"] == pytest.approx(0.9212, abs=5e-5)
    assert row["k"] == 13
    # rma(yi, vi), restricted maximum likelihood
    row = pool(cohorts(effects, errors)).table.iloc[0]
    assert np.log(row["estimate"]) == pytest.approx(-0.7145, abs=5e-5)
    assert row["tau2"] == pytest.approx(0.3132, abs=5e-5)
    assert row["df"] == 12


@pytest.mark.r
def test_fixed_and_random_effects_agree_with_matrix_algebra_in_r(tmp_path: Path) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("Rscript is not on the path")
    rng = np.random.default_rng(5)
    for k, spread in ((2, 0.5), (3, 0.0), (7, 0.4)):
        table = cohorts(rng.normal(-0.3, 0.1 + spread, k), rng.uniform(0.1, 0.5, k))
        place = tmp_path / "rows.csv"
        table.to_csv(place, index=False, float_format="%.17g")
        script = Path(__file__).with_name("pooling_in_r.R")
        done = subprocess.run([rscript, "--vanilla", str(script), str(place)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        ours = [
            pool(table, model=model).table[NUMBERS].to_numpy(float).ravel() for model in ("fixed", "dersimonian-laird")
        ]
        # the same closed form by other steps: rounding only
        np.testing.assert_allclose(np.concatenate(ours), np.array(done.stdout.split(), float), rtol=1e-9, atol=1e-12)


EFFECT, ERROR = st.floats(-3, 3), st.floats(0.05, 2)


@settings(deadline=None)
@given(st.lists(st.tuples(EFFECT, ERROR), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_cohorts_changes_no_digit_and_random_effects_are_never_surer(pairs, random) -> None:
    table = cohorts(*np.array(pairs).T)
    places = list(range(len(table)))
    random.shuffle(places)
    pooled = {model: pool(table, model=model).table for model in ("fixed", "random")}
    for model, expected in pooled.items():
        pd.testing.assert_frame_equal(pool(table.iloc[places], model=model).table, expected, check_exact=True)
        assert table["estimate"].min() * (1 - 1e-12) <= expected["estimate"].item()
        assert expected["estimate"].item() <= table["estimate"].max() * (1 + 1e-12)
    width = {model: np.log(table["conf_high"] / table["conf_low"]).item() for model, table in pooled.items()}
    assert width["random"] >= width["fixed"] * (1 - 1e-12)


def test_equal_cohorts_have_no_heterogeneity_and_the_weight_of_all() -> None:
    row = pool(cohorts(np.full(4, -0.5), np.full(4, 0.3))).table.iloc[0]
    assert row["estimate"] == pytest.approx(np.exp(-0.5))
    assert row["std_error"] == pytest.approx(0.15)
    assert (row["tau2"], row["i2"], row["n"]) == (0, 0, 400)
    assert np.isnan(row["df"])  # the effects themselves show no spread, and nobody is surer for that


def test_results_of_models_are_pooled_question_by_question() -> None:
    fits = [
        fit_logistic(simulated(seed=seed), ["plasma_high", "cd8_high"], "her2", by="hr", cohort=f"c{seed}")
        for seed in (1, 2, 3)
    ]
    pooled = pool(fits).table
    assert pooled[["stratum", "outcome"]].values.tolist() == fits[0].table[["stratum", "outcome"]].values.tolist()
    assert pooled["k"].eq(3).all()
    assert pooled["cohort"].eq("pooled").all()


def test_a_cohort_without_an_estimate_does_not_count_and_one_alone_is_not_pooled() -> None:
    table = cohorts(np.array([0.1, 0.2, np.nan]), np.array([0.3, 0.3, np.nan]))
    row = pool(table).table.iloc[0]
    assert (row["k"], row["n"], row["flag"]) == (2, 200, "few degrees of freedom: two cohorts")
    alone = pool(table.iloc[1:]).table.iloc[0]
    assert alone["flag"] == "not estimable: 1 of 2 cohorts have an estimate"
    assert np.isnan(alone["estimate"])


@pytest.mark.parametrize("estimate", [0.0, -0.5])
def test_what_is_no_odds_ratio_is_left_out(estimate: float) -> None:
    table = cohorts(np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.3, 0.3]))
    table.loc[2, "estimate"] = estimate
    row = pool(table).table.iloc[0]
    assert (row["k"], row["n"], row["flag"]) == (2, 200, "few degrees of freedom: two cohorts")
    pd.testing.assert_series_equal(row, pool(table.iloc[:2]).table.iloc[0])


@pytest.mark.parametrize("error", [0.0, np.inf])
def test_an_error_of_nothing_or_everything_is_none(error: float) -> None:
    table = cohorts(np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.3, error]))
    assert pool(table).table["k"].tolist() == [2]


def test_what_a_term_is_is_carried_over_and_a_second_test_left_out() -> None:
    fits = [fit_interaction(simulated(seed=seed), "cd8_high", "her2", "hr", cohort=f"c{seed}").table for seed in (1, 2)]
    pooled = pool(fits).table
    columns = ["stratum", "term", "role", "measure", "conf_level", "per", *PARTS]
    pd.testing.assert_frame_equal(pooled[columns], fits[0].loc[:3, columns])


def test_other_measures_are_refused() -> None:
    for measure, named in (("shift", "'shift'"), ("", "''")):
        with pytest.raises(
            DataError, match=f"rows of measure {named} cannot be pooled -> give rows of odds_ratio, rho"
        ):
            pool(cohorts(np.array([0.1, 0.2]), np.array([0.3, 0.3]), measure=measure))
    with pytest.raises(DataError, match="odds_ratio and rho are no one measure"):
        pool(cohorts(np.array([-0.1, -0.2]), np.array([0.3, 0.3]), measure=["odds_ratio", "rho"]))


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("random", "random effects (REML), Hartung-Knapp, never narrower than Wald"),
        ("dersimonian-laird", "random effects (DerSimonian-Laird), Wald"),
        ("fixed", "fixed effect, Wald"),
    ],
)
def test_the_method_is_said_in_full(model: PoolingModel, said: str) -> None:
    for measure, words in (("odds_ratio", "odds ratio"), ("rho", "Spearman correlation"), ("slope", "marginal slope")):
        table = cohorts(np.array([-0.1, -0.2]), np.array([0.3, 0.3]), measure=measure)
        assert pool(table, model=model, conf_level=0.9).table["method"].item() == (
            f"{words}, {said}, inverse variance; 90% CI"
        )


def test_correlations_are_pooled_on_the_scale_of_their_error_and_slopes_as_they_are() -> None:
    values, errors = np.array([0.2, 0.4, -0.1]), np.array([0.1, 0.2, 0.15])
    weights = 1 / errors**2
    table = cohorts(values, errors).assign(estimate=values)
    rho = pool(table.assign(measure="rho"), model="fixed").table.iloc[0]
    z = (np.arctanh(values) * weights).sum() / weights.sum()
    assert rho["estimate"] == pytest.approx(np.tanh(z), rel=1e-12)
    assert rho["conf_low"] == pytest.approx(np.tanh(z - stats.norm.ppf(0.975) / np.sqrt(weights.sum())), rel=1e-10)
    slope = pool(table.assign(measure="slope"), model="fixed").table.iloc[0]
    assert slope["estimate"] == pytest.approx((values * weights).sum() / weights.sum(), rel=1e-12)


def test_the_variance_between_cohorts_is_at_the_highest_restricted_likelihood() -> None:
    effects, variances = np.array([-0.6, -0.2, -0.75, 0.3]), np.array([0.24, 0.27, 0.13, 0.2]) ** 2

    def fall(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        mean = np.average(effects, weights=weights)
        return float(np.log(weights.sum()) - np.log(weights).sum() + weights @ (effects - mean) ** 2)

    best = optimize.minimize_scalar(fall, bounds=(0, 3), method="bounded", options={"xatol": 1e-12})
    row = pool(cohorts(effects, np.sqrt(variances))).table.iloc[0]
    assert row["tau2"] == pytest.approx(best.x, rel=1e-5)
    weights = 1 / (variances + row["tau2"])
    mean = np.average(effects, weights=weights)
    spread = np.sqrt(weights @ (effects - mean) ** 2 / 3 / weights.sum())
    assert (row["std_error"], row["df"]) == (pytest.approx(spread, rel=1e-10), 3)
    assert row["statistic"] == pytest.approx(mean / spread, rel=1e-10)
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(abs(mean / spread), 3), rel=1e-10)
    reach = stats.t.ppf(0.975, 2) * np.sqrt(row["tau2"] + 1 / weights.sum())
    assert np.log([row["pi_low"], row["pi_high"]]) == pytest.approx([mean - reach, mean + reach], rel=1e-10)


def test_a_prediction_interval_takes_four_cohorts_that_may_vary() -> None:
    effects, errors = np.array([-0.6, -0.2, -0.75, 0.3]), np.full(4, 0.2)
    assert pool(cohorts(effects[:3], errors[:3])).table[["pi_low", "pi_high"]].isna().all(axis=None)
    assert pool(cohorts(effects, errors), model="fixed").table[["pi_low", "pi_high"]].isna().all(axis=None)
    row = pool(cohorts(effects, errors), model="dersimonian-laird").table.iloc[0]
    assert row["pi_low"] < row["conf_low"] < row["conf_high"] < row["pi_high"]


def test_two_rows_for_one_question_of_a_cohort_are_refused_together_with_bad_arguments() -> None:
    table = cohorts(np.array([0.1, 0.2]), np.array([0.3, 0.3])).assign(cohort="same")
    with pytest.raises(DataError) as caught:
        pool(table, model="mixed", conf_level=1.2)  # type: ignore[arg-type]
    said = str(caught.value)
    assert "two rows for term 'her2'" in said
    assert "mixed" in said
    assert "1.2" in said


def test_nothing_gives_an_empty_table() -> None:
    assert pool([]).table.empty
