"""The clinical data of a GEO series matrix: one row a sample."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from her2stats.errors import FileError, Problem

_FIELDS = {
    "!Sample_title": "title",
    "!Sample_geo_accession": "geo_accession",
    "!Sample_platform_id": "platform",
    "!Sample_source_name_ch1": "source",
}
_CHARACTERISTICS = "!Sample_characteristics_ch1"
_END = "!series_matrix_table_begin"
_REPLICATE = "repl"  # SCAN-B: the title of a replicate is that of its tumour with "repl" behind it


def clinical_of_series(paths: Sequence[Path]) -> pd.DataFrame:
    """Sample titles, accessions and characteristics of one or more series matrices.

    Parameters
    ----------
    paths : sequence of Path
        ``.txt.gz`` or ``.txt``, one a platform.

    Returns
    -------
    DataFrame
        samples x columns, all text: ``title``, ``geo_accession``, ``platform``, ``source``, ``replicate`` ("yes" or
        "no"), then each characteristic under its own name. "NA" is empty. A characteristic is found by its name in
        each cell, because GEO moves the cells of a sample up when one is missing.

    Raises
    ------
    FileError
        A file is damaged or not a series matrix.
    """
    samples = [sample for path in paths for sample in _samples(path)]
    columns = list(dict.fromkeys(column for sample in samples for column in sample))
    table = pd.DataFrame(samples, columns=columns, dtype="object").fillna("").astype(str)
    replicate = table["title"].str.endswith(_REPLICATE).map({True: "yes", False: "no"})
    table.insert(min(len(_FIELDS), len(columns)), "replicate", replicate)
    return table


def _samples(path: Path) -> list[dict[str, str]]:
    try:
        rows = _head(path)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error) as error:
        what = f"is damaged: {error}"
        raise FileError(Problem(what, str(path), "remove it and fetch again")) from None
    width = max((len(cells) for key, cells in rows if key == "!Sample_title"), default=0)
    if width == 0:
        what = "is not a GEO series matrix: it has no line !Sample_title"
        raise FileError(Problem(what, str(path), "remove it and fetch again"))
    samples: list[dict[str, str]] = [{} for _ in range(width)]
    for key, cells in rows:
        for sample, cell in zip(samples, cells, strict=False):
            if key == _CHARACTERISTICS:
                name, colon, value = cell.partition(":")
                _put(sample, name.strip(), value.strip()) if colon else None
            else:
                _put(sample, _FIELDS[key], cell.strip())
    return samples


def _put(sample: dict[str, str], name: str, value: str) -> None:
    """Add a value; a name that a sample has twice gets a number, as " 2"."""
    number, key = 1, name
    while key in sample:
        number += 1
        key = f"{name} {number}"
    sample[key] = "" if value == "NA" else value


def _head(path: Path) -> list[tuple[str, list[str]]]:
    """Lines about samples, up to the expression table."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as text:
        return [
            (row[0], row[1:])
            for row in csv.reader(_until_table(text), delimiter="\t")
            if row and (row[0] in _FIELDS or row[0] == _CHARACTERISTICS)
        ]


def _until_table(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        if line.startswith(_END):
            return
        yield line
