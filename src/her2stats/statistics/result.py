"""One shape for every answer: a plain frame, one row a term, always the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from her2stats.statistics.specs import Spec
from her2stats.vocabulary.notebook import MOST_ROWS, panel_html

KEY = ("cohort", "stratum", "outcome", "term")  # what is asked, of whom
TEXT = (*KEY, "role", "measure")
NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "conf_level", "statistic", "df", "p_value", "p_adjusted")
COUNTS = ("n", "n_events", "n_missing")
COLUMNS = (*TEXT, *NUMBERS, *COUNTS, "method", "flag")
BESIDE = ("role", "measure", "conf_level", "method")


@dataclass(frozen=True, eq=False)
class Result:
    """The answer to one question: table, the spec that asked it, and the model frame.

    Parameters
    ----------
    table : DataFrame
        One row a term. First the columns of `COLUMNS`, in that order, then the question's own extra columns
        (medians of the two groups, the place on a curve). ``role`` says what the term is to the model ("exposure",
        "moderator", "interaction", "covariate", "group", "factor"), ``measure`` what ``estimate`` is (a name in
        `her2stats.vocabulary.measures`), ``conf_level`` the level of the interval where the row can have one. A
        fit that cannot be made keeps its row, with NaN numbers and the reason in ``flag``, which
        is empty where all is well.
    spec : Spec
        What was asked, by which conventions.
    data : DataFrame
        samples x variables used, before missing values are dropped; factors are categorical with explicit levels.

    Examples
    --------
    >>> from her2stats.statistics import correlate
    >>> result = correlate(pd.DataFrame({"her2": [1.0, 2, 3, 4], "cd8": [4.0, 2, 3, 1]}), "her2", "cd8")
    >>> result.spec.verb, len(result.table), list(result.data.columns)
    ('correlate', 1, ['her2', 'cd8'])
    """

    table: pd.DataFrame
    spec: Spec
    data: pd.DataFrame

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], spec: Spec, data: pd.DataFrame) -> Result:
        """Build the frame from row dictionaries; what a row does not name is missing (or empty text)."""
        return cls(as_result_table(pd.DataFrame(list(rows)), cohort=spec.cohort), spec, data)

    def with_table(self, table: pd.DataFrame) -> Result:
        """Return the same question and data with another table (adjusted p-values, chosen rows)."""
        return replace(self, table=table)

    def __repr__(self) -> str:
        return f"{self._title()}\n{shown_columns(self.table).to_string(index=False, max_rows=MOST_ROWS, na_rep='')}"

    def _repr_html_(self) -> str:
        methods = [f"Method: {method}" for method in dict.fromkeys(self.table["method"]) if method]
        return panel_html(self._title(), methods, shown_columns(self.table))

    def _title(self) -> str:
        rows = len(self.table)
        return f"Result of {self.spec.verb}: {rows} row{'' if rows == 1 else 's'}, {len(self.data)} samples"


def shown_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of a result table that say something, for a look at it: the method stands beside, and says the rest."""
    told = [name for name in COLUMNS if name not in BESIDE and not _is_silent(table[name])]
    return table[told]


def _is_silent(column: pd.Series) -> bool:
    return bool((column.isna() | column.eq("")).all())


def as_result_table(rows: pd.DataFrame, *, cohort: str = "") -> pd.DataFrame:
    """Give a frame the columns, order and dtypes of a `Result` table.

    It has any subset of `COLUMNS` plus extra columns; `cohort` is put where it names none.
    """
    given = rows.reset_index(drop=True)
    columns = {}
    for column in COLUMNS:
        values = given.get(column)
        if values is None and column == "cohort":
            values = pd.Series(cohort, index=given.index)
        if column in NUMBERS:
            columns[column] = _numbers(values, len(given))
        elif column in COUNTS:
            columns[column] = _counts(values, len(given))
        else:
            columns[column] = _text(values, len(given))
    extra = [column for column in given.columns if column not in COLUMNS]
    table = pd.DataFrame(columns)
    return pd.concat([table, given[extra]], axis=1) if extra else table


def _text(values: pd.Series | None, rows: int) -> pd.Series:
    if values is None:
        return pd.Series([""] * rows, dtype="str")
    if values.dtype == "str" and not values.hasnans:
        return values
    return values.astype("object").where(values.notna(), "").astype(str)


def _numbers(values: pd.Series | None, rows: int) -> pd.Series:
    if values is None:
        return pd.Series(float("nan"), index=range(rows), dtype="float64")
    return values if values.dtype == "float64" else pd.to_numeric(values).astype("float64")


def _counts(values: pd.Series | None, rows: int) -> pd.Series:
    if values is None:
        return pd.Series(pd.NA, index=range(rows), dtype="Int64")
    return values if values.dtype == "Int64" else pd.to_numeric(values).astype("Int64")


def combine(results: Sequence[Result]) -> pd.DataFrame:
    """Stack the tables of several results into one frame, in the order given.

    Extra columns that only some results have are missing elsewhere.

    Examples
    --------
    >>> from her2stats.statistics import correlate
    >>> frame = pd.DataFrame({"her2": [1.0, 2, 3, 4], "cd8": [4.0, 2, 3, 1], "m1": [1.0, 3, 2, 4]})
    >>> combine([correlate(frame, "her2", "cd8"), correlate(frame, "her2", "m1")])["estimate"].round(3).tolist()
    [-0.8, 0.8]
    """
    tables = [result.table for result in results if len(result.table)]
    if not tables:
        return as_result_table(pd.DataFrame())
    return as_result_table(pd.concat(tables, ignore_index=True))
