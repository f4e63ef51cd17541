"""What a run would do, and what it would take from the cache: found out without writing anything."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from her2stats.study.analysis.cohort_analysis import analyse_cohort, where_fractions_come_from
from her2stats.study.inputs import read_inputs
from her2stats.study.run import checked_stages, model_results
from her2stats.study.stages.cache import Cache
from her2stats.study.stages.figures import Drawing
from her2stats.study.stages.r import r_comparison_state
from her2stats.study.study_figures import all_drawings
from her2stats.study.study_file import Study

FRACTIONS = {
    "none": "not part of this cohort",
    "read": "read from a result file of CIBERSORTx",
    "kept": "kept from an earlier run",
    "estimated": "to be estimated",
}


def plan_study(study: Study, *, only: Collection[str] = (), cache: str | Path | None = None) -> pd.DataFrame:
    """Say of every stage of a run whether it would be computed or taken from the cache.

    Inputs are read, so what is wrong with them is told. Figures and the comparison with R depend on the cell
    fractions: they are looked up where these are kept, and else said to be made.

    Parameters
    ----------
    study : Study
        As read.
    only : collection of {"tables", "figures", "report"}
        As for `run_study`.
    cache : str or Path, optional
        Folder of the cache.

    Returns
    -------
    DataFrame
        One row a step: ``stage``, ``what``, ``state``.

    Raises
    ------
    InputError
        Every problem of every file.
    """
    stages, kept = checked_stages(only), Cache(Path(cache) if cache is not None else None)
    if stages == {"report"}:
        return _as_table([("Report", "report.html", "to be written")])
    cohorts, matrix = read_inputs(study)
    rows = [("Reading", cohort.name, f"{len(cohort.clinical)} tumours, read now") for cohort in cohorts]
    pairs = list(zip(study.cohorts, cohorts, strict=True))
    sources = [where_fractions_come_from(cohort, section, study, matrix, kept) for section, cohort in pairs]
    rows += [("Cell fractions", cohort.name, FRACTIONS[found]) for cohort, found in zip(cohorts, sources, strict=True)]
    if "estimated" in sources:
        later = "to be made, after the cell fractions"
        rows += [("Figures", "all", later)] if "figures" in stages else []
        rows += [("R", "comparison", later)] if "tables" in stages and study.analysis.crosscheck is not False else []
    else:
        analyses = [analyse_cohort(cohort, section, study, matrix, cache=kept) for section, cohort in pairs]
        drawings = all_drawings(analyses, study) if "figures" in stages else []
        rows += [("Figures", drawing.stem, _drawing_state(drawing, kept)) for drawing in drawings]
        if "tables" in stages:
            rows.append(("R", "comparison", r_comparison_state(study, model_results(analyses, study), kept)))
    rows += [("Tables", "csv, xlsx, r", "to be written")] if "tables" in stages else []
    return _as_table([*rows, ("Report", "report.html", "to be written")])


def _drawing_state(drawing: Drawing, kept: Cache) -> str:
    if drawing.plot == "placeholder":
        return f"cannot be drawn, its file will say why: {drawing.arguments[0]}"
    return "to be drawn" if kept.find(drawing.key) is None else "kept from an earlier run"


def _as_table(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["stage", "what", "state"])
