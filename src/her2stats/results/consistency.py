"""Do the tables of a results folder say what its models say, and were these given the tumours' scores and fractions?"""

from __future__ import annotations

import pandas as pd

from her2stats.errors import FileError, ProblemList
from her2stats.results.folder import file_of_table
from her2stats.results.row_changes import equal_cells
from her2stats.results.schema import RESULT_TABLES, SCHEMAS
from her2stats.results.study_results import REMEDY as AGAIN
from her2stats.results.study_results import StudyResults
from her2stats.signatures.til import TOTAL
from her2stats.statistics import classify_abundance, combine

MOST_NAMED = 20
SAMPLE, POOLED = "sample", "pooled"
ANSWER = ["cohort", "stratum", "outcome", "term", "estimate", "std_error", "n"]
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
        expected = SCHEMAS[name].typed(expected) if len(expected) else expected
        for what, where in unlike(results.tables[name], expected):
            problems.add(FileError, what, where=f"{place}{where}", remedy=REMEDY)
    problems.raise_if_any()


def unlike(table: pd.DataFrame, expected: pd.DataFrame, tolerance: float = 0.0) -> list[tuple[str, str]]:
    """What differs, and where in the file; row 1 is the header."""
    if len(table) != len(expected):
        return [(f"has {len(table)} rows, the models have {len(expected)}", "")]
    expected, found = expected.set_axis(table.index), []
    for there, here, lack in ((expected, table, "is missing"), (table, expected, "is in no model")):
        alone = [one for one in there if one not in here and {*there[one].map(_shown)} - {"nothing"}]
        found += [(f"column '{one}' {lack}", "") for one in alone]
    for column in (column for column in table if column in expected):
        ours, theirs = table[column], expected[column]
        for row in table.index[~equal_cells(ours, theirs, tolerance)][:MOST_NAMED]:
            what = f"holds {_shown(ours[row])}, the models have {_shown(theirs[row])}"
            found.append((what, f", row {row + 2}, column '{column}'"))
    return found[:MOST_NAMED]


def _shown(cell: object) -> str:
    return "nothing" if pd.isna(cell) or cell == "" else str(cell)  # type: ignore[call-overload]


def check_frames(results: StudyResults) -> None:
    """Hold what the models were given against the scores and fractions of the tumours, and these against the zero rule.

    A column of a model's frame that is named like a score, a cell type, or a measure made of either (per SD, high,
    absolute, relative) has its values; what was pooled are answers of the cohorts. Raises FileError with the places
    that differ.
    """
    problems = ProblemList()
    scores, fractions = (_of_samples(results.tables.get(name)) for name in ("scores", "fractions"))
    known = {name: _measures(results, name, scores[name], fractions.get(name), problems) for name in scores}
    answers = combine([one for one in results.models.values() if one.data.index.name == SAMPLE])[ANSWER]
    for key, model in results.models.items():
        frame, cohort = model.data, key.split(".")[0]
        place = str(results.folder / "r" / "models" / f"{key}.data.csv")
        if cohort == POOLED:  # an odds ratio that is not one thing in all cohorts was left out
            told = (
                frame[ANSWER].assign(row=range(2, len(frame) + 2)).dropna().merge(answers, how="left", indicator="of")
            )
            for row in told.loc[told["of"] == "left_only", "row"]:
                problems.add(FileError, "no cohort has such an answer", where=f"{place}, row {row}", remedy=REMEDY)
        for column in map(str, frame.columns if frame.index.name == SAMPLE else ()):
            own = pd.to_numeric(frame[column], errors="coerce")
            measures = [values.reindex(frame.index) for values in known.get(cohort, {}).get(column, ())]
            wrong = [(~equal_cells(own, values, ROUNDING)).to_numpy().nonzero()[0] for values in measures]
            if wrong and all(map(len, wrong)):
                rows, values = min(zip(wrong, measures, strict=True), key=lambda one: len(one[0]))
                what = f"sample {frame.index[rows[0]]!r} has {frame[column].iloc[rows[0]]}, not {values.iloc[rows[0]]}"
                problems.add(FileError, what, where=f"{place}, column '{column}'", remedy=REMEDY)
    problems.raise_if_any()


def _measures(
    results: StudyResults, cohort: str, scores: pd.DataFrame, amounts: pd.DataFrame | None, problems: ProblemList
) -> dict[str, list[pd.Series]]:
    """What columns of a model's frame can hold, by name; a name of the user's can be that of two things."""
    scores = scores.select_dtypes("number")
    frames = [scores, (scores / scores.std()).add_suffix(" per SD")]
    if amounts is not None:
        types, high = _high(results, cohort, amounts, problems)
        amounts = amounts[types].astype("float64")
        total = amounts.sum(axis=1).replace(0.0, float("nan"))
        frames += [amounts, high, high.add_prefix("high "), high.add_prefix("high high ")]
        frames += [amounts.add_suffix(", absolute"), amounts.div(total, axis=0).add_suffix(", relative")]
        frames.append(total.to_frame(f"{TOTAL}, absolute"))
        # the cells of a type have another name among the scores by markers: it has to be one of them
        frames += [pd.DataFrame({f"{name}, markers": scores[one] for name in (*types, TOTAL)}) for one in scores]
    names = dict.fromkeys(str(name) for frame in frames for name in frame)
    return {name: [frame[name] for frame in frames if name in frame] for name in names}


def are_scores(fractions: pd.DataFrame) -> bool:
    """Whether amounts of a table of fractions have no sum: what another program gives as scores."""
    return bool(fractions["score"].isna().all())


def _of_samples(table: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Numbers of each sample, by cohort."""
    if table is None or not len(table):
        return {}
    table = table.drop_duplicates(["cohort", SAMPLE])
    return {str(name): part.set_index(SAMPLE) for name, part in table.groupby("cohort", sort=False)}


def _high(
    results: StudyResults, cohort: str, amounts: pd.DataFrame, problems: ProblemList
) -> tuple[list[str], pd.DataFrame]:
    """Cell types, and high abundance by the zero rule once more; a table that says other than it is a problem."""
    said = results.tables.get("abundance", pd.DataFrame(columns=["cohort", "type"]))
    said = said[said["cohort"] == cohort].drop_duplicates("type").set_index("type")
    said = said[said.index.isin(amounts.columns)]
    types = list(said.index)
    if not types:
        return [], pd.DataFrame(index=amounts.index)
    found = classify_abundance(amounts[types].astype("float64"), scores=are_scores(amounts), cohort=cohort)
    for column in ("kind", "share_zero", "n_zero", "n", "median"):
        for name in said.index[~equal_cells(said[column], found.kinds.loc[said.index, column], ROUNDING)]:
            what = f"{name} has the {column} {said.loc[name, column]}, by fractions.csv {found.kinds.loc[name, column]}"
            place = str(results.folder / file_of_table("abundance"))
            problems.add(FileError, what, where=f"{place}, column '{column}'", remedy=REMEDY)
    return types, found.high
