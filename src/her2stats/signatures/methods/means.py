"""Mean expression, mean z-score, weighted sum of z-scores."""

from __future__ import annotations

import numpy as np

from her2stats.errors import DataError, Problem
from her2stats.notes import Note
from her2stats.signatures.preparation import Floats, Measured, ScoringMethod


def mean_score(measured: Measured) -> tuple[Floats, list[Note]]:
    """Mean log2 expression of the genes (Danaher et al. 2017)."""
    return measured.values.mean(axis=0), []


def mean_z_score(measured: Measured) -> tuple[Floats, list[Note]]:
    """Mean of the genes' z-scores over the samples at hand."""
    z, _, notes = standardised(measured)
    return z.mean(axis=0), notes


def weighted_score(measured: Measured) -> tuple[Floats, list[Note]]:
    """Weighted sum of the genes' z-scores; `DataError` where there are no weights.

    They are taken over the samples at hand, or by the means and standard deviations that the signature brings.
    """
    if measured.weights is None:
        name = measured.signature.name
        raise DataError(Problem("has no weights", f"signature {name!r}", 'add a column weight, or use method="pc1"'))
    if measured.signature.reference is not None:
        of = dict(zip(measured.signature.genes, measured.signature.reference, strict=True))
        mean, spread = np.array([of[gene] for gene in measured.genes]).T
        z = (measured.values - mean[:, None]) / spread[:, None]
        note = Note("scores", f"{measured.signature.name}: frozen, by the means and SDs of the signature", len(mean))
        return (measured.weights[:, None] * z).sum(axis=0), [note]
    z, kept, notes = standardised(measured)
    return (measured.weights[kept][:, None] * z).sum(axis=0), notes


def standardised(measured: Measured) -> tuple[Floats, np.ndarray, list[Note]]:
    """z-scores of each gene by the n-1 standard deviation; genes that do not vary are left out, with a note.

    Gives z-scores of genes kept x samples, which genes were kept, and notes. Raises DataError for fewer than two
    samples, or when no gene varies.
    """
    values, name = measured.values, measured.signature.name
    if values.shape[1] < 2:
        problem = Problem("z-scores need at least two samples", f"signature {name!r}", 'use method="mean"')
        raise DataError(problem)
    centred = values - values.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).sum(axis=1) / (values.shape[1] - 1))
    kept = spread > 1e-12 * np.maximum(np.abs(values).max(axis=1), 1.0)
    if not kept.any():
        raise DataError(Problem("none of its genes varies between samples", f"signature {name!r}", "check the matrix"))
    notes = []
    if not kept.all():
        listed = ", ".join(gene for gene, keep in zip(measured.genes, kept, strict=True) if not keep)
        notes.append(Note("scores", f"{name}: genes that do not vary left out", int((~kept).sum()), listed))
    return centred[kept] / spread[kept][:, None], kept, notes


SCORED_BY = (
    ScoringMethod("mean", "mean log2 expression", lambda part, matrix, anchor: mean_score(part)),
    ScoringMethod("mean-z", "mean z-score", lambda part, matrix, anchor: mean_z_score(part)),
    ScoringMethod("weighted", "weighted sum of z-scores", lambda part, matrix, anchor: weighted_score(part)),
)
