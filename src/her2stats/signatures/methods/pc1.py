"""First principal component of the standardised genes, its sign fixed by an anchor gene."""

from __future__ import annotations

import numpy as np

from her2stats.errors import DataError, Problem
from her2stats.notes import Note
from her2stats.signatures.methods.means import standardised
from her2stats.signatures.preparation import Anchor, Floats, Measured, ScoringMethod

# Below, the anchor does not tell one sign from the other.
MIN_ANCHOR_CORRELATION = 1e-6


def pc1_score(measured: Measured, anchor: Anchor) -> tuple[Floats, list[Note]]:
    """Score each sample by the first principal component of the genes' z-scores.

    The loadings have length one. A component has no sign of its own: it is turned so that the score correlates
    positively with the anchor over the samples. Raises DataError when the anchor is uncorrelated with the component, or
    the first two components are equally long.
    """
    name = measured.signature.name
    z, kept, notes = standardised(measured)
    loadings, score, explained, r = oriented_component(z, anchor.values, f"signature {name!r}", anchor.name)
    used = [gene for gene, keep in zip(measured.genes, kept, strict=True) if keep]
    strongest = sorted(zip(used, loadings, strict=True), key=lambda pair: (-abs(pair[1]), pair[0]))[:5]
    detail = (
        f"explains {explained:.1%} of the variance, r = {r:.3f} with {anchor.name}; "
        f"largest loadings {', '.join(f'{gene} {loading:+.2f}' for gene, loading in strongest)}"
    )
    notes.append(Note("scores", f"{name}: sign of PC1 fixed by {anchor.name}", int(kept.sum()), detail))
    return score, notes


def oriented_component(z: Floats, anchor: Floats, where: str, anchor_name: str) -> tuple[Floats, Floats, float, float]:
    """First principal component of standardised genes, turned towards the anchor.

    Gives loadings of length one, scores, share of the variance and correlation of the scores with the anchor. Raises
    DataError when the component, or its sign, is not determined.
    """
    left, lengths, _ = np.linalg.svd(z, full_matrices=False)
    if len(lengths) > 1 and lengths[1] > lengths[0] * (1 - 1e-9):
        raise DataError(Problem("two first principal components are equally long", where, 'use method="mean-z"'))
    loadings = left[:, 0]
    score = loadings @ z
    r = correlation(score, anchor)
    if not abs(r) > MIN_ANCHOR_CORRELATION:
        what = f"the first principal component does not correlate with {anchor_name}, so its sign is open"
        raise DataError(Problem(what, where, "name another anchor gene, or give weights"))
    sign = 1.0 if r > 0 else -1.0
    return sign * loadings, sign * score, float(lengths[0] ** 2 / (lengths**2).sum()), abs(r)


def correlation(first: Floats, second: Floats) -> float:
    """Pearson correlation; 0 where one of the two does not vary."""
    a, b = first - first.mean(), second - second.mean()
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum() / size) if size > 0 else 0.0


SCORED_BY = (
    ScoringMethod(
        "pc1",
        "first principal component of z-scores",
        lambda part, matrix, anchor: pc1_score(part, anchor),
        anchored=True,
    ),
)
