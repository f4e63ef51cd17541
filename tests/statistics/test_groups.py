"""Comparisons of two groups: which test, which direction, which flag."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import GroupSpec, compare_groups
from her2stats.statistics.fits.rank_tests.wilcoxon import rank_sum

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value"]


def test_continuous_variables_get_wilcoxon_second_level_against_first(tumours):
    row = compare_groups(tumours, "cd8", group="hr").table.iloc[0]
    first, second = (tumours.loc[tumours["hr"] == level, "cd8"].to_numpy() for level in ("negative", "positive"))
    expected = rank_sum(first, second)
    assert row["estimate"] == expected.shift
    assert row["statistic"] == expected.statistic
    assert row["p_value"] == expected.p_value
    assert (row["reference"], row["comparison"]) == ("negative", "positive")
    assert (row["n_reference"], row["n_comparison"]) == (len(first), len(second))
    assert (row["value_reference"], row["value_comparison"]) == (np.median(first), np.median(second))
    assert row["superiority"] == expected.superiority
    assert np.isnan(row["std_error"])
    assert np.isnan(row["df"])


def test_the_method_says_exact_or_normal():
    few = pd.DataFrame({"x": np.arange(20.0), "g": ["a", "b"] * 10})
    many = pd.DataFrame({"x": np.arange(120.0), "g": ["a", "b"] * 60})
    assert compare_groups(few, "x", group="g").table["method"].iloc[0].startswith("Wilcoxon, exact")
    assert (
        "normal approximation with tie and continuity" in compare_groups(many, "x", group="g").table["method"].iloc[0]
    )


def test_every_method_is_said_in_full(from_counts):
    few = pd.DataFrame({"x": np.arange(20.0), "g": ["a", "b"] * 10})
    many = pd.DataFrame({"x": np.arange(120.0), "g": ["a", "b"] * 60})
    counted = compare_groups(from_counts((0, 6), (8, 12)), "response", group="her2_group", conf_level=0.9).table
    said = [compare_groups(data, "x", group="g").table["method"].item() for data in (few, many)]
    assert [*said, *counted["method"]] == [
        "Wilcoxon, exact; 95% CI Hodges-Lehmann, exact",
        "Wilcoxon, normal approximation with tie and continuity correction; 95% CI Hodges-Lehmann, Moses",
        "chi-squared without continuity correction; 90% CI Wald",
        "Fisher exact",
    ]
    nothing = compare_groups(few.assign(x=1.5, y=1.0), ["x", "y"], group="g").table
    assert nothing["method"].tolist() == ["Wilcoxon, no test", "chi-squared, no test"]
    assert nothing["flag"].tolist() == [
        "constant outcome: 'x' is 1.5 throughout",
        "constant outcome: 'y' is 1 throughout",
    ]


@pytest.mark.parametrize(("total", "rows"), [(5, 1), (4, 2)])
def test_an_expected_count_of_exactly_five_needs_no_second_test(total, rows, from_counts):
    # half of 2 x total have the event: every expected count is total / 2 of each group of total
    table = compare_groups(from_counts((total, total), (2 * total, 2 * total)), "response", group="her2_group").table
    assert len(table) == rows


def test_0_and_1_get_chi_squared_second_proportion_less_first(from_counts):
    table = compare_groups(from_counts((17, 9), (39, 32)), "response", group="her2_group").table
    row = table.iloc[0]
    assert len(table) == 1
    assert row["estimate"] == pytest.approx(9 / 32 - 17 / 39, rel=1e-12)
    assert row["df"] == 1
    assert row["n_events"] == 26
    assert (row["value_reference"], row["value_comparison"]) == pytest.approx((17 / 39, 9 / 32), rel=1e-15)


def test_fisher_stands_beside_when_an_expected_count_is_below_five(from_counts):
    table = compare_groups(from_counts((0, 6), (8, 12)), "response", group="her2_group").table
    assert table["term"].tolist() == ["her2_group", "her2_group (Fisher exact)"]
    assert table["p_value"].round(6).tolist() == [0.016827, 0.041899]
    assert table.loc[1, [name for name in NUMBERS if name != "p_value"]].isna().all()
    assert table.loc[1, "method"] == "Fisher exact"
    assert table.loc[1, "n"] == 20


def test_every_variable_is_compared_in_every_group_and_stratum(tumours):
    tumours["older"] = (tumours["age"] > 50) * 1
    result = compare_groups(tumours, ["cd8", "cd8_high"], group=["older", "plasma_high"], by="hr")
    plain = result.table[~result.table["term"].str.endswith(")")]
    assert len(plain) == 2 * 2 * 2
    assert set(plain["term"]) == {"older", "plasma_high"}
    assert isinstance(result.spec, GroupSpec)
    assert result.spec.kinds == ("continuous", "binary")
    assert plain.loc[plain["flag"] == "", "reference"].unique().tolist() == ["0"]


def test_the_score_by_absence_and_presence_leaves_out_missing_types(tumours):
    tumours["present"] = np.where(np.arange(150) < 10, np.nan, np.arange(150) % 3 == 0).astype(float)
    row = compare_groups(tumours, "her2", group="present").table.iloc[0]
    assert (row["n"], row["n_missing"]) == (140, 10)
    assert (row["reference"], row["comparison"]) == ("0", "1")


def test_a_declared_kind_wins(tumours):
    assert compare_groups(tumours, "cd8_high", group="hr", kind="continuous").table["method"].iloc[0].startswith("Wil")
    with pytest.raises(DataError, match="0 and 1"):
        compare_groups(tumours, "cd8", group="hr", kind="binary")


@pytest.mark.parametrize(
    ("values", "groups", "code"),
    [
        ([1.5, 2, 3, 4], ["a"] * 4, "empty level"),
        ([1.5, 2, 3, 4], ["a", "b", "c", "c"], "empty level"),
        ([1.5, np.nan, 3, np.nan], ["a", "b", "a", "b"], "empty level"),
        ([1.5] * 4, ["a", "a", "b", "b"], "constant outcome"),
        ([1] * 4, ["a", "a", "b", "b"], "constant outcome"),
        ([np.nan] * 4, ["a", "a", "b", "b"], "missing variable"),
    ],
)
def test_what_cannot_be_compared_keeps_its_row_with_a_flag(values, groups, code):
    data = pd.DataFrame({"y": np.array(values, dtype=float), "g": groups})
    table = compare_groups(data, "y", group="g").table
    assert table["flag"].str.split(":").str[0].tolist() == [code]
    assert table.loc[0, NUMBERS].isna().all()


def test_groups_too_small_for_an_interval_keep_their_p():
    row = compare_groups(pd.DataFrame({"y": [1.0, 2, 3, 4], "g": list("aabb")}), "y", group="g").table.iloc[0]
    assert row["flag"].startswith("too few observations")
    assert row["p_value"] == pytest.approx(1 / 3)
    assert np.isnan(row["conf_low"])


def test_proportions_of_0_and_1_have_no_wald_interval(from_counts):
    row = compare_groups(from_counts((0, 5), (5, 5)), "response", group="her2_group").table.iloc[0]
    assert row["flag"].startswith("not estimable")
    assert row["estimate"] == 1
    assert row[["std_error", "conf_low", "conf_high"]].isna().all()
    assert row["statistic"] == pytest.approx(10)


def test_noise_of_computing_breaks_no_ties():
    exact = pd.DataFrame({"til": [0.3, 0.3, 0.5, 0.7, 0.3, 0.9], "hr": list("nnnppp")})
    noisy = exact.assign(til=[0.1 + 0.2, 0.3, 0.5, 0.7, 0.3, 0.9])
    pd.testing.assert_frame_equal(
        compare_groups(noisy, "til", group="hr").table, compare_groups(exact, "til", group="hr").table
    )
