"""Ask R again about a results folder that is already there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from her2stats.r_engine import crosscheck_r
from her2stats.study.results import load_results


@dataclass(frozen=True)
class FolderCrosscheck:
    """Outcome for a person: the largest difference a model, one sentence, and whether R agrees."""

    summary: pd.DataFrame
    sentence: str
    agrees: bool


def crosscheck_folder(folder: Path, *, timeout: float = 120.0) -> FolderCrosscheck:
    """Fit every model of a results folder in R and compare with what is written there.

    The comparison is put into the folder as ``crosscheck.csv``.

    Raises
    ------
    FileError
        The folder is not a results folder.
    """
    results = load_results(folder)
    found = crosscheck_r(results.models, timeout=timeout)
    found.table.to_csv(folder / "crosscheck.csv", index=False, lineterminator="\n")
    counts = found.table["verdict"].value_counts()
    sentence = ", ".join(f"{counts.get(verdict, 0)} {verdict}" for verdict in ("agree", "disagree", "not checked"))
    return FolderCrosscheck(found.summary, f"{len(found.table)} numbers: {sentence}", found.agrees)
