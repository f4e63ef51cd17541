"""Headings of clinical files as the patterns of the vocabulary see them, and the order in which they are tried."""

from __future__ import annotations

import re
from collections.abc import Sequence

from her2stats.reading.formats.text import TextTable
from her2stats.vocabulary.variables import BY_NAME
from her2stats.vocabulary.words import plain_name

LOOKED_AT = 10  # rows below the first that may hold the names
PERCENT = re.compile(r".*(%|perc).*")


def _in_order() -> tuple[str, ...]:
    """Variables that have headings, as they are looked for."""
    names = [name for name, entry in BY_NAME.items() if entry.headings and not entry.after]
    for name, entry in BY_NAME.items():
        if entry.headings and entry.after:
            names.insert(names.index(entry.after) + 1, name)
    return tuple(names)


RECOGNISABLE = _in_order()


def tells_percentages(variable: str, column: str) -> bool:
    """Whether a column is named like percentages of stained nuclei of this receptor."""
    name, pattern = plain_name(column), BY_NAME[variable].percentages
    return bool(pattern and PERCENT.fullmatch(name) and re.fullmatch(pattern, name))


def header_row_of(table: TextTable) -> int | None:
    """Line of the names, where it is not the first: the one with most headings of variables, two or more."""

    def told(cells: Sequence[str]) -> int:
        names = {plain_name(cell) for cell in cells}
        headings = (BY_NAME[variable].headings for variable in RECOGNISABLE)
        return sum(any(re.fullmatch(like, name) for like in likes for name in names) for likes in headings)

    rows = list(zip(table.rows, table.lines, strict=True))[:LOOKED_AT]
    best, line = max(rows, key=lambda row: told(row[0]), default=([], 0))
    return line if line and told(best) > max(told(table.header), 1) else None
