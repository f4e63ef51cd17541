"""A spec written as text is the same spec when read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2stats.errors import EngineError
from her2stats.r_engine.exchange.fields import SPECS, spec_fields, spec_from_fields
from her2stats.statistics.correlation_interval import INTERVALS
from her2stats.statistics.specs import (
    AgreementSpec,
    AncovaSpec,
    ClinicalSpec,
    CorrelationSpec,
    CurveSpec,
    DrawsSpec,
    GroupSpec,
    InteractionSpec,
    LogisticSpec,
    OrdinalSpec,
    PoolingSpec,
    ResponseSpec,
    Spec,
    StudyWideSpec,
)

TEXT = st.text(min_size=1).filter(lambda text: not {":", "="} & {*text})


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """A spec of any verb about columns of any names."""
    a, b, c, d, e, f = draw(st.lists(TEXT, min_size=6, max_size=6, unique=True))
    said = {"cohort": draw(st.text()), "conf_level": draw(st.floats(0.01, 0.99))}
    ci, yes = draw(st.sampled_from(["wald", "profile"])), draw(st.booleans())
    interval, weights = draw(st.sampled_from(sorted(INTERVALS))), draw(st.sampled_from(["equal", "outer", "cells"]))
    several: list[Spec] = [
        CorrelationSpec(
            x=a, y=(b, c), by=draw(st.sampled_from(["", d])), ci=interval, draws=draw(st.integers(1)), **said
        ),
        GroupSpec(y=(a, b), kinds=("auto", "binary"), group=(c, d), by=e, **said),
        LogisticSpec(outcomes=(a, b), exposure=c, covariates=(d, e), per_sd=yes, ci=ci, penalty="firth", **said),
        InteractionSpec(outcomes=(a,), exposure=b, moderator=c, covariates=(d, e, f), per_sd=yes, ci=ci, **said),
        ClinicalSpec(outcomes=(a, b), exposures=(c, d), moderator=e, ci=ci, **said),
        AncovaSpec(
            outcomes=(a,),
            score=b,
            factors=(c, d),
            covariates=(e,),
            extra_terms=(f"{c}:{e}",),
            centre=yes,
            weights=weights,
            quantity="curve",
            points=draw(st.integers(2, 99)),
            **said,
        ),
        ResponseSpec(outcomes=(a,), group=b, reference=c, ci=ci, **said),
        AgreementSpec(x=a, y=(b, c), by=draw(st.sampled_from(["", d])), **said),
        OrdinalSpec(outcomes=(a, b), exposure=c, by=draw(st.sampled_from(["", d])), moderator=e, per_sd=yes, **said),
        StudyWideSpec(
            exposure=a,
            outcomes=(b,),
            high=(c,),
            totals=(d,),
            within=e,
            factors=(f,),
            primary=draw(st.sampled_from(["given", "slopes"])),
            primary_outcomes=(d,),
            permutations=draw(st.integers(999, 10_000)),
            seed=draw(st.integers(0, 99)),
            cohort=said["cohort"],
        ),
        PoolingSpec(model=draw(st.sampled_from(["random", "fixed"])), **said),
        DrawsSpec(x=a, y=(b, c), draws=draw(st.integers(2, 99)), within=draw(st.sampled_from(["", f])), **said),
        CurveSpec(
            exposures=(a, b),
            outcomes=(c, d),
            types=(e, e),
            amounts=("absolute", draw(st.text())),
            within=draw(st.sampled_from(["", f])),
            permutations=draw(st.integers(999, 10_000)),
            seed=draw(st.integers(0, 99)),
            **said,
        ),
    ]
    assert len(several) == len(SPECS)
    return draw(st.sampled_from(several))


@given(specs())
def test_every_spec_comes_back(spec: Spec) -> None:
    assert spec_from_fields(spec_fields(spec)) == spec


def test_a_question_of_another_version_is_refused_in_one_sentence() -> None:
    with pytest.raises(
        EngineError, match="question 'fit_cox' is not known -> read it with the her2stats that wrote it"
    ):
        spec_from_fields({"verb": ["fit_cox"]})
    with pytest.raises(EngineError, match="unknown field 'ridge'"):
        spec_from_fields({"verb": ["correlate"], "ridge": ["1"]})


def test_a_choice_that_is_not_known_is_that_of_another_version() -> None:
    fields = spec_fields(CorrelationSpec(x="a", y=("b",))) | {"ci": ["moon"]}
    with pytest.raises(EngineError, match="question 'correlate' has no meaning: ci='moon' is not a choice"):
        spec_from_fields(fields)
