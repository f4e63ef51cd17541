"""Read everything that a study names and compute nothing: is the run going to start?"""

from __future__ import annotations

import pandas as pd

from her2stats.errors import Her2statsError, ProblemList, StudyFileError
from her2stats.results.place import what_is_in_the_way
from her2stats.study.preparing import Prepared, prepare
from her2stats.study.study_file import Study

COLUMNS = ("where", "row", "column", "value", "problem", "remedy")


def problem_table(error: Her2statsError) -> pd.DataFrame:
    """Every problem of an error, one a row, as raised by anything that reads.

    ``where`` is the file, cohort or setting; ``row``, ``column`` and ``value`` are empty where there is no such thing.

    >>> from her2stats.errors import Problem, TableError
    >>> wrong = TableError(Problem("is no number", "ours.csv", "correct it", row="line 3", column="age", value="4o"))
    >>> problem_table(wrong).loc[0, ["row", "column", "value"]].tolist()
    ['line 3', 'age', '4o']
    """
    rows = [(found.where, found.row, found.column, found.value, found.what, found.remedy) for found in error.problems]
    words = [
        [cell.encode("utf-8", "backslashreplace").decode() for cell in row] for row in rows
    ]  # a path may be no text
    return pd.DataFrame(words, columns=list(COLUMNS))


def check_study(study: Study) -> list[str]:
    """Read all inputs of a study, look at the place of its results, and say what there is.

    Each text is the paragraph of a cohort: size, strata, and every note of the reading. Raises InputError with every
    problem of every file at once.
    """
    problems = ProblemList()
    prepared: Prepared | None = None
    with problems.collect():
        prepared = prepare(study)
    in_the_way = what_is_in_the_way(study.results_folder, inputs=study.own_files)
    if in_the_way is not None:
        where = f"{study.path.name}, [study] results"
        problems.add(StudyFileError, in_the_way.what, where=where, value=study.study.results, remedy=in_the_way.remedy)
    problems.raise_if_any()
    assert prepared is not None
    lines = []
    for one in prepared.cohorts:
        cohort = one.cohort
        genes = f", {len(cohort.expression)} genes" if cohort.expression is not None else ", clinical table only"
        hr = f"HR from {cohort.hr_definition}" if cohort.hr_definition else "no hormone-receptor status"
        lines.append(f"{cohort.name}: {len(cohort.clinical)} HER2-negative tumours{genes}; {hr}")
        if "hr" in cohort.clinical:
            counts = cohort.clinical["hr"].value_counts()
            lines.append("  " + ", ".join(f"HR-{level} {counts[level]}" for level in counts.index))
        for note in cohort.notes:
            number = f": {note.count}" if note.count is not None else ""
            lines.append(f"  {note.what}{number}{f' ({note.detail})' if note.detail else ''}")
        lines += [f"  left out: {part}: {why}" for part, why in one.scored.omitted]
    matrix = prepared.matrix
    if matrix is not None:
        lines.append(f"{matrix.name}: {matrix.profiles.shape[0]} genes x {matrix.profiles.shape[1]} cell types")
    lines.append("The study can run.")
    return lines
