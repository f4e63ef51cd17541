"""Odds over all values in a run: asked only where the study file says so, given, by and across hormone receptor."""

from __future__ import annotations

import pandas as pd

from her2stats.statistics import fit_ordinal
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.material import Answers
from her2stats.study.analysis.ordinal_odds import ordinal_odds
from her2stats.study.preparing import Prepared
from her2stats.study.sections import AnalysisSection


def asked(prepared: Prepared, analysis: CohortAnalysis, **settings: object) -> Answers:
    study = prepared.study.model_copy(update={"analysis": AnalysisSection(**settings)})
    answers = Answers("one")
    ordinal_odds(analysis.material, study, answers)
    return answers


def test_without_a_word_in_the_study_file_nothing_is_asked(prepared: Prepared, analysis: CohortAnalysis) -> None:
    answers = asked(prepared, analysis)
    assert answers.omitted == [("ordinal_odds", "not asked for ([analysis] ordinal = true)")]
    assert not answers.results


def test_every_kept_type_is_asked_in_three_ways(prepared: Prepared, analysis: CohortAnalysis) -> None:
    answers, material = asked(prepared, analysis, ordinal=True, correction="holm"), analysis.material
    given, by, ratio = answers.results["ordinal_odds"]
    frame = material.amounts().join(material.fractions[material.dichotomised])
    how = {"cohort": "one"}
    expected = (
        fit_ordinal(frame, material.kept, material.exposure, covariates="hr", **how),
        fit_ordinal(frame, material.kept, material.exposure, by="hr", **how),
        fit_ordinal(frame, material.kept, material.exposure, moderator="hr", **how),
    )
    for found, one in zip((given, by, ratio), expected, strict=True):
        assert found.spec == one.spec
        columns = ["stratum", "outcome", "estimate", "p_value", "levels"]
        pd.testing.assert_frame_equal(found.table[columns], one.table[columns])
    assert set(by.table["stratum"]) == {"hr=negative", "hr=positive"}
    assert set(given.table["family_size"]) == {len(material.kept)}
    asked_of = f"odds over all values by {material.exposure}, given, cohort one, stratum all"
    assert set(given.table["family"]) == {f"Holm over {len(material.kept)} tests: {asked_of}"}
