"""Audit of a whole printed table of counts and percentages."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from her2stats.errors import ProblemList, TableError
from her2stats.published.checks.counts import percentage_finding, total_finding, whole_numeral
from her2stats.published.columns import read_counts, read_numerals
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, findings_table
from her2stats.published.numerals import Numeral, Rounding

_COUNT_AND_PERCENT = re.compile(r"^\s*(\d[\d,]*)\s*(?:/\s*(\d[\d,]*)\s*)?\(\s*([<>]?\s*[\d.,·]+)\s*%?\s*\)\s*$")
_ABSENT = ("missing", "unknown", "not available", "not known", "not evaluated", "n/a", "na")


@dataclass(frozen=True)
class _Level:
    """One row of a printed table, with the denominator in its cell and that of its column."""

    variable: str
    level: str
    place: str
    count: int | None
    within: int | None
    n_of_all: int | None
    percent: Numeral | None
    several: bool  # a patient may be in several levels

    @property
    def n(self) -> int | None:
        """What the percentage is of."""
        return self.n_of_all if self.within is None else self.within

    @property
    def item(self) -> str:
        return f"{self.variable}: {self.level}" if self.level else self.variable

    @property
    def absent(self) -> bool:
        """Whether the level is a name for missing values."""
        return self.level.strip().lower() in _ABSENT

    def finding(self, rounding: Rounding, *, of: int | None = None) -> Finding:
        return percentage_finding(self.count, of or self.n, self.percent, self.item, self.place, rounding=rounding)


def audit_counts(
    table: pd.DataFrame, *, rounding: Rounding = "nearest", complete: bool = True, place: str = ""
) -> pd.DataFrame:
    """Audit a table of counts and percentages: every percentage, and every variable's levels against its total.

    Parameters
    ----------
    table : DataFrame
        One row a level, with the columns

        * ``variable``, ``level``: what is counted; rows of one variable (and place) belong together;
        * ``count``: a number, or both at once as printed: "14 (13.4%)", "14/104 (13.4)";
        * ``percent`` (optional), as text where trailing zeros matter;
        * ``n``: the denominator; one that stands in the cell comes before it (of known values), but cannot be larger;
        * ``several`` (optional): any word where a patient may be in several levels of the variable (sites of
          metastasis), which then need not add up;
        * ``place`` (optional): table and column of print.
    rounding : {"nearest", "truncated", "either"}
        How the table is known to shorten its numbers.
    complete : bool
        Every level of a variable is there, missing values included, so that the counts have to add up to ``n``.
        Else a sum below ``n`` is left open. Only variables with two levels or more are added up.
    place : str
        Where the table stands, if it has no column of that name.

    Returns
    -------
    DataFrame
        Percentages and totals, see `findings_table`. A variable whose percentages all fit its known values instead of
        ``n`` (missing left out) is consistent, and the arithmetic says so.

    Raises
    ------
    TableError
        A column is missing or a cell is not a number; all problems at once.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "variable": "grade", "level": ["I-II", "III"], "count": ["68 (65.4%)", "36 (36.4%)"], "n": 104})
    >>> found = audit_counts(table)
    >>> found[found["verdict"] == "inconsistent"][["item", "check", "recomputed"]].values.tolist()
    [['grade: III', 'percentage', '34.6']]
    """
    levels = _read_table(table, place)
    groups = dict.fromkeys((level.place, level.variable) for level in levels)
    findings: list[Finding] = []
    for group in groups:
        members = [level for level in levels if (level.place, level.variable) == group]
        findings += _variable(members, rounding=rounding, complete=complete)
    return findings_table(findings)


def _read_table(table: pd.DataFrame, place: str) -> list[_Level]:
    found = ProblemList()
    for column in ("variable", "level", "count", "n"):
        if column not in table:
            found.add(TableError, f"column '{column}' is missing", remedy=f"the table has: {', '.join(table.columns)}")
    found.raise_if_any()
    variables, levels = (_words(table[name]) for name in ("variable", "level"))
    places = _words(table["place"]) if "place" in table else [place] * len(table)
    items = [f"{variable}: {level}" if level else variable for variable, level in zip(variables, levels, strict=True)]
    split = [_split(cell) for cell in table["count"]]
    percents = list(table["percent"]) if "percent" in table else [None] * len(table)
    columns = {
        "count": [count for count, _, _ in split],
        "n": list(table["n"]),
        "percent": [within or outer for (_, _, within), outer in zip(split, percents, strict=True)],
    }
    cells: dict[str, list[Any]] = {}
    for name, printed in columns.items():
        with found.collect():
            read = read_numerals if name == "percent" else read_counts
            cells[name] = list(read(printed, len(items), name=name, places=items))
    found.raise_if_any()
    within = read_counts([denominator for _, denominator, _ in split], len(items), name="count", places=items)
    several = [bool(word.strip()) for word in _words(table["several"])] if "several" in table else [False] * len(table)
    rows = zip(variables, levels, places, cells["count"], within, cells["n"], cells["percent"], several, strict=True)
    return [_Level(*row) for row in rows]


def _words(column: pd.Series[Any]) -> list[str]:
    return ["" if pd.isna(cell) else str(cell) for cell in column]


def _split(cell: Any) -> tuple[Any, Any, Any]:
    """Take "14/104 (13.4%)" apart into count, denominator and percentage."""
    match = _COUNT_AND_PERCENT.match(cell) if isinstance(cell, str) else None
    return (match[1], match[2], match[3]) if match else (cell, None, None)


def _variable(levels: Sequence[_Level], *, rounding: Rounding, complete: bool) -> list[Finding]:
    """Percentages of the levels of one variable, and their sum."""
    findings = [level.finding(rounding) for level in levels if level.percent is not None]
    too_many = [_too_large(level) for level in levels if (level.n or 0) > (level.n_of_all or math.inf)]
    of_known: list[Finding] = []
    if any(level.several for level in levels):
        return too_many + findings
    if any(finding.verdict == INCONSISTENT for finding in findings):
        of_known = _on_known_values(levels, rounding)
        findings = of_known or findings
    totals = {level.n for level in levels if level.n is not None}
    if len(levels) > 1 and len(totals) == 1:
        findings.append(_sum_of_levels(levels, totals.pop(), complete=complete and not of_known))
    return too_many + findings


def _too_large(level: _Level) -> Finding:
    printed, why = f"{level.count}/{level.n}", f"the denominator {level.n} is more than n = {level.n_of_all}"
    return Finding(level.item, printed, "", INCONSISTENT, why, level.place, "denominator")


def _on_known_values(levels: Sequence[_Level], rounding: Rounding) -> list[Finding]:
    """Percentages with the missing left out of the denominator, if that explains every one of them."""
    present = [level for level in levels if not level.absent]
    counts = [level.count for level in present]
    known = sum(count for count in counts if count is not None)
    if known == 0 or None in counts:
        return []
    findings = []
    for level in present:
        if level.percent is None:
            continue
        found = level.finding(rounding, of=known)
        if found.verdict != CONSISTENT:
            return []
        why = f"{found.arithmetic} (missing left out: the percentage is of {known}, not of {level.n})"
        findings.append(replace(found, arithmetic=why))
    return findings


def _sum_of_levels(levels: Sequence[_Level], n: int, *, complete: bool) -> Finding:
    parts = [None if level.count is None else whole_numeral(level.count) for level in levels]
    found = total_finding(parts, whole_numeral(n), rounded=False, item=levels[0].variable, place=levels[0].place)
    if complete or found.verdict != INCONSISTENT or int(found.recomputed) > n:
        return found
    rest = n - int(found.recomputed)
    why = f"{found.arithmetic}; the other {rest} may be missing values that are not printed"
    return replace(found, verdict=NOT_DETERMINABLE, arithmetic=why)
