"""Reading the csv files of a results folder, refusing everything that a whole file could not contain.

pandas alone would pad a row that was cut off and turn a column with one damaged number into text. A report must not
show what is left of a damaged table as if it were the table.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from her2stats.report.schema import TableSchema

_EMPTY = frozenset(("", "nan", "na", "<na>", "none"))


class DamagedFileError(Exception):
    """A file of the folder cannot be used; the message says why, in words for the report."""


def read_strict(path: Path, schema: TableSchema) -> pd.DataFrame:
    """Read one csv file: text columns as text with empty for missing, number columns as float64.

    Parameters
    ----------
    path : Path
        UTF-8, comma-separated, with a header and a line end after the last row.
    schema : TableSchema
        What it has to hold.

    Returns
    -------
    DataFrame

    Raises
    ------
    DamagedFileError
        The file is missing, cut off, not text, or lacks a column, or holds text among numbers.
    """
    header, rows = _rows(_text(path))
    missing = [column for column in schema.required if column not in header]
    if missing:
        raise DamagedFileError(f"lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}")
    columns = {}
    for place, name in enumerate(header):
        values = [row[place] for row in rows]
        columns[name] = _numbers(name, values) if schema.is_number(name, place) else pd.Series(values, dtype="str")
    return pd.DataFrame(columns)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DamagedFileError("is missing") from None
    except OSError as error:
        raise DamagedFileError(f"cannot be read: {error.strerror or error}") from error
    if not content.strip():
        raise DamagedFileError("is empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamagedFileError(f"is not UTF-8 text (byte {error.start})") from error
    if "\0" in text:
        raise DamagedFileError("holds binary data")
    if not text.endswith("\n"):
        raise DamagedFileError("ends in the middle of a line")
    return text


def _rows(text: str) -> tuple[list[str], list[list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header, *rows = list(reader)
    except csv.Error as error:
        raise DamagedFileError(f"is no valid csv near line {reader.line_num}: {error}") from error
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise DamagedFileError(f"has two columns called {twice[0]!r}")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise DamagedFileError(f"row {number} has {len(row)} fields where the header has {len(header)}")
    return header, rows


def _numbers(name: str, values: list[str]) -> pd.Series:
    """Turn texts into numbers, however a whole column of nothing was written."""
    plain = pd.Series([None if value.strip().lower() in _EMPTY else value for value in values], dtype="object")
    numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    wrong = plain.notna() & numbers.isna()
    if wrong.any():
        place = int(wrong.to_numpy().argmax())
        raise DamagedFileError(f"row {place + 2}, column {name!r}: {values[place]!r} is not a number")
    return numbers
