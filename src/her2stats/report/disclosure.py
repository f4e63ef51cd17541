"""Small counts made unreadable for a public page: nobody can be recognised from a cell below five.

A suppressed cell is useless if it follows from the others and the total, so within a variable of Table 1 a second
cell goes where only one would, and a proportion goes with its count.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from her2stats.results.folder import ResultsFolder
from her2stats.results.schema import PER_PATIENT_TABLES, RESULT_TABLES
from her2stats.tables.patients import PATIENTS

SMALLEST_SHOWN = 5
SMALL = f"<{SMALLEST_SHOWN}"
SUPPRESSED = "suppressed"
PUBLIC_NOTE = (
    f"This is the public version: counts below {SMALLEST_SHOWN} are suppressed, and figures that show single patients "
    "are left out."
)


def suppress_small_counts(folder: ResultsFolder) -> ResultsFolder:
    """Return the folder as a public page may show it.

    Tables of single patients are dropped, counts below five are replaced, notes lose their details (which may name
    samples), and the comparison with R is kept without its numbers.
    """
    tables = {name: table for name, table in folder.tables.items() if name not in PER_PATIENT_TABLES}
    if "table_one" in tables:
        tables["table_one"] = _suppress_table_one(tables["table_one"])
    for name in RESULT_TABLES:
        if name in tables:
            tables[name] = _suppress_results(tables[name])
    if "abundance" in tables:
        tables["abundance"] = _suppress_abundance(tables["abundance"])
    if "notes" in tables:
        notes = tables["notes"].copy()
        notes["detail"] = ""
        notes["count"] = notes["count"].where(notes["count"] >= SMALLEST_SHOWN)
        tables["notes"] = notes
    return replace(folder, tables=tables)


def _suppress_table_one(table: pd.DataFrame) -> pd.DataFrame:
    """Cells below five become "<5"; a lone one takes the next smallest of its variable with it."""
    table = table.copy()
    for cohort in [name for name in table.columns if f"{name} n" in table.columns]:
        counts = pd.to_numeric(table[f"{cohort} n"], errors="coerce")
        cells = table["variable"].ne(PATIENTS) & ~table["level"].str.startswith("median") & counts.notna()
        for _, rows in table[cells].groupby("variable", sort=False):
            own = counts[rows.index].sort_values(kind="stable")
            small = list(own.index[own < SMALLEST_SHOWN])
            second = [place for place in own.index if place not in small][:1] if len(small) == 1 else []
            table.loc[small, cohort] = SMALL
            table.loc[second, cohort] = SUPPRESSED
            for number in [f"{cohort} {kind}" for kind in ("n", "percent") if f"{cohort} {kind}" in table]:
                table[number] = table[number].mask(table.index.isin(small + second))
    return table


def _suppress_results(table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    events = table["n_events"].astype("float64")
    few = _small(events) | _small(table["n"].astype("float64") - events)
    table["n_events"] = table["n_events"].mask(few)
    for part in ("reference", "comparison"):
        if f"n_{part}" not in table:
            continue
        count, share = table[f"n_{part}"], table.get(f"value_{part}", pd.Series(float("nan"), table.index))
        binary = table["measure"].eq("risk_difference")
        few |= _small(count)
        few |= binary & (_small(count * share) | _small(count * (1 - share)))
        if f"n_events_{part}" in table:
            few |= _small(table[f"n_events_{part}"]) | _small(count - table[f"n_events_{part}"])
    hidden = [c for c in table.columns if c.startswith(("n_reference", "n_comparison", "n_events_", "value_"))]
    # With few in a group its effect gives the counts away as well.
    effects = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "p_adjusted"]
    grouped = few & table[hidden].notna().any(axis=1) if hidden else few & False
    table.loc[grouped, hidden] = float("nan")
    table.loc[grouped, effects] = float("nan")
    table.loc[grouped, "flag"] = f"{SUPPRESSED}: fewer than {SMALLEST_SHOWN} in a group"
    return table


def _suppress_abundance(table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    if "n_zero" in table:
        few = _small(table["n_zero"]) | _small(table["n"] - table["n_zero"])
        table.loc[few, ["n_zero", "share_zero"]] = float("nan")
    return table


def _small(counts: pd.Series) -> pd.Series:
    return counts.lt(SMALLEST_SHOWN) & counts.notna()
