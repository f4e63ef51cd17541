"""Two versions of a table, row by row: what appeared, vanished, turned round, became significant or moved."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from her2stats.statistics.result import KEY, NUMBERS
from her2stats.vocabulary.measures import measure

ROW_NAMES = (*KEY, "model", "question", "exposure", "at")
ORDER = (
    "sign changed",
    "significant now",
    "not significant now",
    "estimable now",
    "not estimable now",
    "numbers changed",
    "appeared",
    "vanished",
    "words changed",
)
SHOWN = ("estimate", "conf_low", "conf_high", "p_value", "p_adjusted")
NAMED_BY = ("cohort", "sample", "score", "type", "variable", "level", "stage", "what", "part")
_TWICE = tuple(f"{name}_{when}" for name in SHOWN for when in ("before", "now"))
COLUMNS = ("table", *ROW_NAMES, "measure", "change", *_TWICE, "size", "columns")


def changed_rows(
    name: str, before: pd.DataFrame, now: pd.DataFrame, *, alpha: tuple[float, float], tolerance: float
) -> pd.DataFrame:
    """Compare two versions of a result table; only rows that changed are given, with the columns of `COLUMNS`.

    `alpha` holds the threshold of each version; numbers that differ relatively by no more than `tolerance` are equal.
    ``size`` is the change of the estimate in standard errors of the earlier one (ratios on the log scale), or relative
    to the estimate where there is no standard error.
    """
    left, right = map(_named, _on_the_same_places(before, now, tolerance))
    unequal = _unequal(left, right, tolerance)
    old_rows, new_rows = _records(left), _records(right)
    rows = []
    for key in dict.fromkeys([*left.index, *right.index]):
        old, new = old_rows.get(key), new_rows.get(key)
        columns = [str(column) for column in unequal.columns[unequal.loc[key]]] if old and new else []
        change = _change(old, new, columns, alpha)
        if change:
            row = {"table": name, "change": change, "size": _size(old, new), "columns": ", ".join(columns)}
            row |= dict(zip(ROW_NAMES, key, strict=False))  # the key ends in a number of its own
            for when, numbers in (("before", old), ("now", new)):
                if numbers is not None:
                    row |= {"measure": numbers["measure"], **{f"{shown}_{when}": numbers[shown] for shown in SHOWN}}
            rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def table_change(name: str, before: pd.DataFrame | None, now: pd.DataFrame | None, tolerance: float) -> dict[str, Any]:
    """Count what changed in a table of another kind (scores, fractions, notes); empty where nothing did."""
    empty = pd.DataFrame()
    left, right = _named(empty if before is None else before), _named(empty if now is None else now)
    changed = _unequal(left, right, tolerance)
    found = {
        "table": name,
        "rows_before": len(left),
        "rows_now": len(right),
        "appeared": len(right.index.difference(left.index)),
        "vanished": len(left.index.difference(right.index)),
        "changed": int(changed.any(axis=1).sum()),
        "columns": ", ".join(str(column) for column in changed.columns[changed.any()]),
    }
    return found if found["appeared"] or found["vanished"] or found["changed"] or found["columns"] else {}


def equal_cells(left: pd.Series, right: pd.Series, tolerance: float) -> pd.Series:
    """Say cell by cell whether two columns are equal: numbers up to a relative tolerance, missing equal to missing."""
    missing = left.isna() & right.isna()
    if all(pd.api.types.is_numeric_dtype(column.dtype) for column in (left, right)):
        a, b = (column.to_numpy(dtype="float64", na_value=np.nan) for column in (left, right))
        with np.errstate(invalid="ignore"):
            equal = (a == b) | (np.abs(a - b) <= tolerance * np.maximum(np.abs(a), np.abs(b)))
    else:
        equal = (left.astype("object") == right.astype("object")).to_numpy(dtype=bool)
    return pd.Series(missing.to_numpy() | equal, index=left.index)


def _on_the_same_places(before: pd.DataFrame, now: pd.DataFrame, tolerance: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Name places on a curve (``at``) by one number each, where the two differ by rounding only."""
    if "at" not in before or "at" not in now:
        return before, now
    places = np.unique(np.concatenate([table["at"].dropna().to_numpy(dtype="float64") for table in (before, now)]))
    if not places.size:
        return before, now
    first = np.concatenate([[True], np.diff(places) > tolerance * np.abs(places).max()])
    same = dict(zip(places, places[first][np.cumsum(first) - 1], strict=True))
    old, new = (table.assign(at=table["at"].astype("float64").map(same)) for table in (before, now))
    return old, new


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Rows under what names them (of a curve also the place), and their number among rows of the same name."""
    names = ROW_NAMES if set(KEY) <= set(table.columns) else NAMED_BY
    words = pd.DataFrame({n: table[n].astype("str") if n in table else "" for n in names}, index=table.index)
    words = words.replace("nan", "")
    words["number"] = words.groupby(list(names)).cumcount()
    rest = table.drop(columns=[n for n in names if n in table])
    rest.index = pd.MultiIndex.from_frame(words)
    return rest


def _records(table: pd.DataFrame) -> dict[Hashable, dict[str, Any]]:
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    return dict(zip(table.index, rows, strict=True))


def _unequal(left: pd.DataFrame, right: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """Say which cells of the rows that both have differ; a column that only one has is empty in the other."""
    common = left.index.intersection(right.index, sort=False)
    one, other = left.loc[common], right.loc[common]
    absent = pd.Series(np.nan, index=common)
    columns = dict.fromkeys([*left.columns, *right.columns])
    return pd.DataFrame(
        {name: ~equal_cells(one.get(name, absent), other.get(name, absent), tolerance) for name in columns},
        index=common,
        dtype=bool,
    )


def _change(
    old: dict[str, Any] | None, new: dict[str, Any] | None, columns: list[str], alpha: tuple[float, float]
) -> str:
    """Name the gravest change of a row, given the columns that differ; empty where nothing did."""
    if old is None or new is None:
        return "appeared" if old is None else "vanished"
    significant = [_significant(row, level) for row, level in zip((old, new), alpha, strict=True)]
    estimable = [not pd.isna(row["estimate"]) for row in (old, new)]
    if estimable[0] != estimable[1]:
        return "estimable now" if estimable[1] else "not estimable now"
    if all(estimable) and columns and np.sign(_distance(old)) * np.sign(_distance(new)) < 0:
        return "sign changed"
    if significant[0] != significant[1]:  # another number, or another alpha
        return "significant now" if significant[1] else "not significant now"
    if not columns:
        return ""
    return "numbers changed" if any(name in NUMBERS for name in columns) else "words changed"


def _significant(row: dict[str, Any], alpha: float) -> bool:
    p = row["p_value"] if pd.isna(row["p_adjusted"]) else row["p_adjusted"]
    return bool(p < alpha)


def _distance(row: dict[str, Any]) -> float:
    """Estimate as its distance from no association: odds ratios as logarithms."""
    if measure(row["measure"]).log_scale:
        return float(np.log(row["estimate"])) if row["estimate"] > 0 else float("nan")
    return float(row["estimate"])


def _size(old: dict[str, Any] | None, new: dict[str, Any] | None) -> float:
    if old is None or new is None or pd.isna(old["estimate"]) or pd.isna(new["estimate"]):
        return float("nan")
    moved, error = abs(_distance(new) - _distance(old)), old["std_error"]
    if not pd.isna(error) and error > 0:
        return moved / float(error)
    largest = max(abs(_distance(new)), abs(_distance(old)))
    return moved / largest if largest else 0.0
