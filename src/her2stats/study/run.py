"""A whole study: from the study file to the results folder."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from her2stats.errors import InputError, Problem
from her2stats.progress import Progress, silent
from her2stats.r_engine import write_models
from her2stats.r_engine.exchange.sas import write_sas
from her2stats.report import write_report
from her2stats.results.folder import ResultsFolder, read_crosscheck, read_folder, with_pictures
from her2stats.results.place import fresh_folder
from her2stats.results.provenance import PROVENANCE, Provenance
from her2stats.results.schema import CROSSCHECK, RESULT_TABLES
from her2stats.results.study_results import StudyResults, results_of
from her2stats.statistics import Result
from her2stats.study.analysis.cohort_analysis import CohortAnalysis, analyse_cohort
from her2stats.study.analysis.pooled import pooled_results
from her2stats.study.crosscheck import write_crosscheck
from her2stats.study.origin import check_is_results_folder, check_same_origin
from her2stats.study.preparing import Prepared, prepare
from her2stats.study.provenance import provenance
from her2stats.study.result_tables import result_tables, write_tables
from her2stats.study.stages.cache import NO_CACHE, Cache
from her2stats.study.stages.figures import start_drawing
from her2stats.study.stages.r import comparison_stage
from her2stats.study.stages.stage import once
from her2stats.study.study_figures import all_drawings
from her2stats.study.study_file import Study, read_study
from her2stats.study.witness import write_witness
from her2stats.tables import save_workbook
from her2stats.tables.patients import counts_as_numbers
from her2stats.writing import write_whole

Stage = Literal["tables", "figures", "report"]
STAGES: tuple[Stage, ...] = get_args(Stage)


def run_study(
    study: str | Path | Study,
    *,
    only: Collection[str] = (),
    overwrite: bool = False,
    n_jobs: int = 1,
    cache: str | Path | None = None,
    progress: Progress = silent,
) -> StudyResults:
    r"""Run a study and write its results folder.

    Parameters
    ----------
    study : str, Path or Study
        A study file, or one that is already read.
    only : collection of {"tables", "figures", "report"}
        Write these again in a results folder that is already there, and the report, which holds them all. Inputs,
        settings and versions must be those of the folder; what else of it is damaged is named in the ``gaps`` of
        what is returned. Default: everything.
    overwrite : bool
        Write into a folder that holds other files, too; they stay. What the user has changed in earlier results is
        kept as ``NAME.edited`` in any case, and named in ``kept`` of what is returned.
    n_jobs : int
        Processes for deconvolution and drawing; they change no number and no byte.
    cache : str or Path, optional
        Folder in which cell fractions, figures and the comparison with R are kept, and taken from where nothing
        that decides them has changed; results are the same bytes with and without it. Default: none. The commands
        use a folder in the user's cache.
    progress : callable
        Told the stage, what is done of it and how much there is.

    Returns
    -------
    StudyResults

    Raises
    ------
    InputError
        Something in the study file or the data cannot be used; every problem is listed, nothing is written. With
        `only`: there are no results yet, or they were made from other inputs or settings.
    OutputError
        The results folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     folder = Path(name)
    ...     rows = ["sample,her2_ihc,hr,pcr", *(f"s{i},{'01'[i % 2]},positive,{int(i % 3 > 0)}" for i in range(24))]
    ...     _ = (folder / "ours.csv").write_text("\n".join(rows).replace(",1,positive", ",1+,positive") + "\n")
    ...     _ = (folder / "study.toml").write_text(
    ...         "[study]\ntitle = 'ours'\n[[cohorts]]\nname = 'ours'\nclinical = 'ours.csv'\n"
    ...         "[analysis]\ncrosscheck = false\n"
    ...     )
    ...     run_study(folder / "study.toml").tables["response"]["estimate"].round(3).tolist()
    [1.0]
    """
    study = study if isinstance(study, Study) else read_study(study)
    kept = Cache(Path(cache) if cache is not None else None)
    stages = checked_stages(only)
    if only:
        check_is_results_folder(study.results_folder)
    place = study.results_folder
    with fresh_folder(place, overwrite=overwrite, again=bool(only), inputs=study.own_files) as fresh:
        draft, made = fresh.path, None
        if stages != {"report"}:
            prepared = prepare(study, progress=progress)
            analyses = analyse_study(prepared, cache=kept, n_jobs=n_jobs, progress=progress)
            origin = provenance(prepared, analyses)
            if only:
                check_same_origin(origin, draft)
            made = _write(prepared, analyses, origin, draft, stages, cache=kept, n_jobs=n_jobs, progress=progress)
        progress("Report", 0, 1)
        # a part is written beside parts that only the folder has; of a whole run everything is at hand
        folder = read_folder(draft) if only or made is None else with_pictures(made.folder)
        write_report(folder)
        results = results_of(folder, made.models if made is not None and not only else None, allow_gaps=bool(only))
        progress("Report", 1, 1)
    kept.tidy()
    return replace(results, folder=place, kept=tuple(fresh.kept))


def analyse_study(
    prepared: Prepared, *, cache: Cache = NO_CACHE, n_jobs: int = 1, progress: Progress = silent
) -> list[CohortAnalysis]:
    """Answer every question; nothing is written but the cache."""
    analyses, count = [], len(prepared.cohorts)
    for number, one in enumerate(prepared.cohorts):
        progress("Analysing cohorts", number, count)
        analyses.append(analyse_cohort(one, prepared, cache=cache, n_jobs=n_jobs, progress=progress))
    progress("Analysing cohorts", count, count)
    return analyses


def checked_stages(only: Collection[str]) -> frozenset[Stage]:
    """Stages that a run writes: those asked for and the report, or all."""
    unknown = sorted(set(only) - set(STAGES))
    if unknown:
        what = f"{', '.join(map(repr, unknown))} cannot be run alone"
        raise InputError(Problem(what, remedy=f"say one or more of {', '.join(STAGES)}"))
    return frozenset(stage for stage in STAGES if not only or stage in only or stage == "report")


@dataclass(frozen=True)
class _Made:
    """What a run has written, as it has it at hand."""

    folder: ResultsFolder
    models: Mapping[str, Result]


def _write(
    prepared: Prepared,
    analyses: Sequence[CohortAnalysis],
    origin: Provenance,
    draft: Path,
    stages: Collection[Stage],
    *,
    cache: Cache,
    n_jobs: int,
    progress: Progress,
) -> _Made:
    """Fill the draft folder: tables, models and their comparison with R, figures, provenance."""
    study = prepared.study
    models, tables = model_results(analyses, study), result_tables(analyses, study)
    drawing = None
    if "figures" in stages:  # in processes of their own, while we write the tables
        shutil.rmtree(draft / "figures", ignore_errors=True)
        drawing = start_drawing(all_drawings(analyses, study), draft / "figures", cache=cache, n_jobs=n_jobs)
    if "tables" in stages:
        progress("Tables", 0, 1)
        write_tables(tables, draft / "tables")
        workbook = tables | {"table_one": counts_as_numbers(tables["table_one"])}
        save_workbook(workbook, draft / "tables" / "tables.xlsx")
        write_models(models, draft / "r")
        write_witness(prepared, analyses, draft / "r")
        write_sas(models, draft / "sas")
        progress("Tables", 1, 1)
    checked = read_crosscheck(draft, [])
    with ThreadPoolExecutor(max_workers=1) as beside:  # R works in a process of its own while we draw
        stage = comparison_stage(study, models) if "tables" in stages else None
        comparison = beside.submit(once, stage, cache) if stage is not None else None
        if drawing is not None:
            drawing.finish(progress)
        if comparison is not None:
            progress("Comparing with R", 0, 1)
            found = comparison.result()
            progress("Comparing with R", 1, 1)
            checked = CROSSCHECK.typed(found) if found is not None else checked
    if checked is not None:
        write_crosscheck(checked, draft, figures=study.figures, cache=cache, n_jobs=n_jobs)
    write_whole(draft / PROVENANCE, origin.as_text())
    return _Made(ResultsFolder(draft, origin, tables, {}, checked, (), origin.content), models)


def model_results(analyses: Sequence[CohortAnalysis], study: Study) -> dict[str, Result]:
    """Every fitted model under an id that says where it came from: cohort, table, number."""
    models = {
        f"{analysis.cohort.name}.{table}.{number + 1}": result
        for analysis in analyses
        for table in RESULT_TABLES
        for number, result in enumerate(analysis.answers.results.get(table, []))
    }
    return models | {
        f"pooled.{table}.{number + 1}": result
        for table, results in pooled_results(analyses, study).items()
        for number, result in enumerate(results)
    }
