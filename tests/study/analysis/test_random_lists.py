"""The exposure of a run beside random gene lists: which genes no list draws, and why there may be no lists."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from her2stats.signatures import random_signatures
from her2stats.signatures import signature as from_catalogue
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.material import Answers
from her2stats.study.analysis.random_lists import HISTOGRAM, TABLE, beside_random_lists
from her2stats.study.preparing import Prepared
from her2stats.study.sections import ScoresSection
from her2stats.study.study_file import Study

LISTS = 40


def asked(
    prepared: Prepared, analysis: CohortAnalysis, *, cohort: int = 0, exposure: Any = None, **settings: Any
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """The table of random lists and what is left out, under other settings of the scores."""
    written = prepared.study.scores.model_dump() | {"random_lists": LISTS} | settings
    study: Study = prepared.study.model_copy(update={"scores": ScoresSection(**written)})
    other = Prepared(study, prepared.cohorts, exposure or prepared.exposure, prepared.matrix)
    answers = Answers("one")
    tables = beside_random_lists(prepared.cohorts[cohort], other, analysis.material, answers)
    table, histogram = tables[TABLE], tables[HISTOGRAM]
    assert histogram.empty == table.empty
    if len(table):
        assert histogram.groupby("outcome")["lists"].sum().eq(LISTS).all()
    return table, answers.omitted


def test_no_list_draws_a_gene_that_tells_of_infiltration(prepared: Prepared, analysis: CohortAnalysis) -> None:
    table, omitted = asked(prepared, analysis)
    material = analysis.material
    outcomes = [material.til, *material.kept]
    theirs = random_signatures(
        prepared.cohorts[0].cohort.expression,
        prepared.exposure,
        material.measured()[outcomes],
        within=material.clinical["hr"],
        method="weighted",
        leave_out=[*from_catalogue("danaher").genes, *prepared.matrix.genes],
        lists=LISTS,
        seed=3,
    )
    pd.testing.assert_frame_equal(table, theirs)
    assert table["outcome"].tolist() == outcomes
    assert omitted == []


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ({"random_lists": 0}, "the study file asks for none"),
        ({"exposure": "ERBB2"}, "the exposure is a single gene"),
        ({"cohort": 1}, "no expression data in this cohort"),
    ],
)
def test_a_reason_where_there_are_none(
    prepared: Prepared, analysis: CohortAnalysis, where: dict[str, Any], reason: str
) -> None:
    table, omitted = asked(prepared, analysis, **where)
    assert table.empty
    assert omitted == [(TABLE, reason)]


def test_a_method_that_has_no_lists_is_named(prepared: Prepared, analysis: CohortAnalysis) -> None:
    table, omitted = asked(prepared, analysis, method="ssgsea")
    assert table.empty
    assert omitted == [(TABLE, "no random lists are made for method 'ssgsea'")]
