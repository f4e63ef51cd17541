"""All tables in one Excel workbook: numbers as numbers, text as text, the same bytes for the same tables."""

from __future__ import annotations

import io
import math
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from her2stats.errors import DataError, ProblemList
from her2stats.tables.zipped import zipped
from her2stats.vocabulary.numbers import is_missing
from her2stats.writing import told, write_whole

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS = 1_048_575
MOST_COLUMNS = 16_384
_FIXED_STAMP = "1980-01-01T00:00:00Z"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NARROWEST, _WIDEST, _WIDTH_OF_NUMBERS = 8, 48, 11
_LONGEST_TEXT = 32_767
_FORBIDDEN_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TITLE = 31


def save_workbook(tables: Mapping[str, pd.DataFrame], path: str | Path) -> Path:
    """Write tables (without their index) to an Excel workbook, one sheet a table, and replace one that is there.

    The same tables give the same bytes: no date, no name of a person or machine is in it. Names of sheets are cut to
    Excel's 31 characters and freed of the signs it forbids. The first row is frozen and can be filtered. Missing values
    are empty cells, infinities the text "inf". Text that a spreadsheet would take for a formula (it begins with =, +,
    -, @) is marked with Excel's leading-quote flag, so that it stays text when somebody edits the cell. Raises
    DataError when there is no table, one is larger than a sheet can be, or two names become the same. Raises
    OutputError when the file cannot be written.
    """
    from openpyxl import Workbook

    path, titled = Path(path), _by_title(tables)
    book, buffer = Workbook(write_only=True), io.BytesIO()
    with told(path, what="the workbook "), _temporary_files_beside(path):
        for title, table in titled.items():
            sheet = book.create_sheet(title)
            try:
                _write_sheet(sheet, table)
            finally:
                sheet.close()  # rows that an interrupt leaves open complain when they are thrown away
        book.save(buffer)
    write_whole(path, _without_dates(buffer.getvalue()), what="the workbook ")
    return path


@contextmanager
def _temporary_files_beside(path: Path) -> Iterator[None]:
    """Have openpyxl write its sheets beside the workbook: in a draft, what a kill leaves of them goes with it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before, tempfile.tempdir = tempfile.tempdir, str(path.parent)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _by_title(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Give every table a sheet title that Excel accepts."""
    found, titled = ProblemList(), dict[str, pd.DataFrame]()
    if not tables:
        found.add(DataError, "there is no table to write", remedy="give at least one")
    for name, table in tables.items():
        title = _FORBIDDEN_IN_TITLES.sub("_", _UNPRINTABLE.sub("_", name)).strip("'")[:_LONGEST_TITLE] or "table"
        if title.lower() in (known.lower() for known in titled):
            found.add(DataError, f"two sheets would be called {title!r}", where=name, remedy="rename one table")
        if len(table) > MOST_ROWS or table.shape[1] > MOST_COLUMNS:
            size = f"{len(table)} rows x {table.shape[1]} columns"
            found.add(DataError, f"{size} do not fit a sheet", where=name, remedy="keep this table as csv")
        titled[title] = table
    found.raise_if_any()
    return titled


def _write_sheet(sheet: WriteOnlyWorksheet, table: pd.DataFrame) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    values = [[_plain(value) for value in table.iloc[:, place]] for place in range(table.shape[1])]
    headings = [_plain(str(column)) for column in table.columns]
    for place, (heading, column) in enumerate(zip(headings, values, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _width(heading, column)
    sheet.freeze_panes = "A2"
    if headings:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(table) + 1}"
    bold = Font(bold=True)

    def cell(value: object, *, heading: bool = False) -> object:
        if not heading and not (isinstance(value, str) and value.startswith(_FORMULA_SIGNS)):
            return value
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str) and value.startswith(_FORMULA_SIGNS):
            made.data_type = "s"
            made.quotePrefix = True
        if heading:
            made.font = bold
        return made

    sheet.append([cell(heading, heading=True) for heading in headings])
    for row in zip(*values, strict=True):
        sheet.append([cell(value) for value in row])


def _plain(value: object) -> str | int | float | bool | None:
    """Turn a cell into what Excel knows: number, truth value, text, or nothing."""
    if is_missing(value) or value is pd.NaT:
        return None
    if hasattr(value, "item"):
        value = value.item()  # numpy scalar
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")
    return _UNPRINTABLE.sub("\ufffd", str(value))[:_LONGEST_TEXT]


def _width(heading: str | int | float | bool | None, column: list[Any]) -> float:
    longest = max((len(value) if isinstance(value, str) else _WIDTH_OF_NUMBERS for value in column), default=0)
    return float(min(max(longest, len(str(heading)) + 2, _NARROWEST), _WIDEST))


def _without_dates(content: bytes) -> bytes:
    """Pack the workbook again with one fixed date everywhere: the moment of writing is not part of the result."""
    with zipfile.ZipFile(io.BytesIO(content)) as written:
        parts = {name: written.read(name) for name in written.namelist()}
    stamps = rb"(<dcterms:(created|modified)[^>]*>)[^<]*"
    parts["docProps/core.xml"] = re.sub(stamps, rb"\g<1>" + _FIXED_STAMP.encode(), parts["docProps/core.xml"])
    return zipped(parts)
