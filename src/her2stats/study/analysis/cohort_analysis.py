"""One cohort, from what was prepared to its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from her2stats.cohort import Cohort
from her2stats.deconvolution import Deconvolution
from her2stats.notes import Note
from her2stats.progress import Progress, silent
from her2stats.results.catalogue import CELL_TABLES
from her2stats.statistics import classify_abundance
from her2stats.study.analysis.fraction_draws import fraction_draws
from her2stats.study.analysis.material import Answers, Material
from her2stats.study.analysis.ordinal_odds import ordinal_odds
from her2stats.study.analysis.pathologist import pathologist
from her2stats.study.analysis.questions import CELL_QUESTIONS
from her2stats.study.analysis.random_lists import beside_random_lists
from her2stats.study.analysis.response import response
from her2stats.study.analysis.response_further import response_further
from her2stats.study.analysis.robustness import robustness
from her2stats.study.analysis.sensitivity import sensitivity
from her2stats.study.analysis.study_wide import study_wide_error
from her2stats.study.preparing import Prepared, PreparedCohort
from her2stats.study.preparing.scores import ScoredCohort
from her2stats.study.stages.cache import NO_CACHE, Cache
from her2stats.study.stages.fractions import Fractions
from her2stats.study.stages.stage import once
from her2stats.study.study_file import Study
from her2stats.vocabulary.her2_groups import PAPER
from her2stats.vocabulary.variables import with_role


@dataclass(frozen=True)
class CohortAnalysis:
    """Everything that was computed about one cohort."""

    cohort: Cohort
    material: Material
    answers: Answers
    coverage: pd.DataFrame
    deconvolution: Deconvolution | None
    exposure_method: str
    random_lists: dict[str, pd.DataFrame]  # tables of the results folder, by name
    sensitivity: Mapping[str, pd.DataFrame]
    notes: tuple[Note, ...] = field(default=())


def analyse_cohort(
    one: PreparedCohort, prepared: Prepared, *, cache: Cache = NO_CACHE, n_jobs: int = 1, progress: Progress = silent
) -> CohortAnalysis:
    """Deconvolve, classify and ask every question that the cohort can answer.

    The cache keeps cell fractions from run to run; `n_jobs` counts processes for the deconvolution, whose samples done
    are told to `progress`.
    """
    cohort, scored, study = one.cohort, one.scored, prepared.study
    answers = Answers(cohort.name, omitted=list(scored.omitted))
    fractions = _fractions(one, prepared, cache=cache, n_jobs=n_jobs, progress=progress)
    material = _material(cohort, scored, fractions, answers, study)
    if scored.exposure and material.kept:
        for question in CELL_QUESTIONS:
            question(material, study, answers)
        study_wide_error(material, study, answers)
        robustness(one, prepared, material, fractions, answers)
        ordinal_odds(material, study, answers)
        fraction_draws(material, fractions, study, answers)
    else:
        for table in CELL_TABLES:
            answers.omit(table, _why_no_cells(cohort, material))
    pathologist(material, study, answers)
    response(material, study, answers)
    response_further(material, study, answers)
    extra = fractions.notes if fractions is not None else ()
    return CohortAnalysis(
        cohort=cohort,
        material=material,
        answers=answers,
        coverage=scored.coverage,
        deconvolution=fractions,
        exposure_method=scored.method,
        random_lists=beside_random_lists(one, prepared, material, answers),
        sensitivity=sensitivity(material, study, answers),
        notes=(*cohort.notes, *scored.notes, *extra, *answers.notes),
    )


def _why_no_cells(cohort: Cohort, material: Material) -> str:
    if cohort.expression is None:
        return "no expression data in this cohort"
    return "no cell fractions" if material.abundance is None else "every cell type is zero too often to be analysed"


def _material(
    cohort: Cohort, scored: ScoredCohort, fractions: Deconvolution | None, answers: Answers, study: Study
) -> Material:
    amounts = fractions.fractions if fractions is not None else pd.DataFrame(index=cohort.clinical.index)
    scores = fractions is not None and not fractions.additive
    abundance = classify_abundance(amounts, scores=scores, cohort=cohort.name) if amounts.shape[1] else None
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
        factors=with_role("factor") if study.analysis.grouping == PAPER else ("hr", "her2_group"),
        til=scored.til,
        scores=scored.table.reindex(cohort.clinical.index),
        fractions=amounts,
        abundance=abundance,
    )


def fractions_stage(one: PreparedCohort, prepared: Prepared, **how: Any) -> Fractions | None:
    """What deconvolves a cohort; None where nothing is to be deconvolved."""
    if one.mixture is None or prepared.matrix is None:
        return None
    return Fractions(one.mixture, prepared.matrix, prepared.study.deconvolution_settings, **how)


def _fractions(
    one: PreparedCohort, prepared: Prepared, *, cache: Cache, n_jobs: int, progress: Progress
) -> Deconvolution | None:
    """Deconvolve, or take what CIBERSORTx has already done."""

    def told(stage: str, done: int, total: int) -> None:
        progress(f"{one.cohort.name}: {stage}", done, total)

    stage = fractions_stage(one, prepared, n_jobs=n_jobs, progress=told)
    if stage is None:
        return one.given
    found = once(stage, cache)
    return replace(found, notes=(*one.notes, *found.notes))
