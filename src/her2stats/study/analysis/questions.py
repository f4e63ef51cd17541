"""The paper's questions, one function each: material in, answers filled.

A question that a cohort cannot be asked is not an error: it is left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from her2stats.statistics import (
    Result,
    adjust,
    compare_groups,
    correlate,
    fit_ancova,
    fit_clinical,
    fit_interaction,
    fit_logistic,
)
from her2stats.statistics.rows import records
from her2stats.statistics.specs import (
    AncovaSpec,
    ClinicalSpec,
    CorrelationSpec,
    GroupSpec,
    InteractionSpec,
    LogisticSpec,
)
from her2stats.study.analysis.material import CLINICAL_CUTS, NO_HR, Answers, Material
from her2stats.study.study_file import Study
from her2stats.vocabulary.names import level_label, variable_label

FAMILY = ("cohort", "stratum")
FEWEST_IN_LEVEL = 3
ANCOVA_TABLES = ("ancova_tests", "ancova_slopes", "ancova_slopes_hc2", "ancova_curves")
Question = Callable[[Material, Study, Answers], None]


def correlation(material: Material, study: Study, answers: Answers) -> None:
    """Ask how the scores go with each cell type and with total TIL, over the whole cohort."""
    answers.add("correlation", _associations(material, study, by=None))


def correlation_by_hr(material: Material, study: Study, answers: Answers) -> None:
    """Ask the same within the hormone-receptor strata."""
    if not material.has("hr"):
        answers.omit("correlation_by_hr", NO_HR)
        return
    answers.add("correlation_by_hr", _associations(material, study, by="hr"))


def _associations(material: Material, study: Study, by: str | None) -> list[Result]:
    """Spearman for continuous types, Wilcoxon for dichotomised ones: one family per score and stratum."""
    found: list[Result] = []
    spearman, groups = study.keywords(CorrelationSpec), study.keywords(GroupSpec)
    for score in material.predictors:
        family: list[Result] = []
        if material.continuous:
            family.append(
                correlate(material.amounts(), score, material.continuous, by=by, cohort=material.name, **spearman)
            )
        if material.dichotomised:
            presence = material.presence()
            family.append(
                compare_groups(presence, score, group=material.dichotomised, by=by, cohort=material.name, **groups)
            )
        if family:
            found += _corrected(family, study, f"{score} and cell types")
    if material.til:
        totals = [
            correlate(material.amounts(), score, material.til, by=by, cohort=material.name, **spearman)
            for score in material.predictors
        ]
        found += _corrected(totals, study, f"scores and {material.til}")
    return found


def correlation_given_hr(material: Material, study: Study, answers: Answers) -> None:
    """Ask for the association among tumours of the same receptor, in one number over both groups.

    HER2 expression and infiltration both differ between the receptor groups, which the overall correlation takes for an
    association: without any within the groups it is "significant" in 11 to 36 % of studies.
    """
    if not material.has("hr"):
        answers.omit("correlation_given_hr", NO_HR)
        return
    asked = study.keywords(CorrelationSpec, given=True)
    asked["covariates"] = material.known(study.analysis.model_covariates)
    frame, given = material.measured(), "given hormone receptor"

    def ask(score: str, outcomes: Sequence[str]) -> Result:
        return correlate(frame, score, outcomes, within="hr", cohort=material.name, **asked)

    for score in material.predictors if material.kept else ():
        found = [ask(score, material.kept)]
        answers.add("correlation_given_hr", _corrected(found, study, f"{score} and cell types, {given}"))
    if material.til:
        totals = [ask(score, [material.til]) for score in material.predictors]
        answers.add("correlation_given_hr", _corrected(totals, study, f"scores and {material.til}, {given}"))


def infiltration_by_hr(material: Material, study: Study, answers: Answers) -> None:
    """Ask whether total TIL goes with the exposure in the same way in the hormone-receptor groups."""
    if not material.til or not material.has("hr"):
        answers.omit("infiltration_by_hr", NO_HR if material.til else "there is no total TIL score")
        return
    frame, scaled = material.amounts(), f"{material.exposure} per SD"
    frame[scaled] = frame[material.exposure] / frame[material.exposure].std()
    asked = study.keywords(AncovaSpec) | {"covariates": ()}
    fitted = fit_ancova(frame, material.til, scaled, factors="hr", cohort=material.name, **asked)
    for what, result in (("slopes", fitted.slopes), ("tests", fitted.tests)):
        answers.add("infiltration_by_hr", _corrected([result], study, f"ANCOVA {what} of {material.til}", "term"))


def correlation_matrix(material: Material, study: Study, answers: Answers) -> None:
    """Correlate scores and continuous types pairwise within the hormone-receptor strata (Fig. 2a of the paper)."""
    if not material.has("hr"):
        answers.omit("correlation_matrix", NO_HR)
        return
    spearman = study.keywords(CorrelationSpec)
    frame, variables = material.amounts(), [*material.predictors, *material.continuous]
    pairs = [
        correlate(frame, first, variables[place + 1 :], by="hr", cohort=material.name, **spearman)
        for place, first in enumerate(variables[:-1])
    ]
    answers.add("correlation_matrix", _corrected(pairs, study, "every pair of scores and cell types"))


def group_comparison(material: Material, study: Study, answers: Answers) -> None:
    """Ask which cell types differ between hormone-receptor-positive and -negative tumours."""
    if not material.has("hr"):
        answers.omit("group_comparison", NO_HR)
        return
    asked = study.keywords(GroupSpec)
    compared = [compare_groups(material.measured(), material.kept, group="hr", cohort=material.name, **asked)]
    answers.add("group_comparison", _corrected(compared, study, "cell types between groups", "term"))


def odds_ratios(material: Material, study: Study, answers: Answers) -> None:
    """Ask for the odds of high abundance per SD of the exposure: all tumours and by HR."""
    frame, fitted = material.abundances(), []
    asked = study.keywords(LogisticSpec) | {"covariates": _model_covariates(material, study, answers)}
    for by in (None, "hr") if material.has("hr") else (None,):
        fitted.append(fit_logistic(frame, material.kept, material.exposure, by=by, cohort=material.name, **asked))
    answers.add("odds_ratios", _corrected(fitted, study, f"odds of high abundance by {material.exposure}"))


def interaction(material: Material, study: Study, answers: Answers) -> None:
    """Ask whether those odds ratios differ by HR."""
    if not material.has("hr"):
        answers.omit("interaction", NO_HR)
        return
    asked = study.keywords(InteractionSpec) | {"covariates": material.known(study.analysis.model_covariates)}
    frame = material.abundances()
    fitted = fit_interaction(frame, material.kept, material.exposure, "hr", cohort=material.name, **asked)
    answers.add("interaction", _corrected([fitted], study, "high abundance", "term"))


def clinical(material: Material, study: Study, answers: Answers) -> None:
    """Ask how age, grade and size go with abundance, by HR and with the interaction."""
    frame = material.abundances()
    usable = [cut for cut in CLINICAL_CUTS if cut in frame and frame[cut].nunique(dropna=True) > 1]
    for cut, variable in CLINICAL_CUTS.items():
        if cut not in usable:
            answers.omit(f"clinical: {cut}", f"{variable} is not in the clinical table, or the same for all")
    if not usable or not material.has("hr"):
        answers.omit("clinical", "no usable clinical variable or no hormone-receptor status")
        return
    asked, covariates = study.keywords(ClinicalSpec), material.known(study.analysis.model_covariates)
    fitted = []
    for cuts in [[cut] for cut in usable] if covariates else [usable]:
        # a variable tells its own cut without error, so it is no covariate of it
        asked["covariates"] = tuple(name for name in covariates if CLINICAL_CUTS[cuts[0]] != name)
        fitted.append(fit_clinical(frame, cuts, material.kept, moderator="hr", cohort=material.name, **asked))
    rows = [_with_question(result) for result in fitted]
    answers.add("clinical", _corrected(rows, study, "clinical", "outcome", "question"))


def _corrected(results: Sequence[Result], study: Study, asked: str, *by: str) -> list[Result]:
    """Correct for how many were looked at: one family a cohort, stratum and whatever else tells questions apart."""
    return adjust(results, by=(*FAMILY, *by), asked=asked, method=study.analysis.correction)


def _model_covariates(material: Material, study: Study, answers: Answers) -> tuple[str, ...]:
    """Covariates of the logistic models that the cohort has; of the others it is said once that they are not."""
    known = material.known(study.analysis.model_covariates)
    for name in study.analysis.model_covariates:
        if name not in known:
            answers.omit("odds_ratios, adjusted", f"{name} is not in the clinical table, so it is not adjusted for")
    return known


def _with_question(fitted: Result) -> Result:
    """Name what each row asks whatever cell type it asks it of: the types of one question are one family of tests."""
    questions = [
        row["term"] if row["role"] == "moderator" else f"type{row['term'].removeprefix(row['exposure'])}"
        for row in records(fitted.table)
    ]
    return replace(fitted, table=fitted.table.assign(question=questions))


def ancova(material: Material, study: Study, answers: Answers) -> None:
    """Ask for the marginal effect of the exposure given HR and HER2 IHC, unadjusted and adjusted."""
    missing = [name for name in material.factors if not material.has(name)]
    if missing or not material.continuous:
        words = {"hr": "hormone-receptor status", "her2_ihc": "the HER2 IHC level", "her2_group": "the HER2 group"}
        what = " and ".join(words[name] for name in missing)
        reason = f"{what} is not known in this cohort (or the same for all)" if missing else "no continuous cell type"
        _omit_ancova(answers, reason)
        return
    her2 = material.her2
    frame = with_estimable_levels(material.amounts(), answers, her2)
    if frame[her2].nunique() < 2:
        _omit_ancova(
            answers, f"fewer than two {variable_label(her2)} levels have {FEWEST_IN_LEVEL} tumours with known HR"
        )
        return
    _fit_ancova(frame, material, study, answers, covariates=())
    covariates = material.known(study.analysis.covariates)
    for name in study.analysis.covariates:
        if name not in covariates:
            answers.omit("ancova, adjusted", f"{name} is not in the clinical table, so it is not adjusted for")
    if covariates:
        _fit_ancova(frame, material, study, answers, covariates=covariates)


def _omit_ancova(answers: Answers, reason: str) -> None:
    for table in ANCOVA_TABLES:
        answers.omit(table, reason)


def with_estimable_levels(frame: pd.DataFrame, answers: Answers, her2: str) -> pd.DataFrame:
    """Leave out levels of HER2 with fewer than three tumours: they have no slope, and would take the average's away."""
    complete = frame.dropna(subset=["hr", her2])
    counts = complete[her2].value_counts()
    rare = [level for level in frame[her2].cat.categories if 0 < counts.get(level, 0) < FEWEST_IN_LEVEL]
    for level in rare:
        named = level_label(her2, level)
        what = f"only {counts[level]} tumour(s) with {named} and known HR: left out of the covariance analysis"
        answers.omit(f"ancova: {named}", what)
    kept = frame[~frame[her2].isin(rare)]
    return kept.assign(**{her2: kept[her2].cat.remove_unused_categories()})


