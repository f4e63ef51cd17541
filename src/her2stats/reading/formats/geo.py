"""GEO series matrix files: expression and what is said of each sample, in one file.

Format: https://www.ncbi.nlm.nih.gov/geo/info/soft.html (series matrix as GEO writes it).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from her2stats.errors import FileError, Problem, TableError
from her2stats.files import Content
from her2stats.reading.formats.delimited import parse_matrix
from her2stats.reading.formats.matrix import RawMatrix
from her2stats.reading.formats.text import Text, TextTable, as_text

BEGIN, END = b"!series_matrix_table_begin", b"!series_matrix_table_end"
CHARACTERISTICS = "characteristics_ch"
ACCESSION = "geo_accession"


def is_series_matrix(content: Content) -> bool:
    """Whether a file starts as GEO's series matrices do."""
    head = content.data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(b'\r\n" ')
    return head.startswith((b"!Series_", b"!Sample_"))


def read_series_matrix(content: Content) -> RawMatrix:
    """Read the expression table; its columns are the samples' accessions (GSM...).

    Raises
    ------
    FileError
        The file has no table, or an empty one: the series keeps its expression elsewhere.
    """
    text = as_text(content)
    before, begin, rest = text.data.partition(BEGIN)
    body, end, _ = rest.partition(END)
    if not begin or not end:
        what = "has no complete expression table"
        raise FileError(Problem(what, content.name, "download it again; it ends with !series_matrix_table_end"))
    body = body.lstrip(b"\n")
    if body.count(b"\n") < 2:
        remedy = "the series keeps its expression in a supplementary file: download that one"
        raise FileError(Problem("its expression table is empty", content.name, remedy))
    return parse_matrix(Text(body, text.notes), content.name, "\t", lines_before=before.count(b"\n") + 1)


def read_series_samples(content: Content) -> TextTable:
    """Read what is said of each sample: one row a sample, one column a property.

    A line of characteristics holds "key: value" texts; each key becomes a column, whatever line it stands in.

    Raises
    ------
    TableError
        There are no samples, or lines of different length.
    """
    text = as_text(content).data.partition(BEGIN)[0].decode("utf-8")
    lines = [line for line in text.split("\n") if line.startswith("!Sample_")]
    properties = [next(csv.reader(io.StringIO(line), delimiter="\t")) for line in lines]
    count = max((len(words) - 1 for words in properties), default=0)
    if not count or any(len(words) - 1 != count for words in properties):
        remedy = "download the file again"
        raise TableError(Problem("its !Sample_ lines are missing or of different length", content.name, remedy))
    columns: dict[str, list[str]] = {}
    for name, *values in properties:
        key = name.removeprefix("!Sample_")
        if key.startswith(CHARACTERISTICS):
            _add_characteristics(columns, values, count)
        else:
            columns.setdefault(_free_name(columns, key), [value.strip() for value in values])
    header = [ACCESSION, *(name for name in columns if name != ACCESSION)] if ACCESSION in columns else list(columns)
    rows = [[columns[name][place] for name in header] for place in range(count)]
    return TextTable(header, rows, [0] * count)


def _add_characteristics(columns: dict[str, list[str]], values: Sequence[str], count: int) -> None:
    for place, value in enumerate(values):
        key, colon, word = value.partition(":")
        if colon:
            column = columns.setdefault(key.strip(), [""] * count)
            column[place] = column[place] or word.strip()


def _free_name(columns: dict[str, list[str]], name: str) -> str:
    """Names that GEO repeats (two protocols, two contacts) are numbered."""
    candidate, number = name, 1
    while candidate in columns:
        number += 1
        candidate = f"{name}.{number}"
    return candidate
