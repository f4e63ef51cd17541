"""The error of the whole study in a run: where `p_study` stands, what the study file says of it, and the words."""

from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from her2stats.errors import StudyFileError
from her2stats.report.summary import plain_summary
from her2stats.results.folder import ResultsFolder, read_folder
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.material import Answers
from her2stats.study.analysis.questions import CELL_QUESTIONS
from her2stats.study.analysis.study_wide import study_wide_error
from her2stats.study.preparing import Prepared
from her2stats.study.sections import AnalysisSection
from her2stats.study.study_file import Study, read_study

# table of the folder -> its rows that are tests of the exposure, and the question of each
PLACED = {
    "correlation": "correlation",
    "correlation_by_hr": "correlation",
    "correlation_given_hr": "given",
    "odds_ratios": "odds",
    "interaction": "interaction",
    "ancova_slopes": "slopes",
    "infiltration_by_hr": "difference",
}


@pytest.fixture(scope="module")
def study(prepared: Prepared) -> Study:
    return prepared.study


def asked(study: Study, analysis: CohortAnalysis, **settings: Any) -> Answers:
    """Every question of one cohort with other settings."""
    other = study.model_copy(update={"analysis": AnalysisSection(**{"permutations": 99, **settings})})
    answers = Answers("one")
    for question in (*CELL_QUESTIONS, study_wide_error):
        question(analysis.material, other, answers)
    return answers


def table(answers: Answers) -> pd.DataFrame:
    (result,) = answers.results["study_wide"]
    return result.table


def test_every_test_stands_beside_the_row_that_it_is_of(small_results) -> None:
    tests = small_results.tables["study_wide"]
    exposure = "HER2 score"
    found = {(r.model, r.stratum, r.outcome): r.p_study for r in tests.itertuples()}
    seen = set()
    for name, question in PLACED.items():
        rows = small_results.tables[name]
        assert rows["p_study"].notna().any(), name
        for row in rows[rows["p_study"].notna()].itertuples():
            asks = "slopes adjusted" if question == "slopes" and row.model != "unadjusted" else question
            key = (asks, row.stratum, row.term if row.outcome == exposure else row.outcome)
            assert row.p_study == found[key]
            assert row.p_value == row.p_value
            assert row.measure != "second_test"
            seen.add(key)
    tested = {key for key, p in found.items() if p == p}
    assert seen == tested, tested ^ seen  # no test of the study is without its row
    others = small_results.tables["correlation"]
    others = others[~others[["outcome", "term"]].eq(exposure).any(axis=1)]
    assert len(others)
    assert others["p_study"].isna().all()


def test_a_type_that_does_not_pass_is_exploratory_everywhere(small_results) -> None:
    tests = small_results.tables["study_wide"]
    primary = tests[tests["p_primary"].notna()]
    assert set(primary["model"]) == {"given"}
    assert len(primary) == tests["outcome"].nunique()
    failed = set(primary.loc[primary["p_primary"] >= 0.05, "outcome"])
    assert failed
    rest = tests[tests["outcome"].isin(failed) & tests["p_primary"].isna() & tests["p_study"].notna()]
    assert (rest["p_study"] == 1).all()


def headline_with(folder: ResultsFolder, p_study: dict[str, float], p_adjusted: float) -> str:
    rows = folder.table("correlation").copy()
    own = rows["measure"].eq("rho") & rows["term"].eq("HER2 score") & rows["p_study"].notna()
    rows["p_study"] = rows["outcome"].map(p_study).fillna(0.6).where(own)
    rows.loc[rows["outcome"].isin(p_study), "p_adjusted"] = p_adjusted
    changed = replace(folder, tables={**folder.tables, "correlation": rows})
    answers = {answer.question: answer.headline for answer in plain_summary(changed)}
    return answers["Which cell types go with HER2 score?"]


def test_the_words_say_what_holds(small_results, analysis: CohortAnalysis) -> None:
    folder = read_folder(small_results.folder)
    first, second = analysis.material.continuous[:2]
    told = headline_with(folder, {first: 0.001, second: 0.2}, 0.01)
    assert told.endswith(f"; in the whole study {first} holds.")
    both = headline_with(folder, {first: 0.001, second: 0.01}, 0.01).split("; in the whole study ")[1]
    assert both in (f"{first} and {second} hold.", f"{second} and {first} hold.")
    assert headline_with(folder, {first: 0.06}, 0.01).endswith("; none holds in the whole study.")
    assert "whole study" not in headline_with(folder, {first: 0.06}, 0.6)  # nothing was claimed
    page = html.unescape((small_results.folder / "report.html").read_text(encoding="utf-8"))
    tables = [table for table in page.split("<table")[1:] if "p\N{NO-BREAK SPACE}study" in table.split("</table>")[0]]
    assert len(tables) >= 6  # overall, given and by receptor, totals, odds, interaction, slopes
    assert "All tests of the exposure were judged together" in page


