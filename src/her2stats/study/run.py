"""A whole study: from the study file to the results folder."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from her2stats.cohort import Cohort
from her2stats.deconvolution import SignatureMatrix, read_signature_matrix
from her2stats.deconvolution.mixture import check_overlap
from her2stats.errors import CoverageError, InputError, ProblemList
from her2stats.r_engine import crosscheck_r, r_status, write_models
from her2stats.reading import read_cohort
from her2stats.report import write_report
from her2stats.statistics import Result
from her2stats.study.cohort_analysis import CohortAnalysis, analyse_cohort
from her2stats.study.crosscheck import write_crosscheck
from her2stats.study.exposure import score_exposure_of
from her2stats.study.progress import Progress, silent
from her2stats.study.provenance import provenance, write_provenance
from her2stats.study.result_tables import RESULT_TABLES, result_tables, write_tables
from her2stats.study.results import StudyResults, load_results
from her2stats.study.results_folder import PROVENANCE, fresh_folder
from her2stats.study.study_figures import draw_figures
from her2stats.study.study_file import CohortSection, Study, read_study
from her2stats.tables import save_workbook


def run_study(
    study: str | Path | Study,
    *,
    overwrite: bool = False,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> StudyResults:
    """Run a study and write its results folder.

    Parameters
    ----------
    study : str, Path or Study
        A study file, or one that is already read.
    overwrite : bool
        Replace a folder that holds something else than results.
    n_jobs : int
        Processes for deconvolution and drawing; they change no number and no byte.
    progress : callable
        Told the stage, what is done of it and how much there is.

    Returns
    -------
    StudyResults

    Raises
    ------
    InputError
        Something in the study file or the data cannot be used; every problem is listed, nothing is written.
    OutputError
        The results folder cannot be written.
    """
    study = study if isinstance(study, Study) else read_study(study)
    with fresh_folder(study.results_folder, overwrite=overwrite) as draft:
        cohorts, matrix = read_inputs(study, progress=progress)
        analyses = []
        for number, (section, cohort) in enumerate(zip(study.cohorts, cohorts, strict=True)):
            progress("Analysing cohorts", number, len(cohorts))
            analyses.append(analyse_cohort(cohort, section, study, matrix, n_jobs=n_jobs, progress=progress))
        progress("Analysing cohorts", len(cohorts), len(cohorts))
        _write(study, analyses, draft, n_jobs=n_jobs, progress=progress)
    return load_results(study.results_folder)


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
    if study.deconvolution is not None and study.deconvolution.signature is not None:
        try:
            matrix = read_signature_matrix(study.locate(study.deconvolution.signature))
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
        check_overlap(matrix, sorted(set(matrix.genes) & set(cohort.genes)), study.deconvolution.min_overlap, missing)
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
    )


def _write(study: Study, analyses: Sequence[CohortAnalysis], draft: Path, *, n_jobs: int, progress: Progress) -> None:
    """Fill the draft folder: tables, models, the comparison with R, figures, provenance, report."""
    tables = result_tables(analyses)
    write_tables(tables, draft / "tables")
    save_workbook(tables, draft / "tables" / "tables.xlsx")
    models = _models(analyses)
    write_models(models, draft / "r")
    with ThreadPoolExecutor(max_workers=1) as beside:  # R works in a process of its own while we draw
        comparison = beside.submit(_crosscheck, study, models)
        draw_figures(analyses, study, draft / "figures", n_jobs=n_jobs, progress=progress)
        progress("Comparing with R", 0, 1)
        checked = comparison.result()
    progress("Comparing with R", 1, 1)
    if checked is not None:
        write_crosscheck(checked, draft)
    write_provenance(provenance(study, list(analyses)), draft / PROVENANCE)
    progress("Report", 0, 1)
    write_report(draft)
    progress("Report", 1, 1)


def _models(analyses: Sequence[CohortAnalysis]) -> dict[str, Result]:
    """Every fitted model under an id that says where it came from: cohort, table, number."""
    return {
        f"{analysis.cohort.name}.{table}.{number + 1}": result
        for analysis in analyses
        for table in RESULT_TABLES
        for number, result in enumerate(analysis.answers.results.get(table, []))
    }


def _crosscheck(study: Study, models: dict[str, Result]) -> pd.DataFrame | None:
    """Compare with R: when the study asks for it, and by default when R is there."""
    wanted = study.analysis.crosscheck
    if wanted is False or (wanted is None and not r_status(probe=False).usable):
        return None
    return crosscheck_r(models, whole=True).table
