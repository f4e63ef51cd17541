"""Specification curves in a run: which choices a cohort has, what is refused, and what is said of them."""

from __future__ import annotations

import html
from dataclasses import replace

import pandas as pd
import pytest

from her2stats.errors import StudyFileError
from her2stats.report.sections.robustness import curves_in_words
from her2stats.results.folder import read_folder
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.material import Answers
from her2stats.study.analysis.robustness import MARKERS, robustness
from her2stats.study.preparing import Prepared
from her2stats.study.sections import AnalysisSection

TIL = "Total TIL"


def asked(
    prepared: Prepared, analysis: CohortAnalysis, mode: str = "absolute", program: str = "CIBERSORT", **settings: object
) -> Answers:
    study = prepared.study.model_copy(update={"analysis": AnalysisSection(**{"robustness": 99, **settings})})
    answers = Answers("one")
    fractions = analysis.deconvolution
    fractions = replace(fractions, settings=replace(fractions.settings, mode=mode), program=program)
    robustness(prepared.cohorts[0], replace(prepared, study=study), analysis.material, fractions, answers)
    return answers


def rows_of(answers: Answers) -> pd.DataFrame:
    return pd.concat([result.table for result in answers.results["robustness"]], ignore_index=True)


def test_a_type_is_measured_in_every_way_that_the_cohort_has(prepared: Prepared, analysis: CohortAnalysis) -> None:
    rows, material = rows_of(asked(prepared, analysis)), analysis.material
    assert set(rows["outcome"]) == {*material.kept, TIL}
    measured = rows[rows["measure"] == "rho"].groupby("outcome")["amount"].agg(set)
    assert measured[TIL] == {"absolute", "markers"}
    for name in material.kept:
        assert {"absolute", "relative"} <= measured[name] <= {"absolute", "relative", "markers"}
        assert ("markers" in measured[name]) <= (f"Danaher {MARKERS.get(name, name)}" in material.scores)
    first = rows[(rows["outcome"] == TIL) & (rows["amount"] == "markers") & (rows["scale"] == "rank")].iloc[0]
    given = material.has("hr")
    (theirs,) = [
        row
        for result in analysis.answers.results["correlation_given_hr" if given else "correlation"]
        for row in result.table.to_dict("records")
        if row["outcome"] == TIL and row["term"] == material.exposure
    ]
    assert first["estimate"] == pytest.approx(theirs["estimate"], rel=1e-12)
    assert first["p_value"] == pytest.approx(theirs["p_value"], rel=1e-12)


def test_a_clinical_column_may_be_called_as_the_anchor_is(prepared: Prepared, analysis: CohortAnalysis) -> None:
    clinical = analysis.material.clinical.assign(ERBB2="amplified")
    other = replace(analysis, material=replace(analysis.material, clinical=clinical))
    pd.testing.assert_frame_equal(rows_of(asked(prepared, other)), rows_of(asked(prepared, analysis)))


def test_relative_fractions_give_no_absolute_ones(prepared: Prepared, analysis: CohortAnalysis) -> None:
    rows = rows_of(asked(prepared, analysis, mode="relative"))
    assert "absolute" not in set(rows["amount"])
    assert set(rows.loc[rows["outcome"] == TIL, "amount"]) == {"markers", ""}


def test_amounts_of_another_program_are_not_added_up(prepared: Prepared, analysis: CohortAnalysis) -> None:
    rows = rows_of(asked(prepared, analysis, program="MCP-counter"))
    assert set(rows.loc[rows["outcome"] == TIL, "amount"]) == {"markers", ""}
    assert "relative" not in set(rows["amount"])
    assert "absolute" in set(rows["amount"])


def test_a_signature_brings_its_anchor_and_itself_without_immune_genes(
    prepared: Prepared, analysis: CohortAnalysis
) -> None:
    rows = rows_of(asked(prepared, analysis))
    scores = set(rows.loc[rows["measure"] == "rho", "term"])
    name = analysis.material.exposure
    assert name in scores <= {name, f"{name} without immune genes", "ERBB2"}


