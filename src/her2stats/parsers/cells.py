"""A cell as text."""

from __future__ import annotations

from typing import Any


def as_word(cell: Any) -> str:
    """A cell as text; 7.0 is "7", as the spreadsheet shows it.

    >>> as_word(7.0), as_word(None), as_word(" pos ")
    ('7', '', 'pos')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()
