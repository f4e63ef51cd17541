"""Values as cells of the exchange files, and back, without losing a bit."""

from __future__ import annotations

import re
from collections.abc import Callable

FORMULA = ("=", "+", "-", "@")
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


def escape(text: str) -> str:
    r"""Text as a cell: never empty (that is missing), never the start of a spreadsheet formula, never two lines."""
    if not text:
        return "\\"
    inner = re.sub(r"[\\\n\r\t]", lambda match: ESCAPES[match.group()], text)
    return "\\" + inner if inner.startswith(FORMULA) else inner


def unescape(cell: str) -> str:
    r"""Text of a cell that `escape` has written."""
    if cell == "\\":
        return ""
    return re.sub(r"\\(.)", lambda match: PLAIN.get(match.group(1), match.group(1)), cell)


def decimal(number: float) -> str:
    """Float with the 17 digits that identify it; empty when missing."""
    return "" if number != number else format(number, ".17g")


def hexadecimal(number: float) -> str:
    """Float as its bits, which R reads without rounding; empty when missing."""
    if number != number:
        return ""
    return number.hex() if abs(number) != float("inf") else format(number, ".17g")


def number(cell: str) -> float:
    """Float of a cell in either notation."""
    if cell in ("", "NA"):
        return float("nan")
    return float.fromhex(cell) if "0x" in cell.lower() else float(cell)


Write = Callable[[float], str]
