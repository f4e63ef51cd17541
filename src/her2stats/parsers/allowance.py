"""How much a file may be written out to: cells and letters count as often as the file refers to them."""

from __future__ import annotations

CELL, WORD = 8, 24  # bytes: a place in a row, and an object beside its letters


class TooLargeError(Exception):
    """What a file holds, written out, is larger than it may be."""


class Allowance:
    """Bytes that are left.

    >>> left = Allowance(100)
    >>> left.take(60)
    >>> left.take(60)
    Traceback (most recent call last):
    her2stats.parsers.allowance.TooLargeError
    """

    def __init__(self, size: int) -> None:
        self.left = size

    def take(self, size: float) -> None:
        """Take some, before it is needed where that is known before."""
        if not 0 <= size <= self.left:
            raise TooLargeError
        self.left -= int(size)

    def take_word(self, cell: object) -> None:
        """Take what a cell needs beside its place."""
        self.take(WORD + (len(cell) if isinstance(cell, str | bytes) else 0))
