"""What every simulated tumour is made of, as `cell_types.csv` says: amounts, zeros, and who expresses which markers."""

from __future__ import annotations

import csv
from importlib.resources import files

_LINES = (files(__package__) / "cell_types.csv").read_text(encoding="utf-8").splitlines()
_ROWS = list(csv.DictReader(line for line in _LINES if not line.startswith("#")))

CELL_TYPES = {row["type"]: float(row["log_amount"]) for row in _ROWS}
# Types of Danaher whose markers each of the simulated cells expresses.
EXPRESSED = {row["type"]: row["danaher"].split("|") for row in _ROWS}
# Cohort of the paper -> type -> share of tumours without it; a type that is not named is in all.
ZERO_SHARES = {
    column.removeprefix("zeros_"): {row["type"]: float(row[column]) for row in _ROWS if row[column]}
    for column in _ROWS[0]
    if column.startswith("zeros_")
}
