"""Delimited text: encoding, line ends, delimiter, header."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NoReturn

from her2stats.errors import FileError, Problem, ProblemList, TableError
from her2stats.files import Content, refuse_open_quotes
from her2stats.notes import Note
from her2stats.reading.formats.sniffing import DELIMITERS, first_lines, one_blank, sniff_delimiter

SHOWN = 5
LONG, PIECE = 64 * 2**20, 4 * 2**20  # bytes from which a text is taken apart, and of the parts


@dataclass(frozen=True)
class Text:
    """A file as UTF-8 bytes with plain line ends, and the notes about how it got there."""

    data: bytes  # the text, or the beginning of one that is too long to be held
    notes: tuple[Note, ...] = ()  # how it got there
    # gives the text from its start, chunk by chunk, where `data` is its beginning
    unpacked: Callable[[], Iterator[bytes]] | None = None

    @cached_property
    def extent(self) -> Extent:
        """What is to be known before the text is read: found in one pass."""
        length, breaks, quoted, plain, last = 0, 0, False, True, b""
        for last in self._chunks():
            length += len(last)
            breaks += last.count(b"\n")
            quoted = quoted or b'"' in last
            plain = plain and last.isascii() and b"\r" not in last and b"\x00" not in last
        return Extent(length, breaks + (not last.endswith(b"\n")), quoted, plain)

    def pieces(self) -> Iterator[bytes]:
        """The text in pieces that end with a line; in one piece unless it is long."""
        if self.unpacked is None and len(self.data) <= LONG:
            yield self.data
            return
        held = bytearray()
        for chunk in self._chunks():
            held += chunk
            if len(held) >= PIECE and (end := held.rfind(b"\n") + 1):
                yield bytes(held[:end])
                del held[:end]
        if held:
            yield bytes(held)

    def _chunks(self) -> Iterator[bytes]:
        if self.unpacked is not None:
            return self.unpacked()
        return (self.data[start : start + PIECE] for start in range(0, len(self.data), PIECE))


@dataclass(frozen=True)
class Extent:
    """Bytes and lines of a text, whether it has quotes, and whether it is ASCII with line feeds."""

    length: int
    lines: int
    quoted: bool
    plain: bool


@dataclass(frozen=True)
class TextTable:
    """A table of words: nothing converted, nothing guessed."""

    header: list[str]  # column names; repeated names stay repeated
    rows: list[list[str]]  # as many words a row as the header has
    lines: list[int]  # where each row ends in the file, counted from 1
    notes: tuple[Note, ...] = field(default=())


def as_text(content: Content) -> Text:
    """Bring a text file to UTF-8 without byte-order mark, with line feeds.

    Raises FileError when the bytes are not text.
    """
    data, notes = content.data, []
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                data = data.decode(encoding).encode()
            except UnicodeDecodeError:
                raise FileError(Problem("is not text", content.name, "save it as UTF-8")) from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.startswith((b"PK\x03\x04", b"PAR1", b"\x89HDF")) or b"\x00" in data:
        remedy = "name it by its kind (.xlsx, .parquet, .h5ad), or save it as csv or tsv"
        raise FileError(Problem("holds binary data where text was expected", content.name, remedy))
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            data = data.decode("latin-1").encode()
            notes.append(Note("reading", "text is not UTF-8 and was read as Latin-1", 1, content.name))
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Text(data, tuple(notes))


def _long_text(content: Content) -> Text | None:
    """A text that need not be held to be read, where the file is one: long, plain, and without remarks at its head."""
    if content.unpacked is None or content.beginning.startswith(b"#"):
        return None
    text = Text(content.beginning, (), content.unpacked)
    return text if len(first_lines(text.data, 3)) == 3 and text.extent.plain else None  # header and one row are whole


def open_text(
    content: Content, delimiter: str | None = None, header_row: int | None = None, *, whole: bool = True
) -> tuple[Text, str, int]:
    """A text file from its header on, its delimiter, and how many lines stand above: remarks, or all up to a row.

    What need not be held `whole` is not, where it is long.

    Remarks are lines that start with #. One that has as many words as the line below is the header nevertheless, where
    it stands alone or numbers stand below it: "#gene" above "ERBB2".
    """
    text = (None if whole or header_row is not None else _long_text(content)) or as_text(content)
    data, start, last, before = text.data, 0, 0, 0
    blank = len(data) - len(data.lstrip(b"\n"))
    if header_row is not None:
        lines = data.split(b"\n", header_row - 1)
        refuse_no_header(lines[header_row - 1 :], header_row, content.name)
        body = Text(one_blank(lines[-1]), text.notes)
        return body, delimiter or sniff_delimiter(body.data, content.suffix), header_row - 1
    data = data[blank:] if blank else data
    while data.startswith(b"#", start):
        last, start, before = start, data.find(b"\n", start) + 1, before + 1
        if not start:
            raise FileError(Problem("holds nothing but remarks", content.name, "give a file with a header and rows"))
    body = Text(data[start:] if text.unpacked else one_blank(data[start:]), text.notes, text.unpacked)
    mark = delimiter or sniff_delimiter(body.data, content.suffix)
    if before:
        remark, below = (
            _words(line, mark) for line in (*first_lines(data[last:], 1), *(first_lines(body.data, 1) or [""]))
        )
        if len(remark) == len(below) > 1 and (before == 1 or any(map(is_number, below[1:]))):
            body, before = Text(data[last:].removeprefix(b"#"), text.notes), before - 1
    return body, mark, before + blank


def refuse_no_header(rows: Sequence[object], header_row: int | None, name: str) -> None:
    """Refuse a row of names that is none of the file's."""
    if header_row is not None and not rows:
        raise TableError(Problem(f"there is no row {header_row}", name, "correct header_row"))


