"""Expression and clinical data of the same tumours, brought together by sample id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal, Never, TypeVar

import pandas as pd

from her2stats.cohort import Clinical, Cohort, Expression
from her2stats.cohort.genes import CollapseRule
from her2stats.errors import InputError, ProblemList, SampleError, ScaleError, refuse_unknown
from her2stats.notes import Note
from her2stats.reading.clinical.derived import Rule, checked_rule
from her2stats.reading.clinical.file import ClinicalFile, one_a_patient, open_clinical, read_clinical_words
from her2stats.reading.clinical.ids import (
    Repeats,
    SampleId,
    form_that_joins,
    ids_that_look_alike,
    key,
    listed_ids,
    one_each,
    primaries,
)
from her2stats.reading.clinical.population import Population
from her2stats.reading.clinical.table import interpret, refuse_absent
from her2stats.reading.expression import Normalise, Orientation, interpret_matrix, open_matrix
from her2stats.reading.formats.matrix import MatrixOptions, RawMatrix
from her2stats.reading.gates import lies_on_its_side
from her2stats.reading.rows import MissingRule
from her2stats.reading.scales import SAY, DeclaredScale
from her2stats.reading.twins import refuse_twins

OnMismatch = Literal["error", "intersect"]
SHOWN = 6
T = TypeVar("T")


def read_cohort(
    expression: str | Path | pd.DataFrame | None,
    clinical: str | Path | pd.DataFrame,
    *,
    name: str,
    scale: DeclaredScale | None = None,
    offset: float = 0.0,
    normalise: Normalise | None = None,
    gene_lengths: str | Path | Mapping[str, float] | None = None,
    columns: Mapping[str, str | bool] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    where: Mapping[str, str | Sequence[str]] | None = None,
    exclude: Sequence[str] = (),
    restrict: Mapping[str, str | Sequence[str]] | None = None,
    sample_id: SampleId = "as written",
    repeats: Repeats = "error",
    patients: str | Path | pd.DataFrame | None = None,
    everyone: Mapping[str, str] | None = None,
    her2_rule: Rule = None,
    on_mismatch: OnMismatch = "error",
    population: Population = "her2-negative",
    clinical_sheet: str | None = None,
    clinical_header_row: int | None = None,
    clinical_decimal: str = ".",
    gene_column: str | None = None,
    ignore_columns: Sequence[str] = (),
    header_row: int | None = None,
    orientation: Orientation = "genes x samples",
    sheet: str | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    duplicates: CollapseRule = "error",
    missing: MissingRule = "error",
    symbols: Mapping[str, str] | None = None,
    annotation: str | Path | Mapping[str, str] | None = None,
    layer: str | None = None,
    allow_range: bool = False,
    **unknown: Never,
) -> Cohort:
    """Read expression and clinical data of one cohort and fix its population.

    Parameters
    ----------
    expression : str, Path, DataFrame or None
        As in `read_expression`; None for a cohort that has a clinical table only.
    clinical : str, Path or DataFrame
        As in `read_clinical`.
    name : str
        The cohort's name in every result.
    scale, offset, normalise, gene_lengths
        As in `read_expression`.
    columns, values, where, exclude, restrict, patients, everyone, her2_rule, population
        As in `read_clinical`.
    sample_id : {"as written", "letters", "tcga-sample", "tcga-patient"}
        How ids of the two files are compared: whole; by letters and digits alone (dots for dashes, an X that R put
        before a digit, case, and what programs put around a name, as .bam, _counts or GSM123_, mean nothing); by the
        first 15 or 12 letters of TCGA barcodes.
    repeats : {"error", "first", "keep"}
        As in `read_clinical`; of several columns of one tumour, too.
    on_mismatch : {"error", "intersect"}
        Samples that only one of the two files has: an error that lists them, or left out with a note.
    clinical_sheet, clinical_header_row, clinical_decimal
        Sheet, line of the names and decimal mark of the clinical file.
    gene_column, ignore_columns, header_row, orientation, sheet, delimiter, decimal
        How the expression file is laid out, as in `read_expression`.
    duplicates, missing, symbols, annotation, layer, allow_range
        What becomes of its rows, as in `read_expression`.

    Returns
    -------
    Cohort
        HER2-negative tumours, expression and clinical table in the order of the clinical file.

    Raises
    ------
    InputError
        Everything that is wrong with either file, at once; `DataError` for a keyword that there is not.

    Examples
    --------
    >>> expression = pd.DataFrame({"a": [30.0, 70.0], "b": [0.0, 50.0]}, index=["ERBB2", "ESR1"])
    >>> clinical = pd.DataFrame({"sample": ["b", "a"], "er": ["+", "neg"], "her2_ihc": ["1+", "0"]})
    >>> read_cohort(expression, clinical, name="tiny", scale="linear")
    Cohort 'tiny': 2 samples (HR+ 1, HR- 1; ER only), 2 genes, linear scale, 4 notes
    """
    refuse_unknown(unknown, read_cohort)
    found = ProblemList()
    words = partial(read_clinical_words, clinical, sheet=clinical_sheet, header_row=clinical_header_row)
    opening = partial(open_clinical, columns=columns or {}, where=where or {}, exclude=exclude, patients=patients)
    file = _attempt(found, lambda: opening(words(), everyone=everyone or {}))
    raw, matrix, table = None, None, None
    if expression is not None:
        layout = MatrixOptions(gene_column, tuple(ignore_columns), sheet, delimiter, decimal, layer, header_row)
        raw = _attempt(found, partial(open_matrix, expression, layout, orientation=orientation))
    if file is not None:
        there = raw.columns if raw is not None else []
        _attempt(found, partial(refuse_absent, [one for one in file.absent if one not in there], file))
        file = _attempt(found, partial(one_a_patient, file, repeats, sample_id, there))
    raw, both, notes = _brought_together(raw, file, sample_id, repeats, exclude, on_mismatch, found)
    if expression is not None and scale is None:
        found.add(ScaleError, "no scale is declared", where=f"cohort {name!r}", remedy=SAY)
    elif raw is not None and scale is not None:
        rows = partial(interpret_matrix, raw, duplicates=duplicates, missing=missing, symbols=symbols)
        scaled = partial(rows, scale=scale, offset=offset, normalise=normalise, gene_lengths=gene_lengths)
        ids = file.samples if file else ()
        known = partial(scaled, annotation=annotation, allow_range=allow_range, expected_samples=ids)
        matrix = _attempt(found, known)
        if matrix is not None and both is not None:
            refuse_twins(matrix.values, both, raw.name, found)
    if file is not None:
        asked = partial(interpret, file, values=values or {}, restrict=restrict or {}, population=population)
        table = _attempt(found, partial(asked, decimal=clinical_decimal, keep=both, her2_rule=checked_rule(her2_rule)))
    found.raise_if_any()
    assert table is not None
    return _joined(name, table, matrix, notes)


def _brought_together(
    raw: RawMatrix | None,
    file: ClinicalFile | None,
    form: SampleId,
    repeats: Repeats,
    exclude: Sequence[str],
    on_mismatch: OnMismatch,
    found: ProblemList,
) -> tuple[RawMatrix | None, set[str] | None, list[Note]]:
    """The columns that are tumours of the clinical table, the samples that both files have, and what is to be told.

    A matrix that lies on its side is left as it is: whoever interprets it says so.
    """
    notes: list[Note] = []
    if raw is not None and file is not None and not lies_on_its_side(raw, file.samples):
        chosen = _attempt(found, partial(tumours_of, raw, file, form, repeats, exclude))
        raw, notes = chosen or (None, [])
    if raw is None or file is None or lies_on_its_side(raw, file.samples):
        return raw, None, notes
    both, said = _shared_samples(file, raw, on_mismatch, found)
    # no rule of rows looks at samples that are not analysed
    return (raw if both is None else raw.only(both)), both, [*notes, *said]


def _attempt(found: ProblemList, read: Callable[[], T]) -> T | None:
    """Go on after an error, so that the other file's problems are found too."""
    try:
        return read()
    except InputError as error:
        for problem in error.problems:
            found.take(type(error)(problem))
        return None


