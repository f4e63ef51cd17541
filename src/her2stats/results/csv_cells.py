r"""Text cells of a csv file that no spreadsheet takes for a formula and no terminal obeys, and back.

A csv file cannot mark a cell as text. A cell or column name that begins with =, +, -, @ (or with a backslash) or holds
control codes is written with a backslash in front, its backslashes doubled and its control codes as ``\uXXXX``. All
other text, and every number, is written as it is; so is a number as printed, alone, in a range, or with its interval.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pandas as pd

from her2stats.writing import write_whole

_TOUCHED = re.compile(r"^[=+\-@\\]|[\x00-\x1f\x7f-\x9f]")
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?%?"
_PRINTED = re.compile(rf"{_NUMBER}(?: to {_NUMBER}| \({_NUMBER} to {_NUMBER}\))?")
_ESCAPED = re.compile(r"[\\\x00-\x1f\x7f-\x9f]")
_WRITTEN = re.compile(r"\\(?:u([0-9a-f]{4})|\\)")


def guard_text(text: str) -> str:
    r"""Text as a cell that is nothing but text."""
    if not _TOUCHED.search(text) or _PRINTED.fullmatch(text):
        return text
    return "\\" + _ESCAPED.sub(lambda found: _code(found.group()), text)


def unguard_text(cell: str) -> str:
    r"""Text of a cell that `guard_text` has written."""
    if not cell.startswith("\\"):
        return cell
    return _WRITTEN.sub(lambda found: chr(int(found.group(1), 16)) if found.group(1) else "\\", cell[1:])


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """Table whose text, column names and labelled index are `guard_text`; the same object where nothing changes."""
    changed = {}
    for place in range(table.shape[1]):
        cells = table.iloc[:, place]
        if _is_text(cells.dtype) and any(isinstance(cell, str) and _TOUCHED.search(cell) for cell in cells):
            changed[place] = cells.map(_guarded_cell)
    columns, index = table.columns.map(_guarded_cell), table.index
    if _is_text(index.dtype):
        index = index.map(_guarded_cell)
    if not changed and columns.equals(table.columns) and index.equals(table.index):
        return table
    parts = [changed.get(place, table.iloc[:, place]).reset_index(drop=True) for place in range(table.shape[1])]
    made = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=range(len(table)))
    return made.set_axis(columns, axis=1).set_axis(index, axis=0)


def csv_text(table: pd.DataFrame, *, index: bool = False, separator: str = ",") -> str:
    """Table as csv: numbers with full precision, harmless text, one line end everywhere."""
    return str(guarded(table).to_csv(index=index, sep=separator, lineterminator="\n"))


def _guarded_cell(cell: object) -> object:
    return guard_text(cell) if isinstance(cell, str) else cell


def _is_text(dtype: object) -> bool:
    return not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_datetime64_any_dtype(dtype))  # type: ignore[arg-type]


def _code(sign: str) -> str:
    return "\\\\" if sign == "\\" else f"\\u{ord(sign):04x}"


def write_csv(table: pd.DataFrame, path: Path, *, index: bool = True) -> None:
    """Write a frame, with its index where rows have names.

    Tab-separated where the file's name says so, gzip without a clock where it ends in gz. Raises OutputError when the
    place cannot be written.
    """
    write_whole(path, csv_bytes(table, path, index=index))


def csv_bytes(table: pd.DataFrame, path: Path, *, index: bool = True) -> bytes:
    """Bytes that `write_csv` writes into a file of this name."""
    separator = "\t" if ".tsv" in path.suffixes or path.suffix == ".txt" else ","
    content = csv_text(table, index=index, separator=separator).encode()
    return gzip.compress(content, compresslevel=6, mtime=0) if path.suffix == ".gz" else content
