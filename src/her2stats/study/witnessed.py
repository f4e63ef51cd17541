"""Let the witness look at a results folder that is already there."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pandas as pd

from her2stats.errors import FileError, Problem
from her2stats.r_engine.process import Gone
from her2stats.r_engine.witness import NOT_CHECKED, run_witness
from her2stats.report import write_report
from her2stats.results.csv_cells import csv_text
from her2stats.results.folder import WITNESS_FILE
from her2stats.results.manifest import put, read_manifest
from her2stats.results.provenance import read_results_provenance
from her2stats.results.schema import WITNESS
from her2stats.study.witness import SETTINGS

AGAIN = "run the study again"


@dataclass(frozen=True)
class Witnessed:
    """What R printed, its exit status, and whether an edited file was kept."""

    words: str
    status: int
    kept: Path | None = None


def witness_folder(
    folder: Path, *, study: Path | None = None, fractions: str = "60", timeout: float = 3600.0
) -> Witnessed:
    """Make the study of a results folder again in base R, from its raw files, and compare every number.

    What was seen is put into the folder as ``witness.csv``, and into its report. `study` is the folder of the study
    file where it has moved; `fractions`, a number or "all", says of how many tumours the fractions are fitted anew;
    `timeout` counts seconds. Raises FileError when the folder is not a results folder, of another version, or its
    settings were changed since the run. Raises OutputError when the folder cannot be written.
    """
    _check(folder)
    if not (fractions == "all" or fractions.isdecimal()):
        raise FileError(Problem(f"fractions {fractions!r} is no number of tumours", remedy='say 0, 60 or "all"'))
    with tempfile.TemporaryDirectory(prefix="her2stats-witness-") as room:
        written = Path(room) / WITNESS_FILE
        try:
            status, words = run_witness(folder, written, study=study, fractions=fractions, timeout=timeout)
        except Gone as gone:
            return Witnessed(f"Nothing was checked: {gone}", NOT_CHECKED)
        if not written.exists():
            return Witnessed(words, status)
        seen = WITNESS.typed(pd.read_csv(written))
    kept = put(folder, WITNESS_FILE, csv_text(seen).encode(), what="the witness ")
    write_report(folder)
    return Witnessed(words, status, kept)


def _check(folder: Path) -> None:
    """The folder has to be of this version, its settings those that the run wrote."""
    here, there = metadata.version("her2stats"), str(read_results_provenance(folder)["her2stats"])
    name, manifest = f"r/{SETTINGS}", read_manifest(folder)
    if here != there:
        what = f"was written by her2stats {there}, and this is {here}"
        raise FileError(Problem(what, str(folder), f"{AGAIN}, or use {there}"))
    if not (folder / name).is_file():
        raise FileError(Problem("is missing: the witness does not know the study", str(folder / name), AGAIN))
    if manifest is not None and not manifest.is_untouched(folder, name):
        what = "was changed since the run: the witness would make another study"
        raise FileError(Problem(what, str(folder / name), AGAIN))
