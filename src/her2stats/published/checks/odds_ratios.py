"""Audit of odds ratios whose counts are printed, or whose two percentages."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from her2stats.errors import DataError, Problem, ProblemList
from her2stats.published.checks.intervals import IntervalKind, interval_findings, order_findings
from her2stats.published.checks.two_by_two_tests import findings_of_tests
from her2stats.published.columns import PrintedRows, read_rows
from her2stats.published.exact.cells import read_cells
from her2stats.published.exact.two_by_two import ESTIMATES, METHODS, odds_ratio
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, Verdict, findings_table
from her2stats.published.numerals import Floats, Numeral, bounds, face_values, how_shortened, show

Flags = npt.NDArray[np.bool_]

# How far the usual software is off the exact limit: R's fisher.test looks for its limits and estimate to 1.3e-4 on
# the scale of the odds ratio or its reciprocal, confint.glm interpolates the profile by a spline.
_FISHER_ROOT = 1.3e-4
_SPLINE = 2e-3


def audit_odds_ratio(
    estimate: Any,
    low: Any = None,
    high: Any = None,
    *,
    cells: Any = None,
    p: Any = None,
    claim: Any = "",
    ci: IntervalKind = "any",
    conf_level: float = 0.95,
    item: Any = "",
    place: Any = "",
) -> pd.DataFrame:
    """Audit printed odds ratios: against their 2 x 2 counts where those are printed, else by their own interval.

    Parameters
    ----------
    estimate, low, high : scalar or column
        As printed; limits may be absent.
    cells : sequence of 4 counts, 2 x 2, or one of these a row, optional
        Events and non-events of the comparison group, then of the reference group. A row whose four counts are all
        empty (None, NaN, "") is audited from its estimate and interval.
    p : scalar or column, optional
        Printed p-value, held against Wald, likelihood ratio, Pearson, Yates and Fisher tests of the counts.
    claim : {"significant", "not significant", ""} or column
        What the text says of it, at 1 - `conf_level`.
    ci : {"any", "wald"}
        With counts: every usual interval, or the Wald interval alone. Without: see `audit_interval`.
    conf_level : float
        Of the interval.
    item, place : str or column
        What the number is about and where it stands.

    Returns
    -------
    DataFrame
        With counts: rows "odds ratio", "interval", "p", "claim", as far as printed. See `findings_table`. An interval
        is consistent when one method gives both limits; the arithmetic names the method, else shows every method.
        Without: as from `audit_interval`.

    Raises
    ------
    DataError
        The counts are not 2 x 2 tables, or not as many as odds ratios; a claim is not known.
    TableError
        A printed number cannot be read; a count is not whole, or one of four is missing. All of them at once.

    Examples
    --------
    >>> found = audit_odds_ratio("0.688", "0.28", "1.74", cells=[23, 13, 36, 14])
    >>> found[["check", "verdict"]].values.tolist()
    [['odds ratio', 'consistent'], ['interval', 'inconsistent']]
    """
    found = ProblemList()
    counts = np.full((1, 4), np.nan)
    columns = {"estimate": estimate, "low": low, "high": high, "p": p}
    with found.collect():
        counts = counts if cells is None else read_cells(cells, item)
    with found.collect():
        rows = read_rows(columns, item, place, claim=claim, least=len(counts))
    found.raise_if_any()
    if len(counts) not in (1, rows.size):
        what = f"{len(counts)} tables of counts for {rows.size} odds ratios"
        raise DataError(Problem(what, remedy="give one a row"))
    counts = np.repeat(counts, rows.size, axis=0) if len(counts) == 1 else counts
    has_counts = ~np.isnan(counts[:, 0])
    lists: list[list[Finding]] = [[] for _ in range(rows.size)]
    with_counts, without = (np.flatnonzero(has_counts == known) for known in (True, False))
    against = _against_counts(rows.take(with_counts), counts[with_counts], ci, conf_level)
    by_itself = interval_findings(rows.take(without), scale="ratio", ci=ci, conf_level=conf_level)
    for i, findings in zip((*with_counts, *without), (*against, *by_itself), strict=True):
        lists[i] = findings
    return findings_table([one for findings in lists for one in findings])


def _against_counts(rows: PrintedRows, counts: Floats, ci: IntervalKind, conf_level: float) -> list[list[Finding]]:
    """Hold odds ratios, intervals, p-values and claims against the counts of their rows, a list of findings a row."""
    estimates = _estimate_findings(rows, counts)
    intervals = _interval_findings(rows, counts, ci, conf_level)
    tests = findings_of_tests(rows, counts, 1 - conf_level)
    lists: list[list[Finding]] = []
    for i in range(rows.size):
        order = order_findings([rows.numerals[name][i] for name in ("estimate", "low", "high")], rows.at(i))
        lists.append(estimates[i] + order + intervals[i] + tests[i])
    return lists


def _counts_text(cells: Floats) -> str:
    a, b, c, d = (f"{count:g}" for count in cells)
    return f"{a} x {d} / ({b} x {c})"


def _within(values: Floats, ends: tuple[Floats, Floats]) -> Flags:
    with np.errstate(invalid="ignore"):
        inside: Flags = (values >= ends[0]) & (values <= ends[1])
    return inside


def _estimate_findings(rows: PrintedRows, counts: Floats) -> list[list[Finding]]:
    printed = rows.numerals["estimate"]
    ends = bounds(printed)
    values = {name: estimate(counts) for name, estimate in ESTIMATES.items()}
    fits = {name: _within(value, _loosen(ends, value, name)) for name, value in values.items()}
    plain = values["a d / (b c)"]
    lists: list[list[Finding]] = []
    for i, numeral in enumerate(printed):
        if numeral is None:
            lists.append([])
            continue
        named = [name for name in fits if fits[name][i]]
        exact = float(plain[i])
        sentence = f"{_counts_text(counts[i])} = {show(exact, numeral)}; printed {numeral.text}"
        verdict: Verdict = CONSISTENT if named else INCONSISTENT
        if np.isnan(exact) and not named:
            verdict, sentence = NOT_DETERMINABLE, "a margin of the 2 x 2 table is empty"
        elif named and named[0] != "a d / (b c)":
            sentence += f"; {named[0]}: {show(float(values[named[0]][i]), numeral)}"
        elif not named:
            sentence += _lookalike(counts[i], numeral)
        recomputed = show(exact, numeral, more=0)
        item, place = rows.at(i)
        lists.append([Finding(item, numeral.text, recomputed, verdict, sentence, place, "odds ratio")])
    return lists


def _lookalike(cells: Floats, printed: Numeral) -> str:
    """Say what a wrong odds ratio looks like: shortened otherwise, turned round, or a ratio of proportions."""
    ratio = float(odds_ratio(cells[None, :])[0])
    shortened = how_shortened(printed, ratio)
    if shortened:
        return f": {shortened}"
    a, b, c, d = cells
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        others = {"the odds ratio turned round": 1 / ratio if ratio else np.inf}
        others["the ratio of proportions"] = (a / (a + b)) / (c / (c + d)) if a + b and c + d and c else np.inf
    ends = bounds([printed])
    fits = [f"{name} ({show(value, printed)})" for name, value in others.items() if ends[0][0] <= value <= ends[1][0]]
    return f": it fits {fits[0]}" if fits else ""


def _loosen(ends: tuple[Floats, Floats], values: Floats, method: str) -> tuple[Floats, Floats]:
    """Widen what a print can stand for by the error of the software that is known to print such a number."""
    if "conditional" in method:
        room = _FISHER_ROOT * np.maximum(1.0, np.nan_to_num(values, posinf=1.0)) ** 2
    else:
        room = (_SPLINE if method == "profile likelihood" else 1e-12) * np.nan_to_num(values, posinf=1.0)
    return ends[0] - room, ends[1] + room


def _interval_findings(rows: PrintedRows, counts: Floats, ci: IntervalKind, conf_level: float) -> list[list[Finding]]:
    low, high = rows.numerals["low"], rows.numerals["high"]
    printed = np.array([one is not None and other is not None for one, other in zip(low, high, strict=True)])
    low_ends, high_ends = bounds(low), bounds(high)
    chosen = [""] * len(counts)
    tried: list[dict[str, tuple[float, float]]] = [{} for _ in chosen]
    open_rows = np.flatnonzero(printed)
    for method, limits in METHODS.items():
        if ci == "wald" and method not in ("Wald", "Wald with 1.96"):
            continue
        if not len(open_rows):
            break
        below, above = limits(counts[open_rows], conf_level)
        fits = _within(below, _loosen((low_ends[0][open_rows], low_ends[1][open_rows]), below, method))
        fits &= _within(above, _loosen((high_ends[0][open_rows], high_ends[1][open_rows]), above, method))
        for row, ok, one, other in zip(open_rows, fits, below, above, strict=True):
            tried[row][method] = (float(one), float(other))
            chosen[row] = method if ok else ""
        open_rows = open_rows[~fits]
    return [
        [] if one is None or other is None else [_interval_finding(one, other, chosen[i], tried[i], rows.at(i))]
        for i, (one, other) in enumerate(zip(low, high, strict=True))
    ]


def _interval_finding(
    low: Numeral, high: Numeral, method: str, tried: dict[str, tuple[float, float]], at: tuple[str, str]
) -> Finding:
    printed = f"{low.text} to {high.text}"

    def limits(name: str) -> str:
        return f"{show(tried[name][0], low, more=1)} to {show(tried[name][1], high, more=1)}"

    def finding(verdict: Verdict, recomputed: str, sentence: str) -> Finding:
        return Finding(at[0], printed, recomputed, verdict, sentence, at[1], "interval")

    if method:
        return finding(CONSISTENT, limits(method), f"{method} {limits(method)}; printed {printed}")
    defined = [name for name, ends in tried.items() if not np.isnan(ends).any()]
    if not defined:
        return finding(NOT_DETERMINABLE, "", "no method gives an interval for these counts")
    first = defined[0]
    hints = [(one.text, how_shortened(one, end)) for one, end in zip((low, high), tried[first], strict=True)]
    listed = "; ".join(f"{name} {limits(name)}" for name in defined if name != "Wald with 1.96")
    ends = " and ".join(f"{text} is {hint}" for text, hint in hints if hint)
    sentence = f"no method gives {printed}: {listed}" + (f". Of {first}, {ends}" if ends else "")
    return finding(INCONSISTENT, limits(first), sentence)


def audit_odds_from_percentages(
    estimate: Any, percent: Any, percent_reference: Any, *, item: Any = "", place: Any = ""
) -> pd.DataFrame:
    """Hold printed odds ratios against the two percentages printed beside them.

    Parameters
    ----------
    estimate : scalar or column
        Printed odds ratio.
    percent, percent_reference : scalar or column
        Printed percentages of the comparison and the reference group.
    item, place : str or column
        What the number is about and where it stands.

    Returns
    -------
    DataFrame
        One row an odds ratio, see `findings_table`.

    Examples
    --------
    >>> audit_odds_from_percentages("0.67", "64", "70")["arithmetic"].item()
    'odds of 64 % over odds of 70 % = 0.762, within rounding 0.728 to 0.797; printed 0.67'
    """
    columns = {"estimate": estimate, "percent": percent, "reference": percent_reference}
    rows = read_rows(columns, item, place)
    read, items, places = rows.numerals, rows.items, rows.places
    (low, high), (low_0, high_0) = (
        tuple(_odds(end) for end in bounds(read[name])) for name in ("percent", "reference")
    )
    middle = _odds(face_values(read["percent"])) / _odds(face_values(read["reference"]))
    ends, span = bounds(read["estimate"]), (low / high_0, high / low_0)
    findings = []
    for i in range(rows.size):
        numerals = [read[name][i] for name in columns]
        if any(one is None for one in numerals):
            reason = "an odds ratio or a percentage is not printed"
            findings.append(Finding(items[i], "", "", NOT_DETERMINABLE, reason, places[i], "odds of percentages"))
            continue
        printed, first, second = (one for one in numerals if one is not None)
        fits = ends[0][i] <= span[1][i] and ends[1][i] >= span[0][i]
        shown = [show(float(value), printed, more=1) for value in (middle[i], span[0][i], span[1][i])]
        sentence = f"odds of {first.bare} % over odds of {second.bare} % = {shown[0]}, "
        sentence += f"within rounding {shown[1]} to {shown[2]}; printed {printed.text}"
        verdict: Verdict = CONSISTENT if fits else INCONSISTENT
        findings.append(Finding(items[i], printed.text, shown[0], verdict, sentence, places[i], "odds of percentages"))
    return findings_table(findings)


def _odds(percent: Floats) -> Floats:
    share = np.clip(percent / 100, 1e-12, 1 - 1e-12)
    odds: Floats = share / (1 - share)
    return odds
