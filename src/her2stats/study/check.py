"""Read everything that a study names and compute nothing: is the run going to start?"""

from __future__ import annotations

from her2stats.study.run import read_inputs
from her2stats.study.study_file import Study


def check_study(study: Study) -> list[str]:
    """Read all inputs of a study and say what they hold.

    Returns
    -------
    list of str
        A paragraph a cohort: size, strata, and every note of the reading.

    Raises
    ------
    InputError
        Every problem of every file at once.
    """
    cohorts, matrix = read_inputs(study)
    lines = []
    for cohort in cohorts:
        genes = f", {len(cohort.expression)} genes" if cohort.expression is not None else ", clinical table only"
        lines.append(
            f"{cohort.name}: {len(cohort.clinical)} HER2-negative tumours{genes}; HR from {cohort.hr_definition}"
        )
        if "hr" in cohort.clinical:
            counts = cohort.clinical["hr"].value_counts()
            lines.append("  " + ", ".join(f"HR-{level} {counts[level]}" for level in counts.index))
        for note in cohort.notes:
            number = f": {note.count}" if note.count is not None else ""
            lines.append(f"  {note.what}{number}{f' ({note.detail})' if note.detail else ''}")
    if matrix is not None:
        lines.append(f"{matrix.name}: {matrix.profiles.shape[0]} genes x {matrix.profiles.shape[1]} cell types")
    lines.append("The study can run.")
    return lines
