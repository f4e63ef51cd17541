"""What is made from a download so that the rest of the package can read it: clinical table, matrix, study file."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.errors import FileError, Problem
from her2stats.reading.sources.registry import DataSet, find_source
from her2stats.reading.sources.series_matrix import clinical_of_series
from her2stats.writing import keep_edited, write_whole

_SERIES_MATRIX = "_series_matrix.txt.gz"


def study_template(name: str) -> str:
    """Text of the ready study file of a cohort; its paths are those of the downloaded files beside it.

    The name is "abim" or "scanb", or a GEO accession. Raises FileError where there is no such data set, or it is no
    cohort.
    """
    source = find_source(name)
    if not source.study:
        raise FileError(Problem(f"{source.name} is a {source.kind} and has no study file", remedy="ask for a cohort"))
    return (resources.files("her2stats.reading.sources") / "studies" / source.study).read_text(encoding="utf-8")


def prepare(source: DataSet, folder: Path) -> list[Path]:
    """Write what is derived from the downloaded files of a data set into their folder.

    The paths are of what was written, or was there already. A table that the user has changed is kept as
    ``NAME.edited``.
    """
    made: list[Path] = []
    if source.clinical:
        series = [folder / file.name for file in source.files if file.name.endswith(_SERIES_MATRIX)]
        made.append(_write_table(clinical_of_series(series), folder / source.clinical))
    if source.matrix:
        made.append(_write_table(_matrix_of_r(folder / source.files[0].name), folder / source.matrix))
    if source.study:
        study = folder / source.study
        if not os.path.lexists(study):
            write_whole(study, study_template(source.name))
        made.append(study)
    return made


def _write_table(table: pd.DataFrame, path: Path) -> Path:
    content = table.to_csv(sep="\t", index=False, lineterminator="\n").encode()
    keep_edited(path, content)
    write_whole(path, content)
    return path


def _matrix_of_r(path: Path) -> pd.DataFrame:
    """Return the one matrix of an RData file as genes x types, the genes in a first column."""
    try:
        import rdata
    except ImportError:
        what = "is downloaded, but turning R's format into text needs the package rdata"
        raise FileError(Problem(what, str(path), "pip install rdata, then fetch again")) from None
    try:
        objects: dict[str, Any] = rdata.read_rda(path)
        (matrix,) = objects.values()
        frame = pd.DataFrame(matrix.to_pandas() if hasattr(matrix, "to_pandas") else matrix)
    except Exception as error:  # the reader raises anything on a damaged file
        raise FileError(Problem(f"is not an R file with one matrix: {error}", str(path), "fetch it again")) from None
    frame.columns = pd.Index([str(column) for column in frame.columns])
    frame.insert(0, "gene", [str(gene) for gene in frame.index])
    return frame
