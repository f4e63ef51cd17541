"""rpy2 and Rscript are two ways to the same functions: the same numbers to 1e-12."""

from __future__ import annotations

import numpy as np
import pytest

from her2stats.r_engine.engines import EmbeddedR, ScriptedR
from her2stats.r_engine.process import Gone
from her2stats.statistics import answer
from tests.reference.stored import read_frame, read_specs

pytestmark = pytest.mark.r
CASES = {
    name: case for name, case in read_specs().items() if name.endswith((".missing", ".profile", ".huge", ".strata"))
}


def test_both_engines_give_the_same_tables() -> None:
    try:
        embedded = EmbeddedR()
    except Gone as gone:
        pytest.skip(f"rpy2 is not usable here: {gone}")
    scripted = ScriptedR()
    try:
        for name, (frame, spec) in CASES.items():
            question = answer(spec, read_frame(frame))
            left, right = embedded.ask(question, 60), scripted.ask(question, 60)
            assert not isinstance(left, str), left
            assert not isinstance(right, str), right
            assert list(left.columns) == list(right.columns)
            for column in left.columns:
                if left[column].dtype.kind in "fi" or str(left[column].dtype) == "Int64":
                    ours = left[column].astype("float64").to_numpy(na_value=np.nan)
                    theirs = right[column].astype("float64").to_numpy(na_value=np.nan)
                    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=0, err_msg=f"{name} {column}")
                else:
                    assert left[column].fillna("").tolist() == right[column].fillna("").tolist()
    finally:
        embedded.close()
        scripted.close()
