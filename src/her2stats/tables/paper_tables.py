"""The paper's Table 1 and Table 2 as printed tables, from their tidy frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from her2stats.tables.patients import MISSING_LEVEL, NOT_RECORDED, PATIENTS
from her2stats.tables.printed import PrintedTable

_MISSING_NOTE = "Percentages are of all patients of the cohort, missing values included."
_ABSENT_NOTE = f"{NOT_RECORDED} The variable is not recorded in the cohort."


def print_table_one(table: pd.DataFrame, cohorts: Mapping[str, int | str], *, caption: str) -> PrintedTable:
    """Print what `table_one` returned for cohorts in the order given, each with its number of patients.

    Examples
    --------
    >>> from her2stats.tables import table_one
    >>> clinical = pd.DataFrame({"hr": ["positive", "negative"]})
    >>> print_table_one(table_one({"tiny": clinical}), {"tiny": 2}, caption="Patients").frame["tiny"].tolist()
    ['1 (50.0%)', '1 (50.0%)']
    """
    shown = table[table["variable"] != PATIENTS]
    frame = shown[["variable", "level", *cohorts]].fillna("").astype("str").reset_index(drop=True)
    counted = ~frame["level"].str.startswith("median")
    measured = set(frame.loc[~counted, "variable"])
    frame["variable"] = [name if name in measured else f"{name}, n (%)" for name in frame["variable"]]
    frame["level"] = [level[:1].upper() + level[1:] for level in frame["level"]]
    notes = [_MISSING_NOTE] if (table["level"] == MISSING_LEVEL).any() else []
    if (frame[list(cohorts)] == NOT_RECORDED).to_numpy().any():
        notes.append(_ABSENT_NOTE)
    labels = {name: f"{name} (n = {n})" for name, n in cohorts.items()}
    return PrintedTable(frame, caption, {"level": "Characteristic", **labels}, groups="variable", notes=notes)


def print_response(table: pd.DataFrame, *, caption: str, notes: Sequence[str] = ()) -> PrintedTable:
    """Print what `table_response` returned for one cohort, with sentences below the table."""
    frame = table.drop(columns="cohort").reset_index(drop=True)
    frame["level"] = [level[:1].upper() + level[1:] if level else "Evaluable" for level in frame["level"]]
    counts = [column for column in frame.columns if column not in ("outcome", "level")]
    groups = list(dict.fromkeys(column.rsplit(" ", 1)[0] for column in counts))
    return PrintedTable(
        frame,
        caption,
        {"level": "Response", **{column: column.rsplit(" ", 1)[1] for column in counts}},
        spanners=[(group[:1].upper() + group[1:], [f"{group} n", f"{group} %"]) for group in groups],
        groups="outcome",
        notes=[*notes, "Odds ratios stand in the column of their group, with their confidence interval."],
    )
