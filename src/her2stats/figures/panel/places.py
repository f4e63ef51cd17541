"""Results into the one plain frame that a figure draws from, and the places of its rows on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from her2stats.errors import Problem, TableError
from her2stats.figures.cell_types import display_order, lineage
from her2stats.statistics.multiplicity import SECOND_TESTS
from her2stats.statistics.result import Result, as_result_table
from her2stats.vocabulary.variables import BY_NAME, with_role

Rows = Result | pd.DataFrame | Iterable[Result | pd.DataFrame]
LINEAGE_GAP = 0.45  # of a row, between the lineages


def as_list(results: Rows | None) -> list[Result | pd.DataFrame]:
    """Return one or several Results or frames as a list (a generator would be used up by its first reader)."""
    if results is None:
        return []
    return [results] if isinstance(results, (Result, pd.DataFrame)) else list(results)


def result_rows(results: Rows) -> pd.DataFrame:
    """Stack Results or their tables into one frame with every column of a Result.

    Parameters
    ----------
    results : Result, DataFrame, or several of them
        Frames may come from a csv file: missing optional columns are added, `outcome` must be there.

    Raises
    ------
    TableError
        A frame without an `outcome` column.

    Examples
    --------
    >>> result_rows(pd.DataFrame({"outcome": ["Neutrophils"], "estimate": [1.6]}))["flag"].tolist()
    ['']
    """
    given = as_list(results)
    tables = [item.table if isinstance(item, Result) else item for item in given]
    for table in tables:
        if len(table) and "outcome" not in table:
            columns = ", ".join(map(str, table.columns[:8]))
            raise TableError(Problem(f"no column 'outcome' among {columns}", remedy="pass a Result or its table"))
    tables = [as_result_table(table) for table in tables if len(table)]
    if not tables:
        return as_result_table(pd.DataFrame())
    return as_result_table(pd.concat(tables, ignore_index=True))


def row_places(names: Iterable[str], *, ordered: Sequence[str] | None = None) -> pd.DataFrame:
    """Return where each cell type stands: one row a type, from the top, with a gap between lineages.

    Parameters
    ----------
    names : iterable of str
        Cell types; their order does not matter.
    ordered : sequence of str, optional
        The order to keep instead (then without gaps).

    Returns
    -------
    DataFrame
        name, lineage, y (0 at the top, falling), striped (every second row).

    Examples
    --------
    >>> row_places(["Neutrophils", "Plasma cells", "B cells naive"])[["name", "y"]].values.tolist()
    [['B cells naive', 0.0], ['Plasma cells', -1.0], ['Neutrophils', -2.45]]
    """
    present = set(names)
    order = [name for name in ordered if name in present] if ordered is not None else display_order(present)
    lineages = [lineage(name) for name in order]
    y, places = 0.0, []
    for place, _ in enumerate(order):
        if place:
            y -= 1 + (LINEAGE_GAP if ordered is None and lineages[place] != lineages[place - 1] else 0)
        places.append(y)
    striped = [place % 2 == 1 for place in range(len(order))]
    return pd.DataFrame({"name": order, "lineage": lineages, "y": places, "striped": striped})


def in_order(values: Iterable[str], first: Sequence[str]) -> list[str]:
    """Each value once: those of `first` in that order, then the others as they came.

    Examples
    --------
    >>> in_order(["b", "z", "a"], ["a", "b", "c"])
    ['a', 'b', 'z']
    """
    present = list(dict.fromkeys(values))
    return [value for value in first if value in present] + [value for value in present if value not in first]


def is_second_test(terms: pd.Series) -> pd.Series:
    """Tell rows of a further test of the same question, "hr (Fisher exact)", from those of a type "... (Tregs)".

    Examples
    --------
    >>> is_second_test(pd.Series(["hr (Fisher exact)", "T cells regulatory (Tregs)"])).tolist()
    [True, False]
    """
    return terms.str.endswith(SECOND_TESTS)


STRATUM_ORDER = ("all", *(f"{name}={level}" for name in with_role("factor") for level in BY_NAME[name].printed))
