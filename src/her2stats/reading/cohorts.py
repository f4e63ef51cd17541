"""Expression and clinical data of the same tumours, brought together by sample id."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Never, TypeVar

import pandas as pd

from her2stats.cohort import Clinical, Cohort, Expression, Scale
from her2stats.cohort.genes import CollapseRule
from her2stats.errors import InputError, ProblemList, SampleError, ScaleError, refuse_unknown
from her2stats.notes import Note
from her2stats.reading.clinical.file import ClinicalFile, open_clinical
from her2stats.reading.clinical.population import Population
from her2stats.reading.clinical.table import interpret
from her2stats.reading.expression import Normalise, Orientation, interpret_matrix, open_matrix
from her2stats.reading.formats.dispatch import MatrixOptions
from her2stats.reading.formats.matrix import RawMatrix
from her2stats.reading.gates import lies_on_its_side
from her2stats.reading.rows import MissingRule

OnMismatch = Literal["error", "intersect"]
SHOWN = 6
T = TypeVar("T")


def read_cohort(
    expression: str | Path | pd.DataFrame | None,
    clinical: str | Path | pd.DataFrame,
    *,
    name: str,
    scale: Scale | None = None,
    offset: float = 0.0,
    normalise: Normalise | None = None,
    columns: Mapping[str, str | bool] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    where: Mapping[str, str | Sequence[str]] | None = None,
    on_mismatch: OnMismatch = "error",
    population: Population = "her2-negative",
    clinical_sheet: str | None = None,
    clinical_decimal: str = ".",
    gene_column: str | None = None,
    ignore_columns: Sequence[str] = (),
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
    scale, offset, normalise
        As in `read_expression`.
    columns, values, where, population
        As in `read_clinical`.
    on_mismatch : {"error", "intersect"}
        Samples that only one of the two files has: an error that lists them, or left out with a note.
    clinical_sheet, clinical_decimal
        Sheet and decimal mark of the clinical file.
    gene_column, ignore_columns, orientation, sheet, delimiter, decimal
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
    file = _attempt(found, lambda: open_clinical(clinical, columns=columns or {}, sheet=clinical_sheet))
    matrix, both = None, None
    notes: list[Note] = []
    if expression is not None:
        ids = file.samples if file else ()
        layout = MatrixOptions(gene_column, tuple(ignore_columns), sheet, delimiter, decimal, layer)
        raw = _attempt(found, lambda: open_matrix(expression, layout, orientation=orientation))
        if scale is None:
            remedy = 'declare scale = "log2" or "linear"; it is never guessed'
            found.add(ScaleError, "no scale is declared", where=f"cohort {name!r}", remedy=remedy)
        elif raw is not None:
            declared, seen = scale, raw
            matrix = _attempt(
                found,
                lambda: interpret_matrix(
                    seen,
                    scale=declared,
                    offset=offset,
                    normalise=normalise,
                    duplicates=duplicates,
                    missing=missing,
                    symbols=symbols,
                    annotation=annotation,
                    allow_range=allow_range,
                    expected_samples=ids,
                ),
            )
        if raw is not None and file is not None and not lies_on_its_side(raw, ids):
            both, notes = _shared_samples(file, raw, on_mismatch, found)
    table = None
    if file is not None:
        table = _attempt(
            found,
            lambda: interpret(
                file,
                values=values or {},
                where=where or {},
                population=population,
                decimal=clinical_decimal,
                keep=both,
            ),
        )
    found.raise_if_any()
    assert table is not None
    return _joined(name, table, matrix, notes)


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
    clinical_ids, matrix_ids = list(file.samples), list(dict.fromkeys(matrix.columns))
    both = set(clinical_ids) & set(matrix_ids)
    only_clinical = [sample for sample in clinical_ids if sample not in both]
    only_matrix = [sample for sample in matrix_ids if sample not in both]
    if not only_clinical and not only_matrix:
        return both, []
    if on_mismatch == "intersect" and both:
        return both, [
            Note("reading", f"samples without {lacking} left out", len(ids))
            for ids, lacking in ((only_clinical, "expression"), (only_matrix, "clinical data"))
            if ids
        ]
    described = (
        f"{len(only_clinical)} samples have no expression ({_some(only_clinical)}), "
        f"{len(only_matrix)} no clinical row ({_some(only_matrix)}), {len(both)} have both"
    )
    found.add(
        SampleError,
        f"the sample ids of the two files differ: {described}",
        where=f"{file.name} and {matrix.name}",
        value=", ".join((only_clinical + only_matrix)[:SHOWN]),
        remedy=_mismatch_remedy(only_clinical, only_matrix, bool(both)),
    )
    return None, []


def _mismatch_remedy(only_clinical: Sequence[str], only_matrix: Sequence[str], any_shared: bool) -> str:
    advice = 'correct the ids, or say on_mismatch = "intersect" to go on with the shared ones'
    if not any_shared:
        advice = "correct the ids, or columns.sample; no id is in both files"
    pairs = near_matches(only_clinical, only_matrix)
    if pairs:
        listed = ", ".join(f"{left!r} and {right!r}" for left, right in pairs[:3])
        advice += f"; {len(pairs)} ids differ in writing only: {listed}"
    return advice


def near_matches(first: Sequence[str], second: Sequence[str]) -> list[tuple[str, str]]:
    """Ids that are the same but for case, dots for dashes, an X that R put in front, or a trailing -01.

    Examples
    --------
    >>> near_matches(["TCGA-A1-A0SB"], ["tcga.a1.a0sb.01"])
    [('TCGA-A1-A0SB', 'tcga.a1.a0sb.01')]
    """
    reduced: dict[str, list[str]] = {}
    for sample in second:
        reduced.setdefault(_reduced(sample), []).append(sample)
    found = [(sample, reduced.get(_reduced(sample), [])) for sample in first]
    return [(sample, others[0]) for sample, others in found if len(others) == 1]


def _reduced(sample: str) -> str:
    text = re.sub(r"[^a-z0-9]+", "-", sample.strip().casefold()).strip("-")
    text = re.sub(r"^x(?=\d)", "", text)  # R puts an X before names that start with a digit
    text = re.sub(r"-0\d[a-z]?(-.*)?$", "", text)  # sample type and aliquot of a TCGA barcode
    return re.sub(r"^0+(?=\d+$)", "", text)  # leading zeros that a spreadsheet took away


def _some(ids: Sequence[str]) -> str:
    if not ids:
        return "none"
    return ", ".join(ids[:SHOWN]) + (f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else "")


def _joined(name: str, table: Clinical, matrix: Expression | None, notes: Sequence[Note]) -> Cohort:
    sources = tuple(part.source for part in (matrix, table) if part is not None and part.source is not None)
    if matrix is None:
        return Cohort(name, table.table, hr_definition=table.hr_definition, notes=table.notes, sources=sources)
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
    )
