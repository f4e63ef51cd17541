"""A finished study: tables, models and provenance, as written to the results folder and read back from it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from packaging.version import Version

from her2stats.errors import FileError, Her2statsError, Problem, ProblemList
from her2stats.r_engine import read_models
from her2stats.report import Gap, key_findings, read_folder
from her2stats.results.csv_cells import unguarded
from her2stats.results.place import PROVENANCE, is_results_folder
from her2stats.statistics import Result
from her2stats.statistics.result import COUNTS, NUMBERS
from her2stats.vocabulary.notebook import panel_html

# From pandas 3.1 on numbers are read exactly, and asking for it is deprecated.
EXACT_NUMBERS: dict[str, Any] = {} if Version(pd.__version__) >= Version("3.1") else {"float_precision": "round_trip"}
# Columns that name or describe things stay text even where every cell looks like a number (IHC "0", sample "0012").
EMPTY_TEXT = (
    *("cohort", "sample", "stratum", "outcome", "term", "exposure", "method", "flag", "family", "question", "model"),
    *("type", "kind", "score", "missing", "note", "reason", "part", "stage", "what", "detail", "variable", "level"),
    *("role", "measure", "variable_2", "level_2", "correction", "per", "weights"),
    *("verb", "quantity", "verdict", "r_version", "emmeans_version"),
)
CROSSCHECK = "crosscheck.csv"
OTHER_TEXT = ("group", "reference", "comparison")  # missing where a row compares no groups


@dataclass(frozen=True)
class StudyResults:
    """What a run found.

    Parameters
    ----------
    folder : Path
        The results folder.
    tables : mapping
        Name -> frame, as in ``tables/<name>.csv``.
    models : mapping
        Model id -> `Result`, with spec and model frame: what R fits again.
    provenance : mapping
        Title, versions, inputs, conventions.
    crosscheck : DataFrame or None
        The comparison with R, where it was made.
    gaps : tuple of str
        Files of the folder that are missing or damaged, and why; empty where all could be read.
    findings : tuple of str
        The strongest associations with the exposure, a line each.
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    models: Mapping[str, Result]
    provenance: Mapping[str, Any]
    crosscheck: pd.DataFrame | None = field(default=None)
    gaps: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def r_disagrees(self) -> bool:
        """Whether R was asked and found another number."""
        return self.crosscheck is not None and bool((self.crosscheck["verdict"] == "disagree").any())

    def summary(self) -> list[str]:
        """Say on one screen what was found and where it is."""
        cohorts = ", ".join(f"{cohort['name']} (n = {cohort['n']})" for cohort in self.provenance["cohorts"])
        simulated = " - all simulated" if self.provenance.get("simulated") else ""
        found = self.findings
        exposure = self.provenance.get("exposure")
        lines = [f"Cohorts: {cohorts}{simulated}"]
        if found:
            lines += [f"Strongest associations with {exposure}, p corrected:", *(f"  {one}" for one in found)]
        elif exposure:
            lines.append(
                f"No cell type, nor total TIL, goes with {exposure} after correction, over whole cohorts or by HR."
            )
        omitted = len(self.tables.get("omitted", ()))
        lines += (
            [f"Left out, with the reason: {omitted} {'part' if omitted == 1 else 'parts'} (tables/omitted.csv)"]
            if omitted
            else []
        )
        return [*lines, self._r_sentence(), f"Report: {self.folder / 'report.html'}"]

    def __repr__(self) -> str:
        return f"Results of a study in {self.folder}: {len(self.tables)} tables, {len(self.models)} models"

    def _repr_html_(self) -> str:
        sizes = pd.DataFrame({"table": list(self.tables), "rows": [len(table) for table in self.tables.values()]})
        return panel_html(str(self.provenance.get("title", "Results")), self.summary(), sizes)

    def _r_sentence(self) -> str:
        if self.crosscheck is None or not len(self.crosscheck):
            return "R: not checked"
        counts = self.crosscheck["verdict"].value_counts()
        said = [f"{counts[verdict]} {verdict}" for verdict in ("agree", "disagree", "not checked") if verdict in counts]
        return f"R: of {len(self.crosscheck)} numbers {', '.join(said)}"


