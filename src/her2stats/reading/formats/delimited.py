"""Expression matrices in delimited text (csv, tsv, txt), read fast, and read slowly where something is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from her2stats.cohort.genes.ids import share_known
from her2stats.errors import FileError, Problem, ProblemList, TableError
from her2stats.files import Content
from her2stats.notes import Note
from her2stats.reading.formats.matrix import (
    MISSING_NUMBERS,
    SHOWN,
    Column,
    Floats,
    MatrixOptions,
    RawMatrix,
    numbers_from_words,
)
from her2stats.reading.formats.strangers import NO_GENES, length_column, without_descriptions
from her2stats.reading.formats.text import (
    LONG,
    Text,
    all_end_with,
    check_quotes,
    is_number,
    open_text,
    read_header,
    refuse_loose_ends,
)

BLOCK = 2**20


class _NotNumbers(Exception):
    """A word stands among the numbers."""


def read_delimited_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read a delimited matrix.

    Raises TableError for uneven rows and for a column that does not exist. Text among numbers is left in the problems
    of the matrix.
    """
    text, mark, before = open_text(content, options.delimiter, options.header_row, whole=False)
    return parse_matrix(text, content.name, mark, options, lines_before=before)


def parse_matrix(text: Text, name: str, mark: str, options: MatrixOptions, *, lines_before: int = 0) -> RawMatrix:
    """Parse text whose first line is the header; `lines_before` counts what stood above it in the file."""
    check_quotes(text, mark, name, before=lines_before)
    header, width = read_header(text, mark)
    if width == len(header) + 1:
        if all_end_with(text, mark):
            refuse_loose_ends(name)
        header = ["", *header]  # R's write.table leaves out the name of the row names
    elif width > len(header) + 1:
        what = f"the header has {len(header)} columns, the row below it {width}"
        raise TableError(Problem(what, name, f"say header_row = {lines_before + 2} if the names stand there"))
    genes, used, left_out = positions(header, options, name)
    layout = _Layout(name, mark, options.decimal, len(header), genes, lines_before)
    length = length_column(header, {*range(len(header))} - {*used})
    aside = [length] if length is not None else []
    found = ProblemList()
    try:
        rows, numbers, words_aside = _numbers(text, layout, used, aside)
    except _NotNumbers:
        table = pa.concat_tables(_tables(text, layout, []))
        rows = [str(gene) for gene in table.column(genes).to_pylist()]
        words = [Column(header[place], table.column(place).to_pylist()) for place in used]
        numbers = numbers_from_words(words, rows, found, name=name, first_row=layout.first_row, decimal=options.decimal)
        words_aside = [table.column(place).to_pylist() for place in aside]
    lengths = None
    for place, told in zip(aside, words_aside, strict=True):
        columns = [Column(header[place], told)]
        lengths = numbers_from_words(columns, rows, ProblemList(), name=name, first_row=layout.first_row)[:, 0]
    notes, samples = (*text.notes, *left_out), [header[place] for place in used]
    return RawMatrix(list(rows), samples, numbers, name, layout.first_row, notes, found, lengths=lengths)


@dataclass(frozen=True)
class _Layout:
    """What a parser has to know of a file: name for messages, delimiter, decimal mark, columns, lines above them."""

    name: str
    mark: str
    decimal: str
    width: int
    genes: int
    lines_before: int

    @property
    def first_row(self) -> int:
        """Line of the file that holds the first row."""
        return self.lines_before + 2


def _numbers(
    text: Text, layout: _Layout, used: Sequence[int], aside: Sequence[int]
) -> tuple[list[str], Floats, list[list[str]]]:
    """Gene symbols, numbers and the words of columns aside; piece by piece into one matrix: no second one has room.

    Raises _NotNumbers when a word stands among them.
    """
    # blank lines are none, and a cell takes a byte
    most = min(text.extent.lines - 1, text.extent.length // layout.width)
    values = np.empty((len(used), most))
    rows: list[str] = []
    words: list[list[str]] = [[] for _ in aside]
    for table in _tables(text, layout, used):
        here = slice(len(rows), len(rows) + len(table))
        for place, column in enumerate(used):
            values[place, here] = table.column(column).to_numpy()
        for told, column in zip(words, aside, strict=True):
            told += table.column(column).to_pylist()
        rows += [str(gene) for gene in table.column(layout.genes).to_pylist()]
    return rows, (values if len(rows) == most else np.ascontiguousarray(values[:, : len(rows)])).T, words


def _tables(text: Text, layout: _Layout, used: Sequence[int]) -> Iterator[pa.Table]:
    """Parse with `used` as numbers and everything else as words, a table for each piece of the text."""
    uneven: list[str] = []

    def note_row(row: pa_csv.InvalidRow) -> str:
        line = f"row {row.number + layout.lines_before}: " if row.number else ""
        uneven.append(f"{line}{row.actual_columns} in {row.text[:60]!r}")
        return "skip"

    names = [f"c{place}" for place in range(layout.width)]
    numeric = set(used)
    types = {names[place]: pa.float64() if place in numeric else pa.string() for place in range(layout.width)}
    parse = pa_csv.ParseOptions(
        delimiter=layout.mark, newlines_in_values=False, invalid_row_handler=note_row, ignore_empty_lines=True
    )
    convert = pa_csv.ConvertOptions(
        column_types=types,
        null_values=list(MISSING_NUMBERS),
        strings_can_be_null=False,
        quoted_strings_can_be_null=True,
        decimal_point=layout.decimal,
    )
    count, long = 0, text.extent.length > LONG
    widest = max(BLOCK, text.data.find(b"\n") * 4)  # the longest line has to fit into a block
    for number, piece in enumerate(text.pieces()):
        read = pa_csv.ReadOptions(
            column_names=names,
            skip_rows=0 if number else 1,
            block_size=len(piece) if long else widest,  # thousands of columns in few rows a block take their time
            use_threads=long,
        )
        try:
            table = pa_csv.read_csv(pa.BufferReader(piece), read, parse, convert)
        except pa.ArrowInvalid as error:
            if "conversion error" in str(error) and used:
                raise _NotNumbers from None
            if "Empty CSV" not in str(error):
                what = f"not a delimited table: {error}"
                raise TableError(Problem(what, layout.name, "check delimiter and quotes")) from None
        else:
            count += len(table)
            yield table
    if uneven:
        what = f"{len(uneven)} rows do not have the {layout.width} columns of the header: {'; '.join(uneven[:SHOWN])}"
        raise TableError(Problem(what, layout.name, "mend those rows, or check the delimiter"))
    if not count:
        raise FileError(Problem("has a header and no rows", layout.name, "give a file with rows"))


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
    if all(map(is_number, (header[place] for place in used))) and (
        NO_GENES.fullmatch(header[genes]) or share_known([header[genes]])
    ):
        what = f"the first line is a row of {header[genes]!r}, and no line of names stands above it"
        raise TableError(Problem(what, name, "write one: a name for the genes, and the ids of the samples"))
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
