"""A spec of a result and its data give the result again; a spec that has no meaning cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, get_args

import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import answer, fit_ancova, fit_logistic, pool
from her2stats.statistics.answer import ANSWERS
from her2stats.statistics.specs import (
    AncovaSpec,
    ClinicalSpec,
    CorrelationCI,
    CorrelationSpec,
    GroupSpec,
    InteractionSpec,
    LogisticSpec,
    PoolingSpec,
    ResponseSpec,
    Spec,
)

SPECS: list[Spec] = [
    CorrelationSpec(cohort="a", x="her2", y=("cd8", "plasma"), by="hr", ci="sas", conf_level=0.9),
    GroupSpec(
        cohort="a", y=("cd8", "cd8_high"), kinds=("auto", "continuous"), group=("hr", "plasma_high"), by="her2_ihc"
    ),
    LogisticSpec(cohort="a", outcomes=("cd8_high",), exposure="her2", by="hr", covariates=("age",), sd="stratum"),
    InteractionSpec(cohort="a", outcomes=("cd8_high",), exposure="her2", moderator="hr", per_sd=False),
    ClinicalSpec(cohort="a", outcomes=("cd8_high",), exposures=("her2", "age"), moderator="hr"),
    AncovaSpec(cohort="a", outcomes=("cd8", "plasma"), score="her2", factors=("hr",), quantity="tests"),
    ResponseSpec(cohort="a", outcomes=("cd8_high",), group="her2_ihc", reference="1+", conf_level=0.8),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.verb)
def test_the_spec_and_the_data_of_a_result_give_it_again(spec: Spec, tumours: pd.DataFrame) -> None:
    once = answer(spec, tumours)
    again = answer(once.spec, once.data)
    pd.testing.assert_frame_equal(again.table, once.table, check_exact=True)
    assert again.spec == once.spec
    assert once.table["cohort"].eq("a").all()


def test_odds_ratios_are_pooled_again(tumours: pd.DataFrame) -> None:
    fits = [fit_logistic(tumours.iloc[part::2], "cd8_high", "her2", cohort=f"c{part}") for part in (0, 1)]
    once = pool(fits, model="fixed")
    assert once.spec == PoolingSpec(model="fixed")
    pd.testing.assert_frame_equal(answer(once.spec, once.data).table, once.table, check_exact=True)


def test_every_verb_has_an_answer() -> None:
    assert set(ANSWERS) == set(get_args(Spec))


def test_kinds_are_resolved_against_the_data(tumours: pd.DataFrame) -> None:
    spec = answer(SPECS[1], tumours).spec
    assert isinstance(spec, GroupSpec)
    assert spec.kinds == ("continuous", "continuous")
    auto = answer(replace(SPECS[1], kinds=("auto", "auto")), tumours).spec
    assert isinstance(auto, GroupSpec)
    assert auto.kinds == ("continuous", "binary")


def test_the_three_quantities_of_one_covariance_analysis_are_those_of_three_specs(tumours: pd.DataFrame) -> None:
    together = fit_ancova(tumours, "plasma", "her2", factors="hr", points=4)
    for result in (together.tests, together.slopes, together.curve):
        pd.testing.assert_frame_equal(answer(result.spec, tumours).table, result.table, check_exact=True)


@pytest.mark.parametrize("kind", get_args(Spec), ids=lambda kind: kind.verb)
def test_every_field_says_what_it_means(kind: type[Spec]) -> None:
    assert all(field.metadata.get("meaning") for field in fields(kind))


GROUPS = {"y": ("a", "b"), "kinds": ("auto", "auto"), "group": ("hr",)}
LOGISTIC = {"outcomes": ("a",), "exposure": "x"}
ANCOVA = {"outcomes": ("a",), "score": "s"}


@pytest.mark.parametrize(
    ("make", "fault", "said"),
    [
        (lambda **f: CorrelationSpec(**{"x": "a", "y": ("b",), **f}), {"ci": "fischer"}, "did you mean 'fisher'"),
        (lambda **f: CorrelationSpec(**{"x": "a", "y": ("b",), **f}), {"draws": 0}, "draws=0 is not positive"),
        (lambda **f: CorrelationSpec(**{"x": "a", "y": ("b",), **f}), {"y": ()}, "y names no variable"),
        (lambda **f: CorrelationSpec(**{"x": "a", "y": ("b",), **f}), {"conf_level": 1}, "not between 0 and 1"),
        (lambda **f: CorrelationSpec(**{"x": "a", "y": ("b",), **f}), {"conf_level": 0}, "not between 0 and 1"),
        (lambda **f: CorrelationSpec(**{"x": "a", "y": ("b",), **f}), {"by": None}, "not the name of one column"),
        (lambda **f: GroupSpec(**GROUPS | f), {"kinds": ("auto",)}, "1 kinds are given for 2 variables"),
        (lambda **f: GroupSpec(**GROUPS | f), {"kinds": ("auto", "ordinal")}, "kind='ordinal' is not a choice"),
        (lambda **f: GroupSpec(**GROUPS | f), {"group": ()}, "group names no variable"),
        (lambda **f: LogisticSpec(**LOGISTIC | f), {"covariates": ("x",)}, "names 'x' twice"),
        (lambda **f: LogisticSpec(**LOGISTIC | f), {"by": "hr", "covariates": ("hr",)}, "names 'hr' twice"),
        (lambda **f: ResponseSpec(outcomes=("a",), group="g", reference="r", **f), {"by": "g"}, "names 'g' twice"),
        (lambda **f: LogisticSpec(**LOGISTIC | f), {"penalty": "ridge"}, "penalty='ridge'"),
        (lambda **f: LogisticSpec(**LOGISTIC | f), {"sd": "all"}, "sd='all'"),
        (lambda **f: InteractionSpec(**LOGISTIC | {"moderator": "hr"} | f), {"moderator": "x"}, "names 'x' twice"),
        (lambda **f: AncovaSpec(**ANCOVA | f), {"points": 1}, "not a whole number of 2 or more"),
        (lambda **f: AncovaSpec(**ANCOVA | f), {"quantity": "means"}, "quantity='means'"),
        (lambda **f: AncovaSpec(**ANCOVA | f), {"extra_terms": ("hr:moon",)}, "uses 'moon'"),
        (lambda **f: AncovaSpec(**ANCOVA | f), {"extra_terms": ("hr:hr",)}, "not a product of different"),
        (lambda **f: ResponseSpec(outcomes=("a",), group="g", reference="r", **f), {"ci": "walt"}, "mean 'wald'"),
        (lambda **f: PoolingSpec(**f), {"model": "mixed"}, "model='mixed'"),
    ],
)
def test_a_spec_without_a_meaning_is_refused(make: Callable[..., Spec], fault: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        make(**fault)


def test_draws_of_one_and_two_points_are_enough() -> None:
    assert CorrelationSpec(x="a", y=("b",), draws=1).draws == 1
    assert AncovaSpec(outcomes=("a",), score="s", points=2).points == 2


def test_all_that_is_wrong_with_a_spec_is_told_at_once() -> None:
    with pytest.raises(DataError) as caught:
        LogisticSpec(outcomes=(), exposure="x", covariates=("x",), sd="all", ci="w", penalty="p", conf_level=2)  # type: ignore[arg-type]
    assert len(caught.value.problems) == 6


def test_the_conventions_of_a_setting_are_those_of_the_registry() -> None:
    assert get_args(CorrelationCI) == ("bonett-wright", "fieller", "caruso-cliff", "fisher", "sas", "bootstrap")


def test_a_variable_of_an_extra_term_may_hold_a_colon(tumours: pd.DataFrame) -> None:
    data = tumours.rename(columns={"age": "age: years"})
    tests = fit_ancova(data, "plasma", "her2", factors="hr", covariates="age: years", extra_terms="hr:age: years").tests
    assert tests.table["variable_2"].tolist()[-1] == "age: years"
