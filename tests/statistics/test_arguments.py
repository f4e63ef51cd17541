"""Arguments that have no meaning are told in words, by every verb."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from her2stats.errors import DataError
from her2stats.statistics import compare_groups, correlate, fit_ancova, fit_logistic

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