def _shared_samples(
    file: ClinicalFile, matrix: RawMatrix, on_mismatch: OnMismatch, found: ProblemList
) -> tuple[set[str] | None, list[Note]]:
    """Samples that both files have; None where they do not go together."""
    both = set(file.samples) & set(matrix.columns)
    only_clinical = [sample for sample in file.samples if sample not in both]
    only_matrix = [sample for sample in dict.fromkeys(matrix.columns) if sample not in both]
    if not only_clinical and not only_matrix:
        return both, []
    if on_mismatch == "intersect" and both and not ids_that_look_alike(only_clinical, only_matrix):
        return both, [
            Note("reading", f"samples without {lacking} left out", len(ids), left=left)
            for ids, lacking, left in (
                (only_clinical, "expression", len(both)),
                (only_matrix, "clinical data", None),  # they were never among the tumours
            )
            if ids
        ]
    described = (
        f"{len(only_clinical)} samples have no expression ({listed_ids(only_clinical)}), "
        f"{len(only_matrix)} no clinical row ({listed_ids(only_matrix)}), {len(both)} have both"
    )
    found.add(
        SampleError,
        f"the sample ids of the two files differ: {described}",
        where=f"{file.name} and {matrix.name}",
        value=", ".join((only_clinical + only_matrix)[:SHOWN]),
        remedy=_mismatch_remedy(file, only_clinical, only_matrix, len(both)),
    )
    return None, []


