"""Simulated cohorts have the paper's margins, say that they are simulated, and depend on their seed alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.published import published_results
from her2stats.simulate import paper_responses, paper_targets, simulate_cohort, simulate_response, simulate_truth
from her2stats.simulate.targets import apportion

SIZES = {"discovery": 104, "confirmatory": 81}
VARIABLES = {"hormone receptor": "hr", "HER2 IHC": "her2_ihc", "grade": "grade", "PAM50": "pam50"}


@pytest.mark.parametrize("cohort", SIZES)
@pytest.mark.parametrize("seed", [1, 2])
def test_table_1_is_met_to_the_patient(cohort, seed):
    clinical = simulate_truth("c", SIZES[cohort], seed=seed, targets=paper_targets(cohort)).clinical
    [entry] = [part for part in published_results()["counts"] if part["place"] == f"Table 1, {cohort} cohort"]
    for printed, variable in VARIABLES.items():
        counts = clinical[variable].value_counts()
        for level, count, _ in entry["levels"][printed]:
            assert counts.get(level, 0) == int(count), (printed, level)
    size = clinical["size_cm"]
    found = {"<= 2 cm": (size <= 2).sum(), "2-5 cm": ((size > 2) & (size <= 5)).sum(), "> 5 cm": (size > 5).sum()}
    found["missing"] = size.isna().sum()
    assert found == {level: int(count) for level, count, _ in entry["levels"]["tumor size"]}


@pytest.mark.parametrize(("cohort", "ages"), [("discovery", (41, 49, 55)), ("confirmatory", (48, 61, 73))])
def test_ages_have_the_printed_median_and_quartiles(cohort, ages):
    age = simulate_truth("c", SIZES[cohort], seed=1, targets=paper_targets(cohort)).clinical["age"]
    assert np.percentile(age, [25, 50, 75]) == pytest.approx(ages, abs=0.75)


def test_her2_ihc_and_subtype_go_with_score_and_receptors():
    truth = simulate_truth("c", 2000, seed=1, targets=paper_targets("discovery"))
    mean = truth.score.groupby(truth.clinical["her2_ihc"], observed=True).mean()
    assert mean["0"] < mean["1+"] < mean["2+"]
    basal = truth.clinical["pam50"] == "Basal-like"
    assert (
        basal[truth.clinical["hr"] == "negative"].mean() > 0.5 > 0.2 > basal[truth.clinical["hr"] == "positive"].mean()
    )


@pytest.mark.parametrize("seed", range(5))
def test_table_2_is_met_to_the_patient(seed):
    clinical = simulate_response("r", seed=seed).clinical
    low = clinical["her2_ihc"] != "0"
    assert len(clinical) == 111
    for outcome, table in paper_responses().items():
        for group, members in (("HER2-low", low), ("HER2-0", ~low)):
            found = clinical.loc[members, outcome]
            assert ((found == 1).sum(), (found == 0).sum()) == table[group]


def test_drawn_responses_vary_around_the_rates_of_table_2():
    found = [simulate_response("r", seed=seed, drawn=True).clinical for seed in range(200)]
    rates = [c.loc[c["her2_ihc"] == "0", "pcr"].mean() for c in found]
    assert np.std(rates) > 0.03
    assert np.mean(rates) == pytest.approx(0.72, abs=4 * np.std(rates) / np.sqrt(len(rates)))


def test_the_response_cohort_has_clinical_data_only_and_says_it_is_simulated():
    cohort = simulate_response("r", seed=1)
    assert cohort.expression is None
    assert set(cohort.clinical["pcr"].dropna()) == {0.0, 1.0}
    assert "imulated" in cohort.notes[0].what


def test_an_expression_cohort_says_it_is_simulated():
    cohort = simulate_cohort("c", 20, seed=1)
    assert "imulated" in cohort.notes[0].what
    assert cohort.notes[0].count == 20


def test_the_same_seed_gives_the_same_cohort_and_another_seed_another():
    first, again, other = (simulate_cohort("c", 40, seed=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(first.expression, again.expression)
    pd.testing.assert_frame_equal(first.clinical, again.clinical)
    assert not first.expression.equals(other.expression)


def test_fewer_than_ten_tumours_are_refused():
    with pytest.raises(ValueError, match="at least 10"):
        simulate_cohort("c", 9, seed=1)


def test_a_cohort_the_paper_does_not_have_is_refused():
    with pytest.raises(ValueError, match="abim"):
        paper_targets("metabric")


def test_counts_of_another_size_keep_their_sum():
    counts = {"a": 1, "b": 1, "c": 1}
    for n in range(1, 12):
        shared = apportion(counts, n)
        assert sum(shared.values()) == n
        assert max(shared.values()) - min(shared.values()) <= 1
