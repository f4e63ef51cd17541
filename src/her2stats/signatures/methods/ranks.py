"""Scores from ranks within each sample: ssGSEA and singscore. They need the whole matrix, and no other sample."""

from __future__ import annotations

import numpy as np

from her2stats.errors import DataError, Problem
from her2stats.signatures.preparation import Floats, Matrix, Measured, ScoringMethod

TAU = 0.25  # weight of the ranks (Barbie et al. 2009)


def ssgsea_score(measured: Measured, matrix: Matrix) -> Floats:
    """Single-sample gene set enrichment: area between the running sums of the set and of all other genes.

    The area is computed in closed form from the ranks. Tied genes share their mean rank, so that their order in the
    file does not matter; without ties the value is that of the running sum. It is not divided by the range over sets
    and samples. Raises DataError when the matrix holds no gene outside the set. Source: Barbie et al. 2009, Nature
    462:108, doi 10.1038/nature08460.
    """
    places, total = _places(measured, matrix), len(matrix.genes)
    inside = matrix.mean_ranks[places]
    weights = np.abs(inside) ** TAU
    outside = (total * (total + 1) / 2 - inside.sum(axis=0)) / (total - len(places))
    area: Floats = (weights * inside).sum(axis=0) / weights.sum(axis=0) - outside
    return area


def singscore_score(measured: Measured, matrix: Matrix) -> Floats:
    """Mean rank of the genes within the sample, between its lowest (-0.5) and highest (0.5) possible value.

    Tied genes get their lowest rank. Raises DataError when the matrix holds no gene outside the set. Source: Foroutan
    et al. 2018, BMC Bioinformatics 19:404, doi 10.1186/s12859-018-2435-4.
    """
    places = _places(measured, matrix)
    total, size = len(matrix.genes), len(places)
    ranks = matrix.lowest_ranks[places].mean(axis=0)
    low, high = (size + 1) / 2, (2 * total - size + 1) / 2
    centred: Floats = (ranks - low) / (high - low) - 0.5
    return centred


def _places(measured: Measured, matrix: Matrix) -> list[int]:
    if len(matrix.genes) <= len(measured.genes):
        where = f"signature {measured.signature.name!r}"
        raise DataError(Problem("ranks need genes outside the signature", where, "give the whole matrix"))
    rows = measured.signature.rows(matrix.genes)
    return [matrix.genes[rows[gene]] for gene in measured.genes]


SCORED_BY = (
    ScoringMethod(
        "ssgsea",
        f"ssGSEA (tau {TAU:g}, not divided by the range)",
        lambda part, matrix, anchor: (ssgsea_score(part, matrix), []),
    ),
    ScoringMethod("singscore", "singscore (centred)", lambda part, matrix, anchor: (singscore_score(part, matrix), [])),
)
