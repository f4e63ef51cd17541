"""The model frame: the columns that a question needs, as numbers and as factors with explicit levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from her2stats.errors import DataError, ProblemList
from her2stats.vocabulary.names import stratum_of

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
MOST_LEVELS = 30
NUMBERS = (int, float, np.integer, np.floating, np.bool_)
DIGITS = 12  # significant ones: what remains of the same number after two ways of computing it
LARGEST = 1e50  # the square of the product of two such numbers can still be written, and so can that of its inverse
WHOLE = 2**53  # beyond it neighbouring whole numbers are the same number to every model


@dataclass(frozen=True, eq=False)
class Cases:
    """The complete cases of some variables within a stratum, in an order that the rows' order cannot change."""

    values: Mapping[str, Array]  # numbers; a factor as the position of its level
    rows: NDArray[np.intp]  # where the cases stand in the frame
    n_missing: int  # rows that are, or may be, of the stratum and were left out because a variable is missing

    def __getitem__(self, name: str) -> Array:
        return self.values[name]

    @property
    def n(self) -> int:
        """How many."""
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Stratum:
    """The rows in which a question is asked."""

    label: str  # what stands in the `stratum` column
    rows: Mask  # the rows that are in it
    unplaced: int = 0  # rows that may be in it: the variable that divides them is missing


@dataclass(frozen=True, eq=False)
class ModelFrame:
    """Columns ready for a model."""

    # samples x variables, numbers as float64 and factors as unordered categoricals; goes into ``Result.data``.
    table: pd.DataFrame
    values: Mapping[str, Array]  # the same as numbers: a factor as the position of its level, NaN where missing
    levels: Mapping[str, tuple[str, ...]]  # levels of each factor, the reference first

    @property
    def everything(self) -> Stratum:
        """All rows."""
        return Stratum("all", np.ones(len(self.table), dtype=bool))

    def strata(self, by: str = "") -> Iterator[Stratum]:
        """All rows, or the rows of each level of a factor."""
        if not by:
            yield self.everything
            return
        unplaced = int(np.count_nonzero(np.isnan(self.values[by])))
        for position, level in enumerate(self.levels[by]):
            yield Stratum(stratum_of(by, level), self.values[by] == position, unplaced)

    def complete(self, names: Sequence[str], within: Stratum) -> Cases:
        """Rows of a stratum that have every one of the variables.

        They are sorted by value, the first name first, so that no sum depends on the order of the rows: rows that
        agree in every value may change places without effect.
        """
        columns = [self.values[name] for name in names]
        missing = np.zeros(len(within.rows), dtype=bool)
        for column in columns:
            missing |= np.isnan(column)
        rows = np.flatnonzero(within.rows & ~missing)
        order = np.lexsort([column[rows] for column in reversed(columns)])
        rows = rows[order]
        values = {name: _one_if_alike(column[rows]) for name, column in zip(names, columns, strict=True)}
        return Cases(values, rows, int(np.count_nonzero(within.rows & missing)) + within.unplaced)

    def without_value(self, names: Sequence[str]) -> str:
        """First of the variables that is missing everywhere, or empty text."""
        return next((name for name in names if np.isnan(self.values[name]).all()), "")


def model_frame(
    data: pd.DataFrame,
    *,
    numeric: Sequence[str] = (),
    binary: Sequence[str] = (),
    factors: Sequence[str] = (),
    either: Sequence[str] = (),
    ranked: bool = False,
    problems: ProblemList | None = None,
) -> ModelFrame:
    """Take the named columns of a frame (samples x variables) and give each its type.

    `numeric` must be numbers, `binary` 0/1; `factors` become factors whatever they hold, `either` only where they hold
    text or categories (covariates). Text becomes a factor with sorted levels; a categorical keeps its categories in
    their order. Where only the order counts (`ranked`), numbers are rounded so that noise of computing breaks no ties.
    Raises DataError, together with the `problems` found before, for absent columns, text for numbers, infinite numbers,
    and outcomes other than 0 and 1.
    """
    problems = ProblemList() if problems is None else problems
    values: dict[str, Array] = {}
    levels: dict[str, tuple[str, ...]] = {}
    for name in sorted({*numeric, *binary} & {*factors}):
        problems.add(DataError, f"column '{name}' is asked for as a number and as a group", remedy="choose one")
    for name in dict.fromkeys([*binary, *numeric, *factors, *either]):
        if name not in data.columns:
            _note_absent(problems, data, name)
            continue
        column = data[name]
        if isinstance(column, pd.DataFrame):
            problems.add(DataError, f"column '{name}' is there {column.shape[1]} times", remedy="rename the columns")
        elif name in factors or (name in either and not _is_number(column)):
            values[name], levels[name] = _factor(problems, name, column)
        else:
            numbers = _numbers(problems, name, column, binary=name in binary)
            values[name] = without_noise(numbers) if ranked else numbers
    problems.raise_if_any()
    table = pd.DataFrame(
        {name: _categorical(column, levels[name]) if name in levels else column for name, column in values.items()},
        index=data.index,
    )
    return ModelFrame(table, values, levels)


def without_noise(values: Array) -> Array:
    """Round to 12 significant digits: numbers that are equal but for the noise of computing become the same.

    >>> float(0.1 + 0.2), without_noise(np.array([0.1 + 0.2, 0.3, -2 / 3, 0.0])).tolist()
    (0.30000000000000004, [0.3, 0.3, -0.666666666667, 0.0])
    """
    size = np.abs(values)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        power = DIGITS - 1 - np.floor(np.log10(size))
        up, down = 10.0 ** np.maximum(power, 0), 10.0 ** np.maximum(-power, 0)
        rounded = np.round(values * up / down) / up * down
    return np.where(np.isfinite(rounded), rounded, values)


