"""Rows of results as those who print, draw and compare them take them: stacked, in order, and chosen by what they are.

What a row means stands in its columns `role` (what the term is to the model) and `measure` (what the estimate is). The
texts `term`, `method` and `family` are for people, and nothing is read out of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, get_args

import pandas as pd

from her2stats.errors import DataError, Problem, ProblemList
from her2stats.statistics.fits.firth import BESIDE, SPARSE
from her2stats.statistics.result import Result, as_result_table
from her2stats.vocabulary.measures import MEASURES, measure
from her2stats.vocabulary.names import stratum_of
from her2stats.vocabulary.variables import BY_NAME, with_role

Role = Literal["exposure", "moderator", "interaction", "covariate", "group", "factor", "specification"]
ROLES: tuple[str, ...] = get_args(Role)
Rows = Result | pd.DataFrame | Iterable[Result | pd.DataFrame]
TOLD = {"measure": ("estimate is", tuple(MEASURES)), "role": ("term is to the model", ROLES)}
SECOND_TEST = "second_test"
GIVEN_HR = "Given hormone receptor"  # one answer over the strata, of tumours that are alike in it
STRATUM_ORDER = (
    "all",
    GIVEN_HR,
    *(stratum_of(name, level) for name in with_role("factor") for level in BY_NAME[name].printed),
)


def result_rows(results: Rows, *needed: str) -> pd.DataFrame:
    """Stack results into one frame with every column of a `Result`.

    Frames may be made by hand or come from a csv file: columns that are missing are added. ``outcome`` must be there,
    and ``measure`` wherever there is an estimate; what is `needed` ("measure", "role") every row has to say, with an
    estimate or without one. Raises DataError for something else than results, or rows that do not say what they are.
    """
    problems = ProblemList()
    tables = []
    for given in [None] if results is None else as_list(results):
        table = _table_of(given)
        if not len(table):
            continue
        if "outcome" not in table:
            columns = ", ".join(map(str, table.columns[:8]))
            problems.add(DataError, f"no column 'outcome' among {columns}", remedy="pass a Result or its table")
        tables.append(as_result_table(table))
        _check_told(problems, tables[-1], needed)
    problems.raise_if_any()
    return as_result_table(pd.concat(tables, ignore_index=True) if tables else pd.DataFrame())


def _table_of(given: object) -> pd.DataFrame:
    if isinstance(given, Result):
        return given.table
    if isinstance(given, pd.DataFrame):
        return given
    raise DataError(Problem(f"{type(given).__name__} is not a Result", remedy="give what a verb returned"))


def _check_told(problems: ProblemList, table: pd.DataFrame, needed: Sequence[str]) -> None:
    for column, (what, choices) in TOLD.items():
        asked = True if column in needed else table["estimate"].notna() & (column == "measure")
        silent = int((table[column].eq("") & asked).sum())
        if silent:
            remedy = f"add the column {column}: {', '.join(choices)}"
            problems.add(DataError, f"{silent} rows do not say what their {what}", remedy=remedy)
    for name in filter(None, table["measure"].unique()):
        with problems.collect():
            measure(name)


def as_list(results: Rows | None) -> list[Result | pd.DataFrame]:
    """One or several Results or frames as a list (a generator would be used up by its first reader); none for None.

    Raises DataError for what is neither a result nor several things.
    """
    if results is None:
        return []
    if isinstance(results, Result | pd.DataFrame):
        return [results]
    if isinstance(results, str) or not isinstance(results, Iterable):
        raise DataError(Problem(f"{type(results).__name__} is not a Result", remedy="give what a verb returned"))
    return list(results)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as dictionaries."""
    names = [str(name) for name in rows.columns]
    columns = [rows[name].tolist() for name in rows.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def in_order(values: Iterable[str], first: Sequence[str]) -> list[str]:
    """Each value once: those of `first` in that order, then the others as they came."""
    present = list(dict.fromkeys(values))
    return [value for value in first if value in present] + [value for value in present if value not in first]


def is_second_test(table: pd.DataFrame) -> pd.Series:
    """Tell rows of a further test of a question that another row answers (Fisher exact, likelihood ratio)."""
    return table["measure"].eq(SECOND_TEST)


def exposure_rows(table: pd.DataFrame, exposure: str | None = None) -> pd.DataFrame:
    """Rows about the exposure itself, of every exposure or of the one that is named."""
    chosen = table["role"].eq("exposure")
    return table[chosen if exposure is None else chosen & table["term"].eq(exposure)]


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Rows with Firth's numbers where those are the ones to read: very few events, or no maximum of the likelihood."""
    if "fewest" not in table:
        return table
    rows, few = table.copy(), table["role"].eq("exposure") & table["fewest"].lt(SPARSE).fillna(False).astype(bool)
    firth = rows["firth_estimate"].notna() & (rows["estimate"].isna() | few)
    for shown, beside in zip(("estimate", "conf_low", "conf_high", "p_value"), BESIDE, strict=True):
        rows[shown] = rows[shown].mask(firth, rows[beside])
    rows[["std_error", "statistic", "p_adjusted"]] = rows[["std_error", "statistic", "p_adjusted"]].mask(firth)
    rows["flag"] = rows["flag"].mask(firth, "penalised")
    return rows


def interaction_rows(table: pd.DataFrame, exposure: str | None = None) -> pd.DataFrame:
    """Rows with the ratio of two odds ratios, of every exposure or of the one that is named."""
    chosen = table["role"].eq("interaction") & table["measure"].eq("odds_ratio")
    if exposure is None:
        return table[chosen]
    # pooled rows name their exposure as the product's first variable only
    names = table["variable"].fillna("") if "variable" in table else pd.Series("", index=table.index)
    if "exposure" in table:
        names = table["exposure"].where(table["exposure"].fillna("").ne(""), names)
    return table[chosen & names.eq(exposure)]
