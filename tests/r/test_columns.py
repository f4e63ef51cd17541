"""R says of every row what Python says: the same columns, the same words in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.r_engine.engines import Engine
from her2stats.r_engine.two_answers import AGREE, DESCRIPTIVE, DISAGREE, NOT_FITTED, compare_answers
from her2stats.statistics import pool
from her2stats.statistics.result import COLUMNS
from tests.r_engine.results import all_results

pytestmark = pytest.mark.r
RESULTS = all_results()
LOGISTIC = RESULTS["toy.odds_ratios"].table
RESULTS["pooled"] = pool([LOGISTIC.assign(cohort=name) for name in "ab"])
WORDS = ("cohort", "stratum", "outcome", "term", *DESCRIPTIVE, "exposure", "reference", "comparison")


@pytest.mark.parametrize("name", RESULTS)
def test_both_have_the_same_columns_and_words(name: str, engine: Engine) -> None:
    result = RESULTS[name]
    r = engine.ask(result, 60)
    assert isinstance(r, pd.DataFrame), r
    assert tuple(r.columns[: len(COLUMNS)]) == COLUMNS
    assert set(r.columns) - {"note"} == set(result.table.columns) - set(NOT_FITTED)
    for column in [word for word in WORDS if word in r]:
        if column == "conf_level":
            np.testing.assert_array_equal(r[column].astype("float64"), result.table[column])
        else:
            assert r[column].fillna("").tolist() == result.table[column].tolist(), column


@pytest.mark.parametrize(
    ("name", "column", "other"),
    [
        *(("toy.interaction", column, "another") for column in ("role", "measure", "variable", "level_2")),
        ("toy.interaction", "conf_level", 0.9),
        ("toy.group_comparison", "group", "another"),
        ("pooled", "role", "another"),
    ],
)
def test_a_row_that_is_called_something_else_is_a_disagreement(
    name: str, column: str, other: object, engine: Engine
) -> None:
    result = RESULTS[name]
    r = engine.ask(result, 60)
    found = compare_answers(result.with_table(result.table.assign(**{column: other})), r, name)
    assert set(found.loc[found["verdict"] == DISAGREE, "quantity"]) == {column}
    assert set(compare_answers(result, r, name)["verdict"]) == {AGREE}


def test_what_a_row_is_has_no_line_of_its_own_where_both_agree(engine: Engine) -> None:
    result = RESULTS["toy.interaction"]
    assert not set(compare_answers(result, engine.ask(result, 60), "m")["quantity"]) & set(DESCRIPTIVE)
