"""Two answers to one question, Python's and R's, quantity by quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from her2stats.r_engine.tolerances import COUNTS, NUMBERS, Array, amplification, convention_of, near_zero, tolerance_of
from her2stats.statistics.flags import code_of
from her2stats.statistics.result import COLUMNS, Result
from her2stats.statistics.terms import PARTS

AGREE, DISAGREE, NOT_CHECKED = "agree", "disagree", "not checked"
COVARIATE = "covariate"  # the role of rows that a result may leave out
KEY = ("stratum", "outcome", "term")
LABELS = ("model", "verb", "cohort", *KEY)
MEASURED = ("python", "r", "abs_diff", "rel_diff", "tolerance")
WORDS = ("verdict", "reason", "note")
# What a row is, not what was found: compared like everything else, and told only where the two differ.
DESCRIPTIVE = ("role", "measure", "conf_level", *PARTS, "group", "per", "weights")
# Columns about many tests together: `families` has them compared.
NOT_FITTED = ("p_bh", "family", "family_size", "correction")
RANDOM = ("conf_low", "conf_high", "std_error")

Column = NDArray[Any]  # floats, or text as objects
Piece = dict[str, Column]
Table = Mapping[str, Column]


def compare_answers(
    result: Result, r: pd.DataFrame | str, model: str, *, whole: bool = False, silence: str = ""
) -> pd.DataFrame:
    """Compare every number, count, label and flag of a result with R's table, or say why there is none.

    What describes a row (role, measure, level of the interval, parts of the term) has a row of its own only where the
    two languages differ. Numbers that both lack have no row; every row of the result has one for its flag. Relative
    differences are judged against at least the size that counts as near 0. A row that only R has is a disagreement
    where the result is the `whole` answer, else "not checked": a user may keep some rows only. An engine that gives
    numbers only, and not all of them, has its reason in `silence`: what it leaves out is "not checked".
    """
    python = _columns(result.table)
    verb, ci = result.spec.verb, convention_of(result.spec)
    if isinstance(r, str):
        told = [quantity for quantity in _quantities(python, None) if quantity not in DESCRIPTIVE]
        pieces = [_unchecked(python, quantity, r) for quantity in told]
        return _assemble(pieces, python, model, verb)
    theirs = _columns(r)
    places = _places(_keys(python), _keys(theirs))
    aligned = {name: _taken(column, places) for name, column in theirs.items()}
    if silence:
        return _assemble(_numbers_given(python, aligned, verb, ci, silence), python, model, verb)
    quantities = _quantities(python, theirs)
    pieces = [_compare(python, aligned, places < 0, quantity, verb, ci) for quantity in quantities]
    found = _assemble(pieces, python, model, verb)
    alone = np.setdiff1d(np.arange(len(r)), places)
    if not (python["role"] == COVARIATE).any():  # a result may leave its covariates out, but not one of them
        alone = alone[theirs["role"][alone] != COVARIATE]
    if not len(alone):
        return found
    rest = {name: column[alone] for name, column in theirs.items()}
    unasked = _unchecked(rest, "flag", "the result has no such row")
    unasked["verdict"][:] = DISAGREE if whole else NOT_CHECKED
    return pd.concat([found, _assemble([unasked], rest, model, verb)], ignore_index=True)


def compare_columns(python: pd.DataFrame, r: pd.DataFrame, quantities: Sequence[str], limit: float) -> pd.DataFrame:
    """Compare columns of two tables with the same rows in the same order, a row a number.

    Columns: row (its place), quantity, python, r, abs_diff, rel_diff, tolerance, verdict, reason, note.
    """
    ours, theirs = _columns(python), _columns(r)
    limits, near = np.full(len(python), limit), np.zeros(len(python))
    return _stacked([_compare_numbers(ours[name], theirs[name], name, limits, near) for name in quantities])


def unchecked_columns(python: pd.DataFrame, quantities: Sequence[str], why: str) -> pd.DataFrame:
    """As `compare_columns`, where R gives nothing."""
    ours = _columns(python)
    return _stacked([_unchecked(ours, name, why) for name in quantities])


def _stacked(pieces: Sequence[Piece]) -> pd.DataFrame:
    return pd.DataFrame({name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]})


def _columns(table: pd.DataFrame) -> dict[str, Column]:
    """Numbers as floats, everything else as text without missing."""
    columns: dict[str, Column] = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
            columns[str(name)] = column.to_numpy(dtype="float64", na_value=np.nan)
        else:
            missing = column.isna().to_numpy()
            columns[str(name)] = np.where(missing, "", column.astype("object").to_numpy())
    return columns


def _keys(table: Table) -> list[tuple[str, ...]]:
    """What identifies a row, with a running number where several rows share it (the places of a curve)."""
    told = {name: [*map(str, table[name])] for name in (*KEY, "exposure") if name in table}
    frame = pd.DataFrame({"exposure": ""} | told, index=range(len(table[KEY[0]])))
    numbers = frame.groupby([*frame]).cumcount().astype("str")
    return [*zip(*(frame[name] for name in (*KEY, "exposure")), numbers, strict=True)]


def _places(ours: Sequence[tuple[str, ...]], theirs: Sequence[tuple[str, ...]]) -> NDArray[np.intp]:
    """Where each of our rows is among theirs, -1 where it is not."""
    where = {key: place for place, key in enumerate(theirs)}
    return np.array([where.get(key, -1) for key in ours], dtype=np.intp)


def _taken(column: Column, places: NDArray[np.intp]) -> Column:
    missing = np.nan if column.dtype.kind == "f" else ""
    if not len(column):
        return np.full(len(places), missing, dtype=column.dtype)
    return np.where(places < 0, missing, column[places]).astype(column.dtype)


def _quantities(python: Table, r: Table | None) -> list[str]:
    extra = [name for name in python if name not in (*COLUMNS, *NOT_FITTED)]
    if r is not None:
        extra = [name for name in extra if name in r]
    return [*NUMBERS, *COUNTS, "role", "measure", "conf_level", *extra, "flag"]


def _blank(rows: int, quantity: str) -> Piece:
    piece: Piece = {"row": np.arange(rows), "quantity": np.full(rows, quantity, dtype="object")}
    piece |= {name: np.full(rows, np.nan) for name in MEASURED}
    return piece | {name: np.full(rows, AGREE if name == "verdict" else "", dtype="object") for name in WORDS}


def _kept(piece: Piece, keep: NDArray[np.bool_]) -> Piece:
    return {name: values[keep] for name, values in piece.items()}


def _unchecked(python: Table, quantity: str, why: str) -> Piece:
    column = python[quantity]
    piece = _blank(len(column), quantity)
    piece["verdict"][:] = NOT_CHECKED
    piece["reason"][:] = why
    if quantity == "flag":
        return piece
    if column.dtype.kind != "f":
        return _kept(piece, np.asarray(column != "", dtype=bool))
    piece["python"] = column
    return _kept(piece, ~np.isnan(column.astype("float64")))


def _compare(python: Table, r: Table, lost: NDArray[np.bool_], quantity: str, verb: str, ci: str) -> Piece:
    ours, theirs = python[quantity], r[quantity]
    if ours.dtype.kind == "f" and theirs.dtype.kind == "f":
        limit = tolerance_of(verb, ci, quantity) * amplification(quantity, verb, r)
        piece = _compare_numbers(ours, theirs, quantity, limit, near_zero(quantity, verb, r))
        keep = ~(np.isnan(ours) & np.isnan(theirs))
    else:
        piece = _compare_words([_word(value) for value in ours], [_word(value) for value in theirs], quantity)
        keep = (quantity == "flag") | ((ours != "") | (theirs != "")).astype(bool)
    if quantity in DESCRIPTIVE:
        keep = keep & (piece["verdict"] != AGREE) & ~lost
    if "note" in r:
        piece["note"] = r["note"]
    if ci == "bootstrap" and quantity in RANDOM:
        piece["verdict"][:] = NOT_CHECKED
        piece["reason"][:] = "bootstrap limits hang on the random numbers of Python"
    piece["verdict"][lost] = DISAGREE
    piece["reason"][lost] = "R gives no such row"
    return _kept(piece, np.broadcast_to(keep, len(ours)))


def _numbers_given(python: Table, given: Table, verb: str, ci: str, silence: str) -> list[Piece]:
    """Compare the numbers that an engine gives; what it leaves out is not checked, nor a row whose flag doubts them."""
    pieces = []
    flagged = np.array([code_of(str(one)) not in ("", "sparse") for one in python["flag"]], dtype=bool)
    for quantity in _quantities(python, None):
        ours = python[quantity]
        if ours.dtype.kind != "f" or quantity in (*DESCRIPTIVE, "at"):  # the place on a curve is asked, not found
            continue
        theirs = np.where(flagged, np.nan, given.get(quantity, np.full(len(ours), np.nan)))
        limit = tolerance_of(verb, ci, quantity) * amplification(quantity, verb, python)
        piece = _compare_numbers(ours, theirs, quantity, limit, near_zero(quantity, verb, python))
        silent = np.isnan(theirs)
        piece["verdict"][silent], piece["reason"][silent] = NOT_CHECKED, silence
        pieces.append(_kept(piece, ~np.isnan(ours)))
    return pieces


def _word(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:g}"
    return str(value)


def _compare_words(ours: Sequence[str], theirs: Sequence[str], quantity: str) -> Piece:
    piece = _blank(len(ours), quantity)
    for row, (left, right) in enumerate(zip(ours, theirs, strict=True)):
        if quantity == "flag":
            left, right = (text.split(":", 1)[0].strip() for text in (left, right))
        if left != right:
            piece["verdict"][row], piece["reason"][row] = DISAGREE, f"Python '{left}', R '{right}'"
        elif left and quantity == "flag":
            piece["reason"][row] = f"both flag {left}"
    return piece


def _compare_numbers(ours: Array, theirs: Array, quantity: str, limit: Array, near: Array) -> Piece:
    piece = _blank(len(ours), quantity)
    with np.errstate(invalid="ignore", divide="ignore"):
        absolute = np.where(ours == theirs, 0.0, np.abs(ours - theirs))
        size = np.fmax(np.fmax(np.abs(ours), np.abs(theirs)), near)
        relative = np.where(absolute == 0, 0.0, absolute / size)
    within = np.isfinite(relative) & (relative <= limit)
    only_python, only_r = ~np.isnan(ours) & np.isnan(theirs), np.isnan(ours) & ~np.isnan(theirs)
    piece["verdict"] = np.where(within, AGREE, DISAGREE).astype("object")
    words = np.select([only_python, only_r], ["only Python gives a number", "only R gives a number"], "")
    measured = {"python": ours, "r": theirs, "abs_diff": absolute, "rel_diff": relative, "tolerance": limit}
    return piece | measured | {"reason": words.astype("object")}


def _assemble(pieces: Sequence[Piece], python: Table, model: str, verb: str) -> pd.DataFrame:
    """Pieces under each other, sorted by the rows of the result, with the labels of these rows."""
    whole = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
    rows = whole.pop("row").astype(np.intp)
    order = np.argsort(rows, kind="stable")
    labels: dict[str, object] = {"model": model, "verb": verb}
    labels |= {name: python[name][rows[order]] for name in ("cohort", *KEY)}
    table = pd.DataFrame(labels | {name: values[order] for name, values in whole.items()}, index=range(len(rows)))
    text = [*LABELS, "quantity", *WORDS]
    return table.astype(dict.fromkeys(text, "str") | dict.fromkeys(MEASURED, "float64"))
