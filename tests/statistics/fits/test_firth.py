"""Firth's penalised likelihood, against closed forms and brute force."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from her2stats.statistics import fit_interaction, fit_logistic
from her2stats.statistics.fits.firth import BESIDE, firth_odds_ratios
from her2stats.statistics.rows import readable


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


def test_two_maxima_of_the_likelihood_are_told_apart():
    # separated in one group, and one far-off value: from zero the lower maximum is reached, where the profile rises on
    hr, event = np.repeat([0, 1], [8, 12]), np.repeat([0, 1, 0, 1], [3, 5, 9, 3]).astype(float)
    for unit in (1.0, 6.1, 1000.0):
        x = np.array([*range(1, 20), 40.0]) / unit
        x -= x.mean()
        row = firth_odds_ratios(np.column_stack([np.ones(20), x, hr, x * hr]), event, 0.95, (3,))[0]
        assert row["statistic"] == pytest.approx(-0.177265189894, rel=1e-8)
        assert row["p_value"] == pytest.approx(0.8593000922, rel=1e-8)


def test_an_independent_package_finds_the_same():
    package = pytest.importorskip("firthmodels")
    rng = np.random.default_rng(5)
    columns, event = rng.normal(size=(60, 2)), (rng.random(60) < 0.2).astype(float)
    rows = firth_odds_ratios(np.column_stack([np.ones(60), columns]), event, 0.9)
    model = package.FirthLogisticRegression(gtol=1e-9, xtol=1e-9, max_iter=500).fit(columns, event.astype(int))
    model.lrt([0, 1])
    limits = model.conf_int(alpha=0.1, method="pl", features=[0, 1], max_iter=500, tol=1e-9)
    for place, row in enumerate(rows):
        assert math.log(row["estimate"]) == pytest.approx(model.coef_[place], abs=1e-7)
        assert row["std_error"] == pytest.approx(model.bse_[place], rel=1e-7)
        assert np.log([row["conf_low"], row["conf_high"]]) == pytest.approx(limits[place], abs=1e-6)
        assert row["p_value"] == pytest.approx(model.lrt_pvalues_[place], rel=1e-7)


def by_hr(negative: int, events: int) -> pd.DataFrame:
    """40 HR-positive tumours, and some HR-negative ones of which a few have the event."""
    rng = np.random.default_rng(negative + 100 * events)
    hr = np.repeat(["negative", "positive"], [negative, 40])
    high = np.r_[rng.permutation(np.arange(negative) < events), rng.random(40) < 0.5].astype(float)
    return pd.DataFrame(
        {"hr": pd.Categorical(hr, ["negative", "positive"]), "high": high, "her2": rng.normal(size=len(hr))}
    )


def test_few_events_have_firths_numbers_beside_and_a_flag_and_many_have_not():
    for events, sparse in ((4, True), (9, True), (10, False)):
        frame = by_hr(30, events)
        rows = fit_logistic(frame, "high", "her2", by="hr").table.set_index("stratum")
        row = rows.loc["hr=negative"]
        assert row["fewest"] == events
        assert row["flag"].startswith("sparse") == sparse
        assert np.isfinite([row["estimate"], row["p_value"]]).all()
        alone = (
            fit_logistic(frame, "high", "her2", by="hr", penalty="firth").table.set_index("stratum").loc["hr=negative"]
        )
        theirs = [alone[name] for name in ("estimate", "conf_low", "conf_high", "p_value")]
        found = [row[name] for name in BESIDE]
        assert found == theirs if sparse else np.isnan(found).all()
        assert rows.loc["hr=positive", "flag"] == ""


def test_a_sparse_level_has_each_level_by_itself_and_the_penalised_ratio_test_of_the_interaction():
    frame = by_hr(20, 6)
    table = fit_interaction(frame, "high", "her2", "hr").table
    alone = fit_logistic(frame, "high", "her2", by="hr").table
    assert table["firth_estimate"].iloc[0] == pytest.approx(alone["firth_estimate"].iloc[0], rel=1e-7)
    assert table["flag"].map(lambda text: text.split(":")[0]).tolist() == ["sparse", "", "", "sparse", ""]
    assert table["fewest"].iloc[[0, 3]].tolist() == [6, 6]
    size = frame["her2"].std()
    x, side = (frame["her2"] - frame["her2"].mean()) / size, frame["hr"].cat.codes
    design, outcome = np.column_stack([np.ones(60), x, side, x * side]), frame["high"].to_numpy()

    def best(free: list[int]) -> float:
        def minus(some: np.ndarray) -> float:
            whole = np.zeros(4)
            whole[free] = some
            return -penalised(design, outcome, whole)

        return -optimize.minimize(minus, np.zeros(len(free)), method="BFGS", options={"gtol": 1e-9}).fun

    ratio = 2 * (best([0, 1, 2, 3]) - best([0, 1, 2]))
    assert table["firth_p"].iloc[3] == pytest.approx(stats.chi2.sf(ratio, 1), rel=1e-6)


def test_a_separated_level_and_its_interaction_are_found_by_firth_alone():
    frame = by_hr(20, 6)
    first = frame["hr"] == "negative"
    frame.loc[first, "high"] = (frame.loc[first, "her2"].rank() > 14).astype(float)
    table = fit_interaction(frame, "high", "her2", "hr").table
    assert [text.split(":")[0] for text in table["flag"]] == [
        "separation",
        "",
        "separation",
        "separation",
        "separation",
    ]
    assert table["estimate"].isna().tolist() == [True, False, True, True, True]
    assert np.isfinite(table.loc[[0, 3], list(BESIDE)].to_numpy()).all()


@pytest.mark.parametrize("events", [0, 3])
def test_nothing_is_made_up_for_a_level_of_one_outcome_or_one_value(events):
    frame = by_hr(20, events)
    if events:
        frame.loc[frame["hr"] == "negative", "her2"] = 0.3
    table = fit_interaction(frame, "high", "her2", "hr").table
    assert table["fewest"].iloc[0] == events
    assert table.loc[[0, 3], ["estimate", *BESIDE]].isna().all(axis=None)
    assert math.isfinite(table["estimate"].iloc[1])


def test_three_tumours_have_numbers_that_say_how_little_they_know():
    frame = by_hr(3, 1)
    row = fit_interaction(frame, "high", "her2", "hr").table.iloc[0]
    assert (row["n"], row["fewest"]) == (3, 1)
    assert row["firth_high"] / row["firth_low"] > 100


def test_a_separated_level_of_many_events_has_firth_too():
    frame = by_hr(40, 20)
    first = frame["hr"] == "negative"
    frame.loc[first, "high"] = (frame.loc[first, "her2"].rank() > 20).astype(float)
    for table in (
        fit_interaction(frame, "high", "her2", "hr").table.iloc[:4],
        fit_logistic(frame, "high", "her2", by="hr").table,
    ):
        shown = readable(table)
        assert table["fewest"].iloc[0] == 20
        assert table["flag"].iloc[0].startswith("separation")
        assert shown["estimate"].iloc[0] == table["firth_estimate"].iloc[0] > 5
        assert shown["flag"].iloc[0] == "penalised"
        assert shown["estimate"].iloc[1] == table["estimate"].iloc[1]
    assert math.isnan(shown["p_adjusted"].iloc[0])


def test_firth_is_read_below_five_and_stands_beside_from_five_on():
    for events in (4, 5):
        table = fit_logistic(by_hr(30, events), "high", "her2", by="hr").table
        column = "firth_estimate" if events < 5 else "estimate"
        assert readable(table)["estimate"].iloc[0] == table[column].iloc[0]


def small_and_separated(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Few tumours that a score divides: the penalised likelihood is flat far out, and may have several maxima there."""
    rng = np.random.default_rng(seed)
    score, older = rng.normal(size=14), np.arange(14) % 2
    return np.column_stack([np.ones(14), score, older, score * older]), (score > np.median(score)).astype(float)


