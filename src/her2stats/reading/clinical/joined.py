"""Two clinical files as one: a row a sample, with what a second file says of its patient."""

from __future__ import annotations

import re
from dataclasses import replace

from her2stats.errors import Problem, TableError
from her2stats.notes import Note
from her2stats.reading.clinical.ids import names
from her2stats.reading.formats.text import TextTable

ID = re.compile(r"(^|[_. ])(id|sample|record|code|codice|barcode)|id$")


def join_patients(samples: TextTable, patients: TextTable, name: str) -> TextTable:
    """Put the columns of a table of patients beside a table of samples.

    They are joined by the column of both that names patients (PATIENT_ID in cBioPortal's files), or else by one that is
    called an id; each patient stands once in the second file. Of further columns of both the samples' own is read.
    Raises TableError when no column has an id in common.
    """
    common: dict[str, dict[str, list[str]]] = {}
    for place, column in enumerate(patients.header):
        rows_of = {row[place]: row for row in patients.rows if row[place]}
        named = names("patients", column) or ID.search(column.casefold())
        if named and len(rows_of) == len(patients.rows) and samples.header.count(column) == 1:
            common[column] = rows_of
    met = {one: sum(row[samples.header.index(one)] in common[one] for row in samples.rows) for one in common}
    best = max(met, key=lambda one: (met[one] > 0, names("patients", one), met[one]), default="")
    if not met.get(best):
        what = f"no column joins it: in both files are {', '.join(map(repr, common)) or 'none'}"
        remedy = "give both files one column of patient ids, each patient once in the file of patients"
        raise TableError(Problem(what, name, remedy))
    here, by_key, without = samples.header.index(best), common[best], len(samples.rows) - met[best]
    places = [place for place, column in enumerate(patients.header) if column not in samples.header]
    empty = [""] * len(patients.header)
    rows = [[*row, *(by_key.get(row[here], empty)[place] for place in places)] for row in samples.rows]
    notes = [Note("reading", f"columns of {name} joined by {best}", len(places))]
    notes += [Note("reading", f"samples without a row in {name}", without)] if without else []
    header = [*samples.header, *(patients.header[place] for place in places)]
    return replace(samples, header=header, rows=rows, notes=(*samples.notes, *patients.notes, *notes))
