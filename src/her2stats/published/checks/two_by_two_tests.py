"""P-values of a printed 2 x 2 table by every usual test."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import chdtrc, ndtr

from her2stats.published.checks.intervals import p_text
from her2stats.published.columns import PrintedRows
from her2stats.published.exact.cells import as_cells
from her2stats.published.exact.conditional import hypergeometric_p
from her2stats.published.exact.two_by_two import odds_ratio
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, Verdict
from her2stats.published.numerals import Floats, Numeral, bounds
from her2stats.published.ranges import impossible


def two_by_two_p_values(cells: Any) -> dict[str, Floats]:
    """Two-sided p-values of 2 x 2 tables by every usual test, shape (k,) each.

    Examples
    --------
    >>> {name: round(float(p[0]), 3) for name, p in two_by_two_p_values([23, 13, 36, 14]).items()}["Pearson"]
    0.424
    """
    counts = as_cells(cells)
    a, b, c, d = counts.T
    total = counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        margins = (a + b) * (c + d) * (a + c) * (b + d)
        cross = np.abs(a * d - b * c)
        pearson = total * cross**2 / margins
        yates = total * np.maximum(cross - total / 2, 0) ** 2 / margins
        expected = np.stack([(a + b) * (a + c), (a + b) * (b + d), (c + d) * (a + c), (c + d) * (b + d)], axis=1)
        expected = expected / total[:, None]
        deviance = 2 * np.where(counts > 0, counts * np.log(counts / expected), 0.0).sum(axis=1)
        z = np.log(odds_ratio(counts)) / np.sqrt((1 / counts).sum(axis=1))
    found = {"Wald": 2 * ndtr(-np.abs(z)), "Pearson": chdtrc(1, pearson), "likelihood ratio": chdtrc(1, deviance)}
    found["Pearson with continuity correction"] = chdtrc(1, yates)
    found["Pearson with N - 1"] = chdtrc(1, pearson * (total - 1) / total)
    return {**found, **hypergeometric_p(counts)}


def findings_of_tests(rows: PrintedRows, counts: Floats, alpha: float) -> list[list[Finding]]:
    """Hold printed p-values and claims against every test of their tables, a list of findings a row."""
    lists: list[list[Finding]] = [[] for _ in range(rows.size)]
    printed = rows.numerals["p"]
    asked = [i for i in range(rows.size) if printed[i] is not None or rows.claims[i]]
    if not asked:
        return lists
    by_test = two_by_two_p_values(counts[asked])
    for k, i in enumerate(asked):
        values = {name: float(p[k]) for name, p in by_test.items()}
        lists[i] += _p_finding(printed[i], values, rows.at(i))
        lists[i] += _claim_finding(rows.claims[i], values, rows.at(i), alpha)
    return lists


def _p_finding(printed: Numeral | None, values: Mapping[str, float], at: tuple[str, str]) -> list[Finding]:
    if printed is None:
        return []
    low, high = (float(end[0]) for end in bounds([printed]))
    fitting = next((name for name, p in values.items() if low - 1e-9 <= p <= high + 1e-9), "")
    every = "; ".join(f"{name} {p_text(p)}" for name, p in values.items() if not math.isnan(p))
    wrong = impossible(printed, "p-value")
    verdict: Verdict = CONSISTENT if fitting else INCONSISTENT if every or wrong else NOT_DETERMINABLE
    shown = p_text(values[fitting or "Pearson"]) if every else ""
    sentence = f"{fitting} test: p = {shown}" if fitting else f"no test gives it: {every}"
    sentence += f"; printed {printed.text}{': a p-value lies between 0 and 1' if wrong else ''}"
    return [Finding(at[0], printed.text, shown, verdict, sentence, at[1], "p")]


def _claim_finding(claim: str, values: Mapping[str, float], at: tuple[str, str], alpha: float) -> list[Finding]:
    """Hold "significant" or "not significant" against the p of every test."""
    if not claim:
        return []
    p = [value for value in values.values() if not math.isnan(value)]
    sides = {value < alpha for value in p}
    verdict: Verdict = NOT_DETERMINABLE
    if len(sides) == 1:
        verdict = CONSISTENT if sides == {claim == "significant"} else INCONSISTENT
    span = f"p {p_text(min(p))} to {p_text(max(p))}" if p else ""
    sentence = f"every usual test of the counts: {span}" if p else "no test gives a p for these counts"
    return [Finding(at[0], claim, span, verdict, sentence, at[1], "claim")]
