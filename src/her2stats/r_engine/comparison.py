"""Two answers to one question, Python's and R's, quantity by quantity."""

from __future__ import annotations

import numpy as np
import pandas as pd

from her2stats.r_engine.tolerances import COUNTS, NUMBERS, amplification, near_zero, tolerance_of
from her2stats.statistics.result import COLUMNS, Result

AGREE, DISAGREE, NOT_CHECKED = "agree", "disagree", "not checked"
KEY = ("stratum", "outcome", "term")
PIECE = (*("quantity", "python", "r", "abs_diff", "rel_diff", "tolerance", "verdict", "reason", "note"),)
# Columns that are about many tests, not about one fit.
NOT_FITTED = ("p_bh", "family")


def compare_answers(result: Result, r: pd.DataFrame | str, model: str) -> pd.DataFrame:
    """Compare every number, count, label and flag of a result with R's table.

    Parameters
    ----------
    result : Result
        Python's answer.
    r : DataFrame or str
        R's table for the same spec and frame, or why there is none.
    model : str
        Name of the result.

    Returns
    -------
    DataFrame
        One row a quantity, columns model, verb, cohort, stratum, outcome, term and those of `PIECE`. Numbers that
        both lack have no row; every row of the result has one for its flag. Rows that R has and the result has not
        (a user may keep some rows only) are "not checked".
    """
    python = result.table
    verb, ci = result.spec.verb, str(getattr(result.spec, "ci", ""))
    if isinstance(r, str):
        pieces = [_unchecked(python, quantity, r) for quantity in _quantities(python, None)]
    else:
        places = pd.Index(_keys(r)).get_indexer(pd.Index(_keys(python)))
        aligned = r.reindex(places).reset_index(drop=True)
        lost = places < 0
        pieces = [_compare(python, aligned, lost, quantity, verb, ci) for quantity in _quantities(python, r)]
    table = pd.concat(pieces).sort_values("row", kind="stable")
    rows = python.iloc[table["row"].to_numpy()].reset_index(drop=True)
    table = table.reset_index(drop=True)
    labels = rows[["cohort", *KEY]].assign(model=model, verb=verb)
    found = pd.concat([labels[["model", "verb", "cohort", *KEY]], table[list(PIECE)]], axis=1)
    if isinstance(r, str):
        return found
    return pd.concat([found, _rows_of_r_alone(python, r, model, verb)], ignore_index=True)


def _keys(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """What identifies a row, with a running number where several rows share it (the places of a curve)."""
    columns = [*KEY, *(["exposure"] if "exposure" in table else [])]
    keys = [tuple(map(str, row)) for row in table[columns].itertuples(index=False)]
    seen: dict[tuple[str, ...], int] = {}
    numbered = []
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        numbered.append((*key, *([""] if len(columns) == len(KEY) else []), str(seen[key])))
    return numbered


def _quantities(python: pd.DataFrame, r: pd.DataFrame | None) -> list[str]:
    extra = [name for name in python.columns if name not in (*COLUMNS, *NOT_FITTED)]
    if r is not None:
        extra = [name for name in extra if name in r]
    return [*NUMBERS, *COUNTS, *extra, "flag"]


def _is_text(column: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype))


def _blank(rows: int, quantity: str) -> pd.DataFrame:
    numbers = dict.fromkeys(("python", "r", "abs_diff", "rel_diff", "tolerance"), np.nan)
    words = {"verdict": AGREE, "reason": "", "note": ""}
    return pd.DataFrame({"row": np.arange(rows), "quantity": quantity, **numbers, **words})


def _unchecked(python: pd.DataFrame, quantity: str, why: str) -> pd.DataFrame:
    piece = _blank(len(python), quantity).assign(verdict=NOT_CHECKED, reason=why)
    if quantity == "flag":
        return piece
    if _is_text(python[quantity]):
        return piece[(python[quantity].fillna("") != "").to_numpy()]
    piece["python"] = _floats(python[quantity])
    return piece[piece["python"].notna()]


