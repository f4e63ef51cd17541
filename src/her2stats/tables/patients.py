"""Table 1: who was studied. Counts and percentages, median and quartiles, missing values as a level of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from her2stats.errors import DataError, ProblemList
from her2stats.tables.printed import PrintedTable
from her2stats.vocabulary.entry import Variable
from her2stats.vocabulary.names import sentence_case, variable_label
from her2stats.vocabulary.numbers import EN_DASH, format_count, format_number, format_p, format_percent
from her2stats.vocabulary.variables import BY_NAME, TABLE_ONE

MEDIAN_LEVEL = "median (IQR)"
NOT_ASKED = ""  # of a tumour that a variable does not ask about: neither a level nor missing
MISSING_LEVEL = "missing"
PATIENTS = "Patients"
NOT_RECORDED = "—"
_MISSING_NOTE = "Percentages are of all patients of the cohort, missing values included."
_ABSENT_NOTE = f"{NOT_RECORDED} The variable is not recorded in the cohort."


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
        has; the HER2 group only where the IHC level is absent everywhere, or where it is not the paper's.
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
        described = _described(name, cohorts)
        block = [] if described.levels else [_median_row(described)]
        levels = [*described.levels, *([None] if described.any_missing else [])]
        block += [_count_row(described, level) for level in levels]
        if p_values:
            block[0] |= _difference(described)
        rows += block
    return _as_frame(rows, list(cohorts), p_values=p_values)


def print_table_one(table: pd.DataFrame, cohorts: Mapping[str, int | str], *, caption: str) -> PrintedTable:
    """Print what `table_one` returned for cohorts in the order given, each with its number of patients."""
    shown = table[table["variable"] != PATIENTS]
    tested = ["p", "test"] if "p" in shown else []
    shown = shown.assign(p=shown["p"].map(format_p)) if tested else shown
    frame = shown[["variable", "level", *cohorts, *tested]].astype("object").fillna("").astype("str")
    frame = frame.reset_index(drop=True)
    counted = frame["level"] != MEDIAN_LEVEL
    measured = set(frame.loc[~counted, "variable"])
    frame["variable"] = [name if name in measured else f"{name}, n (%)" for name in frame["variable"]]
    frame["level"] = [level[:1].upper() + level[1:] for level in frame["level"]]
    notes = [_MISSING_NOTE] if (table["level"] == MISSING_LEVEL).any() else []
    if (frame[list(cohorts)] == NOT_RECORDED).to_numpy().any():
        notes.append(_ABSENT_NOTE)
    labels = {name: f"{name} (n = {n})" for name, n in cohorts.items()}
    labels |= {"level": "Characteristic", "test": "Test"}
    return PrintedTable(frame, caption, labels, groups="variable", words=tested[1:], notes=notes)


def counts_as_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Table 1 for a spreadsheet: a printed cell that holds a count and nothing else becomes that number.

    Levels ("0" of HER2 IHC) stay text.

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


@dataclass(frozen=True)
class _ClinicalVariable:
    """One variable in all cohorts: its label, and either levels in order or a measurement."""

    label: str
    levels: tuple[str, ...]
    values: Mapping[str, pd.Series[Any] | None]

    @property
    def any_missing(self) -> bool:
        """Whether any cohort that has the variable lacks some of its values."""
        return any(column is not None and bool(column.isna().any()) for column in self.values.values())


def _described(name: str, cohorts: Mapping[str, pd.DataFrame]) -> _ClinicalVariable:
    """Bring a variable of all cohorts to common levels; a measurement has none."""
    entry = BY_NAME.get(name)
    columns = {cohort: _column(frame, name, entry) for cohort, frame in cohorts.items()}
    if entry is not None and entry.classes:
        classes = {cohort: None if c is None else _classified(c, entry.classes) for cohort, c in columns.items()}
        return _ClinicalVariable(variable_label(name), tuple(entry.classes), classes)
    known = [column for column in columns.values() if column is not None]
    if all(pd.api.types.is_numeric_dtype(column) for column in known) and _is_measured(entry, known):
        return _ClinicalVariable(variable_label(name), (), columns)
    printed = entry.printed if entry is not None else {}
    if entry is not None and entry.kind == "binary":
        printed = {**printed, "True": printed["1"], "False": printed["0"]}
    texts = {cohort: None if column is None else _as_text(column, printed) for cohort, column in columns.items()}
    return _ClinicalVariable(variable_label(name), _ordered_levels(entry, known, texts), texts)


def _column(frame: pd.DataFrame, name: str, entry: Variable | None) -> pd.Series[Any] | None:
    column = frame.get(name)
    if column is None or entry is None:
        return column
    for divided, level in entry.divides.items():
        if divided in frame:
            beyond = column.isna() & frame[divided].notna() & (frame[divided].astype("object") != level)
            column = column.astype("object").mask(beyond, NOT_ASKED)
    return column


def _is_measured(entry: Variable | None, columns: Sequence[pd.Series[Any]]) -> bool:
    if entry is not None and entry.kind != "factor":
        return entry.is_number
    return any(column.nunique(dropna=True) > 2 for column in columns)


def _as_text(column: pd.Series[Any], printed: Mapping[str, str]) -> pd.Series[Any]:
    texts = column.astype("object").where(column.notna(), None).map(_level_text, na_action="ignore")
    return texts.replace(dict(printed)) if printed else texts


def _level_text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _classified(values: pd.Series[Any], classes: Mapping[str, float]) -> pd.Series[Any]:
    return _as_text(pd.cut(values.astype(float), [float("-inf"), *classes.values()], labels=list(classes)), {})


def _ordered_levels(
    entry: Variable | None, known: Sequence[pd.Series[Any]], texts: Mapping[str, pd.Series[Any] | None]
) -> tuple[str, ...]:
    """Vocabulary first, then the categories of the data, then the rest by name; only what occurs, but for a few."""
    printed: Mapping[str, str] = entry.printed if entry is not None else {}
    categories = [
        printed.get(level, level)
        for column in known
        if isinstance(column.dtype, pd.CategoricalDtype)
        for level in map(_level_text, column.cat.categories)
    ]
    declared = not set(categories) <= set(printed.values())  # levels that the study declares stand in its own order
    order = [*categories, *printed.values()] if declared else [*printed.values(), *categories]
    seen = {level for column in texts.values() if column is not None for level in column.dropna()} - {NOT_ASKED}
    levels = list(dict.fromkeys([*order, *sorted(seen)]))
    shown = set(printed.values()) if entry is not None and entry.always else set()
    return tuple(level for level in levels if level in seen | shown)


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
    there = {str(name) for frame in cohorts.values() for name in frame.columns[frame.notna().any() | (len(frame) == 0)]}
    own = {entry.name for entry in TABLE_ONE if entry.unless and _has_other_levels(entry, cohorts)}
    return [e.name for e in TABLE_ONE if e.name in there and (e.unless not in there or e.name in own)]


def _has_other_levels(entry: Variable, cohorts: Mapping[str, pd.DataFrame]) -> bool:
    """Whether the study has declared levels of its own for a variable."""
    columns = [frame[entry.name] for frame in cohorts.values() if entry.name in frame]
    declared = {str(level) for c in columns if isinstance(c.dtype, pd.CategoricalDtype) for level in c.cat.categories}
    return bool(declared - {*entry.levels, entry.further})


def _patients_row(cohorts: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    row: dict[str, Any] = {"variable": PATIENTS, "level": ""}
    for cohort, frame in cohorts.items():
        row |= {cohort: format_count(len(frame)), f"{cohort} n": len(frame)}
    return row


def _median_row(variable: _ClinicalVariable) -> dict[str, Any]:
    row: dict[str, Any] = {"variable": variable.label, "level": MEDIAN_LEVEL}
    for cohort, column in variable.values.items():
        row |= {cohort: NOT_RECORDED} if column is None else _median_cells(cohort, column)
    return row


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


def _count_row(variable: _ClinicalVariable, level: str | None) -> dict[str, Any]:
    """How many of each cohort have a level, or with None no value; percentages are of all its patients."""
    row: dict[str, Any] = {"variable": variable.label, "level": MISSING_LEVEL if level is None else level}
    for cohort, column in variable.values.items():
        if column is None:
            row[cohort] = NOT_RECORDED
            continue
        count = int((column.isna() if level is None else column == level).sum())
        row[cohort] = f"{format_count(count)} ({format_percent(count, len(column))}%)" if count else "0"
        row |= {f"{cohort} n": count, f"{cohort} percent": 100 * count / len(column) if len(column) else math.nan}
    return row


def _difference(variable: _ClinicalVariable) -> dict[str, Any]:
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
