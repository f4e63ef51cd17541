"""Ask R again about a results folder that is already there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

import pandas as pd

from her2stats.errors import FileError
from her2stats.progress import silent
from her2stats.r_engine import crosscheck_r, r_status
from her2stats.r_engine.crosscheck import Choice
from her2stats.report import write_report
from her2stats.results.catalogue import FIGURES, MANUSCRIPT_FILES
from her2stats.results.consistency import check_frames, check_tables
from her2stats.results.csv_cells import csv_text
from her2stats.results.folder import CROSSCHECK_FILE, read_folder
from her2stats.results.manifest import changed_since_the_run, files_of, put
from her2stats.results.place import lock
from her2stats.results.provenance import read_results_provenance
from her2stats.results.schema import CROSSCHECK
from her2stats.results.study_results import results_of
from her2stats.study.following import check_what_follows
from her2stats.study.sections import FiguresSection
from her2stats.study.stages.cache import NO_CACHE, Cache
from her2stats.study.stages.figures import Drawing, draw_once
from her2stats.study.stages.r import engine_unless_chosen
from her2stats.writing import EDITED

_MADE_AGAIN = (CROSSCHECK_FILE, "report.html", *MANUSCRIPT_FILES)
_OF_COMPARISON = tuple(figure for figure in FIGURES if figure.made == "crosscheck")


@dataclass(frozen=True)
class FolderCrosscheck:
    """Outcome for a person: the largest difference a model, one sentence, what R says to it all, edited files kept."""

    summary: pd.DataFrame
    sentence: str
    verdict: Literal["agree", "disagree", "partly checked", "not checked"]
    kept: tuple[str, ...] = ()


def crosscheck_folder(folder: Path, *, engine: str = "auto", timeout: float = 120.0) -> FolderCrosscheck:
    """Fit every model of a results folder in R, or where there is none in statsmodels, and compare with the folder.

    The comparison is put into the folder as ``crosscheck.csv``, as a figure, and into its report. Where R could check
    nothing, an earlier comparison stays as it is. The engine is "rpy2", "rscript" or "statsmodels", or "auto", which
    takes R where it is, else statsmodels; `timeout` counts the seconds that R may take for one model. Raises FileError
    when the folder is not a results folder, is damaged, or a file of it was changed or removed since the run. Raises
    OutputError when the comparison cannot be written, or another command is writing there. Raises DataError when there
    is no such engine.
    """
    read_results_provenance(folder)
    with lock(folder.resolve()):
        return _crosschecked(folder, engine, timeout)


def _crosschecked(folder: Path, engine: str, timeout: float) -> FolderCrosscheck:
    seen = read_folder(folder)
    # an earlier comparison is about to be replaced: that it is damaged hinders nothing
    results = results_of(replace(seen, gaps=tuple(gap for gap in seen.gaps if gap.file != CROSSCHECK_FILE)))
    check_tables(results)
    # the page, and what stands for an earlier comparison, are made again below
    changed = [
        p for p in changed_since_the_run(folder) if p.where not in _MADE_AGAIN and not _is_of_comparison(p.where)
    ]
    if changed:
        raise FileError(*changed)
    check_frames(results)
    check_what_follows(results)
    asked = engine_unless_chosen(r_status(probe=False)) if engine == "auto" else cast("Choice", engine)
    found = crosscheck_r(results.models, engine=asked, timeout=timeout, whole=True)
    counts = found.table["verdict"].value_counts()
    said = ", ".join(f"{counts.get(verdict, 0)} {verdict}" for verdict in ("agree", "disagree", "not checked"))
    by = f" (by {found.table['engine'].iloc[0]})" if found.engine == "statsmodels" else ""
    sentence = f"{len(found.table)} numbers: {said}{by}"
    if not counts.get("agree", 0) and not counts.get("disagree", 0):
        why = found.table["reason"].iloc[0] if len(found.table) else "the folder holds no model"
        kept = f"; the earlier {CROSSCHECK_FILE} is kept" if (folder / CROSSCHECK_FILE).exists() else ""
        return FolderCrosscheck(found.summary, f"Nothing was checked: {why}{kept}", "not checked")
    before = set(files_of(folder))
    write_crosscheck(CROSSCHECK.typed(found.table), folder)
    write_report(folder)
    edited = tuple(sorted(name for name in {*files_of(folder)} - before if EDITED in name))
    if counts.get("disagree", 0):
        return FolderCrosscheck(found.summary, sentence, "disagree", edited)
    return FolderCrosscheck(found.summary, sentence, "partly checked" if counts.get("not checked") else "agree", edited)


def _is_of_comparison(name: str) -> bool:
    stem = Path(name).stem
    return any(figure.pattern.fullmatch(stem) for figure in _OF_COMPARISON)


def write_crosscheck(
    table: pd.DataFrame,
    folder: Path,
    *,
    figures: FiguresSection = FiguresSection(),  # noqa: B008 - frozen
    cache: Cache = NO_CACHE,
    n_jobs: int = 1,
) -> None:
    """Write the comparison and draw it. Raises OutputError when the folder cannot be written."""
    put(folder, CROSSCHECK_FILE, csv_text(table).encode(), what="the comparison ")
    drawings = [
        Drawing(figure.plot, figure.name, (table,), width_mm=figures.width, formats=tuple(figures.formats))
        for figure in _OF_COMPARISON
    ]
    draw_once(drawings, folder / "figures", cache=cache, n_jobs=n_jobs, progress=silent)
