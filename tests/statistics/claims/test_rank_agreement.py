"""Ranks of two measurements of the same tumours: differences, limits of agreement, and what cannot be compared."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2stats.errors import DataError
from her2stats.statistics import agree_ranks

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "rank_sd", "loa_low", "loa_high"]


@pytest.fixture(scope="module")
def tumours() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    stil = rng.gamma(1.5, 15, 120).round(-1).clip(0, 90)  # counted in tens: many ties
    hr = rng.choice(["negative", "positive"], 120)
    frame = pd.DataFrame({"stil": stil, "hr": hr, "TIL": stil / 20 + rng.normal(size=120) + (hr == "negative")})
    frame.loc[:4, "TIL"] = np.nan
    frame.loc[3:6, "hr"] = np.nan
    return frame


def test_the_numbers_are_those_of_the_differences(tumours: pd.DataFrame) -> None:
    both = tumours.dropna(subset=["stil", "TIL"])
    apart = 100 * (stats.rankdata(both["TIL"]) - stats.rankdata(both["stil"])) / len(both)
    row = agree_ranks(tumours, "stil", "TIL").table.iloc[0]
    assert (row["n"], row["n_missing"], row["estimate"], row["flag"]) == (115, 5, 0.0, "")
    sd = apart.std(ddof=1)
    found = [row["rank_sd"], row["loa_low"], row["loa_high"], row["loa_error"], row["share_near"]]
    z = stats.norm.ppf(0.975)
    error = sd * math.sqrt(1 / 115 + z**2 / (2 * 114))
    assert found == pytest.approx([sd, -z * sd, z * sd, error, np.mean(np.abs(apart) <= 25)], rel=1e-12)
    assert row[["std_error", "conf_low", "statistic", "p_value"]].isna().all()  # of everybody it is 0 by definition
    for level, part in pd.Series(apart, index=both.index).groupby(both["hr"]):
        row = agree_ranks(tumours, "stil", "TIL", by="hr", conf_level=0.9).table.set_index("stratum").loc[f"hr={level}"]
        test = stats.ttest_1samp(part, 0)
        assert [row["estimate"], row["p_value"]] == pytest.approx([part.mean(), test.pvalue], rel=1e-10)
        assert [row["conf_low"], row["conf_high"]] == pytest.approx([*test.confidence_interval(0.9)], rel=1e-10)


def test_only_the_order_counts_and_without_ties_the_limits_follow_from_rho(tumours: pd.DataFrame) -> None:
    frame = tumours.dropna().assign(stil=lambda one: one["stil"] + np.arange(len(one)) / 1e3)
    table = agree_ranks(frame, "stil", "TIL").table
    turned = agree_ranks(frame.assign(stil=np.exp(frame["stil"] / 30), TIL=frame["TIL"] ** 3), "stil", "TIL").table
    assert turned[NUMBERS].equals(table[NUMBERS])
    n, rho = len(frame), stats.spearmanr(frame["stil"], frame["TIL"]).statistic
    variance = (100 / n) ** 2 * n * (n + 1) / 12
    assert table.loc[0, "rank_sd"] == pytest.approx(math.sqrt(2 * variance * (1 - rho)), rel=1e-10)
    same = agree_ranks(frame, "stil", "TIL", by="hr").table
    shuffled = agree_ranks(frame.sample(frac=1, random_state=3), "stil", "TIL", by="hr").table
    assert shuffled.equals(same)


def test_a_quarter_is_near() -> None:
    frame = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [2.0, 1, 3, 4]})
    assert (
        agree_ranks(frame, "x", "y").table.loc[0, "share_near"] == 1.0
    )  # two ranks of four apart by 25 points exactly
    assert agree_ranks(frame.assign(y=[3.0, 2, 1, 4]), "x", "y").table.loc[0, "share_near"] == 0.5


def test_equal_ranks_have_limits_and_no_test() -> None:
    frame = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "hr": ["a"] * 5})
    row = agree_ranks(frame.assign(y=frame["x"] ** 2), "x", "y", by="hr").table.iloc[0]
    assert [row["estimate"], row["loa_low"], row["loa_high"]] == [0, 0, 0]
    assert row[["std_error", "p_value"]].isna().all()


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({"TIL": 1.0}, "constant outcome: 'TIL' is 1 throughout"),
        ({"stil": 3.0}, "constant exposure: 'stil' is 3 throughout"),
        ({"stil": np.nan}, "missing variable: 'stil' has no value"),
    ],
)
def test_what_cannot_be_compared_says_why(tumours: pd.DataFrame, changed: dict[str, float], flag: str) -> None:
    row = agree_ranks(tumours.assign(**changed), "stil", "TIL").table.iloc[0]
    assert row["flag"] == flag
    assert row[NUMBERS].isna().all()
    few = agree_ranks(tumours.iloc[5:8], "stil", "TIL").table.iloc[0]
    assert few["flag"] == "too few observations: 3 pairs, 4 are needed"


def test_a_variable_stands_once(tumours: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="names 'hr' twice"):
        agree_ranks(tumours, "hr", "TIL", by="hr")
