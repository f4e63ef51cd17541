"""Counts of 2 x 2 tables, as arrays and as printed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from her2stats.errors import DataError, Problem, ProblemList, TableError
from her2stats.published.columns import is_column, read_counts, row_name, texts
from her2stats.published.numerals import Floats

_SHAPE = "give events and non-events of the comparison group, then of the reference group"


def as_cells(cells: Any) -> Floats:
    """Read one table or many: (a, b, c, d), ((a, b), (c, d)) or an array of shape (k, 4) or (k, 2, 2).

    Raises DataError for another shape, or a negative or missing count.
    """
    try:
        counts: npt.NDArray[np.float64] = np.asarray(cells, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(Problem(f"{cells!r} is not a 2 x 2 table of counts", remedy=_SHAPE)) from None
    if counts.ndim == 0 or counts.size == 0 or counts.size % 4 or (counts.shape[-1] not in (2, 4)):
        raise DataError(Problem(f"counts of shape {counts.shape} are not 2 x 2 tables", remedy=_SHAPE))
    counts = counts.reshape(-1, 4)
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise DataError(Problem("a count is negative or missing", remedy=_SHAPE))
    return counts


def read_cells(cells: Any, item: Any = "") -> Floats:
    """Read printed 2 x 2 tables, in any shape that `as_cells` takes; a row of four empty cells is one of NaN.

    The result has the shape (k, 4); messages name what each table is about. Raises DataError for another shape, and
    TableError, with all of them at once, where a cell is not a count or some of four are missing.

    >>> read_cells([["23", "13", "36", "14"], ["", "", "", ""]]).tolist()
    [[23.0, 13.0, 36.0, 14.0], [nan, nan, nan, nan]]
    """
    try:
        printed = np.asarray(cells, dtype=object)
    except ValueError:  # rows of several lengths
        printed = np.asarray(None)
    if printed.ndim == 0 or printed.size == 0 or printed.size % 4 or printed.shape[-1] not in (2, 4):
        raise DataError(Problem(f"counts of shape {printed.shape} are not 2 x 2 tables", remedy=_SHAPE))
    columns = printed.reshape(-1, 4).T
    items = texts(item, columns.shape[1]) if not is_column(item) or len(list(item)) == columns.shape[1] else ()
    found = ProblemList()
    counts: dict[str, list[int | None]] = {}
    for name, column in zip("abcd", columns, strict=True):
        with found.collect():
            counts[name] = read_counts(list(column), len(column), name=name, places=items)
    found.raise_if_any()
    for row, four in enumerate(zip(*counts.values(), strict=True)):
        missing = [name for name, count in zip("abcd", four, strict=True) if count is None]
        if 0 < len(missing) < 4:
            at = row_name(row, items[row] if items else "")
            which = " and ".join(missing)
            what = f"the count {which} is missing" if len(missing) == 1 else f"the counts {which} are missing"
            found.add(TableError, what, row=at, remedy="give all four, or none")
    found.raise_if_any()
    return np.array(list(counts.values()), dtype=np.float64).T