def _fit_ancova(
    frame: pd.DataFrame, material: Material, study: Study, answers: Answers, *, covariates: tuple[str, ...]
) -> None:
    asked = study.keywords(AncovaSpec) | {"covariates": covariates, "cohort": material.name}
    ask = partial(fit_ancova, frame, material.continuous, material.exposure, factors=material.factors)
    fitted, beside = ask(**asked), ask(**asked | {"covariance": "hc2"})
    model = f"adjusted for {', '.join(covariates)}" if covariates else "unadjusted"
    tests = _corrected([fitted.tests], study, f"ANCOVA tests, {model}", "term")
    slopes = _corrected([fitted.slopes], study, f"ANCOVA slopes, {model}", "term")
    robust = _corrected([beside.slopes], study, f"ANCOVA slopes, HC2, {model}", "term")
    for table, results in zip(ANCOVA_TABLES, (tests, slopes, robust, [fitted.curve]), strict=True):
        answers.add(table, [_labelled(result, model) for result in results])


def _labelled(result: Result, model: str) -> Result:
    """Name the model in an extra column, so that unadjusted and adjusted rows can stand in one table."""
    return replace(result, table=result.table.assign(model=model))


CELL_QUESTIONS: tuple[Question, ...] = (
    correlation,
    correlation_by_hr,
    correlation_given_hr,
    infiltration_by_hr,
    correlation_matrix,
    group_comparison,
    odds_ratios,
    interaction,
    clinical,
    ancova,
)
