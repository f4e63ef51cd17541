"""Corrected p-values once more in R: each family of tests as a whole, by R's own p.adjust."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from her2stats.r_engine.two_answers import DISAGREE, KEY, LABELS, NOT_CHECKED, compare_columns, unchecked_columns
from her2stats.statistics.result import Result

ADJUSTED = ("p_adjusted", "p_bh")
# Products and minima of the same p-values: nothing but the last digit may differ.
LIMIT = 1e-12
COLUMNS = [
    *(name for name in LABELS if name != "verb"),
    *("exposure", "family", "family_size", "correction", "p_value", *ADJUSTED),
]
Ask = Callable[["Correction"], "pd.DataFrame | str"]


@dataclass(frozen=True, kw_only=True)
class AdjustSpec:
    """Correction of the p-values of one column within the families of another."""

    verb: ClassVar[str] = "adjust"
    method: str


@dataclass(frozen=True, eq=False)
class Correction:
    """A question for an engine: p-values and the family of each."""

    spec: AdjustSpec
    data: pd.DataFrame


def check_families(results: Mapping[str, Result], ask: Ask, *, whole: bool) -> pd.DataFrame | None:
    """Correct every p-value again in R and compare, as `compare_answers` does; None where nothing was corrected.

    R gets the p-values that the results hold (each is compared with R's own elsewhere) and the families that they name,
    through `ask`, which gives R's table or why there is none. A family with a member missing or one too many is a
    disagreement where the results are the `whole` of a run, else "not checked".
    """
    rows = _corrected_rows(results)
    if rows.empty:
        return None
    members = rows.groupby("family")["family"].transform("size")
    complete = members.eq(rows["family_size"]).fillna(False).astype(bool)
    pieces = []
    for method, mine in rows[complete].groupby("correction", sort=False):
        pieces.append(_compare(mine, ask(_correction(mine, str(method)))))
    for found, mine in rows[~complete].groupby(members[~complete], sort=False):
        why = f"{found} tests are there of the family '{mine['family'].iloc[0]}'"
        pieces.append(_mismatch(mine, why, DISAGREE if whole else NOT_CHECKED))
    return pd.concat(pieces, ignore_index=True)


def _corrected_rows(results: Mapping[str, Result]) -> pd.DataFrame:
    """Rows that are counted in a family, of all results."""
    found = []
    for name, result in results.items():
        table = result.table
        if "family" in table and (counted := table["family"].fillna("") != "").any():
            found.append(table[counted].assign(model=name).reindex(columns=COLUMNS))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _correction(rows: pd.DataFrame, method: str) -> Correction:
    families = pd.Categorical(rows["family"], rows["family"].unique())
    return Correction(AdjustSpec(method=method), pd.DataFrame({"p_value": rows["p_value"], "family": families}))


def _compare(rows: pd.DataFrame, answer: pd.DataFrame | str) -> pd.DataFrame:
    """Compare what has a p; a test without one counts in its family, and has no corrected p."""
    tested = rows["p_value"].notna()
    if isinstance(answer, str):
        return _labelled(rows[tested], unchecked_columns(rows[tested], ADJUSTED, answer))
    return _labelled(rows[tested], compare_columns(rows[tested], answer[tested.to_numpy()], ADJUSTED, LIMIT))


def _mismatch(rows: pd.DataFrame, why: str, verdict: str) -> pd.DataFrame:
    return _labelled(rows, unchecked_columns(rows, ADJUSTED, why).assign(verdict=verdict))


def _labelled(rows: pd.DataFrame, compared: pd.DataFrame) -> pd.DataFrame:
    """Put the labels of the rows before what was compared in them."""
    places = compared.pop("row").to_numpy(dtype=np.intp)
    labels = rows[["model", "cohort", *KEY]].iloc[places].reset_index(drop=True).astype("str")
    labels.insert(1, "verb", AdjustSpec.verb)
    return pd.concat([labels, compared.reset_index(drop=True)], axis=1)
