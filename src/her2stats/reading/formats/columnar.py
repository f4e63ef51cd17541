"""Parquet tables, as pandas, polars and R's arrow write them."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa

from her2stats.errors import ProblemList
from her2stats.files import Content, refuse
from her2stats.parsers.cells import as_word
from her2stats.reading.formats.apart import Format, ask
from her2stats.reading.formats.delimited import positions
from her2stats.reading.formats.matrix import SHOWN, Column, MatrixOptions, RawMatrix, numbers_from_words
from her2stats.reading.formats.text import TextTable

FORMAT = Format("a parquet file", "parquet", "write it again")


def read_parquet_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read an expression matrix; the index that pandas stored, or else the first column, holds the genes."""
    table, index = _read(content)
    header = list(table.column_names)
    named = options if options.gene_column is not None else replace(options, gene_column=index)
    genes, used, left_out = positions(header, named, content.name)
    names = [as_word(gene) for gene in table.column(genes).to_pylist()]
    columns = [header[place] for place in used]
    picked = [table.column(place) for place in used]
    found = ProblemList()
    numeric = (pa.types.is_floating, pa.types.is_integer)
    if all(any(check(column.type) for check in numeric) for column in picked):
        values = np.column_stack([column.cast(pa.float64()).to_numpy() for column in picked])
    else:
        words = [Column(name, column.to_pylist()) for name, column in zip(columns, picked, strict=True)]
        values = numbers_from_words(words, names, found, name=content.name, first_row=1)
    return RawMatrix(list(names), columns, values, content.name, 1, left_out, found)


def read_parquet_table(content: Content) -> TextTable:
    """Read a clinical table as words."""
    table, _ = _read(content)
    rows = [[as_word(cell) for cell in row.values()] for row in table.to_pylist()]
    return TextTable(list(table.column_names), rows, list(range(1, len(rows) + 1)))


def _read(content: Content) -> tuple[pa.Table, str | None]:
    import pyarrow.parquet as pa_parquet  # with what it needs for remote files, a tenth of a second

    try:
        file = pa_parquet.ParquetFile(io.BytesIO(content.data))
        nested = [field.name for field in file.schema_arrow if pa.types.is_nested(field.type)]
        if nested:
            what = f"has columns that hold lists or records, not single values: {', '.join(nested[:SHOWN])}"
            refuse(content.path, what, "leave them out, or write each part as a column of its own")
        ask(content, FORMAT)  # may it be unpacked here?
        table = file.read()
        table.validate(full=True)  # text that is not UTF-8 shows here, not when a cell is looked at
    except (pa.ArrowException, OSError, ValueError) as error:
        refuse(content.path, f"is not a parquet file, or is damaged ({error})", "write it again")
    if not table.num_rows or not table.num_columns:
        refuse(content.path, "has no rows", "give a table with rows")
    return table, _pandas_index(table)


def _pandas_index(table: pa.Table) -> str | None:
    """Name of the one column that pandas marked as its index, if it did."""
    stored = (table.schema.metadata or {}).get(b"pandas")
    if stored is None:
        return None
    try:
        columns = json.loads(stored)["index_columns"]
    except (ValueError, KeyError, TypeError):
        return None
    named = [column for column in columns if isinstance(column, str) and column in table.column_names]
    return named[0] if len(named) == 1 else None
