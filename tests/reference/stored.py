"""The stored frames, questions and numbers of R, read without R."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from her2stats.r_engine.exchange.fields import spec_from_fields
from her2stats.statistics.result import COUNTS, NUMBERS, TEXT, as_result_table
from her2stats.statistics.specs import Spec
from her2stats.statistics.terms import PARTS

HERE = Path(__file__).parent
WORDS = (
    *(*TEXT, *PARTS, "method", "flag", "group", "reference", "comparison"),
    *("exposure", "per", "weights", "given", "model", "amount", "scale"),
)


def read_rows(name: str, folder: Path = HERE) -> list[dict[str, str]]:
    """Rows of one csv file as text."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_specs() -> dict[str, tuple[str, Spec]]:
    """Frame and spec of every case."""
    fields: dict[str, dict[str, list[str]]] = {}
    frames: dict[str, str] = {}
    for row in read_rows("cases.csv"):
        fields.setdefault(row["case"], {}).setdefault(row["field"], []).append(row["value"])
        frames[row["case"]] = row["frame"]
    return {case: (frames[case], spec_from_fields(mine)) for case, mine in fields.items()}


def read_frame(name: str) -> pd.DataFrame:
    """One frame: factors with their levels, everything else as numbers."""
    levels: dict[str, list[str]] = {}
    for row in read_rows("levels.csv"):
        if row["frame"] == name:
            levels.setdefault(row["variable"], []).append(row["level"])
    rows = read_rows(f"frame_{name}.csv")
    columns = {}
    for variable in rows[0]:
        cells = [row[variable] for row in rows]
        if variable in levels:
            columns[variable] = pd.Categorical([cell or None for cell in cells], levels[variable])
        else:
            columns[variable] = [float(cell) if cell else float("nan") for cell in cells]
    return pd.DataFrame(columns, index=[f"patient {k}" for k in range(1, len(rows) + 1)])


def read_answers(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """R's table of every case, with the columns of a result."""
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in read_rows("results.csv", folder):
        grouped.setdefault(row.pop("case"), []).append(row)
    return {case: _table(rows) for case, rows in grouped.items()}


def _table(rows: list[dict[str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    for column in table.columns:
        if column not in WORDS:
            table[column] = [float(cell) if cell else float("nan") for cell in table[column]]
    common = {*TEXT, "method", "flag", *NUMBERS, *COUNTS}
    unused = [c for c in table if c not in common and (table[c].isna() | (table[c] == "")).all()]
    return as_result_table(table.drop(columns=unused))
