"""Expression matrices in delimited text (csv, tsv, txt), read fast, and read slowly where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from her2stats.errors import FileError, Problem, ProblemList, TableError
from her2stats.files import Content
from her2stats.notes import Note
from her2stats.reading.formats.matrix import MISSING_NUMBERS, SHOWN, MatrixOptions, RawMatrix, numbers_from_words
from her2stats.reading.formats.matrix import Column as Words
from her2stats.reading.formats.strangers import names_lengths, without_descriptions
from her2stats.reading.formats.text import Text, check_quotes, open_text, read_header

BLOCK = 2**20
THREADED = 2**26  # bytes from which a second thread pays for itself


def read_delimited_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read a delimited matrix.

    Raises
    ------
    TableError
        Uneven rows, a column that does not exist. Text among numbers is left in the problems of the matrix.
    """
    text, mark, before = open_text(content, options.delimiter, options.header_row)
    return parse_matrix(text, content.name, mark, options, lines_before=before)


def parse_matrix(text: Text, name: str, mark: str, options: MatrixOptions, *, lines_before: int = 0) -> RawMatrix:
    """Parse text whose first line is the header; `lines_before` counts what stood above it in the file."""
    check_quotes(text, mark, name, before=lines_before)
    header, width = read_header(text, mark)
    if width == len(header) + 1:
        header = ["", *header]  # R's write.table leaves out the name of the row names
    elif width > len(header) + 1:
        what = f"the header has {len(header)} columns, the row below it {width}"
        raise TableError(Problem(what, name, f"say header_row = {lines_before + 2} if the names stand there"))
    genes, used, left_out = positions(header, options, name)
    first_row, decimal = lines_before + 2, options.decimal
    table = _parse(text, name, mark, decimal, len(header), genes, used, first_row)
    if table is None:
        table = _parse(text, name, mark, decimal, len(header), genes, [], first_row)
        assert table is not None
    rows = [str(gene) for gene in table.column(f"c{genes}").to_pylist()]
    columns, found = [header[place] for place in used], ProblemList()
    picked = [table.column(f"c{place}") for place in used]
    if all(pa.types.is_float64(column.type) for column in picked):
        values = np.empty((len(picked), len(rows)))
        for place, column in enumerate(picked):
            start = 0
            for chunk in column.chunks:
                values[place, start : start + len(chunk)] = chunk.to_numpy(zero_copy_only=False)
                start += len(chunk)
        numbers = values.T
    else:
        words = [Words(header[place], column.to_pylist()) for place, column in zip(used, picked, strict=True)]
        numbers = numbers_from_words(words, rows, found, name=name, first_row=first_row, decimal=decimal)
    lengths = None
    for place in (place for place, column in enumerate(header) if place not in used and names_lengths(column)):
        words = [Words(header[place], table.column(f"c{place}").to_pylist())]
        lengths = numbers_from_words(words, rows, ProblemList(), name=name, first_row=first_row)[:, 0]
    notes = (*text.notes, *left_out)
    return RawMatrix(list(rows), columns, numbers, name, first_row, notes, found, lengths=lengths)


def _parse(
    text: Text, name: str, mark: str, decimal: str, width: int, genes: int, used: Sequence[int], first_row: int
) -> pa.Table | None:
    """Parse with `used` as numbers and everything else as words; None where a word stands among the numbers."""
    uneven: list[str] = []

    def note_row(row: pa_csv.InvalidRow) -> str:
        line = f"row {row.number + first_row - 2}: " if row.number else ""
        uneven.append(f"{line}{row.actual_columns} in {row.text[:60]!r}")
        return "skip"

    names = [f"c{place}" for place in range(width)]
    numeric = set(used)
    types = {names[place]: pa.float64() if place in numeric else pa.string() for place in range(width)}
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text.data),
            read_options=pa_csv.ReadOptions(
                column_names=names,
                skip_rows=1,
                block_size=max(BLOCK, text.data.find(b"\n") * 4),  # the longest line has to fit into a block
                use_threads=len(text.data) > THREADED,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=mark, newlines_in_values=False, invalid_row_handler=note_row, ignore_empty_lines=True
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=types,
                null_values=list(MISSING_NUMBERS),
                strings_can_be_null=False,
                quoted_strings_can_be_null=True,
                decimal_point=decimal,
            ),
        )
    except pa.ArrowInvalid as error:
        if "conversion error" in str(error) and used:
            return None
        if "Empty CSV" in str(error):
            raise FileError(Problem("has a header and no rows", name, "give a file with rows")) from None
        raise TableError(Problem(f"not a delimited table: {error}", name, "check delimiter and quotes")) from None
    if uneven:
        what = f"{len(uneven)} rows do not have the {width} columns of the header: {'; '.join(uneven[:SHOWN])}"
        raise TableError(Problem(what, name, "mend those rows, or check the delimiter"))
    if not len(table):
        raise FileError(Problem("has a header and no rows", name, "give a file with rows"))
    return table


def positions(header: Sequence[str], options: MatrixOptions, name: str) -> tuple[int, list[int], tuple[Note, ...]]:
    """Find the column of the gene symbols and those of the samples: all that hold nothing else about genes."""
    genes = 0 if options.gene_column is None else _gene_position(header, options.gene_column, name)
    found = ProblemList()
    for column in options.ignore_columns:
        if column not in header:
            found.add(TableError, f"there is no column {column!r}", where=name, remedy="correct ignore_columns")
    used = [place for place, column in enumerate(header) if place != genes and column not in options.ignore_columns]
    if not used:
        found.add(
            TableError, "there is only one column", where=name, remedy="check the delimiter; samples stand in columns"
        )
    found.raise_if_any()
    return genes, *without_descriptions(header, used, name)


def _gene_position(header: Sequence[str], gene_column: str, name: str) -> int:
    places = [place for place, column in enumerate(header) if column == gene_column]
    if len(places) != 1:
        what = "there is no" if not places else f"there are {len(places)} of"
        listed = ", ".join(repr(column) for column in header[:SHOWN])
        raise TableError(
            Problem(f"{what} column {gene_column!r}", name, f"correct gene_column; the header starts with {listed}")
        )
    return places[0]
