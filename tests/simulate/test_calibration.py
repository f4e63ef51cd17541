"""The latent model meets its targets exactly; what cannot be met is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from her2stats.errors import DataError
from her2stats.simulate import Calibration, Margins, Targets, calibrate, paper_targets, simulate_truth
from her2stats.simulate.latent import SCORE_WEIGHTS, ScoreModel, TypeModel, group_correlation, overall_correlation
from her2stats.simulate.paper import EXPRESSION_COHORTS
from her2stats.simulate.targets import STRATA
from her2stats.simulate.til import calibrate_til, til_correlation


@pytest.mark.parametrize("cohort", EXPRESSION_COHORTS)
def test_the_papers_targets_are_met_exactly(cohort):
    targets = paper_targets(cohort)
    model = calibrate(targets)
    for k, stratum in enumerate(STRATA):
        for name, rho in targets.correlations[stratum].items():
            assert group_correlation(model.types[name], k) == pytest.approx(rho, abs=1e-6)
        for name, ratio in targets.odds_ratios[stratum].items():
            slope = model.types[name].slopes[k] / model.score.sds[k]
            assert np.exp(slope) == pytest.approx(ratio, rel=1e-9)
    for name, rho in targets.correlations["all"].items():
        assert overall_correlation(model.types[name], model.score) == pytest.approx(rho, abs=1e-6)
    for name, share in targets.zero_shares.items():
        assert model.types[name].zero_share(model.score) == pytest.approx(share, abs=1e-5)
    for partner, rho in targets.til.items():
        assert til_correlation(partner, model.til, model.score) == pytest.approx(rho, abs=1e-6)


def test_the_printed_numbers_are_the_targets():
    targets = paper_targets("abim")
    assert targets.odds_ratios["hr=positive"]["Plasma cells"] == 0.41
    assert targets.odds_ratios["hr=negative"]["Mast cells resting"] == 5.29
    assert targets.correlations["hr=positive"]["T cells CD8"] == -0.25
    assert targets.til == {"score": -0.44, "ESR1": -0.34, "ERBB2": -0.28}
    kept = [sum(share <= 0.75 for share in _zeros(cohort)) for cohort in EXPRESSION_COHORTS]
    assert kept == [14, 16, 15]


def _zeros(cohort: str) -> list[float]:
    targets = paper_targets(cohort)
    return [targets.zero_shares.get(name, 0.0) for name in calibrate(targets).types]


def test_the_quadrature_agrees_with_a_large_sample():
    """200,000 tumours drawn from the model; the standard error of a correlation of these is 0.0024."""
    targets = paper_targets()
    truth = simulate_truth("p", 200_000, seed=3, targets=targets)
    positive = (truth.clinical["hr"] == "positive").to_numpy()
    for name, model in truth.model.types.items():
        if targets.zero_shares.get(name, 0.0) >= 0.25:
            continue
        amounts, score = truth.amounts[name].to_numpy(), truth.score.to_numpy()
        for k, members in enumerate((~positive, positive)):
            rho = stats.spearmanr(score[members], amounts[members])[0]
            assert rho == pytest.approx(group_correlation(model, k), abs=4.5 / np.sqrt(members.sum()))
        assert stats.spearmanr(score, amounts)[0] == pytest.approx(
            overall_correlation(model, truth.model.score), abs=4.5 / np.sqrt(len(score))
        )
    assert truth.score.std() == pytest.approx(1.0, abs=0.01)


def test_normal_variables_have_the_rank_correlation_of_the_textbook():
    """rho_S = 6 / pi arcsin(r / 2) for one normal group (Pearson 1907)."""
    one_group = ScoreModel.of(1.0, (1.0, 1.0))
    model = calibrate_til({"score": -0.44}, one_group)
    r = model.score / np.sqrt(1 + model.score**2)
    assert 6 / np.pi * np.arcsin(r / 2) == pytest.approx(-0.44, abs=1e-8)


def test_an_odds_ratio_alone_brings_the_correlation_of_a_gaussian_copula():
    targets = Targets(odds_ratios={"hr=positive": {"Neutrophils": 3.0}})
    model = calibrate(targets).types["Neutrophils"]
    probit = np.log(3.0) * targets.score_sd[1] / 1.702
    expected = 6 / np.pi * np.arcsin(probit / np.sqrt(1 + probit**2) / 2)
    assert group_correlation(model, 1) == pytest.approx(expected, abs=1e-6)
    assert group_correlation(model, 0) == 0.0


def test_an_overall_correlation_alone_is_an_effect_of_the_score_in_both_groups():
    calibration = calibrate(Targets(correlations={"all": {"Monocytes": -0.5}}))
    model, score = calibration.types["Monocytes"], calibration.score
    assert overall_correlation(model, score) == pytest.approx(-0.5, abs=1e-6)
    assert model.slopes[0] / score.sds[0] == pytest.approx(model.slopes[1] / score.sds[1])


def _calibrate(targets: Targets) -> tuple[Calibration | None, str]:
    try:
        return calibrate(targets), ""
    except DataError as error:
        return None, str(error)


@settings(max_examples=60, deadline=None)
@given(
    zeros=st.one_of(st.just(0.0), st.floats(0.01, 0.2)),
    ratio=st.floats(0.2, 5.0),
    rho=st.floats(-0.6, 0.6),
    share=st.floats(0.15, 0.9),
)
def test_targets_are_met_or_refused(zeros, ratio, rho, share):
    margins = Margins(hr={"negative": round(1000 * (1 - share)), "positive": round(1000 * share)})
    targets = Targets(
        margins=margins,
        correlations={"hr=positive": {"Plasma cells": rho}},
        odds_ratios={"hr=positive": {"Plasma cells": ratio}},
        zero_shares={"Plasma cells": zeros},
    )
    calibration, refusal = _calibrate(targets)
    if calibration is None:
        assert "can be reached with the other targets" in refusal
        return
    model = calibration.types["Plasma cells"]
    assert group_correlation(model, 1) == pytest.approx(rho, abs=1e-5)
    assert model.zero_share(calibration.score) == pytest.approx(zeros, abs=1e-4)
    high = sum(calibration.score.weights[k] * (SCORE_WEIGHTS @ model.share_high(k)) for k in (0, 1))
    assert high == pytest.approx(0.5, abs=1e-6)


def test_targets_that_cannot_go_together_are_refused_with_what_could_be_reached():
    targets = Targets(
        correlations={"hr=positive": {"Plasma cells": 0.6, "Neutrophils": 0.7}},
        odds_ratios={"hr=positive": {"Plasma cells": 0.05, "Neutrophils": 0.05}},
    )
    with pytest.raises(DataError) as caught:
        calibrate(targets)
    assert len(caught.value.problems) == 2
    assert "Plasma cells, correlation within hr=positive" in str(caught.value)
    assert "can be reached with the other targets" in str(caught.value)


def test_every_wrong_target_is_named_at_once():
    targets = Targets(
        correlations={"hr=postive": {}, "all": {"T cells": 0.1, "Eosinophils": 0.2, "Monocytes": -1.5}},
        odds_ratios={"hr=negative": {"Neutrophils": -1.0}},
        zero_shares={"Eosinophils": 0.9, "Plasma cells": 1.0},
        til={"GRB7": 0.1},
        score_sd=(0.5, 1.4),
    )
    with pytest.raises(DataError) as caught:
        targets.check()
    text = str(caught.value)
    for word in ("'hr=postive'", "'T cells'", "90% zeros", "-1.5", "-1 is out of range", "1 is no share", "'GRB7'"):
        assert word in text
    assert "no variance for the difference" in text


def test_a_type_without_any_target_has_no_association():
    model = calibrate(Targets()).types["Macrophages M2"]
    assert isinstance(model, TypeModel)
    assert model.slopes == (0.0, 0.0)
    assert abs(overall_correlation(model, calibrate(Targets()).score)) < 1e-12
