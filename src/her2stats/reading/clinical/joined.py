"""Two clinical files as one: a row a sample, with what a second file says of its patient."""

from __future__ import annotations

from dataclasses import replace

from her2stats.errors import Problem, TableError
from her2stats.notes import Note
from her2stats.reading.formats.text import TextTable


def join_patients(samples: TextTable, patients: TextTable, name: str) -> TextTable:
    """Put the columns of a table of patients beside a table of samples.

    They are joined by the first column that both have and that names every patient once, PATIENT_ID in cBioPortal's
    files. Of further columns that both have, the samples' own is read.

    Raises
    ------
    TableError
        There is no such column, or it has no id in common.
    """
    both = [column for column in patients.header if samples.header.count(column) == patients.header.count(column) == 1]
    words = {column: [row[patients.header.index(column)] for row in patients.rows] for column in both}
    keys = [column for column in both if len(set(words[column])) == len(words[column])]
    here = samples.header.index(keys[0]) if keys else 0
    by_key = dict(zip(words[keys[0]], patients.rows, strict=True)) if keys else {}
    without = sum(row[here] not in by_key for row in samples.rows)
    if without == len(samples.rows):
        what = f"no column joins it: in both files are {', '.join(map(repr, both)) or 'none'}"
        remedy = "give both files one column of patient ids, each patient once in the file of patients"
        raise TableError(Problem(what, name, remedy))
    places = [place for place, column in enumerate(patients.header) if column not in samples.header]
    empty = [""] * len(patients.header)
    rows = [[*row, *(by_key.get(row[here], empty)[place] for place in places)] for row in samples.rows]
    notes = [Note("reading", f"columns of {name} joined by {keys[0]}", len(places))]
    notes += [Note("reading", f"samples without a row in {name}", without)] if without else []
    header = [*samples.header, *(patients.header[place] for place in places)]
    return replace(samples, header=header, rows=rows, notes=(*samples.notes, *patients.notes, *notes))
