"""Tables in an Excel workbook (xlsx), values only, with a bound on what it unpacks to."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

from her2stats.errors import Problem, ProblemList, TableError
from her2stats.files import Content, refuse
from her2stats.notes import Note
from her2stats.parsers.cells import as_word
from her2stats.reading.formats.apart import Format, ask
from her2stats.reading.formats.delimited import positions
from her2stats.reading.formats.matrix import Column, MatrixOptions, RawMatrix, numbers_from_words
from her2stats.reading.formats.text import TextTable, refuse_no_header

FORMAT = Format("an Excel workbook", "workbook", "save it again as xlsx or csv")


def read_workbook_rows(content: Content, sheet: str | None, first: int) -> tuple[list[list[Any]], tuple[Note, ...]]:
    """Read the cells of one sheet, as values; trailing empty rows and columns are left out.

    A cell that is merged downwards stands in each of its rows; row `first` holds the names.

    Raises FileError when it is not a workbook, is damaged, or unpacks to more than the bound, and TableError when the
    sheet does not exist, or there are several and none was named.
    """
    _check_archive(content)
    said, _ = ask(content, FORMAT, sheet=sheet)
    if "sheets" in said:
        listed = ", ".join(said["sheets"])
        what, remedy = f"has the sheets {listed}", "name one of them as sheet"
        if sheet is not None:
            what, remedy = f"there is no sheet {sheet!r}", f"it has {listed}"
        raise TableError(Problem(what, content.name, remedy))
    rows, width = said["rows"], said["width"]
    if len(rows) < 2:
        refuse(content.path, "has no rows below a header", "give the sheet that holds the table")
    cells = [[*map(_cell, row), *[None] * (width - len(row))] for row in rows]
    return cells, _unmerged(cells, said["merged"], first, content.name)


def _unmerged(rows: list[list[Any]], merged: list[tuple[str, list[int]]], first: int, name: str) -> tuple[Note, ...]:
    """Write merged cells out downwards; over several columns they say nothing of each, and are refused."""
    found, filled = ProblemList(), 0
    for ref, (left, top, right, bottom) in merged:
        if top > len(rows) or left > len(rows[0]) or (value := rows[top - 1][left - 1]) is None:
            continue
        if left == right:
            filled += min(bottom, len(rows)) - top
            for row in rows[top:bottom]:
                row[left - 1] = value
        elif top >= first and sum(cell is not None for cell in rows[top - 1]) > 1:  # else a line of text
            what = f"cells {ref} are one, over several columns"
            remedy = "unmerge them, and write into each column what holds for it"
            found.add(TableError, what, where=name, row=f"row {top}", value=as_word(value), remedy=remedy)
    found.raise_if_any()
    return (Note("reading", "cells that are merged downwards stand in each of their rows", filled),) if filled else ()


def _cell(cell: Any) -> Any:
    return datetime.fromisoformat(cell[1]) if isinstance(cell, list) else cell


def read_workbook_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read an expression matrix; a gene cell that the spreadsheet turned into a date stays a date for the repair."""
    first, rows, notes = _from_header(content, options.sheet, options.header_row)
    header = [as_word(cell) for cell in rows[0]]
    genes, used, left_out = positions(header, options, content.name)
    names = [row[genes] if isinstance(row[genes], date | float) else as_word(row[genes]) for row in rows[1:]]
    columns = [Column(header[place], [row[place] for row in rows[1:]]) for place in used]
    found = ProblemList()
    values = numbers_from_words(columns, names, found, name=content.name, first_row=first + 1)
    return RawMatrix(
        names, [column.name for column in columns], values, content.name, first + 1, (*notes, *left_out), found
    )


def read_workbook_table(content: Content, *, sheet: str | None = None, header_row: int | None = None) -> TextTable:
    """Read a clinical table as words."""
    first, rows, notes = _from_header(content, sheet, header_row)
    body = [[as_word(cell) for cell in row] for row in rows[1:]]
    lines = [place + first + 1 for place, row in enumerate(body) if any(row)]
    return TextTable([as_word(cell) for cell in rows[0]], [row for row in body if any(row)], lines, notes)


def _from_header(
    content: Content, sheet: str | None, header_row: int | None
) -> tuple[int, list[list[Any]], tuple[Note, ...]]:
    """Number of the row of names, the rows from there on, and what was done to them."""
    first = header_row or 1
    rows, notes = read_workbook_rows(content, sheet, first)
    refuse_no_header(rows[first - 1 :], header_row, content.name)
    return first, rows[first - 1 :], notes


def _check_archive(content: Content) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
            total = sum(entry.file_size for entry in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        refuse(content.path, f"is not an Excel workbook ({error})", "save it as xlsx, csv or tsv")
    if total > content.allowed_size:
        refuse(content.path, "unpacks to far more than its size; it was not opened", "check where it comes from")
    if "[Content_Types].xml" not in names:
        refuse(content.path, "is a zip archive, not an Excel workbook", "unpack it and give the table inside")
