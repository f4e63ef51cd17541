"""The cells of one sheet of an Excel workbook."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

from her2stats.parsers.allowance import CELL, Allowance, TooLargeError
from her2stats.parsers.cells import as_word

MOST_ROWS = 2**20  # that a spreadsheet has
NONE: list[Any] = []  # one for all empty rows: a file may claim a million of them


def answer(data: bytes, request: dict[str, Any], left: Allowance) -> tuple[dict[str, Any], None]:
    """Rows of the sheet without their empty ends; the names of the sheets alone where it is not clear which."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    names, sheet = book.sheetnames, request["sheet"]
    if (sheet is None and len(names) > 1) or (sheet is not None and sheet not in names):
        return {"sheets": names}, None
    page = book[sheet or names[0]]
    if hasattr(page, "reset_dimensions"):
        page.reset_dimensions()  # what the file claims of its size is not to be trusted
    rows: list[list[Any]] = []
    for row in page.iter_rows(values_only=True):
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        left.take(CELL * (1 + len(cells)))
        if len(rows) == MOST_ROWS:
            raise TooLargeError
        for cell in cells:
            if cell is not None:
                left.take_word(cell)
        rows.append([_plain(cell) for cell in cells] if cells else NONE)
    while rows and not rows[-1]:
        rows.pop()
    width = max(map(len, rows), default=0)
    left.take(CELL * width * len(rows))  # of all rows made equally long
    return {"rows": rows, "width": width, "merged": _merged(page)}, None


def _merged(page: Any) -> list[tuple[str, Any]]:
    """Merged cells, as the sheet names them below its rows: "B3:B7", and their bounds."""
    from openpyxl.utils.cell import range_boundaries

    held = b""
    with page._get_source() as source:  # who reads without styles leaves them out
        while chunk := source.read(2**20):
            held = (held if b"mergeCells" in held else held[-32:]) + chunk
    refs = re.findall(rb'mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"', held)
    return [(ref.decode(), range_boundaries(ref.decode())) for ref in refs]


def _plain(cell: Any) -> Any:
    """A cell as JSON has it; of a date a list, as a gene that was turned into one is repaired."""
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    return ["date", cell.isoformat()] if isinstance(cell, date) else as_word(cell)
