"""R's rds files of a matrix, a data.frame, or one of Bioconductor's containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from her2stats.errors import Problem, ProblemList, TableError
from her2stats.files import Content, refuse
from her2stats.notes import Note
from her2stats.parsers.cells import as_word
from her2stats.reading.formats.apart import Format, ask_fit
from her2stats.reading.formats.delimited import positions
from her2stats.reading.formats.matrix import SHOWN, Column, MatrixOptions, RawMatrix, numbers_from_words
from her2stats.reading.formats.strangers import length_column
from her2stats.reading.formats.text import TextTable

FORMAT = Format(
    "an rds file", "rds", "save it again with saveRDS (what Bioconductor made before 2020 after updateObject)", "rds"
)


def read_rds_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read a numeric matrix with dimnames, a data.frame with genes as row names or in a column, or one assay.

    Raises FileError or TableError for a file that is no such file, for another object (a list, a function), and for a
    container without the assay or column of row data.
    """
    said, cells = _taken_apart(content, want="matrix", layer=options.layer, gene_column=options.gene_column)
    names, genes = said["header"], said["rows"]
    if genes is None or (options.gene_column is not None and not said.get("contained")):
        place, used, left_out = positions(names, options, content.name)
        genes = _words(cells[place])
    else:
        _, used, left_out = positions(["", *names], replace(options, gene_column=None), content.name)
        used = [place - 1 for place in used]
    found = ProblemList()
    columns = [Column(names[place], cells[place]) for place in used]
    values = numbers_from_words(columns, genes, found, name=content.name, first_row=1)
    about, lengths = said.get("row_data", {}), None
    if (length := length_column([*about], range(len(about)))) is not None:
        told = Column("", [*about.values()][length])
        lengths = numbers_from_words([told], genes, ProblemList(), name=content.name, first_row=1)[:, 0]
    return RawMatrix(genes, [names[place] for place in used], values, content.name, 1, left_out, found, lengths=lengths)


def read_rds_table(content: Content) -> TextTable:
    """Read a data.frame, or a container's table of samples, as words; its row names stand first, under no name."""
    said, cells = _taken_apart(content, want="samples")
    header, columns = said["header"], [_words(column) for column in cells]
    if said["rows"]:
        header, columns = ["", *header], [said["rows"], *columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    odd = said.get("odd", [])
    note = Note("reading", "columns that hold objects, not single values, left out", len(odd), ", ".join(odd[:SHOWN]))
    return TextTable(header, rows, list(range(1, len(rows) + 1)), (note,) if odd else ())


def _taken_apart(content: Content, **request: Any) -> tuple[dict[str, Any], list[Sequence[Any]]]:
    """What the file says of its names, and its columns: numbers where they are all numbers, else words among them."""
    if not content.data.startswith((b"X\n", b"A\n", b"B\n")):  # told without starting what reads it
        refuse(content.path, f"is not {FORMAT.what}", FORMAT.again)
    said, numbers = ask_fit(content, FORMAT, **request)
    if "kind" in said:
        what = f"holds no data.frame, no matrix with row and column names and no experiment ({said['kind']})"
        raise TableError(Problem(what, content.name, "save one of those with saveRDS, or as csv"))
    numeric = iter(np.frombuffer(numbers, dtype=np.float64).reshape(said["shape"]))
    columns = [next(numeric) if words is None else words for words in said["words"]]
    if not said["rows"] and (not columns or not len(columns[0])):
        refuse(content.path, "holds an empty table", "save one with rows")
    return said, columns


def _words(column: Sequence[Any]) -> list[str]:
    return ["" if cell is None or cell != cell else as_word(cell) for cell in column]
