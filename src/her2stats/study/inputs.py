"""Everything that a study reads: cohorts, signature matrix, exposure, fractions; all problems of all files at once."""

from __future__ import annotations

from collections.abc import Sequence

from her2stats.cohort import Cohort
from her2stats.deconvolution import SignatureMatrix, read_signature_matrix
from her2stats.deconvolution.mixture import check_overlap
from her2stats.errors import CoverageError, InputError, ProblemList
from her2stats.reading import read_cohort
from her2stats.signatures import read_signature
from her2stats.study.cohort_analysis import read_fractions
from her2stats.study.exposure import score_exposure_of
from her2stats.study.gene_names import expression_for_matrix
from her2stats.study.progress import Progress, silent
from her2stats.study.study_file import CohortSection, Study, looks_like_file


def read_inputs(study: Study, *, progress: Progress = silent) -> tuple[list[Cohort], SignatureMatrix | None]:
    """Read everything that the study names; the problems of all files are raised together.

    Raises
    ------
    InputError
        Every problem of every file.
    """
    problems, cohorts = ProblemList(), []
    matrix = None
    for number, section in enumerate(study.cohorts):
        progress("Reading", number, len(study.cohorts))
        try:
            cohorts.append(_read_cohort(study, section))
        except InputError as error:
            problems.take(error)
            cohort = None
        else:
            cohort = cohorts[-1]
        try:
            read_fractions(study, section, cohort)
        except InputError as error:
            problems.take(error)
    if study.deconvolution is not None and study.deconvolution.signature is not None:
        try:
            matrix = read_signature_matrix(study.locate(study.deconvolution.signature))
        except InputError as error:
            problems.take(error)
    if looks_like_file(study.scores.exposure):
        try:
            read_signature(study.locate(study.scores.exposure))
        except InputError as error:
            problems.take(error)
    progress("Reading", len(study.cohorts), len(study.cohorts))
    problems.raise_if_any()
    _check_genes(study, cohorts, matrix)
    return cohorts, matrix


def _check_genes(study: Study, cohorts: Sequence[Cohort], matrix: SignatureMatrix | None) -> None:
    """Find out before anything is computed whether every cohort has the genes that the study needs."""
    problems = ProblemList()
    for section, cohort in zip(study.cohorts, cohorts, strict=True):
        if cohort.expression is None:
            continue
        try:
            score_exposure_of(cohort, study)
        except InputError as error:
            for problem in error.problems:
                where = f"cohort {cohort.name!r}, [scores] exposure{f', {problem.where}' if problem.where else ''}"
                problems.add(type(error), problem.what, where=where, remedy=problem.remedy)
        if matrix is None or section.fractions is not None or study.deconvolution is None:
            continue
        missing = ProblemList()
        genes = expression_for_matrix(cohort, matrix, study)[0].index
        check_overlap(matrix, sorted(set(matrix.genes) & set(genes)), study.deconvolution.min_overlap, missing)
        for problem in missing:
            where = f"cohort {cohort.name!r}, [deconvolution] signature"
            problems.add(CoverageError, problem.what, where=where, remedy=problem.remedy)
    problems.raise_if_any()


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
