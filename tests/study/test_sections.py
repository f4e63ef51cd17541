"""Every setting of a section changes the answers that it is about and no other, and is named in the provenance."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest

from her2stats.deconvolution.settings import Settings
from her2stats.errors import StudyFileError
from her2stats.packaged import facts
from her2stats.statistics import classify_abundance, combine, specs
from her2stats.statistics.specs import CorrelationSpec, LogisticSpec
from her2stats.study import sections
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.analysis.pooled import pooled_odds_ratios
from her2stats.study.analysis.questions import CELL_QUESTIONS
from her2stats.study.analysis.response import response
from her2stats.study.preparing import prepare
from her2stats.study.preparing.scores import score_exposure_of
from her2stats.study.provenance import conventions
from her2stats.study.result_tables import result_tables
from her2stats.study.run import analyse_study
from her2stats.study.sections import ASKED, OF_THE_STUDY, AnalysisSection, DeconvolutionSection, ScoresSection
from her2stats.study.study_file import Study, read_study
from tests.study.conftest import write_small_study

GIVEN = "correlation_given_hr"
CORRELATIONS = {"correlation", "correlation_by_hr", GIVEN, "correlation_matrix"}
MODELS = {"odds_ratios", "interaction", "clinical"}
SLOPES = {"ancova_slopes", "ancova_slopes_hc2"}
ANCOVA = {"ancova_tests", *SLOPES, "ancova_curves"}
TOTAL = "infiltration_by_hr"  # slopes and tests of one covariance analysis
ADJUSTED = {*CORRELATIONS, *MODELS, "group_comparison", "ancova_tests", *SLOPES, TOTAL}
POOLED = {"pooled_odds_ratios"}
RESPONSE = {"response"}  # its cohort is receptor-negative throughout
WITH_LIMITS = {*ADJUSTED, "ancova_curves", *RESPONSE, *POOLED} - {"ancova_tests"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two cohorts with expression: the small study's, and a part of its tumours under another name."""
    path = write_small_study(tmp_path_factory.mktemp("sections"))
    text = path.read_text()
    first = text[text.index("[[cohorts]]") : text.index('[[cohorts]]\nname = "answers"')]
    part = first.replace('name = "one"', 'name = "two"') + '[cohorts.where]\ngrade = ["II", "III"]\n'
    path.write_text(text.replace(first, first + part))
    return read_study(path)


@pytest.fixture(scope="module")
def analyses(study: Study) -> list[CohortAnalysis]:
    return analyse_study(prepare(study))


def of_few_types(material: Material) -> Material:
    """The same with six cell types: a setting is no other for the rest."""
    amounts = material.fractions[[*material.continuous[:4], *material.dichotomised[:2]]]
    return replace(material, fractions=amounts, abundance=classify_abundance(amounts, cohort=material.name))


def answered(study: Study, analyses: list[CohortAnalysis]) -> dict[str, pd.DataFrame]:
    """Every question asked anew of the same material."""
    found = []
    for analysis in analyses:
        answers = Answers(analysis.cohort.name)
        for question in CELL_QUESTIONS if analysis.material.abundance is not None else ():
            question(of_few_types(analysis.material), study, answers)
        response(analysis.material, study, answers)
        found.append((analysis, answers))
    names = dict.fromkeys(name for _, answers in found for name in answers.results)
    tables = {name: combine([r for _, a in found for r in a.results.get(name, [])]) for name in names}
    return tables | {"pooled_odds_ratios": pooled_odds_ratios(analyses, study).table}


@pytest.fixture(scope="module")
def plain(study: Study, analyses: list[CohortAnalysis]) -> dict[str, pd.DataFrame]:
    return answered(study, analyses)


def with_analysis(study: Study, **asked: Any) -> Study:
    return study.model_copy(update={"analysis": AnalysisSection(**asked)})


# what is asked of [analysis], tables that it changes, and how the provenance names it
TRIED: list[tuple[dict[str, Any], set[str], str]] = [
    ({"conf_level": 0.9}, WITH_LIMITS, "90% CI bonett-wright"),
    ({"correction": "holm"}, ADJUSTED, "Holm within the analysed types"),
    ({"correlation_ci": "fisher"}, CORRELATIONS, "95% CI fisher"),
    ({"odds_ratio_ci": "profile"}, {*MODELS, *RESPONSE}, "95% CI profile"),
    ({"penalty": "firth"}, {"odds_ratios"}, "penalty firth"),
    ({"sd": "stratum"}, {"odds_ratios"}, "exposure over the stratum"),
    ({"model_covariates": ("age",)}, {*MODELS, GIVEN}, "model_covariates age"),
    ({"covariates": ("age",)}, ANCOVA, "covariates age"),
    ({"weights": "cells"}, {*SLOPES, "ancova_curves", TOTAL}, "marginal means with cells weights"),
    ({"centre": False}, {"ancova_tests", TOTAL}, "numeric variables not centred"),
    ({"points": 4}, {"ancova_curves"}, "points 4"),
    ({"covariance": "hc3"}, {"ancova_slopes", "ancova_curves", TOTAL}, "covariance hc3"),
    ({"slope_permutations": 99}, {*SLOPES, TOTAL}, "slope_permutations 99"),
    ({"pooling": "fixed"}, POOLED, "pooling fixed"),
]


