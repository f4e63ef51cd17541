"""R's rds files of a matrix or a data.frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from her2stats.errors import Problem, ProblemList, TableError
from her2stats.files import Content, refuse
from her2stats.parsers.cells import as_word
from her2stats.reading.formats.apart import Format, ask
from her2stats.reading.formats.delimited import positions
from her2stats.reading.formats.matrix import Column, MatrixOptions, RawMatrix, numbers_from_words
from her2stats.reading.formats.text import TextTable

FORMAT = Format("an rds file", "rds", "save it again with saveRDS", "rds")


def read_rds_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read a numeric matrix with dimnames, or a data.frame with the genes as row names or in a column.

    Raises
    ------
    FileError, TableError
        Not such a file, or it holds another object (a list, an ExpressionSet, a function).
    """
    said, cells = _taken_apart(content)
    names, genes = said["header"], said["rows"]
    if options.gene_column is not None or genes is None:
        place, used, left_out = positions(names, options, content.name)
        genes = _words(cells[place])
    else:
        _, used, left_out = positions(["", *names], options, content.name)
        used = [place - 1 for place in used]
    found = ProblemList()
    columns = [Column(names[place], cells[place]) for place in used]
    values = numbers_from_words(columns, genes, found, name=content.name, first_row=1)
    return RawMatrix(genes, [names[place] for place in used], values, content.name, 1, left_out, found)


def read_rds_table(content: Content) -> TextTable:
    """Read a data.frame as words; its row names stand first, under no name."""
    said, cells = _taken_apart(content)
    header, columns = said["header"], [_words(column) for column in cells]
    if said["rows"] is not None:
        header, columns = ["", *header], [said["rows"], *columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return TextTable(header, rows, list(range(1, len(rows) + 1)))


def _taken_apart(content: Content) -> tuple[dict[str, Any], list[Sequence[Any]]]:
    """What the file says of its names, and its columns: numbers where they are all numbers, else words among them."""
    if not content.data.startswith((b"X\n", b"A\n", b"B\n")):  # told without starting what reads it
        refuse(content.path, f"is not {FORMAT.what}", FORMAT.again)
    said, numbers = ask(content, FORMAT)
    if "kind" in said:
        what = f"holds no data.frame and no matrix with row and column names ({said['kind']})"
        raise TableError(Problem(what, content.name, "save one of those with saveRDS, or as csv"))
    numeric = iter(np.frombuffer(numbers, dtype=np.float64).reshape(said["shape"]))
    columns = [next(numeric) if words is None else words for words in said["words"]]
    if not columns or not len(columns[0]):
        refuse(content.path, "holds an empty table", "save one with rows")
    return said, columns


def _words(column: Sequence[Any]) -> list[str]:
    return ["" if cell is None or cell != cell else as_word(cell) for cell in column]
