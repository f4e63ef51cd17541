"""Families of tests: who counts, and what is done with the count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from her2stats.errors import DataError
from her2stats.statistics import adjust, compare_groups, correlate, fit_interaction
from her2stats.statistics.multiplicity import benjamini_hochberg, bonferroni, holm


@pytest.mark.parametrize("size", [1, 2, 5, 40])
def test_the_corrections_are_those_of_statsmodels_and_scipy(size):
    p_values = np.round(np.random.default_rng(size).random(size) ** 3, 2)  # ties among them
    np.testing.assert_allclose(bonferroni(p_values), multipletests(p_values, method="bonferroni")[1], rtol=1e-12)
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1], rtol=1e-12)
    np.testing.assert_allclose(benjamini_hochberg(p_values), stats.false_discovery_control(p_values), rtol=1e-12)


def test_a_family_is_one_question_in_one_stratum_of_one_cohort(tumours):
    one = correlate(tumours, "her2", ["cd8", "plasma", "age"], by="hr", cohort="a")
    other = correlate(tumours, "her2", ["cd8"], by="hr", cohort="b")
    adjusted, alone = adjust([one, other])
    expected = np.minimum(1, 3 * one.table["p_value"])
    np.testing.assert_allclose(adjusted.table["p_adjusted"], expected)
    np.testing.assert_allclose(alone.table["p_adjusted"], other.table["p_value"])
    assert adjusted.table["family"][0] == "Bonferroni over 3 tests: cohort a, stratum hr=negative, term her2"
    assert adjusted.spec is one.spec


def test_results_given_together_are_counted_together(tumours):
    parts = [compare_groups(tumours, "cd8", group="hr"), compare_groups(tumours, "cd8_high", group="hr")]
    apart = [adjust(part) for part in parts]
    together = adjust(parts)
    for one, other in zip(apart, together, strict=True):
        np.testing.assert_allclose(other.table["p_adjusted"], np.minimum(1, 2 * one.table["p_value"]))


def test_second_tests_of_the_same_hypothesis_are_in_no_family(tumours):
    tumours["rare"] = (np.arange(150) < 6) * 1
    compared = adjust(compare_groups(tumours, ["rare", "cd8"], group="hr")).table
    fisher = compared["term"].str.endswith("(Fisher exact)")
    assert fisher.sum() == 1
    assert compared.loc[fisher, ["p_adjusted", "p_bh"]].isna().all(axis=None)
    assert compared.loc[~fisher, "family"].str.contains("over 2 tests").all()
    interaction = adjust(fit_interaction(tumours, ["cd8_high", "plasma_high"], "her2", "hr")).table
    ratio = interaction["term"].str.endswith("(likelihood ratio)")
    assert interaction.loc[ratio, "p_adjusted"].isna().all()
    assert interaction.loc[ratio, "family"].eq("").all()


def test_a_name_that_ends_in_a_bracket_is_a_name_like_others(tumours):
    tumours = tumours.rename(columns={"her2": "HER2 (20 genes)"})
    table = adjust(correlate(tumours, "HER2 (20 genes)", ["cd8", "plasma"])).table
    assert table["p_adjusted"].notna().all()


@pytest.mark.parametrize("method", ["bonferroni", "holm"])
def test_a_question_whose_model_failed_counts(tumours, method):
    tumours["constant"] = 1.5
    result = correlate(tumours, "her2", ["cd8", "constant", "plasma"])
    table = adjust(result, method=method).table
    assert set(table["family"]) == {f"{method.capitalize()} over 3 tests: stratum all, term her2"}
    p_values = result.table["p_value"].fillna(1.0).to_numpy()  # what never rejects
    expected = multipletests(p_values, method=method)[1]
    np.testing.assert_allclose(table["p_adjusted"], [expected[0], np.nan, expected[2]], rtol=1e-12)
    discovery = multipletests(p_values, method="fdr_bh")[1]
    np.testing.assert_allclose(table["p_bh"], [discovery[0], np.nan, discovery[2]], rtol=1e-12)


def test_the_odds_ratio_of_a_moderator_alone_is_in_no_family(tumours):
    table = adjust(fit_interaction(tumours, ["cd8_high", "plasma_high"], "her2", "hr")).table
    moderator = table["role"] == "moderator"
    assert moderator.sum() == 2
    assert table.loc[moderator, "p_value"].notna().all()
    assert table.loc[moderator, ["p_adjusted", "p_bh", "family_size"]].isna().all(axis=None)
    assert set(table.loc[moderator, "family"]) == {""}


def test_rows_that_are_no_test_are_in_no_family(tumours):
    result = correlate(tumours, "her2", ["cd8", "plasma"])
    silent = result.with_table(result.table.assign(p_value=[0.01, np.nan]))
    assert adjust(silent).table["family_size"].tolist() == [1, pd.NA]


def test_other_families_and_holm(tumours):
    result = correlate(tumours, "her2", ["cd8", "plasma"], by="hr")
    table = adjust(result, by=("outcome",), method="holm").table
    assert table["family"].str.startswith("Holm over 2 tests: outcome").all()


def test_columns_keep_their_order_and_type(tumours):
    before = correlate(tumours, "her2", "cd8")
    after = adjust(before)
    assert after.table.columns.tolist() == [*before.table.columns, "p_bh", "family", "family_size", "correction"]
    pd.testing.assert_frame_equal(
        after.table[before.table.columns].drop(columns="p_adjusted"), before.table.drop(columns="p_adjusted")
    )


def test_a_family_says_how_large_it_is_and_how_it_is_corrected(tumours):
    tumours["constant"] = 1.5
    table = adjust(correlate(tumours, "her2", ["cd8", "constant", "plasma"]), method="holm").table
    assert table["family_size"].tolist() == [3, 3, 3]
    assert str(table["family_size"].dtype) == "Int64"
    assert table["correction"].tolist() == ["holm"] * 3


def test_a_second_test_is_known_by_its_measure_and_not_by_its_name(tumours):
    tumours = tumours.rename(columns={"her2": "score (Fisher exact)"})
    result = correlate(tumours, "score (Fisher exact)", ["cd8", "plasma"])
    assert adjust(result).table["family_size"].tolist() == [2, 2]
    second = result.with_table(result.table.assign(measure=["rho", "second_test"]))
    assert adjust(second).table["correction"].tolist() == ["bonferroni", ""]


def test_nothing_to_adjust_is_no_error():
    assert adjust([]) == []


def test_unknown_columns_and_methods_are_refused(tumours):
    with pytest.raises(DataError) as caught:
        adjust(correlate(tumours, "her2", "cd8"), by=("cell",), method="sidak")
    assert len(caught.value.problems) == 2
