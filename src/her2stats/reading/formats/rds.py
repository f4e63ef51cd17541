"""R's rds files of a matrix or a data.frame, read by the package rdata, which runs no R code."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from her2stats.errors import Problem, ProblemList, TableError
from her2stats.files import Content, refuse
from her2stats.reading.formats.delimited import gene_position, sample_positions
from her2stats.reading.formats.matrix import Column, RawMatrix, numbers_from_words
from her2stats.reading.formats.text import TextTable
from her2stats.reading.formats.workbook import as_word

COMPACT = (b"compact_intseq", b"compact_realseq")  # a sequence written as its length, start and step


def read_rds_matrix(
    content: Content, *, gene_column: str | None = None, ignore_columns: Sequence[str] = ()
) -> RawMatrix:
    """Read a numeric matrix with dimnames, or a data.frame with the genes as row names or in a column.

    Raises
    ------
    FileError, TableError
        Not such a file, or it holds another object (a list, an ExpressionSet, a function).
    """
    frame = _frame(content)
    genes: list[Any] = [as_word(name) for name in frame.index]
    names = [str(column) for column in frame.columns]
    if gene_column is not None or isinstance(frame.index, pd.RangeIndex):
        place = gene_position(names, gene_column, content.name)
        genes = [as_word(cell) for cell in frame.iloc[:, place]]
        used, left_out = sample_positions(names, place, ignore_columns, content.name)
    else:
        used, left_out = sample_positions(["", *names], 0, ignore_columns, content.name)
        used = [place - 1 for place in used]
    found = ProblemList()
    columns = [Column(names[place], _cells(frame.iloc[:, place])) for place in used]
    values = numbers_from_words(columns, genes, found, name=content.name, first_row=1)
    return RawMatrix(genes, [names[place] for place in used], values, content.name, 1, left_out, found)


def read_rds_table(content: Content) -> TextTable:
    """Read a data.frame as words; its row names stand first, under no name."""
    frame = _frame(content)
    columns = [_words(frame.iloc[:, place]) for place in range(frame.shape[1])]
    header = [str(column) for column in frame.columns]
    if not isinstance(frame.index, pd.RangeIndex):
        header, columns = ["", *header], [[as_word(name) for name in frame.index], *columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return TextTable(header, rows, list(range(1, len(rows) + 1)))


def _frame(content: Content) -> pd.DataFrame:
    value = _value(content)
    if isinstance(value, pd.DataFrame):
        frame = value
    elif type(value).__name__ == "DataArray" and value.ndim == 2 and len(value.coords) == 2:
        rows, columns = (list(np.atleast_1d(value.coords[name].values)) for name in value.dims)
        if (len(rows), len(columns)) != value.shape:
            refuse(content.path, "is damaged: names and values of its matrix do not fit", "save it again with saveRDS")
        frame = pd.DataFrame(np.asarray(value.values), index=rows, columns=columns)
    else:
        what = f"holds no data.frame and no matrix with row and column names ({type(value).__name__})"
        raise TableError(Problem(what, content.name, "save one of those with saveRDS, or as csv"))
    if not frame.size:
        refuse(content.path, "holds an empty table", "save one with rows")
    plain = list(frame.index) in (list(range(len(frame))), list(range(1, len(frame) + 1)))
    return frame.reset_index(drop=True) if plain else frame


def _value(content: Content) -> Any:
    try:
        from rdata import conversion, parser
    except ImportError:
        refuse(content.path, "needs the package rdata to be read", 'install it: pip install "her2stats[rds]"')
    constructors = dict(parser.DEFAULT_ALTREP_MAP)
    for name in COMPACT:
        constructors[name] = _bounded(constructors[name], content.allowed_size)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # classes that rdata does not know stay plain lists, refused below
            parsed = parser.parse_data(content.data, altrep_constructor_dict=constructors, extension="rds")
            return conversion.convert(parsed)
    except Exception as error:
        refuse(content.path, f"is not an rds file, or is damaged ({error!r})", "save it again with saveRDS")


def _bounded(construct: Callable[[Any], Any], allowed: int) -> Callable[[Any], Any]:
    """Refuse to write out a sequence of a length that no file of this size honestly holds."""

    def checked(state: Any) -> Any:
        length = float(np.asarray(state.value)[0])
        if not 0 <= length * 8 <= allowed:
            raise ValueError("a sequence is too long")
        return construct(state)

    return checked


def _cells(column: pd.Series) -> list[Any]:
    return [None if cell is pd.NA else cell for cell in column.astype(object)]


def _words(column: pd.Series) -> list[str]:
    return ["" if pd.isna(cell) else as_word(cell) for cell in column.astype(object)]
