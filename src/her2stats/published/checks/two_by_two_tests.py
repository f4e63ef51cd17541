"""P-values of a printed 2 x 2 table by every usual test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import chdtrc, ndtr

from her2stats.published.checks.intervals import p_text
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


def p_findings(
    counts: Floats, printed: Sequence[Numeral | None], items: Sequence[str], places: Sequence[str]
) -> list[list[Finding]]:
    """Hold printed p-values against every test of their tables: a list of at most one finding for each table."""
    rows = [i for i, numeral in enumerate(printed) if numeral is not None]
    lists: list[list[Finding]] = [[] for _ in printed]
    if not rows:
        return lists
    values = two_by_two_p_values(counts[rows])
    ends = bounds([printed[i] for i in rows])
    fits = {name: (p >= ends[0] - 1e-9) & (p <= ends[1] + 1e-9) for name, p in values.items()}
    for k, i in enumerate(rows):
        numeral = printed[i]
        assert numeral is not None
        named = [name for name in fits if fits[name][k]]
        every = "; ".join(f"{name} {p_text(float(p[k]))}" for name, p in values.items() if not np.isnan(p[k]))
        sentence = (
            f"{named[0]} test: p = {p_text(float(values[named[0]][k]))}" if named else f"no test gives it: {every}"
        )
        wrong = impossible(numeral, "p-value")
        verdict: Verdict = CONSISTENT if named else INCONSISTENT if every or wrong else NOT_DETERMINABLE
        shown = p_text(float(values[named[0] if named else "Pearson"][k])) if every else ""
        sentence = f"{sentence}; printed {numeral.text}"
        sentence += ": a p-value lies between 0 and 1" if wrong else ""
        lists[i].append(Finding(items[i], numeral.text, shown, verdict, sentence, places[i], "p"))
    return lists


def claim_findings(
    counts: Floats, claims: Sequence[str], items: Sequence[str], places: Sequence[str], alpha: float
) -> list[list[Finding]]:
    """Hold "significant" or "not significant" against every test: a list of at most one finding for each table."""
    lists: list[list[Finding]] = [[] for _ in claims]
    rows = [i for i, claim in enumerate(claims) if claim]
    if not rows:
        return lists
    values = two_by_two_p_values(counts[rows])
    for k, i in enumerate(rows):
        p = [float(column[k]) for column in values.values() if not np.isnan(column[k])]
        sides = {value < alpha for value in p}
        wanted = claims[i] == "significant"
        verdict: Verdict = NOT_DETERMINABLE
        if len(sides) == 1:
            verdict = CONSISTENT if sides == {wanted} else INCONSISTENT
        span = f"p {p_text(min(p))} to {p_text(max(p))}" if p else ""
        sentence = f"every usual test of the counts: {span}" if p else "no test gives a p for these counts"
        lists[i].append(Finding(items[i], claims[i], span, verdict, sentence, places[i], "claim"))
    return lists