def _mismatch_remedy(file: ClinicalFile, only_clinical: Sequence[str], only_matrix: Sequence[str], shared: int) -> str:
    """One cause: another column holds the ids, or they are written otherwise, or some tumours are in one file only."""
    words = {column: {row[place] for row in file.table.rows} for place, column in enumerate(file.table.header)}
    met = {column: len(there & {*only_matrix}) for column, there in words.items()}
    other = max(met, key=lambda column: met[column])
    if met[other] > shared:
        return f"say columns.sample = {other!r}: {met[other]} of its ids are in the expression"
    if alike := ids_that_look_alike(only_clinical, only_matrix):
        return alike
    form, pairs = form_that_joins(only_clinical, only_matrix)
    if form is not None:
        listed = (f"{left!r} and {right!r}" for left, right in pairs[:3])
        return f'say sample_id = "{form}": {len(pairs)} ids differ in writing only: {", ".join(listed)}'
    go_on = 'or say on_mismatch = "intersect" to go on with the shared ones'
    return f"correct the ids, {go_on if shared else 'or columns.sample; no id is in both files'}"


def tumours_of(
    raw: RawMatrix, file: ClinicalFile, form: SampleId, repeats: Repeats, exclude: Sequence[str]
) -> tuple[RawMatrix, list[Note]]:
    """Keep the columns of a matrix that are primary tumours, under the ids of the clinical table, one each.

    What the clinical table leaves out goes, too, as it is no column without a clinical row.
    """
    known = {key(sample, form): sample for ids in (file.left_out, file.samples) for sample in sorted(ids, reverse=True)}
    written = set(file.samples)
    names = [column if column in written else known.get(key(column, form), column) for column in raw.columns]
    places, notes = primaries(raw.columns, "columns of the expression")
    gone = file.left_out | set(exclude)
    places = [place for place in places if names[place] not in gone]
    if form != "as written":
        here = [raw.columns[place] for place in places]
        kept, said = one_each(here, [names[place] for place in places], repeats, where=raw.name)
        places, notes = [places[place] for place in kept], [*notes, *said]
    if len(places) == len(raw.columns) and names == raw.columns:
        return raw, notes
    return replace(raw, columns=names).at(places), notes


def _joined(name: str, table: Clinical, matrix: Expression | None, notes: Sequence[Note]) -> Cohort:
    read = (matrix.source if matrix is not None else None, table.source, table.further)
    sources = tuple(source for source in read if source is not None)
    if matrix is None:
        return Cohort(name, table.table, None, None, 0.0, table.hr_definition, table.notes, sources, table.read_as)
    assumed: tuple[Note, ...] = ()
    if matrix.scale == "linear" and matrix.offset == 0:
        assumed = (Note("reading", "where logarithms are needed they are log2(x + 1)"),)
    return Cohort(
        name,
        table.table,
        matrix.values[list(table.table.index)],
        matrix.scale,
        matrix.offset,
        table.hr_definition,
        (*matrix.notes, *assumed, *notes, *table.notes),
        sources,
        table.read_as,
    )