@pytest.mark.parametrize(("asked", "changed", "told"), TRIED, ids=[next(iter(asked)) for asked, *_ in TRIED])
def test_a_setting_changes_its_answers_and_is_named(
    study: Study,
    analyses: list[CohortAnalysis],
    plain: dict[str, pd.DataFrame],
    asked: dict[str, Any],
    changed: set[str],
    told: str,
) -> None:
    other = with_analysis(study, **asked)
    found = answered(other, analyses)
    assert {name for name, table in found.items() if not table.equals(plain[name])} == changed
    said = conventions(other, analyses)
    assert told in "; ".join(said.values())
    (name, value) = next(iter(asked.items()))
    words = ", ".join(value) if isinstance(value, tuple) else str(value).lower()
    assert said["other than default"] == f"{name} {words}"
    assert "other than default" not in conventions(study, analyses)


def test_draws_and_the_seed_of_the_study_reach_the_bootstrap(study: Study) -> None:
    other = with_analysis(study, correlation_ci="bootstrap", draws=7)
    assert other.keywords(CorrelationSpec) == {"conf_level": 0.95, "ci": "bootstrap", "draws": 7, "seed": 3}
    assert "95% CI bootstrap of 7 draws, seed 3" in conventions(other, [])["correlation"]
    assert "seed" not in study.keywords(CorrelationSpec)


def test_every_setting_of_the_questions_is_tried_here() -> None:
    elsewhere = {
        "draws",
        "primary",
        "primary_types",
        "permutations",
        "robustness",
    }  # the latter in analysis/test_study_wide.py
    assert {name for asked, *_ in TRIED for name in asked} | elsewhere == {"correction", *ASKED}


def test_a_variable_is_no_covariate_of_its_own_cut(study: Study, analyses: list[CohortAnalysis]) -> None:
    answers = Answers("one")
    clinical = next(question for question in CELL_QUESTIONS if question.__name__ == "clinical")
    clinical(analyses[0].material, with_analysis(study, model_covariates=("age", "size_cm")), answers)
    asked = {result.spec.outcomes: result.spec.covariates for result in answers.results["clinical"]}
    assert asked == {("age > 50 years",): ("size_cm",), ("grade III",): ("age", "size_cm"), ("size > 2 cm",): ("age",)}


def test_a_covariate_that_a_cohort_lacks_is_told_once(study: Study, analyses: list[CohortAnalysis]) -> None:
    answers = Answers("one")
    for question in CELL_QUESTIONS:
        question(analyses[0].material, with_analysis(study, model_covariates=("ki67",)), answers)
    told = [reason for part, reason in answers.omitted if part == "odds_ratios, adjusted"]
    assert told == ["ki67 is not in the clinical table, so it is not adjusted for"]
    assert answers.results["odds_ratios"][0].spec.covariates == ()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"covariates": ["age", "hr"]}, r"hr: a factor of the covariance analysis.*take it out of covariates"),
        ({"model_covariates": ["hr"]}, r"hr: a factor of the logistic models.*take it out of model_covariates"),
        ({"model_covariates": ["age", "age"]}, "model_covariates named twice: age"),
        ({"conf_level": 95}, "should be less than 1, not 95"),
        ({"conf_level": 1}, "should be less than 1, not 1"),
        ({"draws": 0}, "greater than or equal to 1, not 0"),
        ({"points": 1}, "greater than or equal to 2, not 1"),
        ({"penalty": "ridge"}, "'none' or 'firth', not 'ridge'"),
    ],
    ids=str,
)
def test_what_has_no_meaning_is_told_by_its_name(small_study: Path, tmp_path: Path, asked: Any, told: str) -> None:
    ((name, value),) = asked.items()
    written = f"{name} = {value!r}\n"
    path = small_study.with_name(f"{tmp_path.name}.toml")
    path.write_text(small_study.read_text() + written)
    with pytest.raises(StudyFileError, match=rf"\[analysis\] {name}: .*{told}"):
        read_study(path)


