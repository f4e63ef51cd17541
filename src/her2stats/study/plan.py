"""What a run would do, and what it would take from the cache: found out without writing anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from her2stats.statistics import Result
from her2stats.study.analysis.cohort_analysis import fractions_stage
from her2stats.study.preparing import Prepared, PreparedCohort, prepare
from her2stats.study.run import analyse_study, checked_stages, model_results
from her2stats.study.stages.cache import Cache
from her2stats.study.stages.r import comparison_stage
from her2stats.study.stages.stage import is_kept
from her2stats.study.study_figures import absent_figures, all_drawings
from her2stats.study.study_file import Study

KEPT, TO_ESTIMATE = "kept from an earlier run", "to be estimated"


def plan_study(study: Study, *, only: Collection[str] = (), cache: str | Path | None = None) -> pd.DataFrame:
    """Say of every stage of a run whether it would be computed or taken from the cache: ``stage``, ``what``, ``state``.

    Inputs are read, so what is wrong with them is told: it raises InputError with every problem of every file. Figures
    and the comparison with R depend on the cell fractions: they are looked up where these are kept, and else said to be
    made. `only` is as for `run_study`.
    """
    stages, kept = checked_stages(only), Cache(Path(cache) if cache is not None else None)
    if stages == {"report"}:
        return _as_table([("Report", "report.html", "to be written")])
    prepared = prepare(study)
    rows = [("Reading", one.cohort.name, f"{len(one.cohort.clinical)} tumours, read now") for one in prepared.cohorts]
    fractions = {one.cohort.name: _fractions_state(one, prepared, kept) for one in prepared.cohorts}
    rows += [("Cell fractions", name, state) for name, state in fractions.items()]
    if TO_ESTIMATE in fractions.values():
        later = "to be made, after the cell fractions"
        rows += [("Figures", "all", later)] if "figures" in stages else []
        rows += [("R", "comparison", later)] if "tables" in stages and study.analysis.crosscheck is not False else []
    else:
        analyses = analyse_study(prepared, cache=kept)
        drawings = all_drawings(analyses, study) if "figures" in stages else []
        absent = absent_figures(analyses, study) if "figures" in stages else []
        rows += [("Figures", d.stem, KEPT if is_kept(d, kept) else "to be drawn") for d in drawings]
        rows += [("Figures", one.stem, f"left out: {one.reason}") for one in absent]
        if "tables" in stages:
            rows.append(("R", "comparison", _comparison_state(study, model_results(analyses, study), kept)))
    rows += [("Tables", "csv, xlsx, r", "to be written")] if "tables" in stages else []
    return _as_table([*rows, ("Report", "report.html", "to be written")])


def _fractions_state(one: PreparedCohort, prepared: Prepared, kept: Cache) -> str:
    stage = fractions_stage(one, prepared)
    if stage is None:
        return "read from a result file of CIBERSORTx" if one.given is not None else "not part of this cohort"
    return KEPT if is_kept(stage, kept) else TO_ESTIMATE


def _comparison_state(study: Study, models: Mapping[str, Result], kept: Cache) -> str:
    stage = comparison_stage(study, models)
    if stage is None:
        return "not asked for"
    by = " by statsmodels: no usable R" if stage.engine == "statsmodels" else ""
    return KEPT if is_kept(stage, kept) else f"to be made{by}"


def _as_table(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["stage", "what", "state"])
