"""Frames as columns of text cells and back, with their dtypes, so that a round trip changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.r_engine.exchange.cells import Write, escape, number, unescape

Columns = dict[str, list[str]]


def column_cells(column: pd.Series, write: Write) -> list[str]:
    """One column as cells: missing is empty, text is escaped, floats are written by `write`.

    `DataError` is raised where it holds something that is not a number, text or a category.
    """
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return ["" if pd.isna(value) else ("true" if value else "false") for value in column]
    if pd.api.types.is_integer_dtype(dtype):
        return ["" if pd.isna(value) else str(int(value)) for value in column]
    if pd.api.types.is_float_dtype(dtype):
        return [write(value) for value in column.astype("float64").tolist()]
    values = column.astype("object")
    missing = values.isna()
    for value in values[~missing]:
        if not isinstance(value, str):
            what = f"column '{column.name}' holds {value!r}, which is neither a number nor text"
            raise DataError(Problem(what, remedy="give numbers, text or categories of text"))
    return ["" if absent else escape(value) for value, absent in zip(values, missing, strict=True)]


def is_factor(column: pd.Series) -> bool:
    """Whether a column holds levels."""
    return isinstance(column.dtype, pd.CategoricalDtype)


def dtype_name(column: pd.Series) -> str:
    """Dtype as it is noted in the exchange files."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "ordered category" if column.dtype.ordered else "category"
    return str(column.dtype)


def column_from_cells(cells: Sequence[str], dtype: str, levels: Sequence[str] = ()) -> pd.Series:
    """One column from its cells, with the dtype that `dtype_name` noted."""
    if dtype.endswith("category"):
        labels = [None if cell == "" else unescape(cell) for cell in cells]
        categories = pd.CategoricalDtype(pd.Index(list(levels), dtype="str"), ordered=dtype == "ordered category")
        return pd.Series(labels, dtype="object").astype(categories)
    if dtype in ("bool", "boolean"):
        return pd.Series([None if cell == "" else cell == "true" for cell in cells], dtype=dtype)
    if dtype.lower().startswith(("int", "uint")):
        return pd.Series([None if cell == "" else int(cell) for cell in cells], dtype=dtype)
    if dtype.lower().startswith("float"):
        return pd.Series([number(cell) for cell in cells], dtype=dtype)
    return pd.Series([None if cell == "" else unescape(cell) for cell in cells], dtype=dtype)


def frame_cells(frame: pd.DataFrame, write: Write) -> Columns:
    """Every column of a frame as cells."""
    repeated = frame.columns[frame.columns.duplicated()]
    if len(repeated):
        raise DataError(Problem(f"column '{repeated[0]}' is there twice", remedy="rename one of the two"))
    return {str(name): column_cells(frame[name], write) for name in frame.columns}


def frame_levels(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Levels of every factor, the reference first."""
    found = {name: frame[name].dtype for name in frame.columns}
    return {
        str(name): [str(level) for level in dtype.categories]
        for name, dtype in found.items()
        if isinstance(dtype, pd.CategoricalDtype)
    }
