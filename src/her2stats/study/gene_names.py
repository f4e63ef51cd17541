"""Expression under the names that a signature uses: the same gene was called otherwise in another year."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from her2stats.cohort import Cohort
from her2stats.deconvolution import SignatureMatrix
from her2stats.genes import harmonise_genes
from her2stats.notes import Note
from her2stats.signatures import GeneSignature, read_signature
from her2stats.study.study_file import Study, looks_like_file


def expression_for_matrix(
    cohort: Cohort, matrix: SignatureMatrix, study: Study
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Linear expression with rows named as in a signature matrix, and a note of every renaming."""
    return _named(cohort.linear(), matrix.genes, matrix.name, study)


def expression_for_exposure(cohort: Cohort, study: Study) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Log2 expression with rows named as in the signature that is the exposure, or as the gene that is it.

    Raises
    ------
    InputError
        The signature file cannot be read.
    """
    named = study.scores.exposure
    if not looks_like_file(named):
        return expression_for_genes(cohort, [named], study, what="the exposure")
    signature = read_signature(study.locate(named))
    members = [signature] if isinstance(signature, GeneSignature) else list(signature)
    return _named(cohort.log2(), [gene for member in members for gene in member.genes], "the exposure", study)


def expression_for_genes(
    cohort: Cohort, genes: Sequence[str], study: Study, *, what: str
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Log2 expression with rows named as in a list of genes."""
    return _named(cohort.log2(), genes, what, study)


def _named(
    expression: pd.DataFrame, genes: Sequence[str], what: str, study: Study
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    if not study.study.rename_genes:
        return expression, ()
    renamed, notes = harmonise_genes(expression, genes, what=what)
    return renamed, tuple(notes)
