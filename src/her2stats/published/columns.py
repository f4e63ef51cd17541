"""Columns of printed cells: a scalar or a sequence, read row by row, every unreadable cell reported at once.

A problem names the column and the row, counted from 1 as the caller gave them; whoever has read the rows from a file
knows their lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from her2stats.errors import DataError, Problem, ProblemList, TableError
from her2stats.published.numerals import Numeral, read_numeral


@dataclass(frozen=True)
class PrintedRows:
    """Columns of printed numbers that belong together, read."""

    size: int  # number of rows
    numerals: dict[str, list[Numeral | None]]  # name of a column -> its numbers, None where nothing is printed
    items: list[str]  # what each row is about
    places: list[str]  # where each row stands
    claims: list[str]  # what the text says of each: "significant", "not significant" or nothing

    def at(self, row: int) -> tuple[str, str]:
        """Item and place of a row."""
        return self.items[row], self.places[row]

    def take(self, rows: Iterable[int]) -> PrintedRows:
        """Some of the rows."""
        rows = list(rows)
        numerals = {name: [column[row] for row in rows] for name, column in self.numerals.items()}
        words = [[texts[row] for row in rows] for texts in (self.items, self.places, self.claims)]
        return PrintedRows(len(rows), numerals, *words)


def read_rows(columns: Mapping[str, Any], item: Any, place: Any, *, claim: Any = "", least: int = 1) -> PrintedRows:
    """Read columns of printed numbers, by the names that messages use, with their items, places and claims.

    Scalars are repeated; there are at least `least` rows.

    >>> rows = read_rows({"low": ["0.1", "0.2"], "high": "0.9"}, "rho", "")
    >>> rows.size, rows.items, [numeral.text for numeral in rows.numerals["high"]]
    (2, ['rho', 'rho'], ['0.9', '0.9'])
    """
    size = max(common_size(*columns.values(), item, place, claim), least)
    items = texts(item, size)
    found = ProblemList()
    numerals: dict[str, list[Numeral | None]] = {}
    for name, column in columns.items():
        with found.collect():
            numerals[name] = read_numerals(column, size, name=name, places=items)
    claims: list[str] = []
    with found.collect():
        claims = read_claims(claim, size, places=items)
    found.raise_if_any()
    return PrintedRows(size, numerals, items, texts(place, size), claims)


def row_name(row: int, item: str = "") -> str:
    """Name a row for a message, counted from 0 here and from 1 there.

    >>> row_name(0), row_name(6, "pCR")
    ('row 1', 'row 7 (pCR)')
    """
    return f"row {row + 1} ({item})" if item else f"row {row + 1}"


def read_numerals(column: Any, size: int, *, name: str, places: Sequence[str] = ()) -> list[Numeral | None]:
    """Read one printed number, which is repeated, or a column of them, every unreadable one reported at once.

    Messages name the column, and the item of each row, as `places` say it.
    """
    cells = list(column) if is_column(column) else [column] * size
    if len(cells) != size:
        what = f"{name} has {len(cells)} values where there are {size} rows"
        raise TableError(Problem(what, column=name, remedy="give one value a row, or one for all"))
    found = ProblemList()
    numerals: list[Numeral | None] = []
    for row, cell in enumerate(cells):
        try:
            numerals.append(read_numeral(cell))
        except TableError as error:
            problem = error.problems[0]
            at = row_name(row, places[row] if row < len(places) else "")
            found.add(TableError, problem.what, remedy=problem.remedy, row=at, column=name, value=str(cell))
    found.raise_if_any()
    return numerals


def read_counts(column: Any, size: int, *, name: str, places: Sequence[str] = ()) -> list[int | None]:
    """Read printed counts as `read_numerals` does; what is not a whole number, 0 or more, is reported, all at once."""
    found = ProblemList()
    numerals = read_numerals(column, size, name=name, places=places)
    for row, numeral in enumerate(numerals):
        if numeral is not None and (numeral.value.denominator != 1 or numeral.value < 0 or numeral.relation != "="):
            at = row_name(row, places[row] if row < len(places) else "")
            remedy = "a count is a whole number, 0 or more"
            what = f"'{numeral.text}' is not a count"
            found.add(TableError, what, remedy=remedy, row=at, column=name, value=numeral.text)
    found.raise_if_any()
    return [None if numeral is None else int(numeral.value) for numeral in numerals]


def read_claims(claim: Any, size: int, *, places: Sequence[str] = ()) -> list[str]:
    """Read "significant", "not significant" or nothing, one a row; every other word is reported, all at once."""
    claims = [text.strip().casefold() for text in texts(claim, size)]
    found = ProblemList()
    if len(claims) != size:
        what = f"claim has {len(claims)} values where there are {size} rows"
        found.add(DataError, what, column="claim", remedy="give one claim a row, or one for all")
    for row, text in enumerate(claims):
        if text not in ("", "significant", "not significant"):
            at = row_name(row, places[row] if row < len(places) else "")
            remedy = 'say "significant", "not significant" or nothing'
            found.add(DataError, f"claim '{text}' is not known", remedy=remedy, row=at, column="claim", value=text)
    found.raise_if_any()
    return claims


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
