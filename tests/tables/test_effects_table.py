"""Result rows as text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import correlate, fit_logistic
from her2stats.tables import table_effects
from her2stats.tables.effects import interval_name, measure_of


@pytest.fixture
def data() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    score = rng.normal(size=120)
    high = (score + rng.normal(size=120) < 0).astype(float)
    return pd.DataFrame({"score": score, "high": high, "cd8": rng.normal(size=120) - score, "flat": 1.0})


def test_every_row_of_every_result_is_printed(data: pd.DataFrame) -> None:
    results = [correlate(data, "score", "cd8", cohort="a"), fit_logistic(data, ["high", "flat"], "score", cohort="a")]
    table = table_effects(results)
    assert len(table) == 3
    assert " to " in table.loc[0, "effect"]
    assert "–" in table.loc[1, "effect"]
    assert table.loc[2, "effect"] == "constant outcome"
    assert table.loc[2, "p"] == ""
    assert table.loc[2, "note"].startswith("constant outcome: ")
    assert table["n"].tolist() == ["120", "120", "120"]


def test_a_flagged_number_carries_a_dagger() -> None:
    row = {"estimate": 2.0, "conf_low": 1.0, "conf_high": 4.0, "method": "logistic", "flag": "rank deficient: 1 of 2"}
    assert table_effects(pd.DataFrame([row])).loc[0, "effect"] == "2.00 (1.00–4.00)†"


@pytest.mark.parametrize(
    ("method", "measure"),
    [
        ("Spearman, t approximation; 95% CI Bonett-Wright", "rho"),
        ("logistic, odds ratio per SD of the exposure (cohort, n-1); 95% CI Wald", "odds_ratio"),
        ("Wilcoxon, exact; 95% CI Hodges-Lehmann, exact", "shift"),
        ("lm, marginal slope of the score, equal weights; 95% CI t", "slope"),
    ],
)
def test_the_method_says_what_the_estimate_is(method: str, measure: str) -> None:
    assert measure_of(method) == measure


def test_the_interval_is_named_by_its_level() -> None:
    assert interval_name(["a; 90% CI Wald", "b; 90% CI Wald"]) == "90% CI"
    assert interval_name(["a; 90% CI Wald", "b; 95% CI Wald"]) == "CI"


@pytest.mark.parametrize("wrong", ["text", 3, [1, 2]])
def test_other_things_are_refused(wrong: object) -> None:
    with pytest.raises(DataError, match="not a Result"):
        table_effects(wrong)


def test_no_rows_give_an_empty_table() -> None:
    assert len(table_effects([])) == 0
