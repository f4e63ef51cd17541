"""Everything that a study reads: cohorts, signature matrix, exposure, fractions; all problems of all files at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from pandas.api.types import is_numeric_dtype

from her2stats.cohort import Cohort
from her2stats.deconvolution import Deconvolution, SignatureMatrix, read_signature_matrix
from her2stats.deconvolution.mixture import align_mixture
from her2stats.errors import DataError, InputError, ProblemList
from her2stats.reading import read_cohort
from her2stats.signatures import read_signature
from her2stats.signatures.signature_file import names_a_file
from her2stats.statistics.frame import MOST_LEVELS
from her2stats.study.analysis.cohort_analysis import read_fractions
from her2stats.study.analysis.gene_names import expression_for_genes, expression_for_matrix
from her2stats.study.analysis.material import Answers
from her2stats.study.analysis.scores import ScoredCohort, genes_beside_exposure, score_cohort, score_exposure_of
from her2stats.study.column_names import check_column_names
from her2stats.study.progress import Progress, silent
from her2stats.study.sections import CohortSection
from her2stats.study.study_file import Study

T = TypeVar("T")


def read_inputs(study: Study, *, progress: Progress = silent) -> tuple[list[Cohort], SignatureMatrix | None]:
    """Read everything that the study names; the problems of all files are raised together.

    Raises
    ------
    InputError
        Every problem of every file.
    """
    problems = ProblemList()
    read = []
    for number, section in enumerate(study.cohorts):
        progress("Reading", number, len(study.cohorts))
        read.append(_read_with_fractions(study, section, problems))
    signature = study.deconvolution.signature if study.deconvolution is not None else None
    matrix = _attempt(problems, lambda: read_signature_matrix(study.locate(signature))) if signature else None
    if names_a_file(study.scores.exposure):
        _attempt(problems, lambda: read_signature(study.locate(study.scores.exposure)))
    progress("Reading", len(study.cohorts), len(study.cohorts))
    problems.raise_if_any()
    cohorts = []
    for cohort, fractions in read:
        assert cohort is not None
        _check_analysis(cohort, study, matrix, fractions, problems)
        cohorts.append(cohort)
    problems.raise_if_any()
    return cohorts, matrix


def _attempt(problems: ProblemList, step: Callable[[], T], *, where: str = "") -> T | None:
    """What a step gives, or None where it is refused, so that all problems are told together."""
    with problems.collect(where):
        return step()
    return None


def _read_with_fractions(
    study: Study, section: CohortSection, problems: ProblemList
) -> tuple[Cohort | None, Deconvolution | None]:
    cohort = _attempt(problems, lambda: _read_cohort(study, section))
    return cohort, _attempt(problems, lambda: read_fractions(study, section, cohort))


def _check_analysis(
    cohort: Cohort, study: Study, matrix: SignatureMatrix | None, fractions: Deconvolution | None, problems: ProblemList
) -> None:
    """Find out before anything is computed what a cohort lacks for its analysis: genes, scale, names of their own."""
    here, place = ProblemList(), f"cohort {cohort.name!r}"
    types, file = fractions.signature.cell_types if fractions else (), str(study.section(cohort.name).fractions)
    scored: ScoredCohort | None = ScoredCohort()
    if cohort.expression is not None:
        scored = _scored(cohort, study, here, place)
        if matrix is not None and fractions is None:
            types, file = matrix.cell_types, Path(matrix.source).name
            _attempt(here, lambda: _check_mixture(cohort, study, matrix), where=f"{place}, [deconvolution] signature")
    if scored is not None:
        check_column_names(cohort, scored, types, file, study, here)
    _check_covariates(cohort, study, here, place)
    for error in here.errors():
        problems.take(error)


def _check_covariates(cohort: Cohort, study: Study, problems: ProblemList, place: str) -> None:
    for name in study.analysis.covariates:
        levels = cohort.clinical[name].nunique() if name in cohort.clinical else 0
        if levels > MOST_LEVELS and not is_numeric_dtype(cohort.clinical[name].dtype):
            what = f"{name!r} has {levels} different values and cannot divide tumours into groups"
            remedy = f"leave it out, or map its values into {MOST_LEVELS} or fewer groups"
            problems.add(DataError, what, where=f"{place}, [analysis] covariates", column=name, remedy=remedy)


def _scored(cohort: Cohort, study: Study, problems: ProblemList, place: str) -> ScoredCohort | None:
    """Score a cohort; where that cannot be, find out for each setting why not."""
    try:
        return score_cohort(cohort, study, Answers(cohort.name))
    except InputError as error:
        _attempt(problems, lambda: score_exposure_of(cohort, study), where=f"{place}, [scores] exposure")
        for setting, genes in genes_beside_exposure(study).items():
            named = partial(expression_for_genes, cohort, genes, study, what="")
            _attempt(problems, named, where=f"{place}, [scores] {setting}")
        if not problems:
            problems.take(error)
        return None


def _check_mixture(cohort: Cohort, study: Study, matrix: SignatureMatrix) -> None:
    """Go through everything that deconvolution refuses."""
    settings = study.deconvolution
    assert settings is not None
    expression, _ = expression_for_matrix(cohort, matrix, study)
    align_mixture(
        expression,
        matrix,
        min_overlap=settings.min_overlap,
        check_scale=settings.check_scale,
        rename_genes=study.study.rename_genes,
    )


def _read_cohort(study: Study, section: CohortSection) -> Cohort:
    return read_cohort(
        study.locate(section.expression) if section.expression is not None else None,
        study.locate(section.clinical),
        name=section.name,
        scale=section.scale,
        offset=section.offset,
        normalise=section.normalise,
        columns=section.columns,
        values=section.values,
        where=section.where,
        on_mismatch=section.on_mismatch,
        clinical_sheet=section.clinical_sheet,
        clinical_decimal=section.clinical_decimal,
        gene_column=section.gene_column,
        ignore_columns=section.ignore_columns,
        orientation=section.orientation,
        sheet=section.sheet,
        delimiter=section.delimiter,
        decimal=section.decimal,
        layer=section.layer,
        annotation=study.locate(section.annotation) if section.annotation is not None else None,
        symbols=section.symbols,
        duplicates=section.duplicates,
        missing=section.missing,
        allow_range=section.allow_range,
    )
