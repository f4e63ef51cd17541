"""The analysis finds what is true of simulated cohorts, and nothing where nothing is associated.

The benchmark ``python -m benchmarks simulation`` does the same with 200 cohorts of each kind.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import her2stats as h2
from benchmarks.bench_small_strata import small_strata
from benchmarks.simulation_report import false_positives, hit, recovered
from benchmarks.simulation_study import analyse, analyse_response, truths
from her2stats.signatures.til import score_danaher
from her2stats.simulate import paper_targets, simulate_her2_signature, simulate_signature_matrix, simulate_with_truth

COHORTS = 12
BUSY = 0.001  # chance that a right simulation fails a bound


@pytest.fixture(scope="module")
def cohorts():
    """Numbers and classes of analysed ABiM-like cohorts."""
    found = [analyse(paper_targets(), 318, seed) for seed in range(COHORTS)]
    return pd.concat([one.numbers for one in found]), pd.concat([one.high for one in found])


@pytest.fixture(scope="module")
def truth():
    return truths(paper_targets(), population=40_000)


def test_every_target_is_met_within_monte_carlo_error(cohorts):
    table = hit(paper_targets(), *cohorts)
    assert len(table) == 38
    assert table["z"].notna().all()
    # errors of means are estimated from 12 cohorts: t and not normal; odds ratios of one type lean on each other
    limit = stats.t.isf(BUSY / 2 / len(table), COHORTS - 1)
    assert table["z"].abs().max() < limit
    assert 0.5 < np.sqrt((table["z"] ** 2).mean()) < 1.5


def test_intervals_cover_the_truth_as_often_as_they_say(cohorts, truth):
    rows = recovered(cohorts[0], truth)
    by_quantity = rows.groupby("quantity").apply(lambda part: (part["coverage"] * part["cohorts"]).sum())
    counts = rows.groupby("quantity")["cohorts"].sum()
    for quantity in ("correlation", "odds ratio", "interaction", "TIL"):
        # types of a tumour share its infiltration: a third of the intervals counts as independent
        n = counts[quantity] // 3
        lowest = stats.binom.ppf(BUSY, n, 0.95) / n
        assert lowest <= by_quantity[quantity] / counts[quantity], quantity
    assert rows["no_number"].sum() <= 0.05 * counts.sum()


def test_the_planted_interactions_are_found(cohorts, truth):
    rows = recovered(cohorts[0], truth).query("quantity == 'interaction'").set_index("variable")
    assert rows.loc[["Mast cells resting", "Neutrophils"], "found"].min() > 0.5  # a true ratio of about 10
    none = rows.index[np.isclose(rows["true"], 1.0)]
    assert len(none) == 4  # as many types have no association in either group
    assert rows.loc[none, "found"].mean() < 0.2


def test_maximum_likelihood_overstates_odds_ratios_of_small_strata_and_firth_less():
    table = small_strata(paper_targets(), 318, 12, 1).set_index(["estimator", "outcome"])
    assert (table["tumours"] == 63).all()
    assert (table["cohorts"] == 12).all()
    assert (table.loc["Firth", "overstated"] < table.loc["maximum likelihood", "overstated"]).all()
    assert table["coverage"].mean() > stats.binom.ppf(BUSY, 12, 0.95) / 12


def test_response_odds_ratios_cover_table_2():
    numbers = pd.concat([analyse_response(seed) for seed in range(200)])
    true = pd.DataFrame(
        {
            "quantity": "response odds ratio",
            "stratum": "all",
            "variable": ["complete_response", "pcr"],
            "true": [9 * 22 / (23 * 17), 23 * 14 / (13 * 36)],
        }
    )
    rows = recovered(numbers, true)
    assert (rows["cohorts"] == 200).all()
    assert (rows["bias"].abs() < 4 * rows["bias_error"]).all()
    assert (rows["coverage"] >= stats.binom.ppf(BUSY, 200, 0.95) / 200).all()


def test_a_null_simulation_finds_what_chance_allows():
    numbers = pd.concat([analyse(paper_targets().null(), 120, seed).numbers for seed in range(12)])
    rates = false_positives(numbers).set_index(["quantity", "stratum"])
    assert {"correlation", "odds ratio", "interaction", "ANCOVA slope", "TIL"} <= set(rates.index.get_level_values(0))
    for key, row in rates.iterrows():
        n = max(row["tests"] // 3, 12)
        assert row["rate"] <= stats.binom.ppf(1 - BUSY, n, 0.05) / n, key


def test_deconvolution_gives_the_amounts_back_and_zeros_as_zeros():
    cohort, truth = simulate_with_truth("c", 200, seed=8)
    fractions = h2.deconvolve(cohort.linear(), simulate_signature_matrix()).fractions
    pd.testing.assert_frame_equal(fractions == 0, truth.amounts == 0, check_names=False)
    scale = fractions.to_numpy().sum() / truth.amounts.to_numpy().sum()
    for name, share in (truth.amounts == 0).mean().items():
        if share < 0.25:
            assert stats.spearmanr(fractions[name], truth.amounts[name])[0] > 0.995
            assert fractions[name].mean() / truth.amounts[name].mean() == pytest.approx(scale, rel=0.03)


def test_score_and_total_til_are_read_back_as_planted():
    cohort, truth = simulate_with_truth("c", 200, seed=9)
    score = h2.score_signature(cohort.log2(), simulate_her2_signature(), method="weighted").table.iloc[:, 0]
    assert np.corrcoef(score, truth.score)[0, 1] > 0.999
    assert np.corrcoef(score_danaher(cohort.log2()).table["Total TIL"], truth.til)[0, 1] > 0.999


def test_more_noise_weakens_what_is_measured():
    found = {}
    for noise in (0.03, 0.6):
        cohort, truth = simulate_with_truth("c", 200, seed=9, noise=noise)
        fractions = h2.deconvolve(cohort.linear(), simulate_signature_matrix()).fractions
        found[noise] = stats.spearmanr(fractions["T cells CD8"], truth.amounts["T cells CD8"])[0]
    assert found[0.6] < found[0.03] - 0.02
