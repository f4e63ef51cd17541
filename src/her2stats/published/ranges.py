"""Numbers that no data can give: a correlation beyond 1, a negative ratio, a p-value of 1.2, half a pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from her2stats.published.findings import INCONSISTENT, Finding
from her2stats.published.numerals import Numeral

Quantity = Literal["correlation", "ratio", "difference", "p-value"]

# Quantity -> lowest and highest value, and words for a number beyond them.
RANGES: dict[Quantity, tuple[float, float, str]] = {
    "correlation": (-1.0, 1.0, "outside -1 to 1"),
    "ratio": (0.0, math.inf, "below 0, where no ratio can be"),
    "difference": (-math.inf, math.inf, ""),
    "p-value": (0.0, 1.0, "outside 0 to 1"),
}


def impossible(numeral: Numeral | None, quantity: Quantity) -> bool:
    """Whether no value that a print can stand for is one of this quantity.

    >>> from her2stats.published.numerals import read_numeral
    >>> [impossible(read_numeral(text), "ratio") for text in ("0", "0.00", "-0.00", "-0.5")]
    [False, False, True, True]
    """
    if numeral is None:
        return False
    low, high, _ = RANGES[quantity]
    least, most = numeral.interval()
    return most <= low or least >= high


def range_findings(
    numerals: Sequence[Numeral | None], quantity: Quantity, printed: str, at: tuple[str, str]
) -> list[Finding]:
    """Return one finding where numbers lie beyond what their quantity can be; none where all is well."""
    beyond = [one.text for one in numerals if one is not None and impossible(one, quantity)]
    if not beyond:
        return []
    verb = "lies" if len(beyond) == 1 else "lie"
    sentence = f"printed {' and '.join(beyond)} {verb} {RANGES[quantity][2]}"
    return [Finding(at[0], printed, "", INCONSISTENT, sentence, at[1], "range")]


def no_sample_size(numeral: Numeral | None, *, least: int = 2) -> str:
    """Say why a printed number of observations cannot be one; empty where it can.

    >>> from her2stats.published.numerals import read_numeral
    >>> [no_sample_size(read_numeral(text)) for text in ("318", "31.5", "0")]
    ['', 'n = 31.5 is no whole number', 'n = 0 is fewer than 2']
    """
    if numeral is None:
        return ""
    if numeral.relation == "=" and numeral.value.denominator != 1:
        return f"n = {numeral.text} is no whole number"
    if numeral.value < least and numeral.relation != ">":
        return f"n = {numeral.text} is fewer than {least}"
    return ""
