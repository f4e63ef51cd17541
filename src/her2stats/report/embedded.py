"""Csv files inside the page, so that a reader of the one file can take the data behind a table or figure along."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from her2stats.results.csv_cells import csv_text
from her2stats.results.folder import CROSSCHECKED, ResultsFolder
from her2stats.results.schema import PER_PATIENT_TABLES

_REDUNDANT = ("std_error", "statistic", "df", "p_value", "p_adjusted", "p_bh", "family", "n_events", "n_missing")
_DIGITS = 6


@dataclass(frozen=True)
class Embedded:
    """One csv file in the page, compressed: name, content as base64, and what was left out of it."""

    name: str
    content: str
    shortened: bool = False

    @property
    def file(self) -> str:
        """Name that the download gets."""
        return f"{self.name}.csv"


def embed_tables(results: ResultsFolder, names: Collection[str], *, budget: int) -> dict[str, Embedded]:
    """Compress the tables that the page refers to; what does not fit is shortened, then left to the folder.

    Parameters
    ----------
    results : ResultsFolder
        The folder as the page shows it; where the page is public, its tables are without their small counts.
    names : iterable of str
        Tables that a figure or table of the page names as its data. Tables of single patients never go in; the
        comparison with R goes in whole where there is room, and not into a public page: it repeats every count.
    budget : int
        Bytes in the page for all of them.
    """
    tables = results.tables
    wanted = [name for name in dict.fromkeys(names) if name in tables and name not in PER_PATIENT_TABLES]
    made = {name: Embedded(name, _packed(_content(results, name))) for name in wanted}
    by_size = sorted(made, key=lambda name: len(made[name].content), reverse=True)
    for name in by_size:
        if _total(made) > budget:
            made[name] = Embedded(name, _packed(_as_csv(_short(tables[name]))), shortened=True)
    for name in by_size:
        if _total(made) > budget:
            del made[name]
    if CROSSCHECKED in names and results.crosscheck is not None and not results.provenance.public:
        compared = Embedded(CROSSCHECKED, _packed(_content(results, CROSSCHECKED)))
        if _total(made) + len(compared.content) <= budget:
            made[CROSSCHECKED] = compared
    return made


def _total(made: Mapping[str, Embedded]) -> int:
    return sum(len(embedded.content) for embedded in made.values())


def _content(results: ResultsFolder, name: str) -> bytes:
    table = results.crosscheck if name == CROSSCHECKED else results.tables[name]
    assert table is not None
    return _as_csv(table)


def _as_csv(table: pd.DataFrame) -> bytes:
    return csv_text(table).encode()


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, compresslevel=9, mtime=0)).decode("ascii")


def _short(table: pd.DataFrame) -> pd.DataFrame:
    """Without empty and derivable columns, numbers to six significant digits."""
    kept = [name for name in table.columns if name not in _REDUNDANT and table[name].notna().any()]
    short = table[kept].copy()
    for name in short.columns[[pd.api.types.is_float_dtype(dtype) for dtype in short.dtypes]]:
        short[name] = [float(f"{value:.{_DIGITS}g}") for value in short[name]]
    return short
