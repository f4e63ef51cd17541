"""Equal inputs have one name; anything that could change a number has another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2stats.statistics import correlate
from her2stats.study.stages.fingerprint import environment, fingerprint

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def exact(value: object) -> str:
    """Say a plain value so that 1, 1.0 and True differ."""
    return repr(value)


@given(PLAIN, PLAIN)
def test_two_values_share_a_name_only_if_they_are_the_same(first, second):
    assert (fingerprint(first) == fingerprint(second)) == (exact(first) == exact(second))


def frame() -> pd.DataFrame:
    """A frame of every kind of column a study has."""
    return pd.DataFrame(
        {
            "x": [1.0, np.nan, -0.0],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "hr": pd.Categorical(["positive", None, "negative"], ["negative", "positive"]),
            "word": ["a", "b", ""],
        },
        index=["s1", "s2", "s3"],
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(x=[1.0, np.nan, 0.0]),
        lambda f: f.assign(x=[1.0, 0.0, -0.0]),
        lambda f: f.assign(n=pd.array([1, 0, 3], dtype="Int64")),
        lambda f: f.assign(n=[1.0, np.nan, 3.0]),
        lambda f: f.assign(hr=f["hr"].cat.reorder_categories(["positive", "negative"])),
        lambda f: f.assign(hr=f["hr"].cat.add_categories("unknown")),
        lambda f: f.assign(hr=f["hr"].astype("object")),
        lambda f: f.assign(word=["a", "b", "None"]),
        lambda f: f.assign(word=["a", "b", None]),
        lambda f: f.assign(word=["ab", "", ""]),
        lambda f: f.iloc[::-1],
        lambda f: f[["n", "x", "hr", "word"]],
        lambda f: f.rename(index={"s1": "s4"}),
        lambda f: f.rename_axis("sample"),
        lambda f: f.assign(x=f["x"].astype("float32")),
    ],
)
def test_whatever_changes_in_a_frame_changes_its_name(change):
    assert fingerprint(frame()) == fingerprint(frame().copy())
    assert fingerprint(change(frame())) != fingerprint(frame())


def test_a_matrix_is_told_by_its_numbers_and_its_shape():
    values = pd.DataFrame(np.arange(6.0).reshape(2, 3))
    assert fingerprint(values) != fingerprint(pd.DataFrame(np.arange(6.0).reshape(3, 2)))
    assert fingerprint(values) != fingerprint(values + 1e-15)
    assert fingerprint(values) == fingerprint(pd.DataFrame(np.asfortranarray(values.to_numpy())))


def test_the_convention_of_a_result_is_part_of_its_name():
    data = pd.DataFrame({"x": range(9), "y": [3.0, 1, 4, 1, 5, 9, 2, 6, 5]})
    one, other = correlate(data, "x", "y"), correlate(data, "x", "y", ci="fieller")
    assert fingerprint(one) == fingerprint(correlate(data, "x", "y"))
    assert fingerprint(one) != fingerprint(other)


def test_what_cannot_be_told_apart_is_refused():
    with pytest.raises(TypeError, match="function"):
        fingerprint(lambda: 0)


def test_the_environment_is_one_name():
    assert environment() == environment()
    assert len(environment()) == 64
