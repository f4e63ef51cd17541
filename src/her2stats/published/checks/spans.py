"""Ranges in words and in tables: a span of effects, and what a printed range of values can be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from her2stats.published.columns import read_numerals
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, Verdict, findings_table
from her2stats.published.numerals import Printable, bounds

_IQR_IN_SD = 1.349  # interquartile range of a normal distribution, in standard deviations


def audit_reduction(
    odds_ratios: Sequence[Printable], low: Printable, high: Printable, *, item: str = "", place: str = ""
) -> pd.DataFrame:
    """Hold "a reduction of 40% to 60%" against the odds ratios it sums up.

    Parameters
    ----------
    odds_ratios : sequence
        As printed.
    low, high : str or number
        Smallest and largest reduction in percent, as printed; taken as printed to the unit.
    item, place : str
        What is summed up and where.

    Returns
    -------
    DataFrame
        One row; see `findings_table`.

    Examples
    --------
    >>> audit_reduction(["0.41", "0.65"], "40", "60")[["recomputed", "verdict"]].values.tolist()
    [['35 % to 59 %', 'inconsistent']]
    """
    numerals = [one for one in read_numerals(list(odds_ratios), len(odds_ratios), name=item) if one is not None]
    printed = read_numerals([low, high], 2, name=item)
    if not numerals or None in printed:
        reason = "an odds ratio or an end of the span is not printed"
        return findings_table([Finding(item, f"{low} % to {high} %", "", NOT_DETERMINABLE, reason, place, "reduction")])
    ends, span = bounds(numerals), bounds(printed)
    with np.errstate(over="ignore"):  # an absurd odds ratio is a reduction of minus infinity, and inconsistent
        least, most = 100 * (1 - ends[1]), 100 * (1 - ends[0])
    smallest, largest = (least.min(), most.min()), (least.max(), most.max())
    fits = bool(smallest[0] <= span[1][0] and smallest[1] >= span[0][0])
    fits &= bool(largest[0] <= span[1][1] and largest[1] >= span[0][1])
    middles = [100 * (1 - float(one.value)) for one in numerals]
    outside = sum(not (span[0][0] <= middle <= span[1][1]) for middle in middles)
    recomputed = f"{min(middles):.0f} % to {max(middles):.0f} %"
    steps = ", ".join(f"1 - {one.text} = {m:.0f} %" for one, m in zip(numerals, middles, strict=True))
    sentence = f"{steps}; printed {low} % to {high} %"
    verdict: Verdict = CONSISTENT if fits else INCONSISTENT
    if not fits:
        sentence += f": {outside} of {len(middles)} lie outside"
        tens = [round(end / 10) * 10 for end in (min(middles), max(middles))]
        matches = [float(end.value) for end in printed if end is not None] == tens
        sentence += " (it would hold only to the nearest ten)" if matches else ""
    return findings_table([Finding(item, f"{low} % to {high} %", recomputed, verdict, sentence, place, "reduction")])


def audit_spread(
    low: Printable,
    high: Printable,
    *,
    n: int,
    least_sd: float,
    source: str = "",
    called: str = "range",
    item: str = "",
    place: str = "",
) -> pd.DataFrame:
    """Ask whether two printed ends can be the smallest and largest of n values.

    However values are spread between two ends, their standard deviation is at most half the distance of the ends
    (Popoviciu). Where that is below the smallest standard deviation that such a variable has, the ends are not the
    range; an interquartile range of that width would have a standard deviation of about width / 1.35.

    Parameters
    ----------
    low, high : str or number
        The two ends as printed.
    n : int
        Values behind them.
    least_sd : float
        The smallest standard deviation the variable can have in such a population: an assumption from outside the
        paper, so it stands in the arithmetic.
    source : str
        Where `least_sd` comes from.
    called : str
        What the ends are called in print.
    item, place : str
        What the numbers are about and where they stand.

    Returns
    -------
    DataFrame
        One row: inconsistent below the bound, else not determinable. See `findings_table`.

    Examples
    --------
    >>> audit_spread("41", "55", n=104, least_sd=8)["verdict"].item()
    'inconsistent'
    >>> audit_spread("48", "73", n=81, least_sd=8)["verdict"].item()
    'not determinable'
    """
    ends: list[Any] = read_numerals([low, high], 2, name=item)
    printed = f"{called} {low} to {high}"
    if any(end is None for end in ends):
        found = Finding(item, printed, "", NOT_DETERMINABLE, "an end is not printed", place, "spread")
        return findings_table([found])
    width = ends[1].interval()[1] - ends[0].interval()[0]
    face = float(ends[1].value - ends[0].value)
    most = width / 2 * math.sqrt(n / (n - 1)) if n > 1 else math.nan
    known = f"assumed at least {least_sd:g}" + (f" ({source})" if source else "")
    sentence = f"{n} values between {low} and {high} have a standard deviation of at most {most:.1f}; {known}"
    sentence += (
        f". As an interquartile range the width {face:g} means a standard deviation near {face / _IQR_IN_SD:.0f}"
    )
    verdict: Verdict = INCONSISTENT if most < least_sd else NOT_DETERMINABLE
    recomputed = "interquartile range by its width" if verdict == INCONSISTENT else ""
    return findings_table([Finding(item, printed, recomputed, verdict, sentence, place, "spread")])