def _floats(column: pd.Series) -> np.ndarray:
    return column.astype("float64").to_numpy(na_value=np.nan)


def _compare(
    python: pd.DataFrame, r: pd.DataFrame, lost: np.ndarray, quantity: str, verb: str, ci: str
) -> pd.DataFrame:
    if quantity == "flag" or _is_text(python[quantity]) or _is_text(r[quantity]):
        piece, keep = _compare_words(python[quantity], r[quantity], quantity)
    else:
        piece, keep = _compare_numbers(_floats(python[quantity]), _floats(r[quantity]), quantity)
        piece["tolerance"] = tolerance_of(verb, ci, quantity) * amplification(quantity, verb, r)
        _judge(piece, near_zero(quantity, verb, r))
    if "note" in r:
        piece["note"] = r["note"].fillna("").to_numpy()
    if ci == "bootstrap" and quantity in ("conf_low", "conf_high", "std_error"):
        piece[["verdict", "reason"]] = NOT_CHECKED, "bootstrap limits hang on the random numbers of Python"
    piece.loc[lost, ["verdict", "reason"]] = DISAGREE, "R gives no such row"
    return piece[keep]


def _compare_words(python: pd.Series, r: pd.Series, quantity: str) -> tuple[pd.DataFrame, np.ndarray]:
    ours, theirs = (column.astype("object").where(column.notna(), "").astype(str) for column in (python, r))
    if quantity == "flag":
        ours, theirs = (column.str.split(":").str[0].str.strip() for column in (ours, theirs))
    piece = _blank(len(ours), quantity)
    for row, (left, right) in enumerate(zip(ours, theirs, strict=True)):
        if left != right:
            piece.loc[row, ["verdict", "reason"]] = DISAGREE, f"Python '{left}', R '{right}'"
        elif left and quantity == "flag":
            piece.loc[row, "reason"] = f"both flag {left}"
    keep = (quantity == "flag") | (ours != "").to_numpy() | (theirs != "").to_numpy()
    return piece, np.broadcast_to(keep, len(ours))


def _compare_numbers(ours: np.ndarray, theirs: np.ndarray, quantity: str) -> tuple[pd.DataFrame, np.ndarray]:
    piece = _blank(len(ours), quantity)
    piece["python"], piece["r"] = ours, theirs
    with np.errstate(invalid="ignore"):
        piece["abs_diff"] = np.where(ours == theirs, 0.0, np.abs(ours - theirs))
    return piece, ~(np.isnan(ours) & np.isnan(theirs))


def _judge(piece: pd.DataFrame, near: np.ndarray) -> None:
    """Fill in rel_diff, verdict and reason from the values, in place."""
    size = np.fmax(np.fmax(piece["python"].abs(), piece["r"].abs()), near)
    with np.errstate(invalid="ignore", divide="ignore"):
        piece["rel_diff"] = np.where(piece["abs_diff"] == 0, 0.0, piece["abs_diff"] / size)
    within = np.isfinite(piece["rel_diff"]) & (piece["rel_diff"] <= piece["tolerance"])
    piece["verdict"] = np.where(within, AGREE, DISAGREE)
    only_python = piece["r"].isna() & piece["python"].notna()
    only_r = piece["python"].isna() & piece["r"].notna()
    piece["reason"] = np.select([only_python, only_r], ["only Python gives a number", "only R gives a number"], "")


def _rows_of_r_alone(python: pd.DataFrame, r: pd.DataFrame, model: str, verb: str) -> pd.DataFrame:
    ours = set(_keys(python))
    alone = [place for place, key in enumerate(_keys(r)) if key not in ours]
    rows = r.iloc[alone].reset_index(drop=True)
    piece = _blank(len(rows), "flag").assign(verdict=NOT_CHECKED, reason="the result has no such row")
    labels = rows[["cohort", *KEY]].assign(model=model, verb=verb)
    return pd.concat([labels[["model", "verb", "cohort", *KEY]], piece[list(PIECE)]], axis=1)
