"""Rows of results are chosen by what they are, never by how their terms are spelled."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import (
    Result,
    compare_groups,
    correlate,
    fit_ancova,
    fit_clinical,
    fit_interaction,
    fit_logistic,
    pool,
    response_odds,
)
from her2stats.statistics.rows import ROLES, as_list, exposure_rows, interaction_rows, is_second_test, result_rows
from her2stats.statistics.terms import PARTS, term_columns
from her2stats.vocabulary.measures import MEASURES

STRANGE = "HER2: 20 genes [log2] (Fisher exact)"


@pytest.fixture
def answers(tumours: pd.DataFrame) -> dict[str, Result]:
    """One result of every verb, of an exposure whose name looks like a product, a level and a second test."""
    tumours = tumours.rename(columns={"her2": STRANGE})
    tumours["rare"] = (tumours.reset_index().index < 6) * 1.0
    ancova = fit_ancova(tumours, "plasma", STRANGE, factors="hr", covariates=["age", "her2_ihc"], points=3)
    return {
        "correlate": correlate(tumours, STRANGE, "cd8"),
        "compare_groups": compare_groups(tumours, [STRANGE, "rare"], group="hr"),
        "fit_logistic": fit_logistic(tumours, "cd8_high", STRANGE, covariates=["age", "her2_ihc"]),
        "fit_interaction": fit_interaction(tumours, "cd8_high", STRANGE, "hr"),
        "fit_clinical": fit_clinical(tumours, "cd8_high", [STRANGE, "age"], moderator="hr"),
        "tests": ancova.tests,
        "slopes": ancova.slopes,
        "curve": ancova.curve,
        "response_odds": response_odds(tumours, "cd8_high", "her2_ihc", reference="0"),
    }


def test_every_row_says_what_its_term_and_its_estimate_are(answers: dict[str, Result]) -> None:
    told = {
        name: list(zip(*(result.table[c] for c in ("role", "measure")), strict=True))
        for name, result in answers.items()
    }
    assert told["correlate"] == [("exposure", "rho")]
    assert told["compare_groups"] == [("group", "shift"), ("group", "risk_difference"), ("group", "second_test")]
    assert told["fit_logistic"] == [("exposure", "odds_ratio"), *[("covariate", "odds_ratio")] * 3]
    model = [*[("exposure", "odds_ratio")] * 2, ("moderator", "odds_ratio"), ("interaction", "odds_ratio")]
    assert told["fit_interaction"] == [*model, ("interaction", "second_test")]
    assert told["fit_clinical"] == 2 * told["fit_interaction"]
    assert told["tests"] == [(role, "test") for role in ("factor", "exposure", "covariate", "covariate", "interaction")]
    assert set(told["slopes"]) == {("exposure", "slope")}
    assert set(told["curve"]) == {("exposure", "mean")}
    assert set(told["response_odds"]) == {("group", "odds_ratio")}
    for rows in told.values():
        assert {role for role, _ in rows} <= set(ROLES)
        assert {measure for _, measure in rows} <= set(MEASURES)


def test_a_level_stands_where_the_kind_of_row_has_an_interval(answers: dict[str, Result]) -> None:
    for result in answers.values():
        test_alone = result.table["measure"].isin(["test", "second_test"])
        assert result.table["conf_level"].isna().tolist() == test_alone.tolist()
        assert result.table.loc[~test_alone, "conf_level"].eq(0.95).all()


def test_what_an_odds_ratio_is_per_and_how_margins_are_weighted_is_said(answers: dict[str, Result]) -> None:
    told = {name: set(answers[name].table["per"]) for name in ("fit_logistic", "fit_interaction", "fit_clinical")}
    assert told == {"fit_logistic": {"sd"}, "fit_interaction": {"sd"}, "fit_clinical": {"unit"}}
    assert {*answers["slopes"].table["weights"], *answers["curve"].table["weights"]} == {"equal"}


def test_a_term_is_taken_apart(answers: dict[str, Result]) -> None:
    parts = answers["fit_interaction"].table[["term", *PARTS]].values.tolist()
    assert parts[0] == [STRANGE, STRANGE, "", "", ""]
    assert parts[2] == ["hr[positive]", "hr", "positive", "", ""]
    assert parts[3] == [f"{STRANGE}:hr[positive]", STRANGE, "", "hr", "positive"]
    assert parts[4][1:] == parts[3][1:]
    logistic = answers["fit_logistic"].table[list(PARTS[:2])].values.tolist()
    assert logistic == [[STRANGE, ""], ["age", ""], ["her2_ihc", "1+"], ["her2_ihc", "2+"]]
    assert answers["tests"].table.iloc[-1][list(PARTS)].tolist() == ["hr", "", STRANGE, ""]
    odds = answers["response_odds"].table[["group", "reference", "comparison", "variable", "level"]].values.tolist()
    assert odds == [["her2_ihc", "0", level, "her2_ihc", level] for level in ("1+", "2+")]
    assert answers["compare_groups"].table["group"].tolist() == ["hr"] * 3


def test_what_comes_third_in_a_product_stands_with_the_second() -> None:
    found = term_columns(("hr", ""), ("age", ""), ("her2_ihc", "1+"))
    assert found == {
        "term": "hr:age:her2_ihc[1+]",
        "variable": "hr",
        "level": "",
        "variable_2": "age:her2_ihc",
        "level_2": "1+",
    }


def test_rows_are_chosen_by_what_they_are(answers: dict[str, Result]) -> None:
    table = answers["fit_clinical"].table
    assert exposure_rows(table)["term"].tolist() == [STRANGE, STRANGE, "age", "age"]
    assert exposure_rows(table, "age")["term"].tolist() == ["age", "age"]
    assert interaction_rows(table)["exposure"].tolist() == [STRANGE, "age"]
    assert interaction_rows(table, STRANGE)["term"].tolist() == [f"{STRANGE}:hr[positive]"]
    assert is_second_test(table).sum() == 2
    assert interaction_rows(answers["tests"].table).empty
    assert not is_second_test(answers["correlate"].table).any()


def test_interactions_are_found_among_pooled_rows_too(answers: dict[str, Result]) -> None:
    table = answers["fit_interaction"].table
    pooled = pool([table.assign(cohort=name) for name in "ab"]).table
    assert interaction_rows(pooled, STRANGE)["k"].tolist() == [2]
    both = result_rows([pooled, table])
    assert interaction_rows(both, STRANGE)["cohort"].tolist() == ["pooled", ""]
    assert interaction_rows(both, "hr").empty


def test_results_frames_and_several_of_them_are_stacked(answers: dict[str, Result]) -> None:
    one, other = answers["correlate"], answers["slopes"]
    pd.testing.assert_frame_equal(result_rows(one), one.table)
    assert len(result_rows(result for result in (one, other.table))) == len(one.table) + len(other.table)
    assert result_rows([]).empty
    assert as_list(None) == []


@pytest.mark.parametrize("given", ["odds_ratios", 3, [3], None])
def test_what_is_no_result_is_told(given: Any) -> None:
    with pytest.raises(DataError, match="is not a Result"):
        result_rows(given)


def test_a_frame_has_to_say_what_its_estimates_are() -> None:
    with pytest.raises(DataError, match="add the column measure: rho, odds_ratio, shift"):
        result_rows(pd.DataFrame({"outcome": ["a", "b"], "estimate": [1.0, None]}))
    with pytest.raises(DataError, match="did you mean 'odds_ratio'"):
        result_rows(pd.DataFrame({"outcome": ["a"], "estimate": [1.0], "measure": ["odds ratio"]}))
    with pytest.raises(DataError, match="no column 'outcome' among cell"):
        result_rows(pd.DataFrame({"cell": ["a"]}))
    assert result_rows(pd.DataFrame({"outcome": ["a"], "flag": ["separation"]}))["measure"].tolist() == [""]
