"""The analysis finds what was planted in simulated cohorts, and nothing where nothing was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import her2stats as h2
from her2stats.simulate import (
    PLANTED_EFFECTS,
    simulate_cohort,
    simulate_her2_signature,
    simulate_response,
    simulate_signature_matrix,
    simulate_with_truth,
)


def analysed(name: str, n: int, seed: int, effects=None) -> tuple[pd.DataFrame, h2.Abundance]:
    """From simulated expression to one frame: clinical variables, score, fractions; and the abundance classes."""
    cohort = simulate_cohort(name, n, seed=seed, effects=effects)
    scores = h2.score_signature(cohort.log2(), simulate_her2_signature(), method="weighted")
    fractions = h2.deconvolve(cohort.linear(), simulate_signature_matrix()).fractions
    score = scores.table.iloc[:, 0].rename("score")
    return pd.concat([cohort.clinical, score, fractions], axis=1), h2.classify_abundance(fractions)


@pytest.fixture(scope="module")
def planted():
    """One large cohort with the planted effects."""
    return analysed("planted", 500, seed=11)


@pytest.mark.parametrize("cell_type", ["T cells CD8", "Macrophages M1", "Plasma cells", "B cells naive"])
def test_planted_depletion_is_found_in_both_strata(planted, cell_type):
    data, _ = planted
    table = h2.correlate(data, "score", cell_type, by="hr").table
    assert (table["conf_high"] < 0).all()


@pytest.mark.parametrize("cell_type", ["Mast cells resting", "Neutrophils"])
def test_planted_effects_of_opposite_sign_are_found_with_their_interaction(planted, cell_type):
    data, abundance = planted
    frame = data[["hr", "score"]].join(abundance.high[[cell_type]])
    odds = h2.fit_logistic(frame, cell_type, "score", by="hr").table.set_index("stratum")["estimate"]
    negative, positive = PLANTED_EFFECTS[cell_type]
    assert np.sign(np.log(odds["hr=negative"])) == np.sign(negative)
    assert np.sign(np.log(odds["hr=positive"])) == np.sign(positive)
    found = h2.fit_interaction(frame, cell_type, "score", "hr").table
    assert found.loc[found["term"] == "score:hr[positive]", "p_value"].item() < 1e-3


def test_a_null_simulation_finds_what_chance_allows():
    """Within HR strata nothing is planted; of independent cohorts 5 % of the tests may fall below 0.05."""
    p_values = []
    for seed in range(8):
        data, abundance = analysed("null", 120, seed=100 + seed, effects={})
        p_values.append(h2.correlate(data, "score", abundance.continuous, by="hr").table["p_value"])
    found = pd.concat(p_values)
    # types of a tumour share their infiltration, so the effective number of tests is smaller than their count
    limit = stats.binom.ppf(0.999, len(found) // 3, 0.05) / (len(found) // 3)
    assert (found < 0.05).mean() <= limit
    assert (found < 0.05 / len(found)).sum() <= 1


def test_the_same_seed_gives_the_same_cohort_and_another_seed_another():
    first, again, other = (simulate_cohort("c", 40, seed=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(first.expression, again.expression)
    pd.testing.assert_frame_equal(first.clinical, again.clinical)
    assert not first.expression.equals(other.expression)


def test_the_truth_is_what_the_effects_say():
    cohort, truth = simulate_with_truth("c", 2000, seed=3)
    positive = (cohort.clinical["hr"] == "positive").to_numpy()
    for cell_type, (negative_slope, positive_slope) in PLANTED_EFFECTS.items():
        log_amount = np.log(truth.amounts[cell_type])
        for members, slope in ((~positive, negative_slope), (positive, positive_slope)):
            fitted = stats.linregress(truth.score[members], log_amount[members])
            assert fitted.slope == pytest.approx(slope, abs=4 * fitted.stderr)


def test_the_response_cohort_has_clinical_data_only_and_says_it_is_simulated():
    cohort = simulate_response("r", seed=1)
    assert cohort.expression is None
    assert set(cohort.clinical["pcr"].dropna()) == {0.0, 1.0}
    assert "imulated" in cohort.notes[0].what
