"""Table 1: who was studied. Counts and percentages, median and quartiles, missing values as a level of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from her2stats.errors import DataError, ProblemList
from her2stats.tables.variables import ClinicalVariable, describe_variable
from her2stats.vocabulary.names import sentence_case
from her2stats.vocabulary.numbers import EN_DASH, format_count, format_number, format_percent
from her2stats.vocabulary.variables import TABLE_ONE

MEDIAN_LEVEL = "median (IQR)"
MISSING_LEVEL = "missing"
PATIENTS = "Patients"
NOT_RECORDED = "—"


def table_one(
    cohorts: Mapping[str, pd.DataFrame], *, variables: Sequence[str] | None = None, p_values: bool = False
) -> pd.DataFrame:
    """Describe the patients of each cohort: the paper's Table 1.

    Parameters
    ----------
    cohorts : mapping of str to DataFrame
        Name -> samples x clinical variables in the controlled vocabulary, and the user's own. The names may as
        well be groups of one cohort.
    variables : sequence of str, optional
        Which variables, in which order. Default: those that the vocabulary has a place for and at least one cohort
        has; the HER2 group only where the IHC level is absent everywhere.
    p_values : bool
        Add columns ``p`` and ``test``: does the variable differ between the columns? Chi-squared without
        continuity correction over the levels, Kruskal-Wallis for measurements; missing values left out.

    Returns
    -------
    DataFrame
        ``variable``, ``level``, then for each cohort its name (the text to print), ``<name> n``,
        ``<name> percent``, ``<name> median``, ``<name> q1`` and ``<name> q3``. Percentages are of all patients of
        the cohort, missing included, so that the levels of a variable sum to 100; printed with one decimal,
        rounded half up. Quartiles by linear interpolation (R's type 7). Size is cut at 2 and 5 cm, upper bounds
        included. A variable that a cohort does not have is printed as "—".

    Raises
    ------
    DataError
        No cohort, two cohorts whose columns would have the same name, or a variable no cohort has.

    References
    ----------
    Pizzamiglio et al., npj Breast Cancer (2025), Table 1; doi:10.1038/s41523-025-00867-z.

    Examples
    --------
    >>> clinical = pd.DataFrame({"age": [41.0, 49.0, 55.0], "hr": ["positive", "positive", "negative"]})
    >>> table_one({"tiny": clinical})["tiny"].tolist()
    ['3', '49 (45–52)', '2 (66.7%)', '1 (33.3%)']
    """
    _check_cohorts(cohorts, variables)
    rows = [_patients_row(cohorts)]
    for name in variables if variables is not None else _present(cohorts):
        described = describe_variable(name, cohorts)
        block = _measurement_rows(described) if not described.levels else _level_rows(described)
        if p_values:
            block[0] |= _difference(described)
        rows += block
    return _as_frame(rows, list(cohorts), p_values=p_values)


def counts_as_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Table 1 for a spreadsheet: a printed cell that holds a count and nothing else becomes that number.

    Parameters
    ----------
    table : DataFrame
        From `table_one`.

    Returns
    -------
    DataFrame
        The same columns; levels ("0" of HER2 IHC) stay text.

    Examples
    --------
    >>> clinical = pd.DataFrame({"hr": ["positive", "positive", "positive"]})
    >>> counts_as_numbers(table_one({"tiny": clinical}))["tiny"].tolist()
    [3, '3 (100.0%)', 0]
    """
    shown = table.copy()
    for cohort in (name for name in table.columns if f"{name} n" in table.columns):
        pairs = zip(table[cohort], table[f"{cohort} n"], strict=True)
        cells = [int(n) if not pd.isna(n) and text == format_count(int(n)) else text for text, n in pairs]
        shown[cohort] = pd.Series(cells, index=table.index, dtype="object")
    return shown


def _check_cohorts(cohorts: Mapping[str, pd.DataFrame], variables: Sequence[str] | None) -> None:
    found = ProblemList()
    if not cohorts:
        found.add(DataError, "no cohort is given", remedy="give at least one clinical table with its name")
    columns = ["variable", "level", "p", "test", *(name for cohort in cohorts for name in _columns(cohort))]
    for name in sorted({name for name in columns if columns.count(name) > 1}):
        found.add(DataError, f"two columns of the table would be called {name!r}", remedy="rename a cohort")
    for name in variables or ():
        if not any(name in frame for frame in cohorts.values()):
            found.add(DataError, f"no cohort has the variable {name!r}", remedy="leave it out of `variables`")
    found.raise_if_any()


def _columns(cohort: str) -> list[str]:
    return [cohort, *(f"{cohort} {number}" for number in ("n", "percent", "median", "q1", "q3"))]


def _present(cohorts: Mapping[str, pd.DataFrame]) -> list[str]:
    there = {name for frame in cohorts.values() for name in frame}
    return [entry.name for entry in TABLE_ONE if entry.name in there and entry.unless not in there]


def _patients_row(cohorts: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    row: dict[str, Any] = {"variable": PATIENTS, "level": ""}
    for cohort, frame in cohorts.items():
        row |= {cohort: format_count(len(frame)), f"{cohort} n": len(frame)}
    return row


def _measurement_rows(variable: ClinicalVariable) -> list[dict[str, Any]]:
    row: dict[str, Any] = {"variable": variable.label, "level": MEDIAN_LEVEL}
    for cohort, column in variable.values.items():
        row |= {cohort: NOT_RECORDED} if column is None else _median_cells(cohort, column)
    return [row, *_missing_row(variable)]


def _median_cells(cohort: str, column: pd.Series[Any]) -> dict[str, Any]:
    values = column.dropna().astype(float).sort_values()
    if not len(values):
        return {cohort: NOT_RECORDED, f"{cohort} n": 0}
    quartiles = [float(q) for q in values.quantile([0.25, 0.5, 0.75])]
    decimals = 0 if values.max() >= 10 else 1
    low, middle, high = (format_number(_half_up(q, decimals), decimals) for q in quartiles)
    return {
        cohort: f"{middle} ({low}{EN_DASH}{high})",
        f"{cohort} n": len(values),
        f"{cohort} median": quartiles[1],
        f"{cohort} q1": quartiles[0],
        f"{cohort} q3": quartiles[2],
    }


def _half_up(value: float, decimals: int) -> float:
    """Move an exact half upwards, so that a median of 48.5 years is printed as 49 in every cohort."""
    scaled = value * 10**decimals
    return (int(scaled) + 1) / 10**decimals if scaled > 0 and scaled % 1 == 0.5 else value


def _level_rows(variable: ClinicalVariable) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for level in variable.levels:
        row: dict[str, Any] = {"variable": variable.label, "level": level}
        for cohort, column in variable.values.items():
            row |= _count_cells(cohort, None if column is None else int((column == level).sum()), column)
        rows.append(row)
    return rows + _missing_row(variable)


def _missing_row(variable: ClinicalVariable) -> list[dict[str, Any]]:
    if not variable.any_missing:
        return []
    row: dict[str, Any] = {"variable": variable.label, "level": MISSING_LEVEL}
    for cohort, column in variable.values.items():
        row |= _count_cells(cohort, None if column is None else int(column.isna().sum()), column)
    return [row]


def _count_cells(cohort: str, count: int | None, column: pd.Series[Any] | None) -> dict[str, Any]:
    if count is None or column is None:
        return {cohort: NOT_RECORDED}
    percent = 100 * count / len(column) if len(column) else float("nan")
    text = f"{format_count(count)} ({format_percent(count, len(column))}%)" if count else "0"
    return {cohort: text, f"{cohort} n": count, f"{cohort} percent": percent}


def _difference(variable: ClinicalVariable) -> dict[str, Any]:
    """Test one variable between the columns of the table."""
    from scipy import stats

    columns = [column.dropna() for column in variable.values.values() if column is not None]
    columns = [column for column in columns if len(column)]
    if len(columns) < 2:
        return {}
    if not variable.levels:
        return {"p": float(stats.kruskal(*columns).pvalue), "test": "Kruskal-Wallis"}
    counts = pd.DataFrame([[int((column == level).sum()) for level in variable.levels] for column in columns])
    counts = counts.loc[:, counts.sum() > 0]
    if counts.shape[1] < 2:
        return {}
    return {"p": float(stats.chi2_contingency(counts, correction=False).pvalue), "test": "chi-squared"}


def _as_frame(rows: list[dict[str, Any]], cohorts: list[str], *, p_values: bool) -> pd.DataFrame:
    columns = ["variable", "level", *(name for cohort in cohorts for name in _columns(cohort))]
    frame = pd.DataFrame(rows, columns=[*columns, *(("p", "test") if p_values else ())])
    for cohort in cohorts:
        frame[f"{cohort} n"] = frame[f"{cohort} n"].astype("Int64")
        for number in ("percent", "median", "q1", "q3"):
            frame[f"{cohort} {number}"] = frame[f"{cohort} {number}"].astype("float64")
    frame["variable"] = frame["variable"].map(sentence_case)
    return frame
