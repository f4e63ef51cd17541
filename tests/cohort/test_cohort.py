"""Cohort: aligned tables, a declared scale, and both scales of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.cohort import Cohort, to_linear, to_log2
from her2stats.errors import GeneError, InputError, SampleError, ScaleError, TableError
from her2stats.notes import Note


def frame(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=["ERBB2", "ESR1"], dtype="float64")


CLINICAL = pd.DataFrame({"age": [50.0, 61.0]}, index=["a", "b"])
BOTH = frame(a=[3.0, 1.0], b=[7.0, 0.0])


def test_samples_and_genes_are_those_of_the_tables() -> None:
    cohort = Cohort("x", CLINICAL, BOTH, "linear", 1.0)
    assert cohort.samples == ["a", "b"]
    assert cohort.genes == ["ERBB2", "ESR1"]


def test_log2_of_linear_adds_the_offset() -> None:
    assert Cohort("x", CLINICAL, BOTH, "linear", 1.0).log2().loc["ERBB2"].tolist() == [2.0, 3.0]


def test_log2_of_linear_without_offset_adds_one_so_that_zero_stays_a_number() -> None:
    assert Cohort("x", CLINICAL, BOTH, "linear").log2().loc["ESR1", "b"] == 0.0


def test_linear_of_log2_takes_the_offset_away_and_is_never_negative() -> None:
    cohort = Cohort("x", CLINICAL, frame(a=[2.0, -3.4], b=[3.0, 0.0]), "log2", 0.1)
    assert cohort.linear().loc["ERBB2"].tolist() == [3.9, 7.9]
    assert cohort.linear().loc["ESR1", "a"] == 0.0


@settings(deadline=None)
@given(st.floats(0, 1e6), st.sampled_from([0.1, 0.5, 1.0]))
def test_log2_and_linear_undo_each_other(value: float, offset: float) -> None:
    table = pd.DataFrame({"a": [value]}, index=["G"])
    back = to_linear(to_log2(table, "linear", offset), "log2", offset)
    assert back.iloc[0, 0] == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_a_cohort_may_have_a_clinical_table_only() -> None:
    cohort = Cohort("x", CLINICAL)
    assert cohort.genes == []
    assert "clinical table only" in repr(cohort)
    with pytest.raises(TableError, match="no expression"):
        cohort.log2()


def test_representation_counts_by_hormone_receptor_and_says_how_it_was_defined() -> None:
    hr = pd.Categorical(["positive", None], categories=["negative", "positive"])
    cohort = Cohort("x", CLINICAL.assign(hr=hr), BOTH, "log2", 0.1, "ER only", (Note("reading", "n"),))
    assert repr(cohort) == "Cohort 'x': 2 samples (HR+ 1, HR- 0; ER only), 2 genes, log2(x + 0.1) scale, 1 notes"


def test_html_representation_is_harmless() -> None:
    cohort = Cohort("<script>", CLINICAL, notes=(Note("reading", "<b>x</b>"),))
    assert "<script>" not in cohort._repr_html_()
    assert "<b>x" not in cohort._repr_html_()


@pytest.mark.parametrize(
    ("clinical", "expression", "scale", "error", "words"),
    [
        (CLINICAL, BOTH, None, ScaleError, "declare scale"),
        (CLINICAL, BOTH[["b", "a"]], "log2", SampleError, "different order"),
        (CLINICAL, frame(a=[1, 2], c=[1, 2]), "log2", SampleError, "differ"),
        (CLINICAL, BOTH.astype(int), "log2", TableError, "float64"),
        (CLINICAL, BOTH.set_axis(["A", "A"]), "log2", GeneError, "more than once: 'A'"),
        (CLINICAL.set_axis(["a", "a"]), None, None, SampleError, "more than once"),
        (CLINICAL.set_axis([1, 2]), None, None, TableError, "not text"),
    ],
)
def test_what_is_not_one_aligned_cohort_is_refused(
    clinical: pd.DataFrame, expression: pd.DataFrame | None, scale: str | None, error: type[InputError], words: str
) -> None:
    with pytest.raises(error, match=words):
        Cohort("x", clinical, expression, scale)  # type: ignore[arg-type]


def test_notes_come_as_a_table() -> None:
    table = Cohort("x", CLINICAL, notes=(Note("population", "excluded", 3),)).notes_table()
    assert table[["stage", "count"]].to_numpy().tolist() == [["population", 3]]


def test_values_are_not_touched_when_the_scale_is_already_right() -> None:
    cohort = Cohort("x", CLINICAL, BOTH, "log2")
    assert np.shares_memory(cohort.log2().to_numpy(), BOTH.to_numpy()) or cohort.log2().equals(BOTH)
