"""Scores that were published for the tumours of a cohort, in columns of its clinical table, in place of expression."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from pandas.api.types import is_numeric_dtype

from her2stats.cohort import Cohort
from her2stats.deconvolution import Deconvolution
from her2stats.errors import ProblemList, StudyFileError, near
from her2stats.notes import Note
from her2stats.reading.estimates import published_amounts
from her2stats.signatures.scoring import COVERAGE_COLUMNS
from her2stats.signatures.til import DEFAULT_MEMBERS, TOTAL
from her2stats.study.preparing.scores import ScoredCohort
from her2stats.study.sections import CohortSection
from her2stats.study.study_file import Study


def take_scores(
    cohort: Cohort, section: CohortSection, study: Study, exposure: str, given: Deconvolution | None
) -> tuple[Cohort, ScoredCohort, Deconvolution | None]:
    """The cohort without the columns of its scores, these as scores, and those of cell types as amounts.

    The exposure, the scores beside it and total TIL are known by their names; all others are cell types, or scores
    beside the exposure where amounts of cell types are `given`. Total TIL is the mean of Danaher's ten types where all
    stand there under his names and no column says it. Raises StudyFileError where the exposure is not among them, or a
    column holds text.
    """
    names, problems, where = list(section.scores), ProblemList(), f"cohort {cohort.name!r}, scores"
    if exposure not in names:
        remedy = near(exposure, names) or f"name its column, or take one of {', '.join(names)} as [scores] exposure"
        problems.add(StudyFileError, f"the exposure {exposure!r} is not among them", where=where, remedy=remedy)
    for name in (name for name in names if not is_numeric_dtype(cohort.clinical[name].dtype)):
        what, remedy = "holds words, not numbers", "correct the column, or leave the score out"
        problems.add(StudyFileError, what, where=where, column=section.scores[name], remedy=remedy)
    problems.raise_if_any()
    table = cohort.clinical[names].astype("float64")
    if study.scores.til == "danaher" and TOTAL not in table and set(DEFAULT_MEMBERS) <= set(names):
        table[TOTAL] = table[sorted(DEFAULT_MEMBERS)].mean(axis=1, skipna=False)
    also = [name for name in dict.fromkeys(study.scores.also) if name in table and name != exposure]
    types = [name for name in names if name not in (exposure, TOTAL, *also)]
    if given is None and types:
        source = next(one for one in cohort.sources if one.role == "clinical")
        given, types = published_amounts(table[types], source.path, source.sha256), []
    # what is called as a gene is one; of how many genes the others are, nobody says
    genes = [] if study.scores.exposure_file else [(exposure, 1, 1, 1.0, "", False, "")]
    shown = [exposure, *also, *types, *([TOTAL] if TOTAL in table else [])]
    scored = ScoredCohort(
        exposure=exposure,
        also=tuple(also + types),
        til=TOTAL if TOTAL in table and study.scores.til == "danaher" else "",
        table=table[shown],
        coverage=pd.DataFrame(genes, columns=["score", *COVERAGE_COLUMNS]),
        method=f"{exposure}: as the clinical table has it",
        notes=(Note("scores", "scores as the clinical table has them", len(names), ", ".join(names)),),
        omitted=() if TOTAL in table else (("total TIL", "not every type of Danaher's total is among the scores"),),
    )
    return replace(cohort, clinical=cohort.clinical.drop(columns=names)), scored, given
