"""A clinical file into the population, in the controlled vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Never

import pandas as pd

from her2stats.cohort import Clinical
from her2stats.errors import PopulationError, Problem, ProblemList, SampleError, VocabularyError, refuse_unknown
from her2stats.lookalike import look_alike
from her2stats.notes import Note
from her2stats.reading.clinical.columns import RawColumn, said_beside, translated
from her2stats.reading.clinical.derived import Rule, checked_rule, derive_levels
from her2stats.reading.clinical.file import SAMPLE, ClinicalFile, one_a_patient, open_clinical, read_clinical_words
from her2stats.reading.clinical.ids import Repeats, listed_ids
from her2stats.reading.clinical.population import (
    HER2_VARIABLES,
    Population,
    complete_her2,
    complete_hr,
    restrict_to,
    select_population,
    with_levels,
)
from her2stats.reading.clinical.read_as import read_as
from her2stats.vocabulary.variables import BY_NAME

__all__ = ["interpret", "read_clinical", "read_clinical_words"]


def read_clinical(
    path: str | Path | pd.DataFrame,
    *,
    columns: Mapping[str, str | bool] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    where: Mapping[str, str | Sequence[str]] | None = None,
    exclude: Sequence[str] = (),
    restrict: Mapping[str, str | Sequence[str]] | None = None,
    repeats: Repeats = "error",
    patients: str | Path | pd.DataFrame | None = None,
    everyone: Mapping[str, str] | None = None,
    her2_rule: Rule = None,
    population: Population = "her2-negative",
    sheet: str | None = None,
    header_row: int | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    **unknown: Never,
) -> Clinical:
    """Read a clinical table: one row a tumour.

    Parameters
    ----------
    path : str, Path, DataFrame or AnnData
        csv, tsv or txt (plain or gz, bz2, xz, zst), xlsx, parquet, GEO series matrix (its characteristics), AnnData
        h5ad (obs), R's rds of a data.frame, SPSS sav or por, Stata dta, SAS sas7bdat or xpt; or a frame, or an AnnData.
    columns : mapping
        variable -> column of the file. ``sample`` is the column of the ids (the one called "sample", or a first
        column without a name, where it is not given). Names of `her2stats.vocabulary.variables` are read in the
        controlled vocabulary; other names become variables of the user's own. A column that already has the name
        of a variable of the vocabulary needs no entry; ``False`` leaves it out.
    values : mapping
        variable -> {word in the file: word of the vocabulary}, where the built-in words do not do; "" is missing.
    where : mapping
        column of the file -> value or values; other rows are left out, with a note, before anything else is judged.
    exclude : sequence of str
        Sample ids that are left out, with a note.
    restrict : mapping
        variable, as it is read -> value or values: other tumours of the population are left out, with a note.
    repeats : {"error", "first", "keep"}
        What becomes of several samples of one patient, told by a column of patient ids, TCGA barcodes or visits in ids
        ("P1_V1", "P1_V2"; "P1a", "P1b"): an error; the first, in time where ids or a column of visits tell, else in
        the order of the ids; or all of them.
    patients : str, Path, DataFrame or None
        A second file, a row a patient, joined by a column that both have (cBioPortal's data_clinical_patient.txt).
    everyone : mapping
        variable -> word, for what was a condition of entry and stands in no column: ``{"her2_status": "negative"}``.
    her2_rule : mapping, "asco-cap" or None
        How measurements become HER2 IHC: level -> its largest H-score (of the variable her2_h_score), or by the
        percentages of cells (her2_percent_1, her2_percent_2, her2_percent_3) that ASCO/CAP name.
    population : {"her2-negative", "all"}
        "all" keeps HER2-positive tumours and those of unknown HER2.
    sheet, header_row, delimiter, decimal
        As in `read_expression`; `read_cohort` and the study file call them clinical_sheet, clinical_header_row and
        clinical_decimal.

    Returns
    -------
    Clinical

    Raises
    ------
    FileError, TableError, SampleError, VocabularyError, PopulationError
        Everything that is wrong with the table, at once (`InputError` where it is of several kinds).
    DataError
        A keyword that there is not.

    Examples
    --------
    >>> frame = pd.DataFrame({"sample": ["a", "b", "c"], "ER": ["pos", "neg", "pos"], "ihc": ["0", "2+", "3+"]})
    >>> clinical = read_clinical(frame, columns={"er": "ER", "her2_ihc": "ihc"})
    >>> clinical.table["hr"].to_dict(), clinical.hr_definition
    ({'a': 'positive', 'b': 'negative'}, 'ER only')
    """
    refuse_unknown(unknown, read_clinical)
    words = read_clinical_words(path, sheet=sheet, header_row=header_row, delimiter=delimiter)
    file = open_clinical(words, columns or {}, where or {}, exclude, patients, everyone or {})
    refuse_absent(file.absent, file)
    file = one_a_patient(file, repeats, "as written")
    asked = partial(interpret, file, values=values or {}, restrict=restrict or {}, population=population)
    return asked(decimal=decimal, her2_rule=checked_rule(her2_rule))


def interpret(
    file: ClinicalFile,
    *,
    values: Mapping[str, Mapping[str, str]],
    restrict: Mapping[str, str | Sequence[str]],
    population: Population = "her2-negative",
    decimal: str = ".",
    keep: set[str] | None = None,
    her2_rule: Rule = None,
) -> Clinical:
    """Translate into the controlled vocabulary, and fix the population; `keep` are samples to stay at all."""
    found, notes = ProblemList(), [*file.table.notes, *file.notes]
    for variable in sorted(set(values) - set(file.columns)):
        what = f"values are given for {variable!r}, which is mapped to no column"
        found.add(VocabularyError, what, where=file.name, remedy=f"add {variable} to columns, or correct the name")
    rows = [row for row, sample in enumerate(file.samples) if keep is None or sample in keep]
    found.raise_if_any()
    if file.own_names:
        notes.append(Note("reading", "columns taken by their own name", len(file.own_names), ", ".join(file.own_names)))
    read: dict[str, pd.Series] = {}
    beside: list[tuple[RawColumn, str, pd.Series]] = []
    for variable, column in file.columns.items():
        raw = _raw_column(file, variable, column, rows, values.get(variable, {}))
        series, said = translated(raw, decimal, found)
        read[BY_NAME[variable].stored if variable in BY_NAME else variable] = series
        notes += said
        beside += [(raw, name, more) for name, more in (said_beside(raw) if variable in HER2_VARIABLES else {}).items()]
    for raw, name, more in beside:
        notes += _merge(read, raw, name, more, found)
    found.raise_if_any()
    samples = pd.Index([file.samples[row] for row in rows], dtype=object, name=SAMPLE).astype(str)
    table = pd.DataFrame({name: series.to_numpy(dtype=object) for name, series in read.items()}, index=samples)
    table = table.astype({name: series.dtype for name, series in read.items()})
    table, said = derive_levels(table, her2_rule, file.name)
    notes += said
    if population == "her2-negative":
        table, said = select_population(table, file.name)
        notes += said
    else:
        notes.append(Note("population", "all tumours of the file kept, whatever their HER2 status", len(table)))
    table, her2_notes = complete_her2(table)
    table, definition, hr_notes = complete_hr(table)
    table = with_levels(table)
    table, restricted = restrict_to(table, restrict, file.name)
    if not len(table):
        counted = [*notes, *restricted]
        excluded = "; ".join(f"{note.what} {note.count}" for note in counted if note.stage == "population")
        remedy = "check where, exclude and restrict, and the mapping of the HER2 columns"
        raise PopulationError(Problem(f"no tumour is left to analyse ({excluded or 'no rows'})", file.name, remedy))
    ordered = [name for name in BY_NAME if name in table]
    table = table[[*ordered, *(name for name in table.columns if name not in ordered)]]
    notes = [*notes, *her2_notes, *hr_notes, *restricted]
    return Clinical(table, definition, tuple(notes), file.source, file.further, read_as(file, values, decimal))


def refuse_absent(ids: Sequence[str], file: ClinicalFile) -> None:
    """Refuse ids that are to be left out and that are nowhere."""
    if ids:
        what = f"{len(ids)} ids of exclude are not there: {listed_ids(ids)}"
        alike = next(filter(None, (look_alike(one, file.samples) for one in ids)), "")
        raise SampleError(Problem(what, file.name, alike or "correct them, or take them out of exclude"))


def _raw_column(
    file: ClinicalFile, variable: str, column: str, rows: Sequence[int], values: Mapping[str, str]
) -> RawColumn:
    place = file.table.header.index(column)
    words = [row[place] for row in file.table.rows]
    return RawColumn(
        variable,
        column,
        [words[row] for row in rows],
        [file.samples[row] for row in rows],
        [file.table.lines[row] for row in rows],
        file.name,
        values,
        [row[place] for row in file.whole.rows],
    )


def _merge(read: dict[str, pd.Series], raw: RawColumn, name: str, more: pd.Series, found: ProblemList) -> list[Note]:
    """Take over what the cells of one HER2 column say of another test; two columns that disagree are refused."""
    here = read.get(name, pd.Series(index=more.index, dtype=object))
    differ = (here.notna() & more.notna() & (here != more)).to_numpy()
    if differ.any():
        place = int(differ.argmax())
        what = f"says that {name} is {more.iloc[place]!r}, its own column {here.iloc[place]!r} ({differ.sum()} rows)"
        raw.add(found, VocabularyError, what, f"correct them, or take {name} out of columns", place)
    read[name] = here.where(here.notna(), more)
    return [Note("reading", f"{name} taken from the cells of {raw.variable}", int(more.notna().sum()))]
