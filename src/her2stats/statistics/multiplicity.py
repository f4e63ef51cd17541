"""Many tests of one question: Bonferroni and Benjamini-Hochberg within a stated family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, overload

import numpy as np
import pandas as pd

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.arguments import check_choice
from her2stats.statistics.frame import Array
from her2stats.statistics.result import Result
from her2stats.statistics.rows import is_second_test

Method = Literal["bonferroni", "holm"]
NAMES: dict[Method, str] = {"bonferroni": "Bonferroni", "holm": "Holm"}


@overload
def adjust(results: Result, *, by: Sequence[str] = ..., method: Method = ..., asked: str = ...) -> Result: ...
@overload
def adjust(
    results: Sequence[Result], *, by: Sequence[str] = ..., method: Method = ..., asked: str = ...
) -> list[Result]: ...
def adjust(
    results: Result | Sequence[Result],
    *,
    by: Sequence[str] = ("cohort", "stratum", "term"),
    method: Method = "bonferroni",
    asked: str = "",
) -> Result | list[Result]:
    """Adjust p-values for how many were looked at.

    Parameters
    ----------
    results : Result or sequence of Result
        Answers to one question; several are counted together (continuous and dichotomised cell types).
    by : sequence of str
        Columns that are equal within a family.
    method : {"bonferroni", "holm"}
        Of ``p_adjusted``.
    asked : str
        The question in words, written into ``family``, so that families of different questions about the same cohort
        and stratum have different names.

    Returns
    -------
    Result or list of Result
        As given, with ``p_adjusted``, and the extra columns ``p_bh`` (Benjamini-Hochberg, same family), ``family``
        (what was counted, in words: equal within a family), ``family_size`` (how many tests) and ``correction`` (the
        method). A question whose model failed was asked all the same: its row, flagged and without a p, counts. In no
        family are second tests of the same hypothesis, of measure "second_test", odds ratios of a moderator alone,
        which nobody asks for, single specifications of a curve, and rows that are no test.

    Raises
    ------
    DataError
        A column of `by` is in none of the tables, or the method is not a choice.

    References
    ----------
    Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> from her2stats.statistics import correlate
    >>> frame = pd.DataFrame({"her2": range(8), "cd8": [9, 7, 8, 5, 6, 1, 2, 3], "m1": [1, 5, 2, 7, 3, 8, 4, 6]})
    >>> adjust(correlate(frame, "her2", ["cd8", "m1"])).table[["p_value", "p_adjusted", "p_bh"]].round(4)
       p_value  p_adjusted    p_bh
    0   0.0065      0.0131  0.0131
    1   0.1827      0.3654  0.1827
    """
    many = [results] if isinstance(results, Result) else list(results)
    problems = ProblemList()
    check_choice(problems, "method", method, Method)
    tables = [result.table.assign(_result=place) for place, result in enumerate(many)]
    rows = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(by))
    for column in by:
        if column not in rows:
            problems.add(DataError, f"by: results have no column '{column}'", remedy="name columns of Result.table")
    problems.raise_if_any()
    if not tables:
        return []
    adjusted = _adjusted(rows, list(by), method, asked)
    done = []
    for place, result in enumerate(many):
        own = adjusted[(rows["_result"] == place).to_numpy()].reset_index(drop=True)
        done.append(result.with_table(result.table.assign(**{name: own[name] for name in own.columns})))
    return done[0] if isinstance(results, Result) else done


def _adjusted(rows: pd.DataFrame, by: list[str], method: Method, asked: str) -> pd.DataFrame:
    adjusted = pd.DataFrame({"p_adjusted": np.nan, "p_bh": np.nan, "family": ""}, index=rows.index)
    adjusted["family_size"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    adjusted["correction"] = ""
    asked_for = rows["p_value"].notna() | rows["flag"].fillna("").ne("")
    counted = asked_for & ~is_second_test(rows) & ~rows["role"].isin(("moderator", "specification"))
    for key, members in rows[counted].groupby(by, sort=False, dropna=False):
        tested = members["p_value"].dropna()
        correct = bonferroni if method == "bonferroni" else holm
        adjusted.loc[tested.index, "p_adjusted"] = correct(tested.to_numpy(), len(members))
        adjusted.loc[tested.index, "p_bh"] = benjamini_hochberg(tested.to_numpy(), len(members))
        equal = [f"{name} {value}" for name, value in zip(by, key, strict=True) if value != ""]
        what = ", ".join([asked, *equal] if asked else equal)
        size = len(members)
        adjusted.loc[members.index, "family"] = f"{NAMES[method]} over {size} tests: {what}"
        adjusted.loc[members.index, "family_size"] = size
        adjusted.loc[members.index, "correction"] = method
    return adjusted


def bonferroni(p_values: Array, size: int | None = None) -> Array:
    """P times the number of tests, at most 1; `size` is how many there are with those that have no p."""
    return np.minimum(1.0, p_values * (size or len(p_values)))


def holm(p_values: Array, size: int | None = None) -> Array:
    """Holm's step-down p-values."""
    order, tests = np.argsort(p_values), size or len(p_values)
    steps = np.maximum.accumulate(p_values[order] * np.arange(tests, tests - len(p_values), -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(1.0, steps)
    return adjusted


def benjamini_hochberg(p_values: Array, size: int | None = None) -> Array:
    """Benjamini and Hochberg's step-up p-values (scipy has them in scipy.stats, a second to import)."""
    order, tests = np.argsort(p_values)[::-1], size or len(p_values)
    steps = np.minimum.accumulate(p_values[order] * tests / np.arange(len(p_values), 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(1.0, steps)
    return adjusted
