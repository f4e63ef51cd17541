"""Audit of printed estimates with intervals, alone and in two strata, where the data behind them are not printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from her2stats.published.columns import PrintedRows, common_size, read_numerals, read_rows, texts
from her2stats.published.exact.wald import (
    Box,
    Scale,
    box,
    interaction_z_range,
    loose_z_range,
    p_range,
    transform,
    wald_z_range,
)
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, Verdict, findings_table
from her2stats.published.numerals import Floats, Numeral, bounds, face_values, show
from her2stats.published.ranges import impossible, range_findings

IntervalKind = Literal["any", "wald"]


def interval_text(estimate: Numeral | None, low: Numeral | None, high: Numeral | None) -> str:
    """Write "0.51 (0.19 to 1.37)" from what is printed."""
    shown = ["" if one is None else one.text for one in (estimate, low, high)]
    return f"{shown[0]} ({shown[1]} to {shown[2]})" if shown[1] or shown[2] else shown[0]


def audit_interval(
    estimate: Any,
    low: Any,
    high: Any,
    *,
    p: Any = None,
    claim: Any = "",
    scale: Scale = "ratio",
    ci: IntervalKind = "any",
    conf_level: float = 0.95,
    item: Any = "",
    place: Any = "",
) -> pd.DataFrame:
    """Audit an estimate with its interval: order, Wald symmetry, and the p-value or claim that goes with them.

    Parameters
    ----------
    estimate, low, high : scalar or column
        As printed.
    p : scalar or column, optional
        Printed p-value ("0.03", "<0.001").
    claim : str or column
        "significant" or "not significant", at 1 - `conf_level`, where the text says so.
    scale : {"ratio", "difference", "correlation"}
        Where the interval is symmetric: on the log scale, as it is, or on Fisher's z.
    ci : {"any", "wald"}
        "wald" when the interval is known to be one: then what is not symmetric is inconsistent. With "any" it is not
        determinable, because a profile, exact or bootstrap interval need not be symmetric and its p need not follow.
    conf_level : float
        Of the interval.
    item, place : str or column
        What the number is about and where it stands.

    Returns
    -------
    DataFrame
        Up to three rows an estimate ("range" and "order" only where they are broken), see `findings_table`.

    Raises
    ------
    TableError, DataError
        A cell is not a number; a claim is not known. All of them at once.

    Examples
    --------
    >>> audit_interval("0.65", "0.42", "1.00", claim="significant", ci="wald")[["check", "verdict"]].values.tolist()
    [['Wald symmetry', 'consistent'], ['claim', 'not determinable']]
    """
    rows = read_rows({"estimate": estimate, "low": low, "high": high, "p": p}, item, place, claim=claim)
    findings = interval_findings(rows, scale=scale, ci=ci, conf_level=conf_level)
    return findings_table([one for row in findings for one in row])


def interval_findings(rows: PrintedRows, *, scale: Scale, ci: IntervalKind, conf_level: float) -> list[list[Finding]]:
    """Hold estimates against their own intervals, a list of findings a row; settings as in `audit_interval`."""
    read = rows.numerals
    printed = box(bounds(read["estimate"]), bounds(read["low"]), bounds(read["high"]), scale)
    symmetric, z = printed.symmetric(), _z_range(printed, conf_level)
    p_low, p_high = p_range(*z)
    middle = _middle_p([face_values(read[name]) for name in ("estimate", "low", "high")], scale, conf_level)
    middle = np.clip(middle, p_low, p_high)
    lists: list[list[Finding]] = []
    for i in range(rows.size):
        numerals = (read["estimate"][i], read["low"][i], read["high"][i])
        at = rows.at(i)
        findings = range_findings(numerals, scale, interval_text(*numerals), at) or order_findings(numerals, at)
        lists.append(findings)
        if not findings and numerals[0] is not None and None in numerals:
            findings.append(nothing_to_hold_against(numerals, at))
        if findings or None in numerals:
            continue
        findings.append(_symmetry(numerals, bool(symmetric[i]), at, scale, ci))
        known = ci if symmetric[i] else "any"
        p_at = (float(p_low[i]), float(middle[i]), float(p_high[i]))
        if read["p"][i] is not None:
            findings.append(p_finding(read["p"][i], p_at, at, known, "p from the interval"))
        if rows.claims[i]:
            findings.append(claim_finding(rows.claims[i], numerals, p_at, at, 1 - conf_level, known))
    return lists


def _z_range(printed: Box, conf_level: float) -> tuple[Floats, Floats]:
    """Take the narrow range where the interval can be symmetric, the loose one elsewhere."""
    strict, loose = wald_z_range(printed, conf_level), loose_z_range(printed, conf_level)
    low, high = (np.where(np.isnan(s), w, s) for s, w in zip(strict, loose, strict=True))
    return low, high


def _middle_p(faces: Sequence[Floats], scale: Scale, conf_level: float) -> Floats:
    estimate, low, high = (transform(face, scale) for face in faces)
    exact = Box((estimate, estimate), (low, low), (high, high))
    return p_range(*loose_z_range(exact, conf_level))[0]


def order_findings(numerals: Sequence[Numeral | None], at: tuple[str, str]) -> list[Finding]:
    """An estimate outside its own interval, or limits the wrong way round; nothing where all is well."""
    estimate, low, high = numerals
    text = interval_text(estimate, low, high)
    wrong = ""
    if low is not None and high is not None and low.interval()[0] > high.interval()[1]:
        wrong = f"the lower limit {low.text} lies above the upper limit {high.text}"
    elif estimate is not None and low is not None and low.interval()[0] > estimate.interval()[1]:
        wrong = f"the estimate {estimate.text} lies below its interval"
    elif estimate is not None and high is not None and high.interval()[1] < estimate.interval()[0]:
        wrong = f"the estimate {estimate.text} lies above its interval"
    return [Finding(at[0], text, "", INCONSISTENT, wrong, at[1], "order")] if wrong else []


def nothing_to_hold_against(numerals: Sequence[Numeral | None], at: tuple[str, str]) -> Finding:
    """Say that an estimate stands alone, so that no row of a table is passed over in silence."""
    reason = "both limits would be needed, and are not printed"
    return Finding(at[0], interval_text(*numerals), "", NOT_DETERMINABLE, reason, at[1], "interval")


def _symmetry(
    numerals: Sequence[Numeral | None], symmetric: bool, at: tuple[str, str], scale: Scale, ci: IntervalKind
) -> Finding:
    estimate, low, high = numerals
    assert estimate is not None
    assert low is not None
    assert high is not None
    if scale == "ratio" and estimate.value == 0:
        reason = f"{estimate.text} is a ratio of too few digits, or of a table with an empty cell: it has no logarithm"
        return Finding(at[0], interval_text(*numerals), "", NOT_DETERMINABLE, reason, at[1], "Wald symmetry")
    ends = [float(one.value) for one in (low, high)]
    names = {
        "ratio": ("square root of {} x {}", (max(ends[0], 0) * max(ends[1], 0)) ** 0.5),
        "difference": ("half of {} + {}", sum(ends) / 2),
        "correlation": ("middle of {} and {} on Fisher's z", float(np.tanh(transform(np.array(ends), scale).mean()))),
    }
    words, middle = names[scale]
    shown = show(middle, estimate, more=1)
    sentence = f"{words.format(low.text, high.text)} = {shown}; printed {estimate.text}"
    verdict: Verdict = CONSISTENT if symmetric else INCONSISTENT if ci == "wald" else NOT_DETERMINABLE
    if not symmetric:
        sentence += ", beyond rounding: not a Wald interval"
        sentence += "" if ci == "wald" else " (a profile, exact or bootstrap interval need not be symmetric)"
    return Finding(at[0], interval_text(*numerals), shown, verdict, sentence, at[1], "Wald symmetry")


def p_text(p: float) -> str:
    """Write a p-value with two figures."""
    return f"{p:.2g}" if p < 0.1 else f"{p:.2f}"


def p_finding(
    printed: Numeral | None, p: tuple[float, float, float], at: tuple[str, str], ci: IntervalKind, check: str
) -> Finding:
    """Hold a printed p against the range that the other printed numbers leave."""
    assert printed is not None
    ends = bounds([printed])
    fits = ends[0][0] <= p[2] * (1 + 1e-9) and ends[1][0] >= p[0] * (1 - 1e-9)
    shown = f"{p_text(p[1])} ({p_text(p[0])} to {p_text(p[2])})"
    sentence = f"Wald p = {p_text(p[1])}, within rounding {p_text(p[0])} to {p_text(p[2])}; printed {printed.text}"
    wrong = impossible(printed, "p-value")
    verdict: Verdict = CONSISTENT if fits else INCONSISTENT if ci == "wald" or wrong else NOT_DETERMINABLE
    if wrong:
        sentence += ": a p-value lies between 0 and 1"
    elif not fits and ci == "any":
        sentence += ": another test, or another kind of interval, may have been used"
    return Finding(at[0], printed.text, shown, verdict, sentence, at[1], check)


def claim_finding(
    claim: str,
    numerals: Sequence[Numeral | None],
    p: tuple[float, float, float],
    at: tuple[str, str],
    alpha: float,
    ci: IntervalKind,
) -> Finding:
    """Hold the words "significant" or "not significant" against the range of p that the print leaves."""
    below, above = p[2] < alpha, p[0] > alpha
    right, wrong = (below, above) if claim == "significant" else (above, below)
    verdict: Verdict = CONSISTENT if right else INCONSISTENT if wrong and ci == "wald" else NOT_DETERMINABLE
    shown = f"p {p_text(p[1])} ({p_text(p[0])} to {p_text(p[2])})"
    sentence = f"{interval_text(*numerals)} gives p = {p_text(p[1])}, within rounding {p_text(p[0])} to {p_text(p[2])}"
    if not (below or above):
        sentence += f": the print leaves open on which side of {alpha:.2g} it lies"
    elif wrong and ci == "any":
        sentence += ": another test may have been used"
    return Finding(at[0], claim, shown, verdict, sentence, at[1], "claim")


def audit_interaction(
    first: Sequence[Any],
    second: Sequence[Any],
    p: Any,
    *,
    scale: Scale = "ratio",
    ci: IntervalKind = "wald",
    conf_level: float = 0.95,
    item: Any = "",
    place: Any = "",
) -> pd.DataFrame:
    """Recompute the p-value of an interaction from the estimates of two strata and their Wald intervals.

    Fits within two strata, and one model with the interaction, give the same two estimates and standard errors when
    nothing else is in the model and the exposure is scaled alike; z is their difference over the root of the summed
    squares.

    Parameters
    ----------
    first, second : sequence of three
        Estimate, lower and upper limit of either stratum; each a scalar or a column.
    p : scalar or column
        Printed p-value of the interaction.
    scale, ci, conf_level, item, place
        As in `audit_interval`; with ``ci="any"`` a mismatch is not determinable.

    Returns
    -------
    DataFrame
        One row an interaction, see `findings_table`.

    Examples
    --------
    >>> found = audit_interaction(("0.56", "0.38", "0.83"), ("5.29", "1.16", "24.0"), "0.005")
    >>> found["verdict"].item(), found["recomputed"].item()
    ('consistent', '0.0049 (0.0046 to 0.0053)')
    """
    size = common_size(*first, *second, p, item, place)
    items, places = texts(item, size), texts(place, size)
    names = ("estimate", "low", "high")
    strata = []
    for stratum in (first, second):
        columns = zip(names, stratum, strict=True)
        strata.append([read_numerals(column, size, name=name, places=items) for name, column in columns])
    boxes = [box(bounds(e), bounds(low), bounds(high), scale) for e, low, high in strata]
    p_low, p_high = p_range(*interaction_z_range(boxes[0], boxes[1], conf_level))
    faces = [[transform(face_values(column), scale) for column in stratum] for stratum in strata]
    exact = [Box((e, e), (low, low), (high, high)) for e, low, high in faces]
    middle = p_range(*interaction_z_range(exact[0], exact[1], conf_level))[0]
    printed = read_numerals(p, size, name="p", places=items)
    findings = []
    for i in range(size):
        texts_i = [interval_text(*(column[i] for column in stratum)) for stratum in strata]
        if printed[i] is None or np.isnan(middle[i]):
            missing = "p-value" if printed[i] is None else "interval"
            reason = f"no {missing} is printed"
            findings.append(Finding(items[i], "", "", NOT_DETERMINABLE, reason, places[i], "interaction"))
            continue
        found = p_finding(
            printed[i], (float(p_low[i]), float(middle[i]), float(p_high[i])), (items[i], places[i]), ci, "interaction"
        )
        sentence = f"{texts_i[0]} against {texts_i[1]}: {found.arithmetic}"
        findings.append(replace(found, arithmetic=sentence))
    return findings_table(findings)