def test_a_primary_question_is_declared_with_its_types(study: Study, analysis: CohortAnalysis) -> None:
    cell_type = analysis.material.continuous[0]
    found = table(asked(study, analysis, primary="odds", primary_types=[cell_type]))
    primary = found[found["p_primary"].notna()]
    assert set(primary["model"]) == {"odds"}
    assert set(primary["outcome"]) == {cell_type}
    others = found[(found["outcome"] != cell_type) & found["p_study"].notna()]
    assert (others["p_study"] == 1).all()


def test_a_declared_type_that_is_not_there_is_told(study: Study, analysis: CohortAnalysis) -> None:
    cell_type = analysis.material.continuous[0]
    answers = asked(study, analysis, primary_types=[cell_type, f"{cell_type}x"])
    told = dict(answers.omitted)[f"study_wide: {cell_type}x"]
    assert told == f"the primary type is not analysed in this cohort; did you mean '{cell_type}'?"
    assert len(table(answers))
    alone = asked(study, analysis, primary_types=["Nothing"])
    assert "study_wide" not in alone.results
    assert dict(alone.omitted)["study_wide"].startswith("the primary question of the study file cannot be asked")
    assert all("p_study" not in result.table for result in alone.results["correlation"])


def test_without_permutations_nothing_is_said_of_the_whole_study(study: Study, analysis: CohortAnalysis) -> None:
    answers = asked(study, analysis, permutations=0)
    assert "study_wide" not in answers.results
    assert dict(answers.omitted)["study_wide"] == "the study file asks for no permutations"


def test_without_receptor_groups_the_plain_correlation_is_the_primary_question(
    study: Study, analysis: CohortAnalysis
) -> None:
    clinical = analysis.material.clinical.drop(columns=["hr"])
    alone = type(analysis.material)(**{**vars(analysis.material), "clinical": clinical})
    answers = Answers("one")
    other = study.model_copy(update={"analysis": AnalysisSection(permutations=99)})
    for question in (*CELL_QUESTIONS, study_wide_error):
        question(alone, other, answers)
    found = table(answers)
    assert set(found["model"]) == {"correlation", "odds"}
    assert set(found["stratum"]) == {"all"}
    assert set(found.loc[found["p_primary"].notna(), "model"]) == {"correlation"}


def test_a_type_may_be_called_as_the_abundance_of_another(study: Study, analysis: CohortAnalysis) -> None:
    material, plain = analysis.material, table(asked(study, analysis))
    first, second = material.continuous[:2]
    renamed = {second: f"high {first}"}
    abundance = replace(
        material.abundance,
        kinds=material.abundance.kinds.rename(index=renamed),
        high=material.abundance.high.rename(columns=renamed),
    )
    other = replace(material, fractions=material.fractions.rename(columns=renamed), abundance=abundance)
    found = table(asked(study, replace(analysis, material=other)))
    assert found["statistic"].notna().tolist() == plain["statistic"].notna().tolist()
    assert set(found["outcome"]) == {renamed.get(name, name) for name in plain["outcome"]}


def test_slopes_of_other_weights_have_no_p_of_the_study(study: Study, analysis: CohortAnalysis) -> None:
    answers = asked(study, analysis, weights="proportional")
    assert not set(table(answers)["model"]) & {"slopes", "slopes adjusted"}
    slopes = answers.results["ancova_slopes"]
    assert slopes
    assert all(result.table["p_study"].isna().all() for result in slopes)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("alpha = 0", "should be greater than 0, not 0"),
        ("primary_types = []", "the primary question names no type"),
        ('primary = "ordinal"', "not 'ordinal'"),
        ("permutations = 20", "no p-value of so many can be below alpha = 0.05"),
        ("permutations = -1", "greater than or equal to 0, not -1"),
    ],
)
def test_what_has_no_meaning_is_told(small_study: Path, tmp_path: Path, written: str, told: str) -> None:
    path = small_study.with_name(f"{tmp_path.name}.toml")
    path.write_text(f"{small_study.read_text()}{written}\n")
    with pytest.raises(StudyFileError, match=told):
        read_study(path)
