"""Rows that share a gene symbol, made one by a declared rule."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from her2stats.errors import GeneError, Problem
from her2stats.notes import Note

CollapseRule = Literal["error", "max-mean", "mean", "median"]
SHOWN = 8


def collapse_duplicates(
    values: pd.DataFrame, rule: CollapseRule = "error", *, where: str = ""
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Make one row of all rows that share a symbol, in the order in which they first appear, by the declared rule.

    "max-mean" keeps the row of the highest mean (the first in sorted order of its values on a tie); "mean" and "median"
    average over the rows, sample by sample. Messages name the file as `where`. Raises GeneError when there are
    duplicates and no rule was declared.
    """
    repeated = values.index.duplicated(keep=False)
    if not repeated.any():
        return values, ()
    counts = values.index[repeated].value_counts()
    listed = ", ".join(f"{symbol} ({count})" for symbol, count in sorted(counts.items())[:SHOWN])
    if rule == "error":
        what = f"{len(counts)} gene symbols stand in more than one row: {listed}"
        remedy = 'declare how to collapse them: duplicates = "max-mean", "mean" or "median"'
        raise GeneError(Problem(what, where, remedy))
    order = values.index.drop_duplicates()
    several = values[repeated]
    collapsed = _highest_mean(several) if rule == "max-mean" else _averaged(several, rule)
    whole = pd.concat([values[~repeated], collapsed]).loc[order]
    told, count = f"rows that share a symbol collapsed ({rule})", int(repeated.sum()) - len(counts)
    return whole, (Note("genes", told, count, listed, kind="plain rule of genes"),)


def _averaged(several: pd.DataFrame, rule: CollapseRule) -> pd.DataFrame:
    # sorted within each sample, so that a sum never depends on the order of rows in the file
    pieces = {
        symbol: getattr(np, rule)(np.sort(rows.to_numpy(), axis=0), axis=0)
        for symbol, rows in several.groupby(level=0, sort=True)
    }
    return pd.DataFrame.from_dict(pieces, orient="index", columns=several.columns)


def _highest_mean(several: pd.DataFrame) -> pd.DataFrame:
    numbers = several.to_numpy()
    means = np.sort(numbers, axis=1).mean(axis=1)
    best: dict[str, int] = {}
    for place, symbol in enumerate(several.index):
        held = best.get(symbol)
        if held is None or (means[place], *numbers[place]) > (means[held], *numbers[held]):
            best[symbol] = place
    return several.iloc[list(best.values())]
