"""Names of columns that stand in two lines: groups above ("HER2"), parts below ("IHC", "status"), or what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from her2stats.errors import InputError, Problem, SampleError, TableError
from her2stats.notes import Note
from her2stats.reading.formats.text import TextTable, is_number
from her2stats.vocabulary.words import MISSING, fold, quoted

FEWEST = 6  # rows among which one whose every word is its own is told from a tumour


def with_names_above(table: TextTable, header_row: int | None, read: Callable[[int], TextTable]) -> TextTable:
    """Put the names of the line above before those of the header where these alone tell nothing: repeated, or none.

    `read` reads the table with its names in another line. A name above holds for the nameless columns after it, too.
    """
    if header_row is None or header_row < 2 or not _lacks_names(table):
        return table
    try:
        above = read(header_row - 1).header
    except InputError:  # a title, which is no row of the table
        return table
    if len(set(above)) < 3 or len(above) != len(table.header):
        return table
    group, names = "", []
    for over, name in zip(above, table.header, strict=True):
        group = over or (group if name else "")
        names.append(name if group == name else f"{group} {name}".strip())
    listed = ", ".join(names[:8])
    note = Note("reading", f"names of columns in lines {header_row - 1} and {header_row} joined", len(names), listed)
    return replace(table, header=names, notes=(*table.notes, note))


def refuse_second_names(table: TextTable, where: str) -> None:
    """Refuse a table whose names are repeated and whose first row tells them apart."""
    if _lacks_names(table) and _describes_columns(table, 0) and table.lines[0]:
        what = f"names of its columns stand in two lines, the second is line {table.lines[0]}"
        remedy = f"say clinical_header_row = {table.lines[0]} (header_row of read_clinical)"
        raise TableError(Problem(what, where, remedy))


def refuse_descriptions(table: TextTable, samples: Sequence[str], where: str) -> None:
    """Refuse a row below the names that says what the columns hold: it would be a tumour of which all is odd."""
    for row, sample in enumerate(samples[:2]):
        if _describes_columns(table, row):
            shown = "; ".join(filter(None, table.rows[row]))[:80]
            what, remedy = f"this row says what the columns hold ({shown})", f"say exclude = [{quoted(sample)}]"
            raise SampleError(Problem(what, where, remedy, row=f"line {table.lines[row]}", value=sample))


def _describes_columns(table: TextTable, row: int) -> bool:
    """Whether a row says in words what the columns hold: nothing in it is a number, or stands in another row, too."""
    if len(table.rows) < FEWEST or not table.lines[row]:
        return False
    said = [(place, cell) for place, cell in enumerate(table.rows[row]) if cell]
    others = {place: [cells[place] for at, cells in enumerate(table.rows) if at != row] for place, _ in said}
    if len(said) < 2 or any(is_number(cell) or fold(cell) in MISSING or cell in others[place] for place, cell in said):
        return False
    worded = [place for place, cell in said if place and any(map(str.isalpha, cell))]
    known = ([cell for cell in others[place] if fold(cell) not in MISSING] for place in worded)
    return any(cells and all(map(is_number, cells)) for cells in known)


def _lacks_names(table: TextTable) -> bool:
    """Whether names are repeated, or missing above words."""
    nameless = [place for place, name in enumerate(table.header) if not name]
    repeated = any(count > 1 for name, count in Counter(table.header).items() if name)
    return repeated or len([place for place in nameless if any(row[place] for row in table.rows)]) > 1
