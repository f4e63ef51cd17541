"""Do the tables of a results folder still say what its models say: what was changed since the run is named."""

from __future__ import annotations

import pandas as pd

from her2stats.errors import FileError, ProblemList
from her2stats.results.folder import file_of_table
from her2stats.results.schema import RESULT_TABLES
from her2stats.results.study_results import REMEDY as AGAIN
from her2stats.results.study_results import StudyResults
from her2stats.statistics import combine

MOST_NAMED = 20
REMEDY = f"{AGAIN}, so that tables and models are of one run"


def check_tables(results: StudyResults) -> None:
    """Hold every table of estimates against the models that it was made of, cell by cell.

    Raises FileError with every cell that differs (the first twenty of a table), with file, row and column, or for a
    table or a model that is not there.
    """
    problems = ProblemList()
    for name in RESULT_TABLES:
        place = str(results.folder / file_of_table(name))
        models = [model for key, model in results.models.items() if key.split(".")[1:2] == [name]]
        expected = combine(models)
        if name not in results.tables:
            if len(expected):
                problems.add(FileError, "is missing", where=place, remedy=REMEDY)
            continue
        for what, where in _differences(results.tables[name], expected):
            problems.add(FileError, what, where=f"{place}{where}", remedy=REMEDY)
    problems.raise_if_any()


def _differences(table: pd.DataFrame, expected: pd.DataFrame) -> list[tuple[str, str]]:
    """What differs, and where in the file; row 1 is the header."""
    if len(table) != len(expected):
        return [(f"has {len(table)} rows, the models have {len(expected)}", "")]
    absent = [column for column in expected if column not in table and not _all_missing(expected[column])]
    added = [column for column in table if column not in expected and not _all_missing(table[column])]
    found = [(f"column '{column}' is missing", "") for column in absent]
    found += [(f"column '{column}' is in no model", "") for column in added]
    for column in (column for column in table if column in expected):
        ours, theirs = _comparable(table[column]), _comparable(expected[column])
        for row in (ours != theirs).to_numpy().nonzero()[0][:MOST_NAMED]:
            what = f"holds {_shown(ours.iloc[row])}, the model has {_shown(theirs.iloc[row])}"
            found.append((what, f", row {row + 2}, column '{column}'"))
    return found[:MOST_NAMED]


def _all_missing(column: pd.Series) -> bool:
    return bool((_comparable(column) == "").all())


def _comparable(column: pd.Series) -> pd.Series:
    """Cells as text that is equal exactly where the values are."""
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        return column.map(lambda value: "" if pd.isna(value) else repr(float(value))).astype("object")
    return column.map(lambda value: "" if pd.isna(value) else str(value)).astype("object")


def _shown(cell: str) -> str:
    return cell if cell else "nothing"