def _one_if_alike(values: Array) -> Array:
    """One number where all are the same but for the noise of computing: divided by its own spread it would be data."""
    low, high = (values.min(), values.max()) if len(values) else (0.0, 0.0)
    alike = low < high and high - low <= 10.0**-DIGITS * max(abs(low), abs(high))
    return np.full(len(values), low) if alike else values


@contextmanager
def telling_columns(data: pd.DataFrame, *names: object) -> Iterator[None]:
    """Tell which columns are absent together with what is wrong with a spec that is made inside."""
    try:
        yield
    except DataError as error:
        problems = ProblemList()
        problems.take(error)
        several = [(name,) if isinstance(name, str) else name for name in names if isinstance(name, str | tuple)]
        for name in dict.fromkeys(one for group in several for one in group if one):
            if name not in data.columns:
                _note_absent(problems, data, name)
        problems.raise_if_any()


def _note_absent(problems: ProblemList, data: pd.DataFrame, name: str) -> None:
    remedy = "columns are " + ", ".join(map(str, data.columns[:20])) + ("..." if data.shape[1] > 20 else "")
    problems.add(DataError, f"column '{name}' is missing", remedy=remedy)


def _is_number(column: pd.Series) -> bool:
    """Whether a column holds numbers, be it as Python's own ones beside None."""
    if column.dtype == object:
        present = column.dropna()
        return bool(len(present)) and all(isinstance(value, NUMBERS) for value in present)
    return pd.api.types.is_any_real_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype)


def _numbers(problems: ProblemList, name: str, column: pd.Series, *, binary: bool) -> Array:
    if not _is_number(column):
        present = column.dropna()
        wrong = [
            (place, value)
            for place, value in zip(present.index, present.tolist(), strict=True)
            if not isinstance(value, NUMBERS)
        ]
        categorical = isinstance(column.dtype, pd.CategoricalDtype)
        if wrong or categorical:
            kind = "groups" if categorical else f"the text {wrong[0][1]!r}"
            where = "" if categorical else f"row {wrong[0][0]}"
            remedy = "give 0 and 1" if binary else "give numbers, and empty cells where they are missing"
            problems.add(DataError, f"column '{name}' holds {kind}, not numbers", where=where, remedy=remedy)
            return np.full(len(column), np.nan)
    if column.dtype == object or pd.api.types.is_integer_dtype(column.dtype):
        for place, value in zip(column.index, column.tolist(), strict=True):
            if isinstance(value, int) and abs(value) > WHOLE:
                what = f"column '{name}' holds a whole number beyond 2^53, whose last digits would be lost"
                problems.add(DataError, what, where=f"row {place}", remedy="give a difference, or another unit")
                return np.full(len(column), np.nan)
    numbers: Array = column.to_numpy(dtype="float64", na_value=np.nan, copy=True)
    _note_size(problems, name, column, numbers)
    other = numbers[~np.isnan(numbers) & (numbers != 0.0) & (numbers != 1.0)]
    if binary and len(other):
        problems.add(DataError, f"outcome '{name}' holds {other[0]:g}", remedy="give 0 and 1 only")
    return numbers


def _note_size(problems: ProblemList, name: str, column: pd.Series, numbers: Array) -> None:
    """Note numbers of which there are no squares: a model would see them, or what is between them, as 0 or infinite."""
    known = np.flatnonzero(~np.isnan(numbers))
    if not len(known):
        return
    place = known[np.argmax(np.abs(numbers[known]))]
    largest, what, remedy = float(numbers[place]), "", "give another unit"
    if np.isinf(largest):
        what, remedy = "an infinite number", "correct it, or leave the cell empty"
    elif abs(largest) > LARGEST:
        what = f"{largest:g}, too large for a model"
    elif 0 < np.ptp(numbers[known]) < 1 / LARGEST:
        what = "numbers too close to each other for a model"
    if what:
        problems.add(DataError, f"column '{name}' holds {what}", where=f"row {column.index[place]}", remedy=remedy)


def _factor(problems: ProblemList, name: str, column: pd.Series) -> tuple[Array, tuple[str, ...]]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        labels = [_label(level) for level in column.cat.categories]
        codes = column.cat.codes.to_numpy().astype("float64")
        codes[codes < 0] = np.nan
    else:
        found = pd.Series(column.dropna().unique())
        distinct = sorted(found.tolist(), key=lambda level: level if _is_number(column) else str(level))
        labels = [_label(level) for level in distinct]
        positions = {level: float(position) for position, level in enumerate(distinct)}
        codes = column.astype("object").map(positions).astype("float64").to_numpy(copy=True)
    if len(labels) > MOST_LEVELS:
        what = f"column '{name}' has {len(labels)} different values and cannot divide samples into groups"
        problems.add(DataError, what, remedy="name a column of groups, or cut the values into groups first")
    if len(set(labels)) < len(labels):
        problems.add(DataError, f"levels of '{name}' look alike as text: {', '.join(labels)}", remedy="rename them")
    return codes, tuple(labels)


def _label(level: object) -> str:
    """Level as text; a whole number without its decimals, so that 0/1 columns read "0" and "1"."""
    if isinstance(level, bool | np.bool_):
        return str(int(level))
    if isinstance(level, float | np.floating) and float(level).is_integer():
        return str(int(level))
    return str(level)


def _categorical(codes: Array, levels: tuple[str, ...]) -> pd.Categorical:
    positions = np.where(np.isnan(codes), -1.0, codes).astype(int)
    dtype = pd.CategoricalDtype(list(levels), ordered=False)
    return pd.Categorical.from_codes(positions.tolist(), dtype=dtype)
