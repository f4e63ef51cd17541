"""Reading the csv files of a results folder, refusing everything that a whole file could not contain.

pandas alone would pad a row that was cut off and turn a column with one damaged number into text. A report must not
show what is left of a damaged table as if it were the table.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as arrow
from pyarrow import csv as arrow_csv

from her2stats.files import regular_bytes
from her2stats.results.csv_cells import unguard_text
from her2stats.results.schema import Kind, TableSchema, as_kind

_EMPTY = frozenset(("", "nan", "na", "<na>", "none"))
_WRONG_WIDTH = re.compile(r"(?:Row #(?P<row>\d+): )?Expected (?P<expected>\d+) columns, got (?P<got>\d+)")


class DamagedFileError(Exception):
    """A file of the folder cannot be used; the message says why, in words for the report."""


def read_strict(path: Path, schema: TableSchema) -> pd.DataFrame:
    """Read one csv file as it was before it was written, each column as its kind (see `TableSchema.typed`).

    It is UTF-8, comma-separated, with a header and a line end after the last row. Raises DamagedFileError when the file
    is missing, cut off, not text, or lacks a column, or holds text among numbers.
    """
    found = {unguard_text(name): values for name, values in _columns(_content(path)).items()}
    missing = [column for column in schema.required if column not in found]
    if missing:
        raise DamagedFileError(f"lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}")
    columns = {name: _parsed(name, values, schema.kind(name)) for name, values in found.items()}
    return schema.typed(pd.DataFrame(columns))


def _content(path: Path) -> bytes:
    try:
        content = regular_bytes(path)
    except FileNotFoundError:
        raise DamagedFileError("is missing") from None
    except OSError as error:
        raise DamagedFileError(f"cannot be read: {error.strerror or error}") from error
    if not content.strip():
        raise DamagedFileError("is empty")
    if b"\0" in content:
        raise DamagedFileError("holds binary data")
    if not content.endswith(b"\n"):
        raise DamagedFileError("ends in the middle of a line")
    return content


def _columns(content: bytes) -> dict[str, list[str]]:
    """Columns of a csv file as texts; every row has to have all of them."""
    try:
        header = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    except UnicodeDecodeError as error:
        raise DamagedFileError(f"is not UTF-8 text (byte {error.start})") from error
    except csv.Error as error:
        raise DamagedFileError("is no valid csv") from error
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise DamagedFileError(f"has two columns called {twice[0]!r}")
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(content),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(header, arrow.string())),
        )
    except arrow.ArrowInvalid as error:
        raise DamagedFileError(_reason(str(error))) from error
    return {name: table.column(name).to_pylist() for name in header}


def _reason(error: str) -> str:
    """Say what is wrong with a row without quoting it: it may be a patient's."""
    found = _WRONG_WIDTH.search(error)
    if found is None:
        return "is no valid csv"
    return f"row {found['row'] or '?'} has {found['got']} fields where the header has {found['expected']}"


def _parsed(name: str, values: list[str], kind: Kind) -> pd.Series:
    """Turn texts into what the column holds, however a whole column of nothing was written."""
    if kind == "text":
        return as_kind(pd.Series([unguard_text(value) for value in values], dtype="str"), kind)
    parse, what = _PARSERS[kind]
    found = []
    for place, value in enumerate(values):
        try:
            found.append(parse(value))
        except (ValueError, KeyError):
            raise DamagedFileError(f"row {place + 2}, column {name!r}: {value[:40]!r} is {what}") from None
    return as_kind(pd.Series(found, dtype="object"), kind)


def _number(value: str) -> float:
    return math.nan if value.lower() in _EMPTY else float(value)


def _count(value: str) -> int | None:
    number = _number(value)
    if math.isnan(number):
        return None
    if not number.is_integer():
        raise ValueError
    return int(number)


_PARSERS: dict[Kind, tuple[Callable[[str], object], str]] = {
    "number": (_number, "not a number"),
    "count": (_count, "not a whole number"),
    "truth": ({"True": True, "False": False}.__getitem__, "neither True nor False"),
}
