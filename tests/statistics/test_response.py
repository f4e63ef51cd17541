"""Response by group: the paper's Table 2 and I-SPY2 from their counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

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


def margins_of_ispy2() -> pd.DataFrame:
    """All arms of I-SPY2 whose group is known, from their counts: HR, group, pCR yes and no."""
    cells = [("negative", "HER2-0", 46, 83), ("negative", "HER2-low", 63, 94), ("positive", "HER2-0", 11, 77)]
    cells.append(("positive", "HER2-low", 35, 176))
    rows = [
        {"hr": hr, "her2_group": group, "pcr": event}
        for hr, group, yes, no in cells
        for event, count in ((1, yes), (0, no))
        for _ in range(count)
    ]
    return pd.DataFrame(rows)


def test_adjusting_for_the_receptor_changes_what_the_crude_ratio_says():
    data = margins_of_ispy2()
    crude = response_odds(data, "pcr", "her2_group", reference="HER2-0").table.iloc[0]
    given = response_odds(data, "pcr", "her2_group", reference="HER2-0", covariates="hr").table.iloc[0]
    strata = response_odds(data, "pcr", "her2_group", reference="HER2-0", by="hr").table
    limits = ["estimate", "conf_low", "conf_high"]
    assert crude[limits].astype(float).round(3).tolist() == [1.019, 0.696, 1.491]
    assert given[limits].astype(float).round(3).tolist() == [1.263, 0.847, 1.883]
    assert strata["estimate"].round(3).tolist() == [1.209, 1.392]
    assert strata["stratum"].tolist() == ["hr=negative", "hr=positive"]
    assert strata["n"].sum() == crude["n"] == given["n"] == 585
    assert given["risk_difference"] == crude["risk_difference"]  # never adjusted
    assert given["method"].startswith("logistic, odds ratio against HER2-0, adjusted for hr; ")


def test_a_level_in_which_all_respond_takes_nothing_from_the_others():
    data = pd.DataFrame({"group": ["a"] * 20 + ["b"] * 20 + ["c"] * 5, "y": [1, 0] * 20 + [1] * 5})
    data["age"] = np.arange(45) % 7
    table = response_odds(data, "y", "group", reference="a", covariates="age").table.set_index("comparison")
    without = response_odds(data[data["group"] != "c"], "y", "group", reference="a", covariates="age").table.iloc[0]
    assert table.loc["c", "flag"].startswith("separation")
    assert table.loc["b", "estimate"] == pytest.approx(without["estimate"], rel=1e-9)


def test_a_covariate_that_divides_events_from_the_rest_is_told():
    data = pd.DataFrame({"group": ["a", "b"] * 20, "y": [0] * 20 + [1] * 20})
    data["dose"] = data["y"] * 2.0
    row = response_odds(data, "y", "group", reference="a", covariates="dose").table.iloc[0]
    assert row["flag"].startswith("separation")
    assert np.isnan(row["estimate"])
    assert row["risk_difference"] == 0


@pytest.mark.parametrize("events", [(17, 9), (0, 3), (39, 1), (0, 0), (39, 32)])
def test_the_difference_of_shares_is_newcombes(from_counts, events):
    row = response_odds(from_counts(events, (39, 32)), "response", "her2_group", reference="HER2-0").table.iloc[0]
    limits = confint_proportions_2indep(events[1], 32, events[0], 39, method="newcomb", compare="diff")
    assert row["risk_difference"] == pytest.approx(events[1] / 32 - events[0] / 39, abs=1e-15)
    assert [row["rd_low"], row["rd_high"]] == pytest.approx(limits, abs=1e-12)


def test_mid_p_lies_between_the_exact_test_and_half_of_its_first_term(from_counts):
    row = response_odds(from_counts((8, 15), (19, 34)), "response", "her2_group", reference="HER2-0").table.iloc[0]
    one_sided = [fisher_exact([[8, 11], [15, 19]], alternative=side).pvalue for side in ("less", "greater")]
    own = sum(one_sided) - 1  # the chance of the observed table is in both tails
    assert row["p_mid"] == pytest.approx(2 * (min(one_sided) - own / 2), rel=1e-12)


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
