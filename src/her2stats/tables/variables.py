"""Clinical variables with their levels in the order in which tables print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from her2stats.vocabulary.names import variable_label

_ORDERS: dict[str, tuple[str, ...]] = {
    "grade": ("I", "II", "III"),
    "hr": ("positive", "negative"),
    "er": ("positive", "negative"),
    "pgr": ("positive", "negative"),
    "her2_ihc": ("0", "1+", "2+"),
    "her2_group": ("HER2-0", "HER2-low"),
    "pam50": ("Luminal A", "Luminal B", "HER2-enriched", "Basal-like", "Normal-like", "undetermined"),
    "complete_response": ("complete", "partial or none"),
    "pcr": ("yes", "no"),
}
_BINARY_WORDS = {"complete_response": ("partial or none", "complete"), "pcr": ("no", "yes")}
_PAM50_WORDS = {
    "LumA": "Luminal A",
    "LumB": "Luminal B",
    "Her2": "HER2-enriched",
    "Basal": "Basal-like",
    "Normal": "Normal-like",
}
_SIZES = ("≤ 2 cm", "2–5 cm", "> 5 cm")
_ALWAYS_SHOWN = ("grade", "hr", "her2_ihc")


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
    if name == "size_cm":
        sizes = {cohort: None if size is None else _size_levels(size) for cohort, size in columns.items()}
        return ClinicalVariable(name, variable_label(name), _SIZES, sizes)
    if name in _BINARY_WORDS:
        columns = {cohort: None if c is None else _words_for_binary(c, name) for cohort, c in columns.items()}
    if name == "pam50":
        columns = {cohort: None if c is None else _as_text(c).replace(_PAM50_WORDS) for cohort, c in columns.items()}
    known = [column for column in columns.values() if column is not None]
    if all(pd.api.types.is_numeric_dtype(column) for column in known) and _is_measured(name, known):
        return ClinicalVariable(name, variable_label(name), (), columns)
    texts = {cohort: None if column is None else _as_text(column) for cohort, column in columns.items()}
    return ClinicalVariable(name, variable_label(name), _ordered_levels(name, known, texts), texts)


def _is_measured(name: str, columns: Sequence[pd.Series[Any]]) -> bool:
    return name == "age" or any(column.nunique(dropna=True) > 2 for column in columns)


def _as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.astype("object").where(column.notna(), None).map(_level_text, na_action="ignore")


def _level_text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _size_levels(size: pd.Series[Any]) -> pd.Series[Any]:
    cut = pd.cut(size.astype(float), [float("-inf"), 2.0, 5.0, float("inf")], labels=list(_SIZES))
    return _as_text(cut)


def _words_for_binary(column: pd.Series[Any], name: str) -> pd.Series[Any]:
    if not pd.api.types.is_numeric_dtype(column):
        return column
    no, yes = _BINARY_WORDS[name]
    return column.astype("object").where(column.notna(), None).map({0: no, 1: yes}, na_action="ignore")


def _ordered_levels(
    name: str, known: Sequence[pd.Series[Any]], texts: Mapping[str, pd.Series[Any] | None]
) -> tuple[str, ...]:
    """Vocabulary first, then the categories of the data, then the rest by name; only what occurs, but for a few."""
    order = list(_ORDERS.get(name, ()))
    for column in known:
        if isinstance(column.dtype, pd.CategoricalDtype):
            order += [_level_text(level) for level in column.cat.categories]
    seen = {level for column in texts.values() if column is not None for level in column.dropna()}
    levels = list(dict.fromkeys([*order, *sorted(seen)]))
    shown = set(_ORDERS[name]) if name in _ALWAYS_SHOWN else set()
    return tuple(level for level in levels if level in seen | shown)