def load_results(folder: str | Path, *, allow_gaps: bool = False) -> StudyResults:
    """Read a results folder back.

    Parameters
    ----------
    folder : str or Path
        Written by `run_study`.
    allow_gaps : bool
        Leave damaged files out, named in ``gaps``, instead of refusing the folder.

    Returns
    -------
    StudyResults

    Raises
    ------
    FileError
        The folder is not a results folder, or is damaged and `allow_gaps` was not said.
    EngineError
        Another version of her2stats wrote its models.

    Examples
    --------
    >>> load_results("no/such/folder")
    Traceback (most recent call last):
    her2stats.errors.FileError: no/such/folder: is not a results folder -> give the folder that a run has written
    """
    folder = Path(folder)
    provenance = read_provenance(folder)
    seen = read_folder(folder)
    gaps = list(seen.gaps)
    damaged = {gap.file for gap in gaps} if allow_gaps else set[str]()
    checked, problems = folder / CROSSCHECK, ProblemList()
    tables: dict[str, pd.DataFrame] = {}
    models: dict[str, Result] = {}
    with problems.collect():
        tables = read_folder_tables(folder, without=damaged)
    with problems.collect():
        models = _models(folder, gaps) if allow_gaps else read_models(folder / "r")
    problems.raise_if_any()
    return StudyResults(
        folder=folder,
        provenance=provenance,
        tables=tables,
        models=models,
        crosscheck=read_table(checked) if checked.exists() and CROSSCHECK not in damaged else None,
        gaps=tuple(map(str, gaps)),
        findings=tuple(key_findings(seen)),
    )


def _models(folder: Path, gaps: list[Gap]) -> dict[str, Result]:
    """Models of a folder, or none, with what is wrong with them among the gaps."""
    try:
        return read_models(folder / "r")
    except Her2statsError as error:
        gaps += [Gap(Path(problem.where).relative_to(folder).as_posix(), problem.what) for problem in error.problems]
        return {}


def read_provenance(folder: Path) -> dict[str, Any]:
    """Provenance of a results folder.

    Raises
    ------
    FileError
        The folder is not a results folder.
    """
    if not is_results_folder(folder):
        raise FileError(Problem("is not a results folder", str(folder), "give the folder that a run has written"))
    content: dict[str, Any] = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    return content


def read_folder_tables(folder: Path, *, without: Collection[str] = ()) -> dict[str, pd.DataFrame]:
    """Every table of a results folder, by file name without ending, but for those that are named.

    Raises
    ------
    FileError
        A table is damaged; all of them are named.
    """
    tables, problems = {}, ProblemList()
    for path in sorted((folder / "tables").glob("*.csv")):
        if f"tables/{path.name}" in without:
            continue
        try:
            tables[path.stem] = read_table(path)
        except (OSError, ValueError) as error:  # pandas' complaints about a file are ValueErrors
            problems.add(FileError, f"cannot be read: {error}", where=str(path), remedy="run the study again")
    problems.raise_if_any()
    return tables


def read_table(path: Path) -> pd.DataFrame:
    """Read one table as it was before it was written: text stays text, counts stay whole, an empty flag is empty.

    Raises
    ------
    ValueError
        A column holds what it cannot hold; the words are pandas'.
    """
    header = [str(column) for column in pd.read_csv(path, nrows=0).columns]
    text = [column for column in header if column in EMPTY_TEXT and not ("sample" in header and column == "score")]
    dtypes = {column: "str" for column in header if column in text or column in OTHER_TEXT}
    if "estimate" in header:
        dtypes |= dict.fromkeys(NUMBERS, "float64") | dict.fromkeys(COUNTS, "Int64")
    dtypes |= {column: "Int64" for column in header if column == "count" or column.endswith(" n")}
    table: pd.DataFrame = pd.read_csv(path, dtype=dtypes, low_memory=False, **EXACT_NUMBERS)
    for column in text:
        table[column] = table[column].fillna("")
    return unguarded(table)
