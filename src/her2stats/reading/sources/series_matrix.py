"""The clinical data of a GEO series matrix: one row a sample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from her2stats.errors import FileError, Problem
from her2stats.files import read_content
from her2stats.reading.formats.geo import sample_lines

_FIELDS = {"title": "title", "geo_accession": "geo_accession", "platform_id": "platform", "source_name_ch1": "source"}
_CHARACTERISTICS = "characteristics_ch1"
_REPLICATE = "repl"  # SCAN-B: the title of a replicate is that of its tumour with "repl" behind it


def clinical_of_series(paths: Sequence[Path]) -> pd.DataFrame:
    """Sample titles, accessions and characteristics of one or more series matrices, one a platform.

    The files are ``.txt`` or ``.txt.gz``. The table is samples x columns, all text: ``title``, ``geo_accession``,
    ``platform``, ``source``, ``replicate`` ("yes" or "no"), then each characteristic under its own name. "NA" is empty.
    A characteristic is found by its name in each cell, because GEO moves the cells of a sample up when one is missing.
    Raises FileError when a file is damaged or not a series matrix.
    """
    samples = [sample for path in paths for sample in _samples(path)]
    columns = list(dict.fromkeys(column for sample in samples for column in sample))
    table = pd.DataFrame(samples, columns=columns, dtype="object").fillna("").astype(str)
    replicate = table["title"].str.endswith(_REPLICATE).map({True: "yes", False: "no"})
    table.insert(min(len(_FIELDS), len(columns)), "replicate", replicate)
    return table


def _samples(path: Path) -> list[dict[str, str]]:
    rows = sample_lines(read_content(path))
    width = max((len(cells) for _, key, cells in rows if key == "title"), default=0)
    if width == 0:
        what = "is not a GEO series matrix: it has no line !Sample_title"
        raise FileError(Problem(what, str(path), "remove it and fetch again"))
    samples: list[dict[str, str]] = [{} for _ in range(width)]
    for _, key, cells in rows:
        for sample, cell in zip(samples, cells, strict=False):
            if key == _CHARACTERISTICS:
                name, colon, value = cell.partition(":")
                _put(sample, name.strip(), value.strip()) if colon else None
            elif key in _FIELDS:
                _put(sample, _FIELDS[key], cell)
    return samples


def _put(sample: dict[str, str], name: str, value: str) -> None:
    """Add a value; a name that a sample has twice gets a number, as " 2"."""
    number, key = 1, name
    while key in sample:
        number += 1
        key = f"{name} {number}"
    sample[key] = "" if value == "NA" else value
