"""Tables in an Excel workbook (xlsx), values only, with a bound on what it unpacks to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

from her2stats.errors import FileError, Problem, ProblemList, TableError
from her2stats.files import Content, refuse
from her2stats.reading.formats.delimited import gene_position, sample_positions
from her2stats.reading.formats.matrix import Column, RawMatrix, numbers_from_words
from her2stats.reading.formats.text import TextTable


def read_workbook_rows(content: Content, sheet: str | None = None) -> list[list[Any]]:
    """Read the cells of one sheet, as values; trailing empty rows and columns are left out.

    Raises
    ------
    FileError
        Not a workbook, damaged, or unpacking to more than the bound.
    TableError
        The sheet does not exist, or there are several and none was named.
    """
    import openpyxl

    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content.data), read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        if sheet is None and len(names) > 1:
            raise TableError(Problem(f"has the sheets {', '.join(names)}", content.name, "name one of them as sheet"))
        if sheet is not None and sheet not in names:
            raise TableError(Problem(f"there is no sheet {sheet!r}", content.name, f"it has {', '.join(names)}"))
        page = book[sheet or names[0]]
        if hasattr(page, "reset_dimensions"):
            page.reset_dimensions()  # what the file claims of its size is not to be trusted
        rows = [list(row) for row in page.iter_rows(values_only=True)]
        book.close()
    except (FileError, TableError):
        raise
    except Exception as error:  # a parser of foreign XML in a foreign archive fails in ways nobody can list
        refuse(content.path, f"is a damaged workbook ({error})", "save it again as xlsx or csv")
    return _trimmed(rows, content)


def read_workbook_matrix(
    content: Content, *, sheet: str | None = None, gene_column: str | None = None, ignore_columns: Sequence[str] = ()
) -> RawMatrix:
    """Read an expression matrix; a gene cell that the spreadsheet turned into a date stays a date for the repair."""
    rows = read_workbook_rows(content, sheet)
    header = [as_word(cell) for cell in rows[0]]
    genes = gene_position(header, gene_column, content.name)
    used, left_out = sample_positions(header, genes, ignore_columns, content.name)
    names = [row[genes] if isinstance(row[genes], date | float) else as_word(row[genes]) for row in rows[1:]]
    columns = [Column(header[place], [row[place] for row in rows[1:]]) for place in used]
    found = ProblemList()
    values = numbers_from_words(columns, names, found, name=content.name, first_row=2)
    return RawMatrix(names, [column.name for column in columns], values, content.name, 2, left_out, found)


def read_workbook_table(content: Content, *, sheet: str | None = None) -> TextTable:
    """Read a clinical table as words."""
    rows = read_workbook_rows(content, sheet)
    body = [[as_word(cell) for cell in row] for row in rows[1:]]
    lines = [place + 2 for place, row in enumerate(body) if any(row)]
    return TextTable([as_word(cell) for cell in rows[0]], [row for row in body if any(row)], lines)


def as_word(cell: Any) -> str:
    """A cell as text; 7.0 is "7", as the spreadsheet shows it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


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


def _trimmed(rows: list[list[Any]], content: Content) -> list[list[Any]]:
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    if len(rows) < 2:
        refuse(content.path, "has no rows below a header", "give the sheet that holds the table")
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell is not None), default=0)
    return [row[:width] + [None] * (width - len(row)) for row in rows]