def test_the_section_of_the_deconvolution_has_every_setting_but_those_of_the_study() -> None:
    section, settings = DeconvolutionSection(), Settings()
    assert section.settings() == settings
    assert set(type(section).model_fields) == {"signature", *settings.as_dict()} - set(OF_THE_STUDY)
    assert next(iter(DeconvolutionSection.model_fields)) == "signature"
    with pytest.raises(ValueError, match="bootstrap with solver 'libsvm'"):
        DeconvolutionSection(bootstrap=5, solver="libsvm")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"batch_correction": "b-mode"}, "B-mode batch correction"),
        ({"bootstrap": 4, "conf_level": 0.8}, "4 bootstrap draws of signature genes, 80% percentile limits, seed 3"),
    ],
    ids=str,
)
def test_a_setting_of_the_deconvolution_reaches_the_fractions(
    study: Study, analyses: list[CohortAnalysis], asked: dict[str, Any], told: str
) -> None:
    assert study.deconvolution is not None
    section = DeconvolutionSection(signature=study.deconvolution.signature, **asked)
    other = study.model_copy(update={"deconvolution": section, "cohorts": study.cohorts[:1]})
    found = analyse_study(prepare(other))
    assert told in conventions(other, found)["cell fractions"]
    before, after = (result_tables(made, of)["fractions"] for made, of in ((analyses[:1], study), (found, other)))
    shared = [name for name in before if name in after]
    assert not before[shared].equals(after[shared]) or len(after.columns) > len(before.columns)
    assert ("Monocytes conf_low" in after) == ("bootstrap" in asked)


def test_the_score_of_a_signature_is_made_as_asked(study: Study, analyses: list[CohortAnalysis]) -> None:
    found = {}
    for method in ("auto", "weighted", "mean", "pc1", "singscore"):
        scores = study.scores.model_copy(update={"method": method})
        other = study.model_copy(update={"scores": scores})
        found[method] = score_exposure_of(analyses[0].cohort, other, prepare(other).exposure)
    assert found["auto"].table.equals(found["weighted"].table)
    assert [found[name].method for name in ("mean", "pc1", "singscore")] == [
        "mean log2 expression",
        "first principal component of z-scores",
        "singscore (centred)",
    ]
    assert len({scores.table["HER2 score"].iloc[0] for scores in found.values()}) == 4


def test_a_gene_is_its_own_score() -> None:
    with pytest.raises(ValueError, match="method: the exposure 'ERBB2' is a gene, and its level is the score"):
        ScoresSection(method="mean")
    with pytest.raises(ValueError, match="method and anchor"):
        ScoresSection(method="pc1", anchor="GRB7")
    assert ScoresSection(exposure="ours.tsv", method="pc1", anchor="GRB7").anchor == "GRB7"


def test_the_meaning_of_a_setting_is_that_of_its_spec() -> None:
    field = AnalysisSection.model_fields["sd"]
    assert field.description == LogisticSpec.__dataclass_fields__["sd"].metadata["meaning"]
    assert all(field.description for field in AnalysisSection.model_fields.values())


def test_the_least_overlap_of_a_study_is_above_zero() -> None:
    assert DeconvolutionSection(min_overlap=0.001).min_overlap == 0.001
    assert DeconvolutionSection(min_overlap=1).min_overlap == 1
    for wrong in (0, 1.001):
        with pytest.raises(ValueError, match="min_overlap"):
            DeconvolutionSection(min_overlap=wrong)


def test_every_meaning_is_of_a_setting_and_every_setting_has_one() -> None:
    meanings = facts("her2stats.study", "settings.toml")
    named = {name: kind for name, kind in vars(sections).items() if name.endswith("Section") and name != "Section"}
    assert set(meanings) == set(named)
    for name, section in named.items():
        assert set(meanings[name]) <= set(section.model_fields), name
        assert all(field.description for field in section.model_fields.values()), name
    assert meanings["CohortSection"]["name"].endswith(f"at most {sections.MOST_LETTERS}")


# What of a spec no study file says: what the question is about, which the data and other sections tell, and what tables
# and captions take for granted (odds ratios per standard deviation, the model with all products of two).
ABOUT = {
    "cohort",
    "x",
    "y",
    "by",
    "within",
    "group",
    "reference",
    "kinds",
    "outcomes",
    "exposure",
    "exposures",
    "score",
}
ABOUT |= {"moderator", "factors", "types", "amounts", "high", "totals", "slope_covariates", "quantity"}
SAID_ELSEWHERE = {"alpha": "[analysis] alpha", "seed": "[study] seed"}
GRANTED = {"per_sd", "extra_terms"}


@pytest.mark.parametrize(
    "kind", [kind for kind in get_args(specs.Spec) if kind is not specs.OrdinalSpec], ids=lambda kind: kind.verb
)
def test_whatever_a_spec_can_say_a_study_file_can_say(kind: type) -> None:
    said = {field for field, owners in ASKED.values() if kind in owners}
    granted = ABOUT | set(SAID_ELSEWHERE) | GRANTED
    assert {field.name for field in fields(kind)} - said - granted - NOT_ASKED.get(kind, set()) == set()


# Of a spec alone: the curve's covariates are tried one by one, response is adjusted for hormone receptor.
NOT_ASKED: dict[type, set[str]] = {
    specs.CurveSpec: {"covariates"},
    specs.DrawsSpec: {"draws"},  # [deconvolution] bootstrap
    specs.ResponseSpec: {"covariates"},
    specs.StudyWideSpec: {"covariates"},  # those of the models whose tests they are
    specs.CorrelationSpec: {"covariates"},  # model_covariates, in the answer given hormone receptor
}
