"""A matrix as it stands in the file, whatever the format: row names, column names, numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from her2stats.cohort import Source
from her2stats.errors import Problem, ProblemList, TableError
from her2stats.notes import Note

Floats = npt.NDArray[np.float64]
SHOWN = 5
_COMMA, _THOUSANDS = (
    re.compile(like).fullmatch for like in (r"[-+]?\d+,\d+", r"[-+]?\d{1,3}([., '\u2019\u202f\xa0]\d{3})+")
)
MISSING_NUMBERS = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "#N/A", "#NA", "-nan", "n/a")


@dataclass(frozen=True)
class MatrixOptions:
    """What a reader of matrices may be told; see `read_expression`."""

    gene_column: str | None = None
    ignore_columns: tuple[str, ...] = ()
    sheet: str | None = None
    delimiter: str | None = None
    decimal: str = "."
    layer: str | None = None
    header_row: int | None = None


@dataclass(frozen=True, eq=False)
class RawMatrix:
    """Row names, column names and numbers, before anything is checked or repaired."""

    # text as a rule; a spreadsheet gives dates and numbers where it has turned gene symbols into such
    rows: list[str | date | float]
    columns: list[str]  # as in the header, with its repetitions
    values: Floats  # rows x columns, float64; missing is NaN
    name: str = ""
    first_row: int = 2  # number of the first data row in the file, counted from 1; 0 where rows have no numbers
    notes: tuple[Note, ...] = ()
    problems: ProblemList = field(default_factory=ProblemList)  # cells that are no numbers; they are NaN in `values`
    source: Source | None = None  # the file, where there was one
    # the scale of the values as the file itself says it: "ln" where it holds ln(x + 1); empty where it says nothing
    logarithm: str = ""
    lengths: Floats | None = None  # length of each gene, where the file has a column of them (featureCounts)

    def transposed(self) -> RawMatrix:
        """Samples in rows turned into samples in columns."""
        rows: list[str | date | float] = list(self.columns)
        columns = [str(row) for row in self.rows]
        return replace(self, rows=rows, columns=columns, values=self.values.T, first_row=0, lengths=None)

    def at(self, places: Sequence[int]) -> RawMatrix:
        """The same with the columns at these places only."""
        return replace(self, columns=[self.columns[place] for place in places], values=self.values[:, list(places)])

    def only(self, names: Collection[str]) -> RawMatrix:
        """The same with the columns of these names only."""
        places = [place for place, name in enumerate(self.columns) if name in names]
        return self if len(places) == len(self.columns) else self.at(places)

    def row(self, row: int) -> str:
        """Name a row, in words."""
        gene = f"gene {str(self.rows[row])!r}"
        return f"row {row + self.first_row} ({gene})" if self.first_row else gene


@dataclass
class Column:
    """One column of words that should be numbers."""

    name: str
    words: Sequence[Any]


def numbers_from_words(
    columns: Sequence[Column],
    rows: Sequence[Any],
    found: ProblemList,
    *,
    name: str,
    first_row: int,
    decimal: str = ".",
    subject: str = "gene",
) -> Floats:
    """Turn columns of words into numbers; what is none becomes NaN and a problem.

    The first few cells are listed each with its place, the others counted; a column of nothing but text is one
    problem.
    """
    values = np.empty((len(rows), len(columns)))
    wrong: list[tuple[int, int, str]] = []
    for place, column in enumerate(columns):
        for row, word in enumerate(column.words):
            try:
                values[row, place] = _number(word, decimal)
            except ValueError:
                values[row, place] = np.nan
                wrong.append((row, place, str(word)))
    for row in range(min(SHOWN, len(rows) - 1)):  # as many words as columns in one row, and none below: the names
        here = [word for at, _, word in wrong if at == row]
        if len(columns) > 1 and first_row and len(wrong) >= len(columns) == len(here) and not any(map(_COMMA, here)):
            if len({*here}) == len(here):
                what, remedy = f"row {row + first_row} holds names, not numbers", f"say header_row = {row + first_row}"
                if len({column.name for column in columns} - {""}) < len(columns):  # else these may be names, too
                    raise TableError(Problem(what, name, remedy))  # whatever else is wrong follows from that
            else:
                what, remedy = f"row {row + first_row} holds words, not numbers: {here[0]}, ...", "take that row out"
            found.add(TableError, what, where=name, remedy=remedy)
            return values
    words = Counter(place for _, place, word in wrong if "," not in word)
    remedy = "name it in ignore_columns if it describes genes, or in gene_column if it holds their symbols"
    if subject != "gene":
        remedy = "take it out, or write its numbers"
    text_columns = {place for place, count in words.items() if count > len(rows) / 2}
    for place in sorted(text_columns):
        found.add(
            TableError,
            f"holds text, not numbers (e.g. {_example(wrong, place)!r})",
            where=name,
            column=columns[place].name,
            value=_example(wrong, place),
            remedy=remedy,
        )
    _list_cells([cell for cell in wrong if cell[1] not in text_columns], columns, rows, name, first_row, found, subject)
    return values


def _list_cells(
    cells: list[tuple[int, int, str]],
    columns: Sequence[Column],
    rows: Sequence[Any],
    name: str,
    first_row: int,
    found: ProblemList,
    subject: str,
) -> None:
    commas = sum("," in word for _, _, word in cells)
    advice = "correct it, or NA"
    if commas > len(cells) / 2:
        advice = 'say decimal = "," if the comma is the decimal mark' if subject == "gene" else "write a decimal point"
    if cells and all(_THOUSANDS(word) for _, _, word in cells):
        advice = "write numbers without marks between thousands"
    for row, place, word in cells[:SHOWN]:
        found.add(
            TableError,
            f"{word!r} is not a number",
            where=name,
            row=(f"row {row + first_row} (%s)" if first_row else "%s") % f"{subject} {str(rows[row])!r}",
            column=columns[place].name,
            value=word,
            remedy=advice,
        )
    if len(cells) > SHOWN:
        found.add(TableError, f"{len(cells) - SHOWN} more cells hold text among numbers", where=name, remedy=advice)


def _example(wrong: list[tuple[int, int, str]], place: int) -> str:
    return next(word for _, column, word in wrong if column == place)


def _number(word: Any, decimal: str) -> float:
    """A number as a person writes it: no underscores, no digits of other scripts, no booleans."""
    if word is None:
        return float("nan")
    if isinstance(word, bool | date):
        raise ValueError(word)
    if isinstance(word, int | float | np.number):
        return float(word)
    text = str(word).strip()
    if text in MISSING_NUMBERS:
        return float("nan")
    if decimal != ".":
        if "." in text:
            raise ValueError(word)
        text = text.replace(decimal, ".")
    if not text.isascii() or "_" in text:
        raise ValueError(word)
    return float(text)
