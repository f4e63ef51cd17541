"""What the columns of a results folder hold: the one place that knows text from number, for writing and for reading.

A frame that went through `typed` is written and read back as the same frame, and written again as the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from her2stats.results.catalogue import TABLES, Table
from her2stats.statistics.fits.firth import BESIDE
from her2stats.statistics.result import COLUMNS, COUNTS, NUMBERS, TEXT, as_result_table

Kind = Literal["text", "number", "count", "truth"]

# A column of any table whose headings are ours; what is not named here is text.
_NUMBERS = (
    *NUMBERS,
    *("p_bh", "at", "superiority", "value_reference", "value_comparison", "q", "q_p_value", "i2", "tau2"),
    *("pi_low", "pi_high"),
    *("random_low", "random_median", "random_high", "share_as_extreme", "share_significant"),
    *("effect", "power", "mc_error", "alpha", "share", "risk_ratio", "e_value", "e_value_limit"),
    *("sensitivity", "specificity", "share_impossible"),
    *("risk_difference", "rd_low", "rd_high", "p_mid", "p_primary", "p_study"),
    *BESIDE,
    *("coverage", "share_zero", "median"),
    *("python", "r", "abs_diff", "rel_diff", "tolerance", "largest_difference"),
)
_COUNTS = (
    *COUNTS,
    *("family_size", "df_residual", "n_reference", "n_comparison", "n_events_reference", "n_events_comparison", "k"),
    *("genes_total", "genes_found", "n_zero", "genes", "lists", "fewest", "tests", "count", "specifications"),
    "levels",
    *("numbers", "agreed", "disagreed", "not_seen"),
)
_TRUTHS = ("borderline", "used_in_total")
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys((*TEXT, "method", "flag"), "text"),
    **dict.fromkeys(_NUMBERS, "number"),
    **dict.fromkeys(_COUNTS, "count"),
    **dict.fromkeys(_TRUTHS, "truth"),
}
# Beside scores and cell types with the user's headings, which hold numbers.
_PER_PATIENT: Mapping[str, Kind] = {
    **dict.fromkeys(("cohort", "sample", "engine", "flag", "notes"), "text"),
    "iterations": "count",
}
_ENDINGS: Mapping[str, Kind] = {
    " n": "count",
    **dict.fromkeys((" percent", " median", " q1", " q3"), "number"),
}  # of Table 1, after the name of a cohort, which holds no space


@dataclass(frozen=True)
class TableSchema:
    """Columns of one csv file."""

    required: tuple[str, ...]  # columns without which the table says nothing
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)  # column -> what it holds
    rest: Kind = "text"  # what columns hold that are not named

    def kind(self, column: str) -> Kind:
        """Say what a column holds."""
        ending = next((kind for end, kind in _ENDINGS.items() if column.endswith(end)), self.rest)
        return self.kinds.get(column, ending if self.rest == "text" else self.rest)

    @property
    def of_results(self) -> bool:
        """Whether the table is one of `Result` rows."""
        return self.required == COLUMNS

    def typed(self, table: pd.DataFrame) -> pd.DataFrame:
        """Give every column the dtype of its kind: str with empty for missing, float64, Int64, bool.

        A frame without rows that lacks a column gets those that are required.
        """
        if self.of_results:
            table = as_result_table(table)
        elif not len(table) and not set(self.required) <= set(table.columns):
            table = pd.DataFrame(columns=list(self.required))
        columns = {name: as_kind(table[name], self.kind(str(name))) for name in table.columns}
        return pd.DataFrame(columns, index=pd.RangeIndex(len(table)))

    def empty(self) -> pd.DataFrame:
        """Give the table without a row."""
        return self.typed(pd.DataFrame(columns=list(self.required)))


def as_kind(values: pd.Series, kind: Kind) -> pd.Series:
    """Values as one kind of column; ValueError or TypeError where they are not of it."""
    values = values.reset_index(drop=True)
    if kind == "text":
        return values.astype("object").where(values.notna(), "").astype("str")
    if kind == "truth":
        return values.astype("bool")
    numbers = pd.to_numeric(values)
    return numbers.astype("Int64") if kind == "count" else numbers.astype("float64")


def _schema(table: Table) -> TableSchema:
    if table.result:
        return TableSchema(COLUMNS)
    if table.rest == "number":
        return TableSchema(table.columns, _PER_PATIENT, "number")
    return TableSchema(table.columns)


def typed_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Tables of the folder with the dtypes that reading them gives."""
    return {name: SCHEMAS[name].typed(table) for name, table in tables.items()}


def names_of(tables: Sequence[Table]) -> tuple[str, ...]:
    """File names without ending."""
    return tuple(table.name for table in tables)


SCHEMAS: Mapping[str, TableSchema] = {table.name: _schema(table) for table in TABLES}
RESULT_TABLES = names_of([table for table in TABLES if table.result])
PER_PATIENT_TABLES = names_of([table for table in TABLES if table.patients])
CROSSCHECK = TableSchema(
    (
        *("model", "verb", "cohort", "stratum", "outcome", "term", "quantity"),
        *("python", "r", "rel_diff", "tolerance", "verdict"),
    )
)
WITNESS = TableSchema(("table", "numbers", "agreed", "disagreed", "not_seen", "largest_difference"))
