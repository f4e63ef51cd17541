"""What parts the words of a text: a delimiter, found by its first lines, or blanks that align columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon"}
SPARE = {"|": 2, " ": 3}  # delimiters of a text that holds none of those, and how many columns they make at least
EXPECTED = {".csv": ",", ".tsv": "\t", ".txt": "\t", ".tab": "\t", ".gct": "\t"}
MARKS = (*DELIMITERS, "|")
SNIFFED_LINES = 10


def one_blank(data: bytes) -> bytes:
    """A text in columns that blanks align, as programs print it, with one blank between two words."""
    lines = first_lines(data, SNIFFED_LINES)
    if b'"' in data or not lines or any(mark in "".join(lines) for mark in MARKS):
        return data
    if not any("  " in line.strip() for line in lines) or not _is_even([len(line.split()) for line in lines]):
        return data
    return re.sub(rb"(?m)^ +| +$|(?<= ) +", b"", data)


def sniff_delimiter(data: bytes, suffix: str = "") -> str:
    r"""Find the delimiter: what splits the first lines evenly into most columns; on a tie, what the ending promises.

    >>> sniff_delimiter(b"id;age;size, cm\n1;51;2,5\n", ".csv")
    ';'
    """
    head = data[: 2**20].decode("utf-8", errors="replace")
    lines = [line for line in head.split("\n")[: SNIFFED_LINES + 1] if line]
    lines = lines[:-1] if len(lines) > SNIFFED_LINES else lines
    widths = {mark: _widths(lines, mark) for mark in DELIMITERS}
    even = {mark: max(found) for mark, found in widths.items() if _is_even(found)}
    promised = EXPECTED.get(suffix, "\t")
    if even:
        return max(even, key=lambda mark: (even[mark], mark == promised))
    for mark, least in SPARE.items():
        spare = _widths(lines, mark)
        if all(found[:1] == [1] for found in widths.values()) and _is_even(spare) and max(spare) >= least:
            return mark
    return max(widths, key=lambda mark: (widths[mark][0] if widths[mark] else 0, mark == promised))


def _widths(lines: Sequence[str], mark: str) -> list[int]:
    try:
        return [len(row) for row in csv.reader(lines, delimiter=mark)]
    except csv.Error:
        return []


def _is_even(widths: Sequence[int]) -> bool:
    """Equal widths above one; R's tables may have a header one short."""
    return bool(widths) and max(widths) > 1 and len(set(widths[1:])) <= 1 and widths[-1] - widths[0] in (0, 1)


def first_lines(data: bytes, count: int) -> list[str]:
    """Lines that are not blank; a delimited matrix has no line breaks inside its quotes."""
    lines: list[str] = []
    start = 0
    while len(lines) < count and start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end].decode("utf-8", errors="replace")
        lines += [line] if line else []
        start = end + 1
    return lines
