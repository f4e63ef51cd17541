"""Spearman correlations: numbers, strata, flags."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2stats.errors import DataError
from her2stats.statistics import COLUMNS, CorrelationSpec, correlate


def test_rho_and_p_are_those_of_scipy(tumours):
    row = correlate(tumours, "her2", "cd8").table.iloc[0]
    rho, p_value = stats.spearmanr(tumours["her2"], tumours["cd8"])
    assert row["estimate"] == pytest.approx(rho, rel=1e-12)
    assert row["p_value"] == pytest.approx(p_value, rel=1e-10)
    assert row["statistic"] == pytest.approx(rho * math.sqrt(148 / (1 - rho**2)), rel=1e-12)
    assert (row["df"], row["n"], row["n_missing"]) == (148, 150, 0)


def test_one_row_a_variable_and_stratum_in_the_agreed_columns(tumours):
    result = correlate(tumours, "her2", ["cd8", "plasma"], by="hr", cohort="discovery")
    assert result.table[["cohort", "stratum", "outcome", "term"]].to_numpy().tolist() == [
        ["discovery", "hr=negative", "cd8", "her2"],
        ["discovery", "hr=negative", "plasma", "her2"],
        ["discovery", "hr=positive", "cd8", "her2"],
        ["discovery", "hr=positive", "plasma", "her2"],
    ]
    assert tuple(result.table.columns) == COLUMNS
    assert result.spec == CorrelationSpec(cohort="discovery", x="her2", y=("cd8", "plasma"), by="hr")
    assert result.data.columns.tolist() == ["her2", "cd8", "plasma", "hr"]


def test_the_method_names_the_whole_convention(tumours):
    table = correlate(tumours, "her2", "cd8", ci="caruso-cliff", conf_level=0.9).table
    assert table["method"].tolist() == ["Spearman, t approximation; 90% CI Caruso-Cliff"]


def test_missing_values_are_left_out_pair_by_pair(gappy):
    table = correlate(gappy, "her2", ["cd8", "plasma"], by="hr").table
    for _, row in table.iterrows():
        stratum = gappy[gappy["hr"] == row["stratum"].removeprefix("hr=")]
        complete = stratum.dropna(subset=["her2", row["outcome"]])
        unplaced = gappy["hr"].isna().sum()  # may belong to either stratum
        assert unplaced
        assert (row["n"], row["n_missing"]) == (len(complete), len(stratum) - len(complete) + unplaced)
        assert row["estimate"] == pytest.approx(
            stats.spearmanr(complete["her2"], complete[row["outcome"]])[0], rel=1e-12
        )


@pytest.mark.parametrize("sign", [1, -1])
def test_a_perfect_correlation_is_given_without_what_cannot_follow(sign):
    data = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "y": [sign * value**3 for value in (1.0, 2, 3, 4, 5)]})
    row = correlate(data, "x", "y").table.iloc[0]
    assert row["estimate"] == sign
    assert row[["std_error", "conf_low", "conf_high", "statistic", "p_value"]].isna().all()
    assert row["flag"].startswith("perfect correlation")


def test_almost_perfect_is_not_perfect_however_many_samples():
    n = 20_000
    y = np.arange(n, dtype=float)
    y[[0, 1]] = y[[1, 0]]
    row = correlate(pd.DataFrame({"x": np.arange(n), "y": y}), "x", "y").table.iloc[0]
    assert row["flag"] == ""
    unexplained = 12 / (n**3 - n)  # rho = 1 - 6 * 2 / (n^3 - n)
    assert row["statistic"] == pytest.approx(math.sqrt((n - 2) / (unexplained * (2 - unexplained))), rel=1e-10)


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [
        ([1, 2, 3], [3, 1, 2], "too few observations"),
        ([1, 2, 3, 4, 5], [7] * 5, "constant outcome"),
        ([7] * 5, [1, 2, 3, 4, 5], "constant exposure"),
        ([7] * 5, [7] * 5, "constant outcome"),
        ([1, 2, 3, 4, 5], [np.nan] * 5, "missing variable"),
        ([1, 2, 3, np.nan], [1, 3, 2, 4], "too few observations"),
    ],
)
def test_what_cannot_be_correlated_keeps_its_row_with_a_flag(x, y, code):
    table = correlate(pd.DataFrame({"x": x, "y": y}, dtype=float), "x", "y").table
    assert len(table) == 1
    assert table["flag"].iloc[0].split(":")[0] == code
    assert table.loc[0, ["estimate", "std_error", "conf_low", "conf_high", "p_value"]].isna().all()


def test_an_empty_stratum_does_not_stop_the_others():
    data = pd.DataFrame({"x": range(8), "y": [1, 3, 2, 5, 4, 7, 6, 8], "hr": pd.Categorical(["b"] * 8, ["a", "b"])})
    flags = correlate(data, "x", "y", by="hr").table["flag"].tolist()
    assert flags[0].startswith("too few observations")
    assert flags[1] == ""


def test_four_pairs_are_enough():
    values = [list(order) for order in permutations([1.0, 2.0, 3.0, 4.0])]
    flags = {correlate(pd.DataFrame({"x": values[0], "y": y}), "x", "y").table["flag"].iloc[0][:7] for y in values}
    assert flags == {"", "perfect"}


def test_the_bootstrap_is_seeded(tumours):
    def limits(seed):
        table = correlate(tumours, "her2", "cd8", ci="bootstrap", draws=200, seed=seed).table
        return table.loc[0, ["conf_low", "conf_high"]].tolist()

    assert limits(1) == limits(1)
    assert limits(1) != limits(2)


def test_arguments_are_checked_together(tumours):
    with pytest.raises(DataError) as caught:
        correlate(tumours, "her2", ["cd8", "cd8", "b_cells"], ci="wald", conf_level=95, draws=0)
    assert len(caught.value.problems) == 5


def test_noise_of_computing_breaks_no_ties():
    exact = pd.DataFrame({"her2": [0.1, 0.3, 0.3, 0.4, 0.5, 0.9], "til": [3.0, 1.0, 2.0, 2.0, 0.7, 0.7]})
    noisy = exact.assign(her2=[0.1, 0.1 + 0.2, 0.3, 0.4, 0.5, 0.9], til=[3.0, 1.0, 2.0, 2.0 + 4e-16, 0.7, 0.7 - 1e-16])
    assert noisy["her2"].nunique() > exact["her2"].nunique()
    pd.testing.assert_frame_equal(correlate(noisy, "her2", "til").table, correlate(exact, "her2", "til").table)
    pd.testing.assert_frame_equal(correlate(noisy, "her2", "til").data, correlate(exact, "her2", "til").data)


def test_what_differs_in_the_twelfth_digit_is_no_tie():
    frame = pd.DataFrame({"her2": [1.0, 1.00000000001, 3.0, 4.0], "til": [1.0, 2.0, 3.0, 4.0]})
    assert correlate(frame, "her2", "til").table["flag"][0].startswith("perfect correlation")