def test_only_joint_tests_are_corrected_and_the_total_by_itself(prepared: Prepared, analysis: CohortAnalysis) -> None:
    rows = rows_of(asked(prepared, analysis))
    corrected = rows[rows["p_adjusted"].notna()]
    assert set(corrected["measure"]) == {"median_z"}
    sizes = corrected.set_index("outcome")["family_size"]
    assert sizes[TIL] == 1
    assert (sizes.drop(TIL) == len(analysis.material.kept)).all()


def test_what_is_not_known_is_no_covariate_and_is_said(prepared: Prepared, analysis: CohortAnalysis) -> None:
    material = replace(analysis.material, clinical=analysis.material.clinical.drop(columns="age"))
    answers = Answers("one")
    robustness(prepared.cohorts[0], prepared, material, None, answers)
    assert "robustness: age" in dict(answers.omitted)
    assert not rows_of(answers)["given"].str.contains("age").any()


def test_zero_stops_the_curves_and_too_few_are_refused(prepared: Prepared, analysis: CohortAnalysis) -> None:
    answers = asked(prepared, analysis, robustness=0)
    assert dict(answers.omitted)["robustness"] == "the study file asks for none"
    with pytest.raises(ValueError, match="robustness = 19: no p-value of so many"):
        AnalysisSection(robustness=19)
    assert issubclass(StudyFileError, Exception)


def curve(p: float, adjusted: float, share: float, estimates: tuple[float, ...], alpha: float = 0.05) -> pd.DataFrame:
    about = {"cohort": "ours", "outcome": "CD8", "flag": "", "p_adjusted": float("nan")}
    rows = [{**about, "term": "ERBB2", "measure": "rho", "estimate": rho} for rho in estimates]
    joint = {**about, "term": "all", "specifications": len(estimates), "alpha": alpha, "p_adjusted": adjusted}
    rows.append({**joint, "measure": "median_z", "estimate": -2.0, "p_value": p})
    rows.append({**joint, "measure": "second_test", "estimate": share, "p_value": p})
    return pd.DataFrame(rows)


def test_the_words_say_what_the_numbers_say_and_never_that_there_is_nothing() -> None:
    (all_of_them,) = curves_in_words(curve(0.0005, 0.0005, 1.0, (-0.3, -0.2)))
    assert (
        "ρ runs from −0.30 to −0.20 over 2 of 2 specifications with 1 score. In 2 of them it is below 0" in all_of_them
    )
    assert all_of_them.endswith("Taken together they tell an association from chance, whichever is taken.")
    (corrected,) = curves_in_words(curve(0.02, 0.2, 0.5, (-0.3, 0.1)))
    assert "joint p = 0.020 (p = 0.20 corrected)" in corrected.replace("\N{NO-BREAK SPACE}", " ")
    assert corrected.endswith("nor exclude one. Who reports one of those alone reports a choice.")
    (some,) = curves_in_words(curve(0.01, float("nan"), 0.5, (-0.3, 0.1)))
    assert some.endswith("tell an association from chance, though not each by itself.")
    (open_,) = curves_in_words(curve(0.4, 0.4, 0.0, (-0.1, 0.1)))
    assert open_.endswith("they do not tell an association from chance, nor exclude one.")
    none = curve(float("nan"), float("nan"), float("nan"), (float("nan"),)).assign(specifications=0)
    assert curves_in_words(none) == ["ours, CD8: none of 1 specifications can be estimated."]


def test_the_page_has_the_section_its_figure_and_the_sentence(small_results) -> None:
    folder = read_folder(small_results.folder)
    page = html.unescape((small_results.folder / "report.html").read_text(encoding="utf-8"))
    assert "Whether it hangs on choices" in page
    rows = folder.table("robustness")
    for sentence in curves_in_words(rows[rows["outcome"] == TIL]):
        assert sentence in page
    assert (small_results.folder / "figures" / "figS6_robustness.png").stat().st_size > 1000
