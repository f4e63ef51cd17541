"""Arguments that have no meaning are told in words, by every verb."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import (
    compare_groups,
    correlate,
    fit_ancova,
    fit_clinical,
    fit_interaction,
    fit_logistic,
    fit_ordinal,
)

VERBS = [
    partial(correlate, x="her2", y="cd8"),
    partial(compare_groups, y="cd8", group="hr"),
    partial(fit_logistic, outcome="high", exposure="her2"),
]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.func.__name__)
@pytest.mark.parametrize("by", [["hr", "grade"], ["hr"], 3])
def test_strata_are_those_of_one_column(verb: Callable[..., Any], by: object, tumours: Any) -> None:
    with pytest.raises(DataError, match=r"is not (the|a) name of (one|a) column"):
        verb(tumours, by=by)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.func.__name__)
@pytest.mark.parametrize("level", [95, "a", None, float("nan")])
def test_a_level_is_between_0_and_1(verb: Callable[..., Any], level: object, tumours: Any) -> None:
    with pytest.raises(DataError, match="is not between 0 and 1"):
        verb(tumours, conf_level=level)


@pytest.mark.parametrize("points", ["a", 2.5, 1, None])
def test_a_curve_has_a_whole_number_of_places(points: object, tumours: Any) -> None:
    with pytest.raises(DataError, match="not a whole number of 2 or more"):
        fit_ancova(tumours, "plasma", "her2", points=points)


def test_the_name_of_a_column_that_divides_samples_ends_at_the_equals_sign() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"dose=": ["a", "b"] * 20, "x": rng.normal(size=40), "high": [0.0, 1, 1, 0] * 10})
    told = "column 'dose=' divides samples into strata, and '=' ends a column's name there"
    asked = [
        lambda: correlate(frame, "x", "high", by="dose="),
        lambda: fit_logistic(frame, "high", "x", by="dose="),
        lambda: fit_interaction(frame, "high", "x", "dose="),
        lambda: fit_clinical(frame, "high", "x", moderator="dose="),
        lambda: fit_ordinal(frame, "x", "high", moderator="dose="),
        lambda: fit_ancova(frame, "x", "high", factors=["dose="]),
    ]
    for ask in asked:
        with pytest.raises(DataError) as refused:
            ask()
        assert str(refused.value) == f"{told} -> rename the column, without '='"
    # where no stratum is named after it, any name will do
    assert compare_groups(frame, "x", group="dose=").table["term"].tolist() == ["dose="]
    assert len(fit_logistic(frame, "high", "x", covariates="dose=").table) == 2


def test_a_level_that_leaves_no_interval_and_a_name_that_is_no_text_are_told():
    frame = pd.DataFrame({5: [1.0, 2, 3, 4, 5], "y": [2.0, 1, 4, 3, 5]})
    for level in (1e-300, 1 - 1e-16):
        with pytest.raises(DataError, match="too near to 0 or 1"):
            correlate(frame, "y", "y", conf_level=level)
    with pytest.raises(DataError, match="names 5, which is no text"):
        correlate(frame, 5, "y")
