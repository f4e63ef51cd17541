"""Response by group: the paper's Table 2 and I-SPY2 from their counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import fit_logistic, response_odds


@pytest.mark.parametrize(
    ("events", "totals", "expected"),
    [
        ((17, 9), (39, 32), [0.506, 0.187, 1.373]),  # Table 2, mid-course complete response
        ((36, 23), (50, 36), [0.688, 0.275, 1.724]),  # Table 2, pathological complete response (printed 0.28-1.74)
        ((8, 15), (19, 34), [1.086, 0.349, 3.376]),  # I-SPY2, pembrolizumab arm (3.377 with 1.96 for the quantile)
    ],
)
def test_odds_ratios_from_counts(from_counts, events, totals, expected):
    result = response_odds(from_counts(events, totals), "response", "her2_group", reference="HER2-0", cohort="trial")
    row = result.table.iloc[0]
    assert row[["estimate", "conf_low", "conf_high"]].astype(float).round(3).tolist() == expected
    assert (row["n"], row["n_events"]) == (sum(totals), sum(events))
    assert (row["n_events_reference"], row["n_reference"]) == (events[0], totals[0])
    assert (row["n_events_comparison"], row["n_comparison"]) == (events[1], totals[1])
    assert row["term"] == "her2_group[HER2-low]"
    assert row["stratum"] == "all"


def test_the_odds_ratio_is_the_cross_product(from_counts):
    rng = np.random.default_rng(0)
    for _ in range(50):
        a, b, c, d = (int(count) for count in rng.integers(1, 40, 4))
        row = response_odds(
            from_counts((a, c), (a + b, c + d)), "response", "her2_group", reference="HER2-0"
        ).table.iloc[0]
        assert row["estimate"] == pytest.approx(c * b / (a * d), rel=1e-12)
        assert row["std_error"] == pytest.approx(np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), rel=1e-12)


def test_the_other_reference_inverts(from_counts):
    data = from_counts((17, 9), (39, 32))
    one = response_odds(data, "response", "her2_group", reference="HER2-0").table.iloc[0]
    other = response_odds(data, "response", "her2_group", reference="HER2-low").table.iloc[0]
    assert other["term"] == "her2_group[HER2-0]"
    assert other["estimate"] == pytest.approx(1 / one["estimate"], rel=1e-12)
    assert other["conf_low"] == pytest.approx(1 / one["conf_high"], rel=1e-12)
    assert other["p_value"] == pytest.approx(one["p_value"], rel=1e-11)


def test_every_level_stands_against_the_reference_as_in_one_model(tumours):
    table = response_odds(tumours, "cd8_high", "her2_ihc", reference="1+", ci="profile").table
    tumours["her2_ihc"] = pd.Categorical(tumours["her2_ihc"], categories=["1+", "0", "2+"])
    tumours["zero"] = (tumours["her2_ihc"] == "0") * 1.0
    model = fit_logistic(tumours, "cd8_high", "zero", covariates=["her2_ihc"], per_sd=False).table
    assert model["flag"].str.startswith("rank deficient").all()  # the level twice: one model has to do
    model = fit_logistic(
        tumours.assign(two=(tumours["her2_ihc"] == "2+") * 1.0),
        "cd8_high",
        "zero",
        covariates="two",
        per_sd=False,
        ci="profile",
    ).table
    columns = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "n"]
    np.testing.assert_allclose(table[columns].to_numpy(float), model[columns].to_numpy(float), rtol=1e-8)


@pytest.mark.parametrize(
    ("response", "group", "code"),
    [
        ([0, 0, 0, 1, 0, 1], ["r", "r", "r", "c", "c", "c"], "separation"),
        ([1, 1, 1, 1, 1, 1], ["r", "r", "r", "c", "c", "c"], "constant outcome"),
        ([1, 0, 1, np.nan, np.nan, np.nan], ["r", "r", "r", "c", "c", "c"], "empty level"),
        ([np.nan, np.nan, np.nan, 0, 0, 1], ["r", "r", "r", "c", "c", "c"], "empty level"),
        ([np.nan] * 6, ["r", "r", "r", "c", "c", "c"], "missing variable"),
    ],
)
def test_what_cannot_be_given_keeps_its_row_and_its_counts(response, group, code):
    data = pd.DataFrame({"response": np.array(response, dtype=float), "group": group})
    row = response_odds(data, "response", "group", reference="r").table.iloc[0]
    assert row["flag"].split(":")[0] == code
    assert np.isnan(row["estimate"])
    complete = data.dropna()
    assert row["n_reference"] == (complete["group"] == "r").sum()
    assert row["n_events_comparison"] == complete.loc[complete["group"] == "c", "response"].sum()


def test_patients_without_response_or_group_are_counted(from_counts):
    data = from_counts((17, 9), (39, 32))
    data.loc[[0, 50], "response"] = np.nan
    data.loc[[1], "her2_group"] = None
    row = response_odds(data, "response", "her2_group", reference="HER2-0").table.iloc[0]
    assert (row["n"], row["n_missing"]) == (68, 3)


def test_the_reference_has_to_be_a_level(from_counts):
    with pytest.raises(DataError, match="has no level 'HER2 0' -> levels are HER2-0, HER2-low"):
        response_odds(from_counts((17, 9), (39, 32)), "response", "her2_group", reference="HER2 0")
