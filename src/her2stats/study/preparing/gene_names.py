"""Expression under the names that a signature uses: the same gene was called otherwise in another year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from her2stats.cohort import Cohort
from her2stats.cohort.genes import harmonise_genes
from her2stats.deconvolution import SignatureMatrix
from her2stats.notes import Note
from her2stats.signatures import GeneSignature
from her2stats.study.study_file import Study


def expression_for_matrix(
    cohort: Cohort, matrix: SignatureMatrix, study: Study
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Linear expression with rows named as in a signature matrix, and a note of every renaming.

    Raises GeneError when a gene stands in two rows under two names, and the study file has no rule for that.
    """
    named, notes = _named(cohort, matrix.genes, matrix.name, study)
    return named.linear(), notes


def expression_for_exposure(
    cohort: Cohort, exposure: GeneSignature | str, study: Study
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Log2 expression with rows named as in the signature that is the exposure, or as the gene that is it.

    Raises GeneError as `expression_for_matrix` does.
    """
    anchor = [study.scores.anchor] if study.scores.anchor is not None else []
    genes = [*exposure.genes, *anchor] if isinstance(exposure, GeneSignature) else [exposure]
    return expression_for_genes(cohort, genes, study, what="the exposure")


def expression_for_genes(
    cohort: Cohort, genes: Sequence[str], study: Study, *, what: str
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Log2 expression with rows named as in a list of genes. Raises GeneError as `expression_for_matrix` does."""
    named, notes = _named(cohort, genes, what, study)
    return named.log2(), notes


def _named(cohort: Cohort, genes: Sequence[str], what: str, study: Study) -> tuple[Cohort, tuple[Note, ...]]:
    """Rename, and merge rows on the scale of the file, as rows that share a symbol are merged when it is read."""
    if not study.study.rename_genes or cohort.expression is None:
        return cohort, ()
    rule = study.section(cohort.name).duplicates
    renamed, notes = harmonise_genes(cohort.expression, genes, what=what, duplicates=rule)
    return (cohort if renamed is cohort.expression else replace(cohort, expression=renamed)), tuple(notes)
