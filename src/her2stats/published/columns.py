"""Columns of printed cells: a scalar or a sequence, read row by row, every unreadable cell reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from her2stats.errors import ProblemList, TableError
from her2stats.published.numerals import Numeral, read_numeral


def read_numerals(column: Any, size: int, *, name: str, places: Sequence[str] = ()) -> list[Numeral | None]:
    """Read one printed number or a column of them, every unreadable one reported at once.

    Parameters
    ----------
    column : scalar, sequence or Series
        A scalar is repeated.
    size : int
        How many are wanted.
    name : str
        What the column holds, for the message.
    places : sequence of str
        Item of each row, for the message.
    """
    cells = list(column) if is_column(column) else [column] * size
    found = ProblemList()
    if len(cells) != size:
        found.add(TableError, f"{name} has {len(cells)} values where there are {size} rows")
        found.raise_if_any()
    numerals: list[Numeral | None] = []
    for row, cell in enumerate(cells):
        try:
            numerals.append(read_numeral(cell))
        except TableError as error:
            where = f"{name}, {places[row]}" if row < len(places) and places[row] else f"{name}, row {row + 1}"
            problem = error.problems[0]
            found.add(TableError, problem.what, where=where, remedy=problem.remedy)
    found.raise_if_any()
    return numerals


def is_column(value: Any) -> bool:
    """Whether a value is a column of cells and not one cell."""
    return not isinstance(value, str | Numeral) and isinstance(value, Iterable)


def common_size(*columns: Any) -> int:
    """Return the number of rows that columns and scalars given together describe."""
    sizes = [len(list(column)) for column in columns if is_column(column)]
    return max(sizes, default=1)


def texts(value: Any, size: int) -> list[str]:
    """One text a row; a scalar is repeated."""
    return [str(cell) for cell in value] if is_column(value) else [str(value)] * size
