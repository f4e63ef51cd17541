"""One step of the analysis on one file: what the commands `score` and `deconvolve` do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.cohort import Expression
from her2stats.errors import InputError, ProblemList
from her2stats.notes import Note


def scores_of_file(expression: Path, signature: str, reading: Mapping[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """Score a gene, a catalogue signature or a signature file in one expression file; `reading` says how to read it.

    The table is samples x scores; the texts are the gene coverage of each score, a line each.
    """
    from her2stats.signatures import read_signature, score_danaher, score_exposure, score_signature
    from her2stats.signatures import signature as from_catalogue
    from her2stats.signatures.gene_signature import GeneSignature, SignatureSet
    from her2stats.signatures.signature_file import names_a_file

    found: GeneSignature | SignatureSet | None = None
    if signature == "danaher" or names_a_file(signature):
        found = from_catalogue("danaher") if signature == "danaher" else read_signature(signature)
    wanted = [signature] if found is None else found.genes
    read, notes = _read(expression, wanted, reading, what=signature)
    values = read.log2()
    if signature == "danaher":
        scores = score_danaher(values, rename_genes=False)  # `_read` has done it, by the rule
    elif isinstance(found, SignatureSet):
        scores = score_signature(values, found, rename_genes=False)
    else:
        scores = score_exposure(values, found if found is not None else signature, rename_genes=False)
    lines = [
        f"{name}: {row['genes_found']} of {row['genes_total']} genes {row['flag']}".strip()
        for name, row in scores.coverage.iterrows()
    ]
    return scores.table.rename_axis("sample"), [*spoken(notes), *lines]


def fractions_of_file(
    expression: Path, signature: Path, reading: Mapping[str, Any], **settings: Any
) -> tuple[pd.DataFrame, list[str]]:
    """Estimate the cell fractions of one expression file; `reading` says how to read it, `settings` are `deconvolve`'s.

    The table is samples x (types, each with its interval where there is one, quality); the texts are what there is to
    know about it, a line each.
    """
    from her2stats.deconvolution import deconvolve, read_signature_matrix
    from her2stats.reading.counts import on_lengths

    matrix = read_signature_matrix(signature)
    read, notes = _read(expression, matrix.genes, reading, what=matrix.name)
    found = deconvolve(read.linear(), matrix, rename_genes=False, **settings)  # `_read` has done it, by the rule
    return found.wide().rename_axis("sample"), spoken((*notes, *on_lengths(notes), *found.notes))


def _read(
    expression: Path, wanted: Sequence[str], reading: Mapping[str, Any], *, what: str
) -> tuple[Expression, tuple[Note, ...]]:
    """Read a matrix, with the rows that a signature wants under the names it uses, and all that there is to say."""
    from her2stats.cohort.genes import harmonise_genes
    from her2stats.reading import read_expression

    settings = checked_settings(reading)
    read = read_expression(expression, **settings)
    tumours, left_out = _tumours(read.values, expression.name)
    values, notes = harmonise_genes(tumours, wanted, what=what, duplicates=settings["duplicates"])
    return replace(read, values=values), (*read.notes, *left_out, *notes)


def _tumours(values: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[Note]]:
    """Leave out what is no primary tumour by its name, and refuse one profile under two."""
    from her2stats.reading.clinical.ids import one_each, patient_of, primaries
    from her2stats.reading.clinical.visits import patients_of
    from her2stats.reading.twins import refuse_twins

    samples = [str(sample) for sample in values.columns]
    places, notes = primaries(samples, "columns of the expression")
    if not places:  # whoever asks about normal tissue alone means it
        places, notes = list(range(len(samples))), []
    values, samples = values.iloc[:, places], [samples[place] for place in places]
    owners = [patient_of(sample) or owner for sample, owner in zip(samples, patients_of(samples), strict=True)]
    _, repeats = one_each(samples, owners, "keep", where=name)
    found = ProblemList()
    refuse_twins(values, samples, name, found, leave_out="--ignore-columns {}")
    found.raise_if_any()
    return values, [*notes, *repeats]


def checked_settings(reading: Mapping[str, Any]) -> dict[str, Any]:
    """What `read_expression` is told, checked as settings of a study file are."""
    from pydantic import ValidationError

    from her2stats.reading import read_expression
    from her2stats.study.sections import CohortSection
    from her2stats.study.study_file import problem_of

    try:
        section = CohortSection.model_validate({"name": "file", "clinical": "", "expression": "", **reading})
    except ValidationError as error:
        told = [(str(*detail["loc"][:1]) or "scale", problem_of(detail, "")) for detail in error.errors()]
        raise InputError(*(replace(one, where=f"--{name.replace('_', '-')}") for name, one in told)) from None
    return section.told(read_expression)


def spoken(notes: tuple[Note, ...]) -> list[str]:
    """Notes as lines for a terminal."""
    return [
        f"{note.what}{f' ({note.count})' if note.count is not None else ''} {note.detail}".strip() for note in notes
    ]
