"""The number of pairs behind a printed correlation, as far as its interval gives it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from her2stats.published.columns import read_rows
from her2stats.published.exact.fisher_z import METHODS, Ends, sample_sizes
from her2stats.published.findings import CONSISTENT, NOT_DETERMINABLE, Finding, findings_table
from her2stats.published.numerals import bounds


def implied_sample_size(
    estimate: Any, low: Any, high: Any, *, conf_level: float = 0.95, item: Any = ""
) -> pd.DataFrame:
    """Return the numbers of pairs that a correlation and its interval leave possible, under each convention.

    Parameters
    ----------
    estimate, low, high : scalar or column
        As printed.
    conf_level : float
        Of the interval.
    item : str or column
        What the number is about.

    Returns
    -------
    DataFrame
        One row an item and convention: ``item``, ``method``, ``n_min``, ``n_max``; missing where no number of pairs
        gives the interval, ``n_max`` infinite where the limits are printed too coarsely to bound it.

    Examples
    --------
    >>> implied = implied_sample_size("-0.44", "-0.53", "-0.34").set_index("method")
    >>> implied.loc["Bonett-Wright", ["n_min", "n_max"]].tolist()
    [276.0, 340.0]
    """
    printed = read_rows({"estimate": estimate, "low": low, "high": high}, item, "")
    ends = [bounds(column) for column in printed.numerals.values()]
    rows = []
    for i, name in enumerate(printed.items):
        one: list[Ends] = [(e[0][i : i + 1], e[1][i : i + 1]) for e in ends]
        for method, label in METHODS.items():
            rows.append((name, label, *sample_sizes(one[0], one[1], one[2], method, conf_level)))
    return pd.DataFrame(rows, columns=["item", "method", "n_min", "n_max"])


def audit_common_sample(
    estimate: Sequence[Any],
    low: Sequence[Any],
    high: Sequence[Any],
    *,
    item: Sequence[str],
    subject: str = "one sample size",
    place: str = "",
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """Ask whether one number of pairs can lie behind several printed correlations of the same sample.

    Values may be missing for some and not for others, so several sample sizes are possible, not contradictory:
    the verdict is never worse than "not determinable".

    Parameters
    ----------
    estimate, low, high, item : column
        Printed correlations, limits and what they are about.
    subject, place : str
        What the row is called and where the numbers stand.
    conf_level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        One row, see `findings_table`.

    Examples
    --------
    >>> found = audit_common_sample(["0.3", "0.5"], ["0.11", "0.34"], ["0.47", "0.63"], item=["a", "b"])
    >>> found["recomputed"].item()
    'n 105 to 111 (Fieller)'
    """
    implied = implied_sample_size(estimate, low, high, conf_level=conf_level, item=list(item))
    shared = _shared_sizes(implied)
    printed = "; ".join(f"{what} {e} ({a} to {b})" for what, e, a, b in zip(item, estimate, low, high, strict=True))
    first = implied["method"].iloc[0]
    alone = implied[implied["method"] == first]
    sizes = zip(alone["item"], alone["n_min"], alone["n_max"], strict=True)
    each = "; ".join(f"{what} {size_text(fewest, most)}" for what, fewest, most in sizes)
    if len(shared):
        found = _sizes_text(shared)
        sentence = f"one sample size fits all {len(item)}: {found}. Each alone ({first}): {each}"
        verdict, recomputed = CONSISTENT, found.split("; ")[0]
        recomputed = f"n {recomputed.removeprefix('n ')}"
    else:
        sentence = (
            f"no one sample size fits all {len(item)}; each alone ({first}): {each}. n is not printed and may differ"
        )
        sentence += _all_but_one(implied, list(item))
        verdict, recomputed = NOT_DETERMINABLE, ""
    return findings_table([Finding(subject, printed, recomputed, verdict, sentence, place, "sample size")])


def _shared_sizes(implied: pd.DataFrame) -> pd.DataFrame:
    """Per convention the sample sizes that fit every item."""
    shared = implied.groupby("method", sort=False).agg(
        fewest=("n_min", lambda n: n.max(skipna=False)), most=("n_max", lambda n: n.min(skipna=False))
    )
    return shared[shared["fewest"] <= shared["most"]]


def _all_but_one(implied: pd.DataFrame, items: Sequence[str]) -> str:
    """Name the one item without which one sample size would do; empty where there is none or more than one."""
    found = [(item, _shared_sizes(implied[implied["item"] != item])) for item in items]
    alone = [(item, shared) for item, shared in found if len(shared)]
    if len(alone) != 1 or len(items) < 3:
        return ""
    item, shared = alone[0]
    return f". Without {item} one would do: {_sizes_text(shared)}"


def _sizes_text(shared: pd.DataFrame) -> str:
    rows = zip(shared.index, shared["fewest"], shared["most"], strict=True)
    return "; ".join(f"{size_text(fewest, most)} ({method})" for method, fewest, most in rows)


def size_text(fewest: float, most: float) -> str:
    """Write a range of sample sizes.

    >>> size_text(60, 65), size_text(242, 242), size_text(50, float("inf"))
    ('n 60 to 65', 'n 242', 'n 50 or more')
    """
    if np.isnan(fewest):
        return "no n"
    if fewest == most:
        return f"n {fewest:.0f}"
    return f"n {fewest:.0f} to {most:.0f}" if np.isfinite(most) else f"n {fewest:.0f} or more"
