"""GEO series matrix files: expression and what is said of each sample, in one file.

Format: https://www.ncbi.nlm.nih.gov/geo/info/soft.html (series matrix as GEO writes it).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from her2stats.errors import FileError, Problem, TableError
from her2stats.files import Content
from her2stats.notes import Note
from her2stats.reading.formats.delimited import parse_matrix
from her2stats.reading.formats.matrix import SHOWN, MatrixOptions, RawMatrix
from her2stats.reading.formats.text import Text, TextTable, as_text
from her2stats.vocabulary.words import MISSING, fold

BEGIN, END = b"!series_matrix_table_begin", b"!series_matrix_table_end"
CHARACTERISTICS = "characteristics_ch"
ACCESSION, PLATFORM = "geo_accession", "platform_id"


def is_series_matrix(content: Content) -> bool:
    """Whether a file starts as GEO's series matrices do."""
    head = content.beginning[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(b'\r\n" ')
    return head.startswith((b"!Series_", b"!Sample_"))


def read_series_matrix(content: Content) -> RawMatrix:
    """Read the expression table; its columns are the samples' accessions (GSM...).

    Raises FileError when the file has no table, an empty one (the series keeps its expression elsewhere), two, or
    samples of several platforms, whose values are not on one scale.
    """
    text = as_text(content)
    before, begin, rest = text.data.partition(BEGIN)
    body, end, after = rest.partition(END)
    if not begin or not end:
        what = "has no complete expression table"
        raise FileError(Problem(what, content.name, "download it again; it ends with !series_matrix_table_end"))
    if BEGIN in after:
        what, remedy = "holds more than one expression table", "give one file of each series matrix, as GEO has them"
        raise FileError(Problem(what, content.name, remedy))
    body = body.lstrip(b"\n")
    if body.count(b"\n") < 2:
        remedy = "the series keeps its expression in a supplementary file: download that one"
        raise FileError(Problem("its expression table is empty", content.name, remedy))
    chips = [line.split("\t")[1:] for line in before.decode().splitlines() if line.startswith(f"!Sample_{PLATFORM}\t")]
    if several := platforms(word.strip('" ') for words in chips for word in words):
        remedy = "give the series matrix of one platform (GEO has a file of each), the others as cohorts of their own"
        raise FileError(Problem(f"its samples are of several platforms: {several}", content.name, remedy))
    lines = before.count(b"\n") + 1
    return parse_matrix(Text(body, text.notes), content.name, "\t", MatrixOptions(), lines_before=lines)


def platforms(words: Iterable[str]) -> str:
    """The platforms of samples with their counts, "GPL570 12, GPL96 3"; empty where it is one, or none is told."""
    seen = Counter(word.strip().upper() for word in words if fold(word) not in MISSING)
    return ", ".join(f"{word} {count}" for word, count in sorted(seen.items())) if len(seen) > 1 else ""


def read_series_samples(content: Content) -> TextTable:
    """Read what is said of each sample: one row a sample, one column a property.

    A line of characteristics holds "key: value" texts; each key becomes a column, whatever line it stands in. Other
    lines that are longer or shorter than the samples are many are left out, with a note. Raises TableError when there
    are no samples, a line that matters is of another length, or a quote does not close.
    """
    lines = sample_lines(content)
    count = Counter(len(words) for _, _, words in lines).most_common(1)[0][0] if lines else 0
    odd = [(number, key) for number, key, words in lines if len(words) != count]
    wrong = [place for place in odd if place[1] == ACCESSION or place[1].startswith(CHARACTERISTICS)]
    if not count or wrong:
        what, remedy = "it has no !Sample_ lines", "give the series matrix as GEO has it"
        if wrong:
            listed = ", ".join(f"line {number} ({key})" for number, key in wrong[:SHOWN])
            what = f"{count} samples are described, but of another length: {listed}"
            remedy = "nobody can tell to which samples their cells belong; mend those lines"
        raise TableError(Problem(what, content.name, remedy))
    columns: dict[str, list[str]] = {}
    for _, key, words in lines:
        if not key.startswith(CHARACTERISTICS) and len(words) == count:
            columns[_free_name(columns, key)] = words
    cells = [words for _, key, words in lines if key.startswith(CHARACTERISTICS)]
    for key, words in _characteristics(cells, count):
        columns[_free_name(columns, key)] = words
    listed = ", ".join(f"line {number} ({key})" for number, key in odd[:SHOWN])
    notes = (Note("reading", "lines of another length than the samples left out", len(odd), listed),) if odd else ()
    if several := platforms(columns.get(PLATFORM, ())):
        what = 'samples of several platforms stay together; to take one, say where = { platform_id = "GPL..." }'
        notes = (*notes, Note("reading", what, count, several))
    header = [ACCESSION, *(name for name in columns if name != ACCESSION)] if ACCESSION in columns else list(columns)
    rows = [[columns[name][place] for name in header] for place in range(count)]
    return TextTable(header, rows, [0] * count, notes)


def sample_lines(content: Content) -> list[tuple[int, str, list[str]]]:
    """Number, key and cells of the lines about samples; a quoted cell may go over several lines of the file."""
    text, name = as_text(content).data.partition(BEGIN)[0].decode("utf-8"), content.name
    reader, lines, after = csv.reader(io.StringIO(text, newline=""), delimiter="\t"), [], 1
    try:
        for row in reader:
            line, after = after, reader.line_num + 1
            if any("\t" in word and ("\n" in word or '"' in word) for word in row):  # a quote has swallowed cells
                remedy = "close it, or take it out"
                raise TableError(Problem("a quote opens a cell and does not close", f"{name}, line {line}", remedy))
            if row and row[0].startswith("!Sample_"):
                lines.append((line, row[0].removeprefix("!Sample_"), [" ".join(word.split()) for word in row[1:]]))
    except csv.Error as error:
        place = f"{name}, line {reader.line_num}"
        raise TableError(Problem(f"not a series matrix: {error}", place, "check the quotes in that line")) from None
    return lines


def _characteristics(lines: Sequence[Sequence[str]], count: int) -> Iterator[tuple[str, list[str]]]:
    """Columns of "key: value" cells. Keys that differ in case are one, under each of their spellings.

    What one line or channel leaves open, another may say. Where a sample has two values of one key, both stay, under
    numbered names, and the user has to choose.
    """
    spelled: dict[str, list[str]] = {}
    said: dict[str, list[list[str]]] = {}
    for cells in lines:
        for place, cell in enumerate(cells):
            key, colon, word = (part.strip() for part in cell.partition(":"))
            if colon:
                said.setdefault(fold(key), [[] for _ in range(count)])[place].append(word)
                if key not in spelled.setdefault(fold(key), []):
                    spelled[fold(key)].append(key)
    for folded, keys in spelled.items():
        telling = [[word for word in words if fold(word) not in MISSING] for words in said[folded]]
        if all(len(set(map(fold, words))) <= 1 for words in telling):
            values = [(words or given or [""])[0] for words, given in zip(telling, said[folded], strict=True)]
            yield from ((key, values) for key in keys)
            continue
        for number in range(max(map(len, said[folded]))):
            words = [given[number] if number < len(given) else "" for given in said[folded]]
            yield f"{keys[0]} ({number + 1})", words


def _free_name(columns: Mapping[str, list[str]], name: str) -> str:
    """Names that GEO repeats (two protocols, two contacts) are numbered."""
    candidate, number = name, 1
    while candidate in columns:
        number += 1
        candidate = f"{name}.{number}"
    return candidate
