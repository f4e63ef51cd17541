"""A results folder as it lies on the disk: what could be read, and what is missing or damaged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.errors import DataError, FileError, Problem
from her2stats.results.catalogue import missing_figures
from her2stats.results.picture import Picture, read_picture
from her2stats.results.provenance import PROVENANCE, CohortEntry, Provenance, load_provenance, understood
from her2stats.results.schema import CROSSCHECK, RESULT_TABLES, SCHEMAS, WITNESS, TableSchema
from her2stats.results.strict_csv import DamagedFileError, read_strict
from her2stats.statistics.rows import result_rows

CROSSCHECKED = "crosscheck"
R = "R"
CROSSCHECK_FILE = f"{CROSSCHECKED}.csv"
WITNESS_FILE = "witness.csv"


@dataclass(frozen=True)
class Gap:
    """A file of the folder that is missing or cannot be used, and why."""

    file: str
    why: str

    def __str__(self) -> str:
        return f"{self.file} {self.why}"

    @property
    def is_damage(self) -> bool:
        """Whether the file is there."""
        return self.why != "is missing"

    def not_compared(self, folder: Path) -> str:
        """What the gap means where the folder is held against something else."""
        return f"{folder / self.file} {self.why}: its numbers are not compared"


@dataclass(frozen=True, eq=False)
class ResultsFolder:
    """Everything that a report is made of.

    Tables and pictures are those that could be read, by name without ending; `gaps` tell what could not. The provenance
    holds defaults where its file is damaged, and `content` is that file as it is written. `crosscheck` and `witness`
    are None where R was not compared, or the witness not asked.
    """

    path: Path
    provenance: Provenance
    tables: Mapping[str, pd.DataFrame]
    pictures: Mapping[str, Picture]
    crosscheck: pd.DataFrame | None
    gaps: tuple[Gap, ...]
    content: Mapping[str, Any] = field(default_factory=dict)
    witness: pd.DataFrame | None = None

    def table(self, name: str) -> pd.DataFrame:
        """A table, or an empty frame with its columns where it could not be read."""
        if name in self.tables:
            return self.tables[name]
        return SCHEMAS[name].empty()

    def file_of(self, name: str) -> str:
        """Where the csv of a table lies in the folder; "crosscheck" is the comparison with R."""
        return CROSSCHECK_FILE if name == CROSSCHECKED else file_of_table(name)

    def gap(self, name: str) -> Gap | None:
        """Why a table is not there."""
        return next((gap for gap in self.gaps if gap.file == self.file_of(name)), None)


def read_folder(path: Path) -> ResultsFolder:
    """Read a results folder; whatever is wrong with a file becomes a `Gap`.

    Raises FileError when there is no such folder, or nothing in it is a result.
    """
    if not path.is_dir():
        raise FileError(Problem("there is no such folder", str(path), "give the folder that a run has written"))
    tables, gaps = read_tables(path)
    content: dict[str, Any] = {}
    try:
        content = load_provenance(path / PROVENANCE)
        provenance, problems = understood(content)
        gaps += [Gap(PROVENANCE, problem) for problem in problems]
    except DamagedFileError as error:
        gaps.append(Gap(PROVENANCE, f"{error}; the page is made as if it were public"))
        provenance = Provenance(public=True)
    crosscheck, witness = read_crosscheck(path, gaps), _read_further(path, WITNESS_FILE, WITNESS, gaps)
    folder = with_pictures(ResultsFolder(path, provenance, tables, {}, crosscheck, tuple(gaps), content, witness))
    if not tables and not folder.pictures:
        raise FileError(Problem("holds no results", str(path), "give the folder that a run has written"))
    return folder


def with_pictures(folder: ResultsFolder) -> ResultsFolder:
    """Read the figures that lie beside the tables, and name those that are missing."""
    provenance, gaps = _with_cohorts(folder.provenance, folder.tables), list(folder.gaps)
    pictures = _read_pictures(folder.path / "figures", gaps)
    if pictures:
        gaps += _missing_figures(pictures, folder.tables, provenance, gaps)
    return replace(folder, provenance=provenance, pictures=pictures, gaps=tuple(gaps))


def file_of_table(name: str) -> str:
    """Where the csv of a table lies in the folder."""
    return f"tables/{name}.csv"


def read_tables(path: Path, names: Iterable[str] = tuple(SCHEMAS)) -> tuple[dict[str, pd.DataFrame], list[Gap]]:
    """Read tables of a results folder, by name without ending; one that is missing or damaged becomes a `Gap`."""
    gaps: list[Gap] = []
    tables = {}
    for name in names:
        try:
            table = read_strict(path / file_of_table(name), SCHEMAS[name])
            tables[name] = result_rows(table) if name in RESULT_TABLES and len(table) else table
        except DamagedFileError as error:
            gaps.append(Gap(file_of_table(name), str(error)))
        except DataError as error:
            gaps += [Gap(file_of_table(name), problem.what) for problem in error.problems]
    return tables, gaps


def _read_pictures(folder: Path, gaps: list[Gap]) -> dict[str, Picture]:
    if not folder.is_dir():
        gaps.append(Gap("figures/", "is missing"))
        return {}
    files = sorted(file for file in folder.iterdir() if file.suffix in (".svg", ".png", ".pdf"))
    pictures = {}
    for name in sorted({file.stem for file in files}):
        own = [file for file in files if file.stem == name]
        picture, problems = read_picture(name, own)
        gaps += [Gap(f"figures/{file}", why) for file, why in problems]
        if picture is not None:
            pictures[name] = picture
    return pictures


def _missing_figures(
    pictures: Mapping[str, Picture], tables: Mapping[str, pd.DataFrame], provenance: Provenance, gaps: list[Gap]
) -> list[Gap]:
    """Figures of which no file is there at all; one whose files are damaged, or that was left out, has been named."""
    filled = [name for name, table in tables.items() if len(table)]
    cohorts = [cohort.name for cohort in provenance.cohorts if cohort.has_expression]
    named = {Path(gap.file).stem for gap in gaps}
    if "omitted" in tables:
        named |= set(tables["omitted"]["part"])
    missing = missing_figures(pictures, filled, cohorts)
    return [Gap(f"figures/{name}", "is missing") for name in missing if name not in named]


def _with_cohorts(provenance: Provenance, tables: Mapping[str, pd.DataFrame]) -> Provenance:
    """Cohorts that only the tables still name."""
    if provenance.cohorts:
        return provenance
    found = [str(name) for table in tables.values() if "cohort" in table for name in table["cohort"].unique()]
    return replace(provenance, cohorts=tuple(CohortEntry(name) for name in dict.fromkeys(found) if name))


def engine_of(crosscheck: pd.DataFrame | None) -> str:
    """Who was asked for the comparison: R, or what stood in for it and is told apart ("statsmodels 0.14.4, not R")."""
    others = set() if crosscheck is None else {str(name) for name in crosscheck.get("engine", ())} - {R, ""}
    return " and ".join(sorted(others)) or R


def read_crosscheck(folder: Path, gaps: list[Gap]) -> pd.DataFrame | None:
    """Read the comparison with R where there is one; damage becomes a `Gap`."""
    return _read_further(folder, CROSSCHECK_FILE, CROSSCHECK, gaps)


def _read_further(folder: Path, name: str, schema: TableSchema, gaps: list[Gap]) -> pd.DataFrame | None:
    """Read a file that a folder may have."""
    if not (folder / name).exists():
        return None
    try:
        return read_strict(folder / name, schema)
    except DamagedFileError as error:
        gaps.append(Gap(name, str(error)))
        return None