def refuse_loose_ends(name: str) -> NoReturn:
    """Refuse rows that are one longer than their names by an empty cell: at their beginning R's have no name."""
    what = "every row ends with a delimiter, and the line of names does not"
    raise TableError(Problem(what, name, "take it away from the rows"))


def is_number(word: str) -> bool:
    """Whether a word is a number, with a point or a comma."""
    try:
        float(word.replace(",", "."))
    except ValueError:
        return False
    return word.lower() not in ("nan", "inf", "infinity")


def check_quotes(text: Text, mark: str, name: str, *, before: int = 0) -> None:
    """Refuse a quote that opens a cell and does not close on its line; see `refuse_open_quotes`."""
    if text.extent.quoted:
        lines = (line for piece in text.pieces() for line in piece.removesuffix(b"\n").decode("utf-8").split("\n"))
        refuse_open_quotes(lines, mark, name, first=before + 1)


def quotes_throughout(text: Text, mark: str) -> bool:
    """Whether every word but numbers stands in quotes, so that a cell may hold a line break."""
    rows = csv.reader(
        io.StringIO(text.data.decode("utf-8"), newline=""), delimiter=mark, strict=True, quoting=csv.QUOTE_NONNUMERIC
    )
    try:
        return len({len(row) for row in rows if row}) == 1
    except (csv.Error, ValueError):
        return False


def read_header(text: Text, delimiter: str) -> tuple[list[str], int]:
    """Names of the first line as they stand, and the width of the second line."""
    header, *below = [_words(line, delimiter) for line in first_lines(text.data, 2)] or [[]]
    return header, len(below[0]) if below else len(header)


def all_end_with(text: Text, mark: str) -> bool:
    """Whether every row of the text, or of its beginning, ends with an empty cell."""
    return all(line.endswith(mark) for line in first_lines(text.data, 2**10)[1:])


def _words(line: str, delimiter: str) -> list[str]:
    try:
        return [word.strip() for word in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def read_text_table(content: Content, *, delimiter: str | None = None, header_row: int | None = None) -> TextTable:
    """Read a small table (clinical data) as words.

    The delimiter is sniffed, and the line of the names is the first below the remarks, where they are not given. Raises
    TableError where rows are longer or shorter than the header; all are counted, the first are listed.
    """
    text, mark, before = open_text(content, delimiter, header_row)
    if not quotes_throughout(text, mark):
        check_quotes(text, mark, content.name, before=before)
    reader = csv.reader(io.StringIO(text.data.decode("utf-8"), newline=""), delimiter=mark)
    try:
        rows = [([word.strip() for word in row], reader.line_num + before) for row in reader]
    except csv.Error as error:
        place = f"{content.name}, line {reader.line_num + before}"
        long = "field larger" in str(error)
        what = f"a cell has more than {csv.field_size_limit()} letters" if long else f"not a delimited table: {error}"
        raise TableError(Problem(what, place, "check the quotes and the delimiter in that line")) from None
    rows = [(row, line) for row, line in rows if any(row)]
    if not rows:
        raise FileError(Problem("is empty", content.name, "give a file with a header and rows"))
    header, body = rows[0][0], rows[1:]
    if body and all(len(row) == len(header) + 1 for row, _ in body):
        if not any(row[-1] for row, _ in body):
            refuse_loose_ends(content.name)
        header = ["", *header]  # R's write.table leaves out the name of the row names
    _check_widths(content.name, header, body, DELIMITERS.get(mark, mark))
    return TextTable(header, [row for row, _ in body], [line for _, line in body], text.notes)


def _check_widths(name: str, header: list[str], body: list[tuple[list[str], int]], mark: str) -> None:
    uneven = [(len(row), line) for row, line in body if len(row) != len(header)]
    if uneven:
        found = ProblemList()
        listed = "; ".join(f"line {line} has {width}" for width, line in uneven[:SHOWN])
        remedy = "quote values that hold the delimiter, or mend those lines"
        if len(header) < uneven[0][0] and len(uneven) * 2 > len(body):  # most rows are wider
            remedy = f"say header_row = {uneven[0][1]} (clinical_header_row of a cohort) if the names stand there"
        found.add(
            TableError,
            f"{len(uneven)} rows do not have the {len(header)} columns of the header ({listed}; delimiter {mark})",
            where=name,
            remedy=remedy,
        )
        found.raise_if_any()
