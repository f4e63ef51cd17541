"""One step of the analysis on one file: what the commands `score` and `deconvolve` do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from her2stats.cohort import Expression
from her2stats.cohort.genes import CollapseRule
from her2stats.errors import InputError, Problem
from her2stats.notes import Note

Mode = Literal["relative", "absolute", "no.sumto1"]


def scores_of_file(
    expression: Path, signature: str, *, scale: str, offset: float = 0.0, duplicates: str = "error"
) -> tuple[pd.DataFrame, list[str]]:
    """Score a gene, a catalogue signature or a signature file in one expression file.

    Returns
    -------
    tuple
        samples x scores, and the gene coverage of each score, a line each.
    """
    from her2stats.signatures import read_signature, score_danaher, score_exposure, score_signature
    from her2stats.signatures import signature as from_catalogue
    from her2stats.signatures.gene_signature import GeneSignature, SignatureSet
    from her2stats.signatures.signature_file import names_a_file

    found: GeneSignature | SignatureSet | None = None
    if signature == "danaher" or names_a_file(signature):
        found = from_catalogue("danaher") if signature == "danaher" else read_signature(signature)
    wanted = [signature] if found is None else found.genes
    read, notes = _read(expression, wanted, what=signature, scale=scale, offset=offset, duplicates=duplicates)
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
    expression: Path,
    signature: Path,
    *,
    scale: str,
    offset: float = 0.0,
    duplicates: str = "error",
    mode: str = "absolute",
    permutations: int = 0,
    bootstrap: int = 0,
    reference_median: float | None = None,
    quantile_normalise: bool = False,
    min_overlap: float = 0.5,
    seed: int = 1,
    n_jobs: int = 1,
) -> tuple[pd.DataFrame, list[str]]:
    """Estimate the cell fractions of one expression file.

    Returns
    -------
    tuple
        samples x (types, each with its interval where there is one, quality), and what there is to know about it, a
        line each.
    """
    from her2stats.deconvolution import deconvolve, read_signature_matrix

    modes: dict[str, Mode] = {"relative": "relative", "absolute": "absolute", "no.sumto1": "no.sumto1"}
    if mode not in modes:
        raise InputError(Problem(f"{mode!r} is not a mode", "--mode", f"say one of {', '.join(modes)}"))
    matrix = read_signature_matrix(signature)
    read, notes = _read(expression, matrix.genes, what=matrix.name, scale=scale, offset=offset, duplicates=duplicates)
    found = deconvolve(
        read.linear(),
        matrix,
        mode=modes[mode],
        permutations=permutations,
        bootstrap=bootstrap,
        reference_median=reference_median,
        quantile_normalise=quantile_normalise,
        min_overlap=min_overlap,
        rename_genes=False,  # `_read` has done it, by the rule
        seed=seed,
        n_jobs=n_jobs,
    )
    return found.wide().rename_axis("sample"), spoken((*notes, *found.notes))


def _read(
    expression: Path, wanted: Sequence[str], *, what: str, scale: str, offset: float, duplicates: str
) -> tuple[Expression, tuple[Note, ...]]:
    """Read a matrix, with the rows that a signature wants under the names it uses, and all that there is to say."""
    from her2stats.cohort.genes import harmonise_genes
    from her2stats.reading import read_expression

    rule = checked_rule(duplicates)
    read = read_expression(expression, scale=checked_scale(scale), offset=offset, duplicates=rule)
    values, notes = harmonise_genes(read.values, wanted, what=what, duplicates=rule)
    return replace(read, values=values), (*read.notes, *notes)


def checked_rule(duplicates: str) -> CollapseRule:
    """Accept the rules there are for rows that are one gene."""
    rules: dict[str, CollapseRule] = {rule: rule for rule in get_args(CollapseRule)}
    if duplicates not in rules:
        raise InputError(Problem(f"{duplicates!r} is not a rule", "--duplicates", f"say one of {', '.join(rules)}"))
    return rules[duplicates]


def checked_scale(scale: str) -> Literal["log2", "linear"]:
    """Accept the two scales there are."""
    if scale == "log2":
        return "log2"
    if scale == "linear":
        return "linear"
    raise InputError(Problem(f"{scale!r} is not a scale", "--scale", "say log2 or linear; it is never guessed"))


def spoken(notes: tuple[Note, ...]) -> list[str]:
    """Notes as lines for a terminal."""
    return [
        f"{note.what}{f' ({note.count})' if note.count is not None else ''} {note.detail}".strip() for note in notes
    ]
