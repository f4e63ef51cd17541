"""Result rows as text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import correlate, fit_ancova, fit_interaction, fit_logistic
from her2stats.tables import table_effects
from her2stats.tables.effects import interval_heading


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
    row = {
        "outcome": "x",
        "estimate": 2.0,
        "conf_low": 1.0,
        "conf_high": 4.0,
        "measure": "odds_ratio",
        "flag": "rank deficient: 1 of 2",
    }
    assert table_effects(pd.DataFrame([row])).loc[0, "effect"] == "2.00 (1.00–4.00)†"


@pytest.mark.parametrize("name", ["spearman_index", "odds_of_relapse", "Wilcoxon", "chi-squared: linear slope"])
def test_a_covariate_changes_no_digit_whatever_its_name(data: pd.DataFrame, name: str) -> None:
    data = data.assign(plain=data["cd8"] ** 2, hr=["negative", "positive"] * 60)
    renamed = data.rename(columns={"plain": name})
    for made, other in (
        (
            fit_logistic(data, "high", "score", covariates="plain"),
            fit_logistic(renamed, "high", "score", covariates=name),
        ),
        (
            fit_ancova(data, "cd8", "score", factors=["hr"], covariates=["plain"]).slopes,
            fit_ancova(renamed, "cd8", "score", factors=["hr"], covariates=[name]).slopes,
        ),
    ):
        table = table_effects(made)
        assert table_effects(other).replace({"term": {name: "plain"}}).equals(table)
        assert table["effect"].str.contains("–" if made.table["measure"].eq("odds_ratio").all() else " to ").all()


def test_a_product_is_named_by_its_parts_and_a_second_test_keeps_its_name(data: pd.DataFrame) -> None:
    name = "HER2: 20 [genes]"
    data = data.rename(columns={"score": name}).assign(hr=["negative", "positive"] * 60)
    terms = table_effects(fit_interaction(data, "high", name, "hr"))["term"].tolist()
    product = f"{name} × HR-positive"
    assert terms == [name, name, "HR-positive", product, f"{product} (likelihood ratio)"]


def test_the_interval_is_named_by_its_level() -> None:
    assert interval_heading(pd.DataFrame({"conf_level": [0.9, 0.9, None]})) == "90% CI"
    assert interval_heading(pd.DataFrame({"conf_level": [0.9, 0.95]})) == "CI"


@pytest.mark.parametrize("wrong", ["text", 3, [1, 2]])
def test_other_things_are_refused(wrong: object) -> None:
    with pytest.raises(DataError, match="not a Result"):
        table_effects(wrong)


def test_no_rows_give_an_empty_table() -> None:
    assert len(table_effects([])) == 0
