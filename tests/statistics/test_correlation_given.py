"""Correlation among samples that are alike in a factor and in covariates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata, spearmanr

from her2stats.errors import DataError
from her2stats.statistics import correlate


def tumours(seed: int = 1, n: int = 80) -> pd.DataFrame:
    """Score and cells differ between the groups and go with nothing within them."""
    rng = np.random.default_rng(seed)
    hr = np.where(np.arange(n) < n // 3, "negative", "positive")
    data = pd.DataFrame({"hr": hr, "age": rng.normal(55, 10, n).round()})
    data["score"] = rng.normal(size=n) + 2 * (data["hr"] == "positive")
    data["cells"] = rng.normal(size=n) - 2 * (data["hr"] == "positive")
    data["present"] = (data["cells"] > data["cells"].median()) * 1.0
    return data


def only(data: pd.DataFrame, outcome: str = "cells", **options) -> pd.Series:
    return correlate(data, "score", outcome, **options).table.iloc[0]


def test_what_differs_between_the_groups_only_is_no_association() -> None:
    assert only(tumours())["p_value"] < 1e-4
    assert only(tumours(), within="hr")["p_value"] > 0.05
    assert only(tumours(), covariates="hr")["p_value"] > 0.05


@pytest.mark.parametrize("outcome", ["cells", "present"])
def test_van_elteren_by_hand(outcome: str) -> None:
    data = tumours()
    sums, variance = np.zeros(3), 0.0
    for _, own in data.groupby("hr"):
        u = rankdata(own["score"]) / (len(own) + 1)
        v = own["present"].to_numpy() if outcome == "present" else rankdata(own["cells"]) / (len(own) + 1)
        u, v = u - u.mean(), v - v.mean()
        sums += u @ u, v @ v, u @ v
        variance += (u @ u) * (v @ v) / (len(own) - 1)
    row = only(data, outcome, within="hr")
    rho, z = sums[2] / np.sqrt(sums[0] * sums[1]), sums[2] / np.sqrt(variance)
    half = norm.ppf(0.975) * np.sqrt((1 + rho**2 / 2) / (len(data) - 3 - 1))
    expected = [rho, np.tanh(np.arctanh(rho) - half), np.tanh(np.arctanh(rho) + half), z, 2 * norm.sf(abs(z))]
    found = row[["estimate", "conf_low", "conf_high", "statistic", "p_value"]].astype(float)
    assert found.tolist() == pytest.approx(expected, rel=1e-12)
    assert np.isnan(row["df"])
    assert (row["given"], row["n"], row["stratum"]) == ("hr", len(data), "all")
    assert row["method"] == "Spearman given hr, van Elteren; 95% CI Bonett-Wright"


def test_residual_ranks_by_least_squares() -> None:
    data = tumours()
    design = np.column_stack([np.ones(80), data["hr"] == "positive", rankdata(data["age"])])
    x, y = (rankdata(data[name]) for name in ("score", "cells"))
    x, y = (values - design @ np.linalg.lstsq(design, values)[0] for values in (x, y))
    rho = np.corrcoef(x, y)[0, 1]
    row = only(data, within="hr", covariates="age")
    assert row["estimate"] == pytest.approx(rho, rel=1e-9)
    assert row["df"] == 80 - 2 - 2
    assert row["statistic"] == pytest.approx(rho * np.sqrt(76 / (1 - rho**2)), rel=1e-9)
    assert row["given"] == "hr, age"
    assert row["method"] == "Spearman given hr, age, t of the residual ranks; 95% CI Bonett-Wright"


def test_one_level_is_the_plain_correlation() -> None:
    data = tumours().assign(hr="positive")
    assert only(data, within="hr")["estimate"] == pytest.approx(spearmanr(data["score"], data["cells"])[0], rel=1e-12)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), shift=st.floats(-50, 50), outcome=st.sampled_from(["cells", "present"]))
def test_no_order_of_rows_name_of_level_or_shift_of_a_stratum_changes_it(seed: int, shift: float, outcome: str) -> None:
    data = tumours(seed)
    other = data.sample(frac=1, random_state=seed).assign(hr=lambda d: d["hr"].map({"negative": "b", "positive": "a"}))
    other["score"] = np.exp(other["score"]) + shift * (other["hr"] == "a")
    numbers = ["estimate", "conf_low", "conf_high", "statistic", "p_value"]
    before, after = only(data, outcome, within="hr")[numbers], only(other, outcome, within="hr")[numbers]
    assert after.astype(float).tolist() == pytest.approx(before.astype(float).tolist(), rel=1e-9)


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        ({"cells": 1.0}, {"within": "hr"}, "constant outcome"),
        ({"score": 1.0}, {"within": "hr"}, "constant exposure"),
        ({"cells": lambda d: (d["hr"] == "positive") * 1.0}, {"within": "hr"}, "constant outcome"),
        ({"score": lambda d: d["age"]}, {"covariates": "age"}, "constant exposure"),
        ({"cells": lambda d: d["score"]}, {"within": "hr"}, "perfect correlation"),
        ({"age": np.nan}, {"within": "hr", "covariates": "age"}, "missing variable"),
    ],
)
def test_what_cannot_be_given_is_flagged(change, options, code: str) -> None:
    row = only(tumours().assign(**change), **options)
    assert row["flag"].startswith(code)
    assert np.isnan(row["p_value"])


@pytest.mark.parametrize(("n", "enough"), [(4, False), (5, True)])
def test_parameters_count_against_the_pairs(n: int, enough: bool) -> None:
    data = tumours(n=80).groupby("hr").head(n - 2).head(n).reset_index(drop=True)
    data["hr"] = ["a", "b"] * (n // 2) + ["a"] * (n % 2)
    assert (only(data, within="hr")["flag"] == "") == enough


def test_a_tumour_alone_in_its_stratum_adds_nothing() -> None:
    data = tumours()
    alone = pd.concat([data, data.head(1).assign(hr="unknown", score=99.0)], ignore_index=True)
    assert only(alone, within="hr")["estimate"] == only(data, within="hr")["estimate"]
    assert only(alone, within="hr")["n"] == 81


@pytest.mark.parametrize(
    "options",
    [{"within": "hr", "by": "hr"}, {"within": "score"}, {"within": "hr", "ci": "bootstrap"}, {"covariates": "no"}],
)
def test_what_has_no_meaning_is_refused(options) -> None:
    with pytest.raises(DataError):
        only(tumours(), **options)
