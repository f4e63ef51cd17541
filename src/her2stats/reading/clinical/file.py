"""A clinical file as words: its columns found, its sample ids checked, nothing interpreted yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.cohort import Source
from her2stats.errors import ProblemList, SampleError, TableError
from her2stats.files import read_content
from her2stats.reading.formats.dispatch import read_words
from her2stats.reading.formats.geo import ACCESSION
from her2stats.reading.formats.text import TextTable
from her2stats.reading.formats.workbook import as_word
from her2stats.vocabulary.variables import BY_NAME
from her2stats.vocabulary.words import fold

SAMPLE = "sample"
UNMAPPED = "false"  # a variable mapped to false is not read, even where a column has its very name
SHOWN = 8


@dataclass(frozen=True, eq=False)
class ClinicalFile:
    """A clinical file as words, with the sample id of each row.

    Parameters
    ----------
    table : TextTable
        The words.
    samples : list of str
        One id a row.
    name : str
        For messages.
    columns : mapping
        variable -> column of the file, without the sample column.
    own_names : tuple of str
        Variables that were found under their own name, without a mapping.
    """

    table: TextTable
    samples: list[str]
    name: str
    columns: Mapping[str, str]
    own_names: tuple[str, ...]
    source: Source | None = None


def open_clinical(
    path: str | Path | pd.DataFrame,
    *,
    columns: Mapping[str, str | bool],
    sheet: str | None = None,
    delimiter: str | None = None,
) -> ClinicalFile:
    """Read the words, find the columns and the ids; nothing is interpreted yet."""
    table, name, source = read_clinical_words(path, sheet=sheet, delimiter=delimiter)
    found = ProblemList()
    if not table.rows:
        found.add(TableError, "has a header and no row below it", where=name, remedy="give a row a tumour")
    asked = {variable: str(column) for variable, column in columns.items() if fold(column) != UNMAPPED}
    switched_off = set(columns) - set(asked)
    taken = {BY_NAME[variable].stored for variable in asked if variable in BY_NAME}  # in whatever unit
    free = (name for name, entry in BY_NAME.items() if entry.stored not in taken and name not in switched_off)
    own = tuple(name for name in free if name in table.header)
    mapped = {**asked, **{variable: variable for variable in own}}
    place = _sample_place(table, mapped.pop(SAMPLE, None), name, found)
    for variable, column in mapped.items():
        check_column(table, variable, column, name, found)
    samples = [row[place].strip() for row in table.rows] if place is not None else []
    _check_samples(samples, table, name, found)
    found.raise_if_any()
    return ClinicalFile(table, samples, name, mapped, own, source)


def read_clinical_words(
    path: str | Path | pd.DataFrame, *, sheet: str | None = None, delimiter: str | None = None
) -> tuple[TextTable, str, Source | None]:
    """Read a clinical file as words: the table, its name in messages, and where it came from."""
    if isinstance(path, pd.DataFrame):
        return _frame_as_words(path), "clinical frame", None
    content = read_content(path)
    table = read_words(content, sheet=sheet, delimiter=delimiter)
    return table, content.name, Source("clinical", str(content.path), content.sha256)


def _sample_place(table: TextTable, asked: str | None, name: str, found: ProblemList) -> int | None:
    if asked is None and SAMPLE in table.header:
        asked = SAMPLE
    elif asked is None and table.header[:1] in ([""], [ACCESSION]):
        asked = table.header[0]
    if asked is None:
        found.add(
            TableError,
            "nothing says which column holds the sample ids",
            where=name,
            remedy=f"map it as columns.sample; the columns are {_listed(table.header)}",
        )
        return None
    before = bool(found)
    check_column(table, SAMPLE, asked, name, found)
    return table.header.index(asked) if asked in table.header and (before or not found) else None


def check_column(table: TextTable, variable: str, column: str, name: str, found: ProblemList) -> None:
    """Exactly one column has this name; otherwise say what is there, and what may be meant."""
    count = table.header.count(column)
    if count == 1:
        return
    what = f"there is no column {column!r}" if not count else f"there are {count} columns {column!r}"
    folded = {fold(known): known for known in table.header}
    near = f"; did you mean {folded[fold(column)]!r}?" if fold(column) in folded and not count else ""
    remedy = f"correct {variable}; the columns are {_listed(table.header)}{near}"
    found.add(TableError, f"{what} (wanted for {variable})", where=name, remedy=remedy)


def _check_samples(samples: Sequence[str], table: TextTable, name: str, found: ProblemList) -> None:
    empty = [table.lines[row] for row, sample in enumerate(samples) if not sample]
    if empty:
        listed = ", ".join(str(line) for line in empty[:SHOWN])
        found.add(
            SampleError, f"{len(empty)} rows have no sample id", where=name, row=f"lines {listed}", remedy="add the ids"
        )
    twice = [sample for sample, count in Counter(samples).items() if count > 1 and sample]
    for sample in twice[:SHOWN]:
        lines = ", ".join(str(table.lines[row]) for row, other in enumerate(samples) if other == sample)
        what, remedy = f"sample {sample!r} stands there more than once", "keep one row of each tumour"
        found.add(SampleError, what, where=name, row=f"lines {lines}", value=sample, remedy=remedy)
    if len(twice) > SHOWN:
        what, remedy = f"{len(twice) - SHOWN} more samples stand there repeatedly", "keep one row of each tumour"
        found.add(SampleError, what, where=name, remedy=remedy)


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(column) for column in header[: 2 * SHOWN])
    return shown + (f" and {len(header) - 2 * SHOWN} more" if len(header) > 2 * SHOWN else "")


def _frame_as_words(frame: pd.DataFrame) -> TextTable:
    """Turn a frame into words; its index stands first, as an unnamed column, where no column holds the ids."""
    header = [str(column) for column in frame.columns]
    cells: list[list[Any]] = [list(frame.iloc[:, place].astype(object)) for place in range(len(header))]
    if SAMPLE not in header:
        header, cells = ["", *header], [list(frame.index), *cells]
    words = [["" if _is_missing(cell) else as_word(cell) for cell in column] for column in cells]
    rows = [list(row) for row in zip(*words, strict=True)]
    return TextTable(header, rows, [0] * len(rows))


def _is_missing(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)
