"""A spec written as text is the same spec when read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2stats.errors import EngineError
from her2stats.r_engine.exchange.fields import SPECS, spec_fields, spec_from_fields
from her2stats.statistics.specs import Spec

SPEC = st.sampled_from(sorted(SPECS)).flatmap(lambda verb: st.builds(SPECS[verb]))


@given(SPEC)
def test_every_spec_comes_back(spec: Spec) -> None:
    assert spec_from_fields(spec_fields(spec)) == spec


def test_a_question_of_another_version_is_refused_in_one_sentence() -> None:
    with pytest.raises(
        EngineError, match="question 'fit_cox' is not known -> read it with the her2stats that wrote it"
    ):
        spec_from_fields({"verb": ["fit_cox"]})
    with pytest.raises(EngineError, match="unknown field 'ridge'"):
        spec_from_fields({"verb": ["correlate"], "ridge": ["1"]})
