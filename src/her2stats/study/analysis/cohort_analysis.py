"""One cohort, from its files to its answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from her2stats.cohort import Cohort
from her2stats.deconvolution import Deconvolution, SignatureMatrix
from her2stats.errors import Problem, StudyFileError
from her2stats.notes import Note
from her2stats.reading import read_cibersortx
from her2stats.results.catalogue import CELL_TABLES
from her2stats.statistics import classify_abundance
from her2stats.study.analysis.gene_names import expression_for_matrix
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.analysis.questions import CELL_QUESTIONS, response
from her2stats.study.analysis.scores import ScoredCohort, score_cohort
from her2stats.study.progress import Progress, silent
from her2stats.study.sections import CohortSection
from her2stats.study.stages.cache import NO_CACHE, Cache
from her2stats.study.stages.fractions import deconvolve_once, fractions_key
from her2stats.study.study_file import Study

FractionsSource = Literal["none", "read", "kept", "estimated"]


@dataclass(frozen=True)
class CohortAnalysis:
    """Everything that was computed about one cohort."""

    cohort: Cohort
    material: Material
    answers: Answers
    coverage: pd.DataFrame
    deconvolution: Deconvolution | None
    exposure_method: str
    notes: tuple[Note, ...] = field(default=())


def analyse_cohort(
    cohort: Cohort,
    section: CohortSection,
    study: Study,
    matrix: SignatureMatrix | None,
    *,
    cache: Cache = NO_CACHE,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> CohortAnalysis:
    """Score, deconvolve, classify and ask every question that the cohort can answer.

    Parameters
    ----------
    cohort : Cohort
        As read.
    section, study : CohortSection, Study
        What the study file says.
    matrix : SignatureMatrix or None
        For the cell fractions; None where the study does not deconvolve.
    cache : Cache
        Where cell fractions are kept from run to run.
    n_jobs : int
        Processes for the deconvolution.
    progress : callable
        Told how many samples are deconvolved.
    """
    answers = Answers(cohort.name)
    scored = score_cohort(cohort, study, answers) if cohort.expression is not None else ScoredCohort()
    fractions = _fractions(cohort, section, study, matrix, cache=cache, n_jobs=n_jobs, progress=progress)
    material = _material(cohort, scored, fractions, answers)
    if scored.exposure and material.kept:
        for question in CELL_QUESTIONS:
            question(material, study, answers)
    else:
        for table in CELL_TABLES:
            answers.omit(table, _why_no_cells(cohort, material))
    response(material, study, answers)
    extra = fractions.notes if fractions is not None else ()
    return CohortAnalysis(
        cohort=cohort,
        material=material,
        answers=answers,
        coverage=scored.coverage,
        deconvolution=fractions,
        exposure_method=scored.method,
        notes=(*cohort.notes, *scored.notes, *extra, *answers.notes),
    )


def _why_no_cells(cohort: Cohort, material: Material) -> str:
    if cohort.expression is None:
        return "no expression data in this cohort"
    return "no cell fractions" if material.abundance is None else "every cell type is zero too often to be analysed"


def _material(cohort: Cohort, scored: ScoredCohort, fractions: Deconvolution | None, answers: Answers) -> Material:
    amounts = fractions.fractions if fractions is not None else pd.DataFrame(index=cohort.clinical.index)
    abundance = classify_abundance(amounts, cohort=cohort.name) if amounts.shape[1] else None
    if abundance is not None:
        borderline = abundance.kinds.index[abundance.kinds["borderline"]]
        if len(borderline):
            answers.notes.append(
                Note(
                    "abundance",
                    "Cell types whose share of zeros lies within 0.02 of a cut of the zero rule",
                    count=len(borderline),
                    detail=", ".join(borderline),
                )
            )
    return Material(
        name=cohort.name,
        clinical=cohort.clinical,
        exposure=scored.exposure,
        also=scored.also,
        til=scored.til,
        scores=scored.table.reindex(cohort.clinical.index),
        fractions=amounts,
        abundance=abundance,
    )


def _fractions(
    cohort: Cohort,
    section: CohortSection,
    study: Study,
    matrix: SignatureMatrix | None,
    *,
    cache: Cache,
    n_jobs: int,
    progress: Progress,
) -> Deconvolution | None:
    """Deconvolve, or read what CIBERSORTx has already done."""
    if section.fractions is not None:
        return read_fractions(study, section, cohort)
    settings = _deconvolution_settings(cohort, study, matrix)
    if matrix is None or settings is None:
        return None
    stage = f"{cohort.name}: cell fractions"
    expression, notes = expression_for_matrix(cohort, matrix, study)
    found = deconvolve_once(
        cache,
        expression,
        matrix,
        settings,
        n_jobs=n_jobs,
        progress=lambda done, total: progress(stage, done, total),
    )
    return replace(found, notes=(*notes, *found.notes))


def where_fractions_come_from(
    cohort: Cohort, section: CohortSection, study: Study, matrix: SignatureMatrix | None, cache: Cache
) -> FractionsSource:
    """Say what a run would do for the cell fractions of a cohort, without doing it."""
    if section.fractions is not None:
        return "read"
    settings = _deconvolution_settings(cohort, study, matrix)
    if matrix is None or settings is None:
        return "none"
    expression, _ = expression_for_matrix(cohort, matrix, study)
    return "kept" if cache.find(fractions_key(expression, matrix, settings)) is not None else "estimated"


def _deconvolution_settings(cohort: Cohort, study: Study, matrix: SignatureMatrix | None) -> dict[str, Any] | None:
    """What the study file asks of `deconvolve`; None where there is nothing to deconvolve."""
    settings = study.deconvolution
    if matrix is None or settings is None or cohort.expression is None:
        return None
    return {**settings.settings(), "seed": study.study.seed, "rename_genes": study.study.rename_genes}


def read_fractions(study: Study, section: CohortSection, cohort: Cohort | None) -> Deconvolution | None:
    """Read what CIBERSORTx has found, for the population of the cohort; None where no file is named.

    Parameters
    ----------
    study, section : Study, CohortSection
        What the study file says.
    cohort : Cohort or None
        Every one of its tumours has to be in the file; not checked where the cohort itself could not be read.

    Raises
    ------
    FileError, TableError, SampleError, StudyFileError
        The file cannot be read, or lacks tumours of the cohort.
    """
    if section.fractions is None:
        return None
    read = read_cibersortx(study.locate(section.fractions))
    if cohort is None:
        return read
    absent = cohort.clinical.index.difference(read.fractions.index)
    if len(absent):
        raise StudyFileError(
            Problem(
                f"{len(absent)} tumours of the cohort are not in it, first {', '.join(map(str, absent[:5]))}",
                str(section.fractions),
                "give the result file of the same samples, with the same sample ids",
            )
        )
    keep = cohort.clinical.index
    return replace(read, fractions=read.fractions.loc[keep], quality=read.quality.loc[keep])