@pytest.mark.parametrize("seed", range(12))
def test_far_limits_know_nothing_of_the_order_of_tumours(seed):
    design, outcome = small_and_separated(seed)
    rows = firth_odds_ratios(design, outcome, 0.99)
    other = np.random.default_rng(seed).permutation(14)
    for row, again in zip(rows, firth_odds_ratios(design[other], outcome[other], 0.99), strict=True):
        assert again.get("flag", "") == row.get("flag", "")  # a limit may lie beyond a hundred standard errors
        if "estimate" not in row:
            continue
        for name in ("estimate", "conf_low", "conf_high"):
            assert math.log(again[name]) == pytest.approx(math.log(row[name]), rel=1e-8, abs=1e-8)
        assert again["p_value"] == pytest.approx(row["p_value"], abs=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_a_limit_is_where_twice_the_loss_of_likelihood_is_the_quantile(seed):
    design, outcome = small_and_separated(seed)
    row = firth_odds_ratios(design, outcome, 0.95, (1,))[0]

    def best(free: list[int], held: float) -> float:
        def minus(some: np.ndarray) -> float:
            whole = np.array([0.0, held, 0.0, 0.0])
            whole[free] = some
            return -penalised(design, outcome, whole)

        start = np.array([0.0, math.log(row["estimate"]), 0.0, 0.0])[free]
        return -optimize.minimize(minus, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).fun

    top = best([0, 1, 2, 3], 0.0)
    # the side that does not run away: there one maximum is left, and any search finds it
    assert 2 * (top - best([0, 2, 3], math.log(row["conf_low"]))) == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-5)


def test_no_effect_at_all_has_a_p_of_one():
    outcome, side = np.tile([0.0, 1.0], 8), np.repeat([0.0, 1.0], 8)
    row = firth_odds_ratios(np.column_stack([np.ones(16), side]), outcome, 0.95)[0]
    assert row["estimate"] == pytest.approx(1, abs=1e-12)
    assert row["p_value"] == pytest.approx(1, abs=1e-12)
