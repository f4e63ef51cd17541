"""Clinical variables with their levels in the order in which tables print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from her2stats.vocabulary.entry import Variable
from her2stats.vocabulary.names import variable_label
from her2stats.vocabulary.variables import BY_NAME


@dataclass(frozen=True)
class ClinicalVariable:
    """One variable in all cohorts: its label, and either levels in order or a measurement."""

    name: str
    label: str
    levels: tuple[str, ...]
    values: Mapping[str, pd.Series[Any] | None]

    @property
    def any_missing(self) -> bool:
        """Whether any cohort that has the variable lacks some of its values."""
        return any(column is not None and bool(column.isna().any()) for column in self.values.values())


def describe_variable(name: str, cohorts: Mapping[str, pd.DataFrame]) -> ClinicalVariable:
    """Bring a variable of all cohorts to common levels; a measurement has none."""
    columns = {cohort: frame.get(name) for cohort, frame in cohorts.items()}
    entry = BY_NAME.get(name)
    if entry is not None and entry.classes:
        classes = {cohort: None if c is None else _classified(c, entry.classes) for cohort, c in columns.items()}
        return ClinicalVariable(name, variable_label(name), tuple(entry.classes), classes)
    known = [column for column in columns.values() if column is not None]
    if all(pd.api.types.is_numeric_dtype(column) for column in known) and _is_measured(entry, known):
        return ClinicalVariable(name, variable_label(name), (), columns)
    printed = entry.printed if entry is not None else {}
    if entry is not None and entry.kind == "binary":
        printed = {**printed, "True": printed["1"], "False": printed["0"]}
    texts = {cohort: None if column is None else _as_text(column, printed) for cohort, column in columns.items()}
    return ClinicalVariable(name, variable_label(name), _ordered_levels(entry, known, texts), texts)


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
    order = list(printed.values())
    for column in known:
        if isinstance(column.dtype, pd.CategoricalDtype):
            order += [printed.get(level, level) for level in map(_level_text, column.cat.categories)]
    seen = {level for column in texts.values() if column is not None for level in column.dropna()}
    levels = list(dict.fromkeys([*order, *sorted(seen)]))
    shown = set(printed.values()) if entry is not None and entry.always else set()
    return tuple(level for level in levels if level in seen | shown)
