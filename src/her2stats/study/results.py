"""A finished study: tables, models and provenance, as written to the results folder and read back from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from packaging.version import Version

from her2stats.errors import FileError, Problem
from her2stats.report import key_findings, read_folder
from her2stats.statistics import Result
from her2stats.study.results_folder import PROVENANCE, is_results_folder

# From pandas 3.1 on numbers are read exactly, and asking for it is deprecated.
EXACT_NUMBERS: dict[str, Any] = {} if Version(pd.__version__) >= Version("3.1") else {"float_precision": "round_trip"}
# Columns that name or describe things stay text even where every cell looks like a number (IHC "0", sample "0012").
TEXT_COLUMNS = (
    *("cohort", "sample", "stratum", "outcome", "term", "exposure", "method", "flag", "family", "question", "model"),
    *("reference", "comparison", "type", "kind", "score", "missing", "note", "reason", "part", "stage", "what"),
    *("detail", "variable", "level", "verb", "quantity", "verdict", "r_version", "emmeans_version"),
)


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
    """

    folder: Path
    tables: Mapping[str, pd.DataFrame]
    models: Mapping[str, Result]
    provenance: Mapping[str, Any]
    crosscheck: pd.DataFrame | None = field(default=None)

    @property
    def r_disagrees(self) -> bool:
        """Whether R was asked and found another number."""
        return self.crosscheck is not None and bool((self.crosscheck["verdict"] == "disagree").any())

    def summary(self) -> list[str]:
        """Say in a few lines what there is and where."""
        cohorts = ", ".join(f"{cohort['name']} (n = {cohort['n']})" for cohort in self.provenance["cohorts"])
        lines = [f"Cohorts: {cohorts}"]
        if self.provenance.get("simulated"):
            lines[0] += " - all simulated"
        lines += [f"  {finding}" for finding in key_findings(read_folder(self.folder))]
        lines.append(self._r_sentence())
        lines.append(f"Report: {self.folder / 'report.html'}")
        return lines

    def _r_sentence(self) -> str:
        if self.crosscheck is None or not len(self.crosscheck):
            return "R: not checked"
        counts = self.crosscheck["verdict"].value_counts()
        said = [f"{counts[verdict]} {verdict}" for verdict in ("agree", "disagree", "not checked") if verdict in counts]
        return f"R: of {len(self.crosscheck)} numbers {', '.join(said)}"


def load_results(folder: str | Path) -> StudyResults:
    """Read a results folder back.

    Parameters
    ----------
    folder : str or Path
        Written by `run_study`.

    Returns
    -------
    StudyResults

    Raises
    ------
    FileError
        The folder is not a results folder.
    """
    from her2stats.r_engine import read_models

    folder = Path(folder)
    if not is_results_folder(folder):
        raise FileError(Problem("is not a results folder", str(folder), "give the folder that a run has written"))
    tables = {path.stem: read_table(path) for path in sorted((folder / "tables").glob("*.csv"))}
    checked = folder / "crosscheck.csv"
    return StudyResults(
        folder=folder,
        tables=tables,
        models=read_models(folder / "r"),
        provenance=json.loads((folder / PROVENANCE).read_text(encoding="utf-8")),
        crosscheck=read_table(checked) if checked.exists() else None,
    )


def read_table(path: Path) -> pd.DataFrame:
    """Read one result table with its text kept as text: an empty flag is empty, a sample id is not a number."""
    header = pd.read_csv(path, nrows=0).columns
    text = {column: "str" for column in header if column in TEXT_COLUMNS}
    table: pd.DataFrame = pd.read_csv(path, dtype=text, low_memory=False, **EXACT_NUMBERS)
    for column in text:
        table[column] = table[column].fillna("")
    return table
