"""Do the tables of a results folder say what its models say, and were these given the tumours' scores and fractions?"""

from __future__ import annotations

import pandas as pd

from her2stats.errors import FileError, ProblemList
from her2stats.results.folder import file_of_table
from her2stats.results.schema import RESULT_TABLES
from her2stats.results.study_results import REMEDY as AGAIN
from her2stats.results.study_results import StudyResults
from her2stats.statistics import classify_abundance, combine

MOST_NAMED = 20
SAMPLE = "sample"
ROUNDING = 1e-11  # relative: models are given twelve digits of what the tables have
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


def check_frames(results: StudyResults) -> None:
    """Hold what the models were given against the scores and fractions of the tumours, and these against the zero rule.

    A column of a model's frame that is named like a score has its values; one that is named like a cell type has its
    fractions, or 1 where they are high by the rule. Raises FileError with the places that differ.
    """
    problems = ProblemList()
    scores, fractions = (_of_samples(results.tables.get(name)) for name in ("scores", "fractions"))
    high = {cohort: _high(results, cohort, amounts, problems) for cohort, amounts in fractions.items()}
    for key, model in results.models.items():
        frame, cohort = model.data, key.split(".")[0]
        place = str(results.folder / "r" / "models" / f"{key}.data.csv")
        for column in map(str, frame.columns if frame.index.name == SAMPLE else ()):
            known = [
                values[cohort][column].reindex(frame.index)
                for values in (scores, fractions, high)
                if column in values.get(cohort, ())
            ]
            wrong = [~_same(frame[column], values) for values in known]
            if known and all(one.any() for one in wrong):
                row = int(min(wrong, key=lambda one: one.sum()).to_numpy().nonzero()[0][0])
                what = f"sample {frame.index[row]!r} has {frame[column].iloc[row]}, not {known[0].iloc[row]}"
                problems.add(FileError, what, where=f"{place}, column '{column}'", remedy=REMEDY)
    problems.raise_if_any()


def are_scores(fractions: pd.DataFrame) -> bool:
    """Whether amounts of a table of fractions have no sum: what another program gives as scores."""
    return bool(fractions["score"].isna().all())


def _of_samples(table: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Numbers of each sample, by cohort."""
    if table is None or not len(table):
        return {}
    table = table.drop_duplicates(["cohort", SAMPLE])
    return {str(name): part.set_index(SAMPLE) for name, part in table.groupby("cohort", sort=False)}


def _high(results: StudyResults, cohort: str, amounts: pd.DataFrame, problems: ProblemList) -> pd.DataFrame:
    """High abundance by the zero rule, once more; a table of abundance that says other than it is a problem."""
    said = results.tables.get("abundance", pd.DataFrame(columns=["cohort", "type"]))
    said = said[said["cohort"] == cohort].drop_duplicates("type").set_index("type")
    said = said[said.index.isin(amounts.columns)]
    types = list(said.index)
    if not types:
        return pd.DataFrame(index=amounts.index)
    found = classify_abundance(amounts[types].astype("float64"), scores=are_scores(amounts), cohort=cohort)
    for column in ("kind", "share_zero", "n_zero", "n", "median"):
        for name in (said[column].map(_cell) != found.kinds[column].map(_cell)).pipe(lambda rows: rows.index[rows]):
            what = f"{name} has the {column} {said.loc[name, column]}, by fractions.csv {found.kinds.loc[name, column]}"
            place = str(results.folder / file_of_table("abundance"))
            problems.add(FileError, what, where=f"{place}, column '{column}'", remedy=REMEDY)
    return found.high


def _same(ours: pd.Series, theirs: pd.Series) -> pd.Series:
    numbers, others = pd.to_numeric(ours, errors="coerce"), pd.to_numeric(theirs, errors="coerce")
    near = (numbers - others).abs() <= ROUNDING * others.abs().clip(lower=ROUNDING)
    return near | (numbers.isna() & others.isna())


def _cell(value: object) -> str:
    return "" if pd.isna(value) else f"{value:.12g}" if isinstance(value, int | float) else str(value)  # type: ignore[call-overload]
