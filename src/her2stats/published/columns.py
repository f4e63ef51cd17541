"""Columns of printed cells: a scalar or a sequence, read row by row, every unreadable cell reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from her2stats.errors import ProblemList, TableError
from her2stats.published.numerals import Numeral, read_numeral


@dataclass(frozen=True)
class PrintedRows:
    """Columns of printed numbers that belong together, read.

    Parameters
    ----------
    size : int
        Number of rows.
    numerals : mapping of str to list
        Name of a column -> its numbers, None where nothing is printed.
    items, places : list of str
        What each row is about and where it stands.
    """

    size: int
    numerals: dict[str, list[Numeral | None]]
    items: list[str]
    places: list[str]


def read_rows(columns: Mapping[str, Any], item: Any, place: Any, *, least: int = 1) -> PrintedRows:
    """Read columns of printed numbers with their items and places; scalars are repeated.

    Parameters
    ----------
    columns : mapping of str to scalar or column
        By the names that messages use.
    item, place : str or column
        What the numbers are about and where they stand.
    least : int
        Rows there are at least.

    Examples
    --------
    >>> rows = read_rows({"low": ["0.1", "0.2"], "high": "0.9"}, "rho", "")
    >>> rows.size, rows.items, [numeral.text for numeral in rows.numerals["high"]]
    (2, ['rho', 'rho'], ['0.9', '0.9'])
    """
    size = max(common_size(*columns.values(), item, place), least)
    items = texts(item, size)
    numerals = {name: read_numerals(column, size, name=name, places=items) for name, column in columns.items()}
    return PrintedRows(size, numerals, items, texts(place, size))


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
