"""Audit of printed correlations: interval against sample size, sample size from interval, p-value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from her2stats.published.checks.intervals import interval_text, nothing_to_hold_against, order_findings, p_text
from her2stats.published.checks.sample_sizes import size_text
from her2stats.published.columns import read_rows
from her2stats.published.exact.fisher_z import METHODS, limits, p_values, possible, sample_sizes
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, Verdict, findings_table
from her2stats.published.numerals import Floats, Numeral, bounds, face_values, show
from her2stats.published.ranges import impossible, no_sample_size, range_findings

AnyCI = Literal["any", "bonett-wright", "fieller", "caruso-cliff", "fisher", "sas", "bootstrap"]
Ends = tuple[Floats, Floats]


def audit_correlation(
    estimate: Any,
    low: Any = None,
    high: Any = None,
    *,
    n: Any = None,
    p: Any = None,
    ci: AnyCI = "any",
    conf_level: float = 0.95,
    item: Any = "",
    place: Any = "",
) -> pd.DataFrame:
    """Audit printed correlations with their intervals, sample sizes and p-values.

    Parameters
    ----------
    estimate, low, high : scalar or column
        As printed; limits may be absent.
    n : scalar or column, optional
        Printed number of pairs. Without it the numbers of pairs that the interval implies are given.
    p : scalar or column, optional
        Printed p-value, held against the t and the Fisher z test. Needs `n`.
    ci : str
        A convention of `correlate` where it is known; "any": every one of them with a formula; "bootstrap": nothing
        that does not fit is called inconsistent, because resampling cannot be repeated without the data.
    conf_level : float
        Of the interval.
    item, place : str or column
        What the number is about and where it stands.

    Returns
    -------
    DataFrame
        Rows "range", "order" and "sample size" (only where broken), "interval", "p". See `findings_table`.

    Raises
    ------
    TableError
        A cell is not a number; all of them at once.

    Examples
    --------
    >>> found = audit_correlation("-0.34", "-0.44", "-0.23", n=318, ci="fisher")
    >>> found["verdict"].item(), found["arithmetic"].item().split(";")[0]
    ('inconsistent', 'n = 318: no formula fits: Fisher z (-0.434 to -0.239)')
    >>> audit_correlation("-0.44", "-0.53", "-0.34", n=81)["verdict"].item()
    'inconsistent'
    """
    rows = read_rows({"estimate": estimate, "low": low, "high": high, "n": n, "p": p}, item, place)
    read = rows.numerals
    tested = _Intervals(read, ci, conf_level)
    p_ends = p_values(bounds(read["estimate"]), face_values(read["n"]))
    findings: list[Finding] = []
    for i in range(rows.size):
        rho, below, above = read["estimate"][i], read["low"][i], read["high"][i]
        at = rows.at(i)
        text = interval_text(rho, below, above)
        broken = range_findings((rho, below, above), "correlation", text, at)
        broken = broken or order_findings((rho, below, above), at)
        findings += broken
        if rho is None:
            continue
        whole = below is not None and above is not None and not broken
        if why := no_sample_size(read["n"][i]):
            implied = f". {tested.implied(i)}" if whole else ""
            findings.append(Finding(at[0], text, "", INCONSISTENT, f"{why}{implied}", at[1], "sample size"))
            continue
        if whole:
            findings.append(tested.finding(i, at))
        if read["p"][i] is not None:
            ranges = {test: (least[i], most[i]) for test, (least, most) in p_ends.items()}
            findings.append(_p_finding(rho, read["p"][i], read["n"][i], ranges, at))
        elif not whole and not broken:
            findings.append(nothing_to_hold_against((rho, below, above), at))
    return findings_table(findings)


class _Intervals:
    """Which conventions give the printed limits, for all rows at once."""

    def __init__(self, read: dict[str, list[Numeral | None]], ci: AnyCI, conf_level: float) -> None:
        self.read, self.ci, self.conf_level = read, ci, conf_level
        self.ends: tuple[Ends, Ends, Ends] = (bounds(read["estimate"]), bounds(read["low"]), bounds(read["high"]))
        self.n = face_values(read["n"])
        usable = np.where(self.n >= 4, self.n, np.nan)
        chosen = METHODS if ci in ("any", "bootstrap") else {ci: METHODS[ci]}
        self.fits: dict[str, npt.NDArray[np.bool_]] = {
            label: possible(self.ends[0], self.ends[1], self.ends[2], usable, method, conf_level)
            for method, label in chosen.items()
        }
        self.methods = chosen

    def finding(self, i: int, at: tuple[str, str]) -> Finding:
        low, high, pairs = (self.read[name][i] for name in ("low", "high", "n"))
        assert low is not None
        assert high is not None
        text = interval_text(self.read["estimate"][i], low, high)
        if pairs is None:
            return self._without_n(i, text, at)
        if not self.n[i] >= 4:
            reason = f"n = {pairs.text} is too few for an interval"
            return Finding(at[0], text, "", NOT_DETERMINABLE, reason, at[1], "interval")
        fits = [label for label in self.fits if self.fits[label][i]]
        shown = {label: self._limits(i, method, low, high) for method, label in self.methods.items()}
        sentence = f"n = {pairs.text}: {self._listed('fits', fits, shown)}"
        sentence += self._listed("; not" if fits else "no formula fits:", [k for k in shown if k not in fits], shown)
        sentence += f"; printed {low.text} to {high.text}"
        verdict: Verdict = CONSISTENT if fits else NOT_DETERMINABLE if self.ci == "bootstrap" else INCONSISTENT
        if not fits:
            sentence += f". {self.implied(i)}"
        return Finding(at[0], text, shown[(fits or list(shown))[0]], verdict, sentence, at[1], "interval")

    @staticmethod
    def _listed(lead: str, labels: Sequence[str], shown: dict[str, str]) -> str:
        return f"{lead} {', '.join(f'{label} ({shown[label]})' for label in labels)}" if labels else ""

    def _limits(self, i: int, method: str, low: Numeral, high: Numeral) -> str:
        face = face_values([self.read["estimate"][i]])
        below, above = limits(face, self.n[i : i + 1], method, self.conf_level)
        return f"{show(float(below[0]), low, more=1)} to {show(float(above[0]), high, more=1)}"

    def implied(self, i: int) -> str:
        """Say which sample sizes the interval of a row leaves possible."""
        sizes = self._sizes(i)
        return f"The interval implies {', '.join(sizes)}" if sizes else "No sample size gives this interval"

    def _sizes(self, i: int) -> list[str]:
        estimate, low, high = ((e[0][i : i + 1], e[1][i : i + 1]) for e in self.ends)
        sizes = {
            label: sample_sizes(estimate, low, high, method, self.conf_level) for method, label in self.methods.items()
        }
        return [f"{size_text(*size)} ({label})" for label, size in sizes.items() if not np.isnan(size[0])]

    def _without_n(self, i: int, text: str, at: tuple[str, str]) -> Finding:
        sizes = self._sizes(i)
        verdict: Verdict = CONSISTENT if sizes else NOT_DETERMINABLE if self.ci == "bootstrap" else INCONSISTENT
        sentence = f"n is not printed. {self.implied(i)}"
        return Finding(at[0], text, sizes[0] if sizes else "", verdict, sentence, at[1], "interval")


def _p_finding(
    rho: Numeral, p: Numeral | None, n: Numeral | None, ranges: dict[str, tuple[float, float]], at: tuple[str, str]
) -> Finding:
    assert p is not None
    if impossible(p, "p-value"):
        return Finding(at[0], p.text, "", INCONSISTENT, f"printed {p.text}: a p-value lies between 0 and 1", at[1], "p")
    if n is None or n.value < 10:
        reason = "n is not printed" if n is None else f"n = {n.text}: an exact test may have been used"
        return Finding(at[0], p.text, "", NOT_DETERMINABLE, reason, at[1], "p")
    low, high = bounds([p])
    fits = any(low[0] <= most * (1 + 1e-9) and high[0] >= least * (1 - 1e-9) for least, most in ranges.values())
    every = ", ".join(f"{name} {p_text(least)} to {p_text(most)}" for name, (least, most) in ranges.items())
    sentence = f"rho {rho.text} and n = {n.text}, within rounding: {every}; printed {p.text}"
    verdict: Verdict = CONSISTENT if fits else INCONSISTENT
    least, most = next(iter(ranges.values()))
    return Finding(at[0], p.text, f"{p_text(least)} to {p_text(most)}", verdict, sentence, at[1], "p")
