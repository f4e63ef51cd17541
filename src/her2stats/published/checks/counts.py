"""Counts, percentages and totals of a printed table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from her2stats.published.columns import common_size, read_counts, read_numerals, texts
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, Verdict, findings_table
from her2stats.published.numerals import Numeral, Printable, Rounding, read_numeral, show


def audit_percentage(
    count: Any, n: Any, percent: Any, *, rounding: Rounding = "nearest", item: Any = "", place: Any = ""
) -> pd.DataFrame:
    """Recompute percentages from counts; a print that is cut off and not rounded is told apart from a wrong one.

    Parameters
    ----------
    count, n, percent : scalar or column
        Printed count, denominator and percentage. Without a count the question is whether any whole number of `n`
        can give the percentage.
    rounding : {"nearest", "truncated", "either"}
        How the table is known to shorten its numbers. At an exact half both neighbours are accepted.
    item, place : str or column
        What the number is about and where it stands.

    Returns
    -------
    DataFrame
        One row a percentage, see `findings_table`.

    Raises
    ------
    TableError
        A cell is not a number, or a count is not whole.

    Examples
    --------
    >>> audit_percentage([14, 86], 104, ["13.4", "82.7"])["verdict"].tolist()
    ['inconsistent', 'consistent']
    >>> audit_percentage(14, 104, "13.4", rounding="truncated")["verdict"].tolist()
    ['consistent']
    """
    size = common_size(count, n, percent, item, place)
    items, places = texts(item, size), texts(place, size)
    counts, totals = (
        read_counts(column, size, name=name, places=items) for column, name in ((count, "count"), (n, "n"))
    )
    percents = read_numerals(percent, size, name="percent", places=items)
    rows = zip(counts, totals, percents, items, places, strict=True)
    return findings_table([percentage_finding(*row, rounding=rounding) for row in rows])


def audit_total(
    parts: Sequence[Printable], total: Printable, *, rounded: bool = False, item: str = "total", place: str = ""
) -> pd.DataFrame:
    """Add up printed parts and hold the sum against the printed total.

    Parameters
    ----------
    parts : sequence
        Printed parts; an empty one leaves the sum open.
    total : str or number
        Printed total.
    rounded : bool
        The parts are rounded (percentages that should give 100), so the sum may be off by half a digit a part.
    item, place : str
        What the total is and where it stands.

    Returns
    -------
    DataFrame
        One row, see `findings_table`.

    Examples
    --------
    >>> audit_total([104, 81, 318, 111], 614)["verdict"].item()
    'consistent'
    """
    numerals = read_numerals(list(parts), len(parts), name=item)
    whole = read_numeral(total)
    return findings_table([total_finding(numerals, whole, rounded=rounded, item=item, place=place)])


def percentage_finding(
    count: int | None, n: int | None, percent: Numeral | None, item: str, place: str, *, rounding: Rounding
) -> Finding:
    """Hold one printed percentage against its count, or against every count where none is printed."""
    if percent is None or n is None:
        missing = "percentage" if percent is None else "denominator"
        text = "" if percent is None else percent.text
        return Finding(item, text, "", NOT_DETERMINABLE, f"no {missing} is printed", place, "percentage")
    if n == 0 and not count:
        return _share_of_nobody(count, percent, item, place)
    if count is None:
        return _possible_percentage(n, percent, item, place, rounding)
    printed = f"{count}/{n} = {percent.bare} %"
    if count > n:
        return Finding(item, printed, "", INCONSISTENT, f"{count} of {n} is more than all", place, "percentage")
    exact = Fraction(100 * count, n)
    recomputed = show(float(exact), percent, more=0)
    share = f"{count} of {n} = {show(float(exact), percent)} %"
    verdict: Verdict = CONSISTENT if percent.stands_for(exact, rounding) else INCONSISTENT
    if verdict == CONSISTENT:
        rounds = percent.stands_for(exact)  # also a half, which is rounded either way
        how, recomputed = ("which rounds to", percent.bare) if rounds else ("which cut off gives", recomputed)
        return Finding(item, printed, recomputed, verdict, f"{share}, {how} {percent.bare}", place, "percentage")
    found = percent.readings(exact)
    names = {"truncated": "cut off, not rounded", "rounded twice": "rounded twice", "rounded up": "rounded up"}
    why = next((f": {words}" for name, words in names.items() if name in found), "")
    if percent.stands_for(exact / 100, "either") and count:
        why = ": the share of 1, not of 100"
    why = why or ": neither rounding nor cutting off gives that"
    sentence = f"{share}, which rounds to {recomputed}; {percent.bare} is printed{why}"
    return Finding(item, printed, recomputed, verdict, sentence, place, "percentage")


def _share_of_nobody(count: int | None, percent: Numeral, item: str, place: str) -> Finding:
    """Zero of zero has no percentage: a printed 0 is a habit of tables, any other number is wrong."""
    printed = f"{percent.bare} % of 0" if count is None else f"0/0 = {percent.bare} %"
    verdict: Verdict = NOT_DETERMINABLE if percent.stands_for(Fraction(0), "either") else INCONSISTENT
    arithmetic = "n is 0, so there is no percentage"
    return Finding(item, printed, "", verdict, arithmetic, place, "percentage")


def _possible_percentage(n: int, percent: Numeral, item: str, place: str, rounding: Rounding) -> Finding:
    """Ask whether any whole number of n gives a percentage printed without its count."""
    low, high = (min(max(end, 0.0), 100.0) * n / 100 for end in percent.interval(rounding))
    around = {*range(math.floor(low) - 1, math.floor(low) + 3), *range(math.ceil(high) - 2, math.ceil(high) + 2)}
    fits = [k for k in sorted(around) if 0 <= k <= n and percent.stands_for(Fraction(100 * k, n), rounding)]
    printed = f"{percent.bare} % of {n}"
    if max(percent.interval(rounding)) < 0 or min(percent.interval(rounding)) > 100:
        arithmetic = f"printed {percent.bare} % lies outside 0 to 100 %"
        return Finding(item, printed, "", INCONSISTENT, arithmetic, place, "percentage")
    if fits:
        which = f"{fits[0]}" if len(fits) == 1 else f"{fits[0]} to {fits[-1]}"
        return Finding(item, printed, which, CONSISTENT, f"{which} of {n} gives {percent.bare} %", place, "percentage")
    near = round(float(percent.value) * n / 100)
    tried = [k for k in (near - 1, near, near + 1) if 0 <= k <= n]
    shares = ", ".join(f"{k}/{n} = {show(100 * k / n, percent)} %" for k in tried)
    arithmetic = f"no whole number of {n} gives {percent.bare} %: {shares}"
    return Finding(item, printed, "", INCONSISTENT, arithmetic, place, "percentage")


def total_finding(
    parts: Sequence[Numeral | None], total: Numeral | None, *, rounded: bool, item: str, place: str
) -> Finding:
    """Hold a printed total against the sum of its printed parts."""
    known = [part for part in parts if part is not None]
    sum_exact = sum((part.value for part in known), Fraction(0))
    digits = max((part.decimals for part in known), default=0)
    text, check = f"{float(sum_exact):.{digits}f}", "total"
    terms = " + ".join("?" if part is None else part.text for part in parts)
    if total is None or not known:
        return Finding(item, "", text, NOT_DETERMINABLE, f"{terms} = {text}, no total is printed", place, check)
    room = sum((part.unit / 2 for part in known), total.unit / 2) if rounded else Fraction(0)
    sentence = f"{terms} = {text}; printed {total.text}"
    difference = sum_exact - total.value
    if len(known) < len(parts) and difference <= room:
        return Finding(item, total.text, text, NOT_DETERMINABLE, f"{sentence}, a part is not printed", place, check)
    if abs(difference) <= room:
        return Finding(item, total.text, text, CONSISTENT, sentence, place, check)
    off = f"{float(abs(difference)):.{digits}f} too {'many' if difference > 0 else 'few'}"
    off += f", more than rounding explains ({float(room):.{digits + 1}f})" if rounded else ""
    return Finding(item, total.text, text, INCONSISTENT, f"{sentence}: {off}", place, check)


def whole_numeral(count: int) -> Numeral:
    """Take a count for a printed number."""
    return Numeral(str(count), Fraction(count), Fraction(1))
