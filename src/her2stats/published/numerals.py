"""A number as printed: which values it can stand for, and how a recomputed value would have been printed.

A printed 13.4 is not 13.4 but any value of [13.35, 13.45] where it was rounded, of [13.4, 13.5) where it was cut
off. Every check of this room asks whether some value that the print can stand for fits, never whether two decimals
are equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Integral, Real
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from her2stats.errors import Problem, TableError

Rounding = Literal["nearest", "truncated", "either"]
Floats = npt.NDArray[np.float64]
Printable = str | int | float | None

_LARGEST = Decimal(10) ** 15  # beyond it a double no longer holds every digit, and no paper prints such a number
_NOTHING = 1e-100  # a float nearer to 0 than this is 0 to any printer
SLACK = 0.002  # of the last printed digit: room for 1.96 in place of 1.959964 and for the last bits of a double
_BLANK = {"", "-", "--", "–", "—", "na", "n/a", "nan", "none", "nr", "ne", "<na>"}
_MARKS = str.maketrans({"−": "-", "–": "-", "‒": "-", "·": ".", "≤": "<", "≥": ">", "\u00a0": " ", "\u2009": " "})


@dataclass(frozen=True)
class Numeral:
    """One printed number."""

    text: str  # as printed
    value: Fraction  # its face value
    unit: Fraction  # one step of its last printed digit (1/10 for 13.4)
    relation: Literal["=", "<", ">"] = "="  # "<" for a print such as "<0.001"
    negative: bool = False  # printed with a minus sign; tells -0 from 0

    @property
    def bare(self) -> str:
        """As printed, without a percent sign."""
        return self.text.rstrip("% ")

    @property
    def decimals(self) -> int:
        """Digits printed after the point."""
        return max(0, round(-math.log10(self.unit)))

    def interval(self, rounding: Rounding = "nearest") -> tuple[float, float]:
        """Lowest and highest value the print can stand for (both ends counted in)."""
        value, unit = float(self.value), float(self.unit)
        if self.relation != "=":
            return (-math.inf, value) if self.relation == "<" else (value, math.inf)
        below = above = unit / 2
        if rounding != "nearest":
            toward_zero = (unit if value <= 0 else 0.0), (unit if value >= 0 else 0.0)
            below, above = (
                toward_zero if rounding == "truncated" else (max(below, toward_zero[0]), max(above, toward_zero[1]))
            )
        if value == 0 and self.negative:
            above = 0.0  # "-0" was negative before it was shortened
        return value - below, value + above

    def stands_for(self, exact: Fraction, rounding: Rounding = "nearest") -> bool:
        """Whether an exactly known value can have been printed like this."""
        if self.relation != "=":
            return exact < self.value if self.relation == "<" else exact > self.value
        readings = {"nearest": {"rounded"}, "truncated": {"truncated"}, "either": {"rounded", "truncated"}}
        return bool(self.readings(exact) & readings[rounding])

    def readings(self, exact: Fraction) -> set[str]:
        """Every way of shortening a value that ends in this print: rounded, truncated, rounded up, rounded twice.

        >>> sorted(read_numeral("83.9").readings(Fraction(6800, 81)))
        ['rounded twice', 'truncated']
        >>> sorted(read_numeral("16.1").readings(Fraction(1300, 81)))
        ['rounded twice', 'rounded up']
        """
        target = self.value / self.unit
        steps = exact / self.unit
        found = {"rounded"} if target in _nearest_steps(steps) else set()
        away = math.ceil(steps) if steps >= 0 else math.floor(steps)
        found |= {"truncated"} if target == math.trunc(steps) else set()
        found |= {"rounded up"} if target == away else set()
        twice = {end for middle in _nearest_steps(steps * 10) for end in _nearest_steps(Fraction(middle, 10))}
        found |= {"rounded twice"} if target in twice else set()
        return found - {"rounded twice", "rounded up"} if "rounded" in found else found


def _nearest_steps(steps: Fraction) -> set[int]:
    """Whole numbers nearest to a value: two of them at a half, because half up and half even are both in use."""
    half = Fraction(1, 2)
    return {math.floor(steps + half), math.ceil(steps - half)}


def read_numeral(printed: Printable | Numeral) -> Numeral | None:
    """Read one printed number; None where nothing is printed.

    "13.4", "13.4%", "−0.31", "<0.001", "1.2e-4", "0,42" and "0·42" are read. A float has lost its trailing zeros, so
    16.0 is taken as printed without decimals: give text where they matter. Raises TableError where the text is not a
    number.
    """
    if isinstance(printed, Numeral) or printed is None:
        return printed
    if isinstance(printed, Real) and not isinstance(printed, str):
        if pd.isna(printed):
            return None
        whole = isinstance(printed, Integral)
        printed = str(int(printed)) if whole else _write_float(float(printed))
    text = str(printed)
    plain = text.translate(_MARKS).strip().rstrip("%").strip()
    if plain.lower() in _BLANK:
        return None
    relation: Literal["=", "<", ">"] = "<" if plain[0] == "<" else ">" if plain[0] == ">" else "="
    digits = plain.lstrip("<>=~ ").replace(" ", "")
    if re.fullmatch(r"-?\d*,(\d{1,2}|\d{4,})", digits):
        digits = digits.replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    try:
        exact = Decimal(digits)
    except InvalidOperation:
        exact = Decimal("nan")
    exponent = exact.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > 300 or abs(exact) > _LARGEST:
        raise TableError(Problem(f"'{text}' is not a printed number", remedy="write it as 13.4, -0.31 or <0.001"))
    return Numeral(text.strip(), Fraction(exact), Fraction(10) ** exponent, relation, exact.is_signed())


def _write_float(value: float) -> str:
    """Write a float the shortest way; what has more than 12 digits was computed, not printed."""
    if math.isinf(value):
        return "infinity"
    if abs(value) < _NOTHING:
        return "0"
    short = f"{value:.12g}"
    return repr(value) if float(short) == value and value != int(value) else short


def bounds(numerals: Sequence[Numeral | None]) -> tuple[Floats, Floats]:
    """Lowest and highest value of each print, widened by `SLACK`; NaN where nothing is printed."""
    pairs = [(math.nan, math.nan) if one is None else one.interval() for one in numerals]
    slack = np.array([0.0 if one is None else SLACK * float(one.unit) for one in numerals])
    ends = np.array(pairs, dtype=np.float64).reshape(len(numerals), 2)
    return ends[:, 0] - slack, ends[:, 1] + slack


def face_values(numerals: Sequence[Numeral | None]) -> Floats:
    """Face value of each print; NaN where nothing is printed."""
    return np.array([math.nan if one is None else float(one.value) for one in numerals], dtype=np.float64)


def show(value: float, like: Numeral | None, *, more: int = 2) -> str:
    """Write a recomputed value with `more` digits beyond the printed one it is held against."""
    if math.isnan(value):
        return "not defined"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    digits = 3 if like is None else min(like.decimals + more, 12)
    return f"{value:.{digits}f}"


def how_shortened(numeral: Numeral, value: float) -> str:
    """Words for a print that is not the rounded value but another shortening of it; empty where it is none."""
    if not math.isfinite(value) or numeral.relation != "=":
        return ""
    exact = Fraction(value)
    found = numeral.readings(exact)
    if "rounded" in found:
        return ""
    if "truncated" in found:
        return "cut off, not rounded"
    if "rounded twice" in found:
        return f"rounded twice ({float(exact):.{numeral.decimals + 1}f}, then {numeral.text})"
    return "rounded up" if "rounded up" in found else ""
