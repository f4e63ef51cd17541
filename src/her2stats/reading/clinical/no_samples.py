"""Rows of a clinical table that are no samples: its names again, sums and remarks below it; and a table on its side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from her2stats.notes import Note
from her2stats.reading.clinical.ids import KNOWN, any_of
from her2stats.reading.formats.text import TextTable, is_number
from her2stats.vocabulary.variables import BY_NAME
from her2stats.vocabulary.words import fold, plain_name

_LIKE = {kind: any_of(likes) for kind, likes in KNOWN["rows"].items()}
_NAMED = any_of([*map(plain_name, BY_NAME), *(heading for entry in BY_NAME.values() for heading in entry.headings)])
SHOWN, MOST_VARIABLES = 8, 500


def rows_of(table: TextTable, rows: Sequence[int]) -> TextTable:
    """The table with some of its rows only."""
    return replace(table, rows=[table.rows[row] for row in rows], lines=[table.lines[row] for row in rows])


def samples_only(table: TextTable) -> TextTable:
    """Leave out rows that hold the names again (TCGA's biotab files), and sums and remarks below the last sample."""
    names = [fold(cell) for cell in table.header[:1]]  # none, where a GEO file's samples say nothing
    firsts = [[fold(cell) for cell in row[:1]] for row in table.rows]
    again = [first != [""] and (first == names or first[0].startswith("cde_id:")) for first in firsts]
    kept = [row for row, repeats in enumerate(again) if row >= SHOWN or not repeats]
    notes = [Note("reading", "rows that repeat the names left out", len(table.rows) - len(kept))]
    ends = place = len(kept)
    while place > 1 and (kind := _kind_below(table.rows[kept[place - 1]])):
        place -= 1
        if kind == "summary" or (kind == "remark" and ends == place + 1):
            ends = place
    below = ["; ".join(filter(None, table.rows[row][:2])) for row in kept[ends:]]
    notes.append(Note("reading", "rows below the table that are no samples left out", len(below), " / ".join(below)))
    kept = kept[:ends]
    told = tuple(note for note in notes if note.count)
    return replace(rows_of(table, kept), notes=(*table.notes, *told)) if told else table


def _kind_below(row: Sequence[str]) -> str:
    """What a row is that is no sample, as the table of ids calls it: a sum, what stands below sums only, a remark."""
    said = [cell for cell in row if cell]
    text = fold(next((cell for cell in said[:2] if not is_number(cell)), ""))  # a frame counts its rows
    lonely = len(said) - (fold(said[0]) != text) <= 1 if said else True
    if not said or (lonely and _LIKE["remark"].match(text)):
        return "remark"
    return next((kind for kind in ("summary", "beside") if _LIKE[kind].fullmatch(text)), "")


def lies_on_its_side(table: TextTable, wanted: Collection[str]) -> list[str]:
    """Names of variables, wanted or known, where two or more are first cells of rows and none is a column."""

    def is_name(cell: str) -> bool:
        return cell in wanted or (not is_number(cell) and _NAMED.fullmatch(plain_name(cell)) is not None)

    found = [row[0] for row in table.rows[:MOST_VARIABLES] if is_name(row[0])]
    return found[:SHOWN] if len(set(found)) > 1 and not any(map(is_name, table.header[1:])) else []
