"""A clinical file as words: its columns found, its sample ids checked, nothing interpreted yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.cohort import Source
from her2stats.errors import PopulationError, Problem, ProblemList, SampleError, TableError
from her2stats.files import read_content
from her2stats.lookalike import look_alike, shape
from her2stats.notes import Note
from her2stats.parsers.cells import as_word
from her2stats.reading.clinical.ids import Repeats, SampleId, key, names, one_each, patient_of, primaries
from her2stats.reading.clinical.joined import join_patients
from her2stats.reading.clinical.no_samples import lies_on_its_side, rows_of, samples_only
from her2stats.reading.clinical.tissue import check_tissue
from her2stats.reading.clinical.two_lines import refuse_descriptions, refuse_second_names, with_names_above
from her2stats.reading.clinical.visits import patients_of
from her2stats.reading.formats.dispatch import read_words
from her2stats.reading.formats.geo import ACCESSION
from her2stats.reading.formats.text import TextTable
from her2stats.vocabulary.variables import BY_NAME
from her2stats.vocabulary.words import MISSING, fold, quoted

SAMPLE = "sample"
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")  # in a heading they part it from its own name
UNMAPPED = "false"  # a variable mapped to false is not read, even where a column has its very name
SHOWN = 8


@dataclass(frozen=True, eq=False)
class ClinicalFile:
    """A clinical file as words, with the sample id of each row."""

    table: TextTable  # the words
    samples: list[str]  # one id a row
    name: str  # for messages
    columns: Mapping[str, str]  # variable -> column of the file, without the sample column
    own_names: tuple[str, ...]  # variables that were found under their own name, without a mapping
    whole: TextTable  # the words of all rows but excluded ones, also of those that were left out
    source: Source | None = None
    further: Source | None = None
    left_out: frozenset[str] = frozenset()  # ids that only rows have which were left out
    absent: tuple[str, ...] = ()  # ids that are to be excluded and that no row has
    notes: tuple[Note, ...] = ()  # what was left out

    def with_rows(self, rows: Sequence[int], notes: Sequence[Note]) -> ClinicalFile:
        """The same with some of its rows only; each note of others says how many stay after it."""
        samples = [self.samples[row] for row in rows]
        gone = self.left_out | (set(self.samples) - set(samples))
        if len(samples) < len(self.samples):
            gone_by = accumulate(note.count or 0 for note in notes)
            notes = [replace(one, left=len(self.samples) - by) for one, by in zip(notes, gone_by, strict=True)]
        notes = (*self.notes, *notes)
        return replace(self, table=rows_of(self.table, rows), samples=samples, left_out=gone, notes=notes)


def open_clinical(
    words: tuple[TextTable, str, Source | None],
    columns: Mapping[str, str | bool],
    where: Mapping[str, str | Sequence[str]],
    exclude: Sequence[str],
    patients: str | Path | pd.DataFrame | None,
    everyone: Mapping[str, str],
) -> ClinicalFile:
    """Find the columns and the rows that stay, then judge their ids; nothing is interpreted yet."""
    table, name, source = words
    further = None
    if patients is not None:
        second, named, found_at = read_clinical_words(patients)
        table = join_patients(table, second, named)
        further = found_at and found_at._replace(role="patients")
    found = ProblemList()
    table, columns = _with_everyone(table, columns, everyone, name, found)
    if not table.rows:
        found.add(TableError, "has a header and no row below it", where=name, remedy="give a row a tumour")
    asked = {variable: str(column) for variable, column in columns.items() if fold(column) != UNMAPPED}
    _check_header(table, [column for column in asked.values() if column not in table.header], name)
    switched_off = set(columns) - set(asked)
    taken = {BY_NAME[variable].stored for variable in asked if variable in BY_NAME}  # in whatever unit
    free = (name for name, entry in BY_NAME.items() if entry.stored not in taken and name not in switched_off)
    own = tuple(name for name in free if name in table.header)
    mapped = {**asked, **{variable: variable for variable in own}}
    place = _sample_place(table, mapped.pop(SAMPLE, None), name, found)
    for variable, column in mapped.items():
        check_column(table, variable, column, name, found)
    ids = [row[place].strip() for row in table.rows] if place is not None else []
    absent = tuple(sorted(set(exclude) - set(ids)))
    whole = rows_of(table, [row for row, sample in enumerate(ids) if sample not in exclude])
    file = ClinicalFile(table, ids, name, mapped, own, whole, source, further, absent=absent)
    rows, notes = _filtered(table, where, name, found)
    found.raise_if_any()
    file = file.with_rows(rows, notes)
    file = file.with_rows(*_not_excluded(file.samples, exclude))
    file = file.with_rows(*primaries(file.samples, "samples"))
    _check_samples(file, found)
    check_tissue(file.table, where, name, found)
    found.raise_if_any()
    refuse_descriptions(file.table, file.samples, name)
    return file


def _with_everyone(
    table: TextTable, columns: Mapping[str, str | bool], everyone: Mapping[str, str], name: str, found: ProblemList
) -> tuple[TextTable, Mapping[str, str | bool]]:
    """Add what was a condition of entry, and therefore stands in no column, as columns that say it of every row."""
    for variable in everyone:
        if columns.get(variable, False) or variable in table.header:
            what = f"{variable} is said of everyone and is a column, too"
            found.add(TableError, what, where=name, remedy="say it in one way")
    found.raise_if_any()
    said = [f"{variable} is {word} for everyone, as the study file says" for variable, word in everyone.items()]
    notes = (*table.notes, *(Note("reading", what, len(table.rows)) for what in said))
    rows = [[*row, *everyone.values()] for row in table.rows]
    table = replace(table, header=[*table.header, *everyone], rows=rows, notes=notes)
    return table, {**columns, **dict(zip(everyone, everyone, strict=True))}


def _check_header(table: TextTable, absent: Sequence[str], name: str) -> None:
    """Refuse a table whose names, most of those that are wanted and absent, stand in a row further down, or in rows."""
    if variables := lies_on_its_side(table, absent):
        what = f"the table lies on its side: names of variables stand below each other ({', '.join(variables)})"
        raise TableError(Problem(what, name, "turn it, so that each row is one tumour and each column one variable"))
    refuse_second_names(table, name)
    for row, line in list(zip(table.rows, table.lines, strict=True))[:SHOWN]:
        there = [column for column in absent if column in row]
        if line and len(there) * 2 > len(absent):
            what = f"the names of its columns stand in row {line}: {', '.join(map(repr, there[:SHOWN]))}"
            raise TableError(Problem(what, name, f"say clinical_header_row = {line} (header_row of read_clinical)"))


def _not_excluded(samples: Sequence[str], exclude: Sequence[str]) -> tuple[list[int], list[Note]]:
    rows = [row for row, sample in enumerate(samples) if sample not in exclude]
    gone = len(samples) - len(rows)
    return rows, [Note("population", "samples left out by name (exclude)", gone)] if gone else []


def one_a_patient(file: ClinicalFile, repeats: Repeats, form: SampleId, there: Collection[str] = ()) -> ClinicalFile:
    """Leave one sample of each patient, as declared; whose a sample is, its barcode says, or a column of patients.

    Samples that are `there`, in the expression, come before others of the same patient.
    """
    places = [place for place, column in enumerate(file.table.header) if names("patients", column)]
    words = [shape(row[places[0]]) for row in file.table.rows] if places else []
    named, owners = any(words) and len(set(words)) * 4 >= len(words), patients_of(file.samples)
    owners = [owner if fold(w) in MISSING else w for w, owner in zip(words, owners, strict=True)] if named else owners
    patients = [patient_of(sample) or key(owner, form) for sample, owner in zip(file.samples, owners, strict=True)]
    keys = {key(sample, form) for sample in there}
    preferred = {sample for sample in file.samples if key(sample, form) in keys}
    hint = _where_tells(file, patients) if (several := len(set(patients)) < len(patients)) else ""
    visit = next((place for place, column in enumerate(file.table.header) if names("visits", column)), None)
    moments = [row[visit] for row in file.table.rows] if visit is not None else []
    choice = partial(one_each, file.samples, patients, repeats, where=file.name)
    rows, notes = choice(there=preferred, hint=hint, moments=moments)
    return file.with_rows(rows, notes if named or several else [*notes, *_visits_of_nobody(file)])


def _visits_of_nobody(file: ClinicalFile) -> list[Note]:
    """What columns of visits say, where nothing says whose the samples are: a patient may count twice."""
    what, told = "rows of several visits and no column of patients: each counts as a patient", []
    for place, column in enumerate(file.table.header):
        seen = Counter(row[place] for row in file.table.rows if row[place])
        if names("visits", column) and 1 < len(seen) <= SHOWN:
            listed = ", ".join(f"{visit} {count}" for visit, count in sorted(seen.items()))
            told.append(Note("population", what, sum(seen.values()), f"{column}: {listed}"))
    return told


def read_clinical_words(
    path: str | Path | pd.DataFrame,
    *,
    sheet: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
) -> tuple[TextTable, str, Source | None]:
    """Read a clinical file as words: the table, its name in messages, and where it came from."""
    frame: Any = getattr(path, "obs", path) if hasattr(path, "write_h5ad") else path  # of an AnnData
    if isinstance(frame, pd.DataFrame):
        return samples_only(_frame_as_words(frame)), "clinical frame", None
    content = read_content(frame)
    rows = partial(read_words, content, sheet=sheet, delimiter=delimiter)
    table = with_names_above(rows(header_row=header_row), header_row, lambda row: rows(header_row=row))
    table = samples_only(table)
    table = replace(table, header=[INVISIBLE.sub("", column).strip() for column in table.header])
    return table, content.name, Source("clinical", str(content.path), content.sha256)


def _sample_place(table: TextTable, asked: str | None, name: str, found: ProblemList) -> int | None:
    if asked is None and SAMPLE in table.header:
        asked = SAMPLE
    elif asked is None and table.header[:1] in ([""], [ACCESSION]):
        asked = table.header[0]
    if asked is None:
        found.add(
            TableError,
            "nothing says which column holds the sample ids",
            where=name,
            remedy=f"map it as columns.sample; the columns are {_listed(table.header)}",
        )
        return None
    before = bool(found)
    check_column(table, SAMPLE, asked, name, found)
    return table.header.index(asked) if asked in table.header and (before or not found) else None


def check_column(table: TextTable, variable: str, column: str, name: str, found: ProblemList) -> None:
    """Exactly one column has this name; otherwise say what is there, and what may be meant."""
    count = table.header.count(column)
    if count == 1:
        return
    what = f"there is no column {column!r}" if not count else f"there are {count} columns {column!r}"
    folded = {fold(known): known for known in table.header}
    near = f"; did you mean {folded[fold(column)]!r}?" if fold(column) in folded and not count else ""
    near = f"; {alike}" if not count and (alike := look_alike(column, table.header)) else near
    remedy = f"correct {variable}; the columns are {_listed(table.header)}{near}"
    found.add(TableError, f"{what} (wanted for {variable})", where=name, remedy=remedy)


def _check_samples(file: ClinicalFile, found: ProblemList) -> None:
    samples, table, name = file.samples, file.table, file.name
    empty = [table.lines[row] for row, sample in enumerate(samples) if not sample]
    if empty:
        listed = ", ".join(str(line) for line in empty[:SHOWN])
        what = f"{len(empty)} rows have no sample id"
        remedy = 'add the ids; or say exclude = [""] where they are no tumours, but units or totals'
        found.add(SampleError, what, where=name, row=f"lines {listed}", remedy=remedy)
    twice = [sample for sample, count in Counter(samples).items() if count > 1 and sample]
    remedy = "keep one row of each tumour" + (_where_tells(file, samples) if twice else "")
    for sample in twice[:SHOWN]:
        lines = ", ".join(str(table.lines[row]) for row, other in enumerate(samples) if other == sample)
        what = f"sample {sample!r} stands there more than once"
        found.add(SampleError, what, where=name, row=f"lines {lines}", value=sample, remedy=remedy)
    if len(twice) > SHOWN:
        found.add(SampleError, f"{len(twice) - SHOWN} more samples stand there repeatedly", where=name, remedy=remedy)


def _where_tells(file: ClinicalFile, ids: Sequence[str]) -> str:
    """Offer a column of few words that tells the rows of every id apart: visits, sides; none that is measured."""
    for place, column in enumerate(file.table.header):
        words = [row[place] for row in file.table.rows]
        few = 1 < len(set(words)) <= min(SHOWN, len(words) - 1) and file.table.header.count(column) == 1
        apart = len(set(zip(ids, words, strict=True))) == len(words)
        if few and apart and column not in file.columns.values():
            words = sorted(set(words))
            shown = f"where = {{ {quoted(column)} = {quoted(words[0])} }}"
            return f": the rows differ in {column!r}, say {shown} or another of {', '.join(map(repr, words[1:]))}"
    return ""


def _filtered(
    table: TextTable, where: Mapping[str, str | Sequence[str]], name: str, found: ProblemList
) -> tuple[list[int], list[Note]]:
    """Rows that `where` keeps; the others are counted."""
    rows, notes = list(range(len(table.rows))), []
    for column, wanted in where.items():
        if table.header.count(column) != 1:
            check_column(table, "where", column, name, found)
            continue
        place = table.header.index(column)
        words = {fold(word) for word in ([wanted] if isinstance(wanted, str) else wanted)}
        kept = [row for row in rows if fold(table.rows[row][place]) in words]
        shown = wanted if isinstance(wanted, str) else ", ".join(wanted)
        if not kept:
            present = Counter(table.rows[row][place] for row in rows).most_common(SHOWN)
            listed = ", ".join(f"{word!r} ({count})" for word, count in present)
            remedy = f"correct the value; the column holds {listed}"
            found.add(PopulationError, f"no row has {shown!r}", where=name, column=column, value=shown, remedy=remedy)
        notes.append(Note("population", f"rows left out: {column} is not {shown}", len(rows) - len(kept)))
        rows = kept
    return rows, notes


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(column) for column in header[: 2 * SHOWN])
    return shown + (f" and {len(header) - 2 * SHOWN} more" if len(header) > 2 * SHOWN else "")


def _frame_as_words(frame: pd.DataFrame) -> TextTable:
    """Turn a frame into words; its index stands first, as an unnamed column, where no column holds the ids."""
    header = [str(column) for column in frame.columns]
    cells: list[list[Any]] = [list(frame.iloc[:, place].astype(object)) for place in range(len(header))]
    if SAMPLE not in header:
        header, cells = ["", *header], [list(frame.index), *cells]
    words = [["" if _is_missing(cell) else as_word(cell) for cell in column] for column in cells]
    rows = [list(row) for row in zip(*words, strict=True)]
    return TextTable(header, rows, [0] * len(rows))


def _is_missing(cell: Any) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)
