"""The tables of a results folder: one frame a file, all cohorts in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from her2stats.notes import notes_table
from her2stats.results.csv_cells import csv_text
from her2stats.results.schema import RESULT_TABLES, SCHEMAS, typed_tables
from her2stats.statistics import combine
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.flow import flow
from her2stats.study.analysis.pooled import pooled_results
from her2stats.study.study_figures import Absent, absent_figures
from her2stats.study.study_file import Study
from her2stats.tables import table_one
from her2stats.writing import write_whole


def result_tables(analyses: Sequence[CohortAnalysis], study: Study) -> dict[str, pd.DataFrame]:
    """Every table of the results folder, by file name without ending.

    Tables of a part that no cohort could answer are there with their header, so that a reader of the folder finds
    the same files whatever the study.
    """
    tables = {
        "scores": _stacked(analyses, lambda a: _per_sample(a, a.material.scores)),
        "coverage": _stacked(analyses, lambda a: a.coverage),
        "fractions": _stacked(analyses, _fractions),
        "abundance": _stacked(analyses, _abundance),
        "table_one": table_one({analysis.cohort.name: analysis.cohort.clinical for analysis in analyses}),
        "flow": flow(analyses),
        "notes": _stacked(analyses, lambda a: notes_table(a.notes)),
    }
    for name in (*analyses[0].sensitivity, *analyses[0].random_lists):
        tables[name] = _stacked(analyses, lambda a: {**a.sensitivity, **a.random_lists}[name])  # noqa: B023 - called at once
    absent = absent_figures(analyses, study)
    tables["omitted"] = _stacked(analyses, lambda a: _omitted(a, absent))
    for name in RESULT_TABLES:
        tables[name] = combine([result for a in analyses for result in a.answers.results.get(name, [])])
    tables |= {name: combine(results) for name, results in pooled_results(analyses, study).items()}
    return typed_tables({name: tables[name] for name in SCHEMAS})


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as CSV: UTF-8, full precision, one line end everywhere, text that is no formula."""
    for name, table in tables.items():
        write_whole(folder / f"{name}.csv", csv_text(table))


def _stacked(analyses: Sequence[CohortAnalysis], part: Callable[[CohortAnalysis], pd.DataFrame]) -> pd.DataFrame:
    """One frame of all cohorts, with the cohort's name first."""
    frames = []
    for analysis in analyses:
        frame = part(analysis)
        if frame.shape[1]:
            frame = frame.drop(columns="cohort", errors="ignore")
            frame.insert(0, "cohort", analysis.cohort.name)
            frames.append(frame)
    filled = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame({"cohort": pd.Series(dtype="str")})


def _omitted(analysis: CohortAnalysis, absent: Sequence[Absent]) -> pd.DataFrame:
    """What a cohort could not have, figures last."""
    name = analysis.cohort.name
    figures = [(one.stem, one.reason) for one in absent if one.cohort in (name, "")]
    return pd.DataFrame([*analysis.answers.omitted, *figures], columns=["part", "reason"])


def _per_sample(analysis: CohortAnalysis, values: pd.DataFrame) -> pd.DataFrame:
    """Samples in the order of their ids, so that the file does not depend on the order of the input."""
    if not values.shape[1]:
        return pd.DataFrame()
    return values.sort_index().rename_axis("sample").reset_index()


def _fractions(analysis: CohortAnalysis) -> pd.DataFrame:
    if analysis.deconvolution is None:
        return pd.DataFrame()
    return _per_sample(analysis, analysis.deconvolution.wide())


def _abundance(analysis: CohortAnalysis) -> pd.DataFrame:
    if analysis.material.abundance is None:
        return pd.DataFrame()
    return analysis.material.abundance.kinds.rename_axis("type").reset_index()
