"""Is a component of the exposure's genes HER2's? What the data make of a list of genes may be something else.

Twelve immune and eight HER2 genes give a first component of infiltration under the name of HER2. The bounds were chosen
on real tumours: they find 89 to 93 % of such components and 2 to 11 % of sound ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from her2stats.cohort.genes import match_symbols
from her2stats.signatures.gene_signature import GeneSignature
from her2stats.signatures.methods.means import standardised
from her2stats.signatures.methods.pc1 import correlation
from her2stats.signatures.preparation import prepare

LEAST_ANCHOR = 0.4  # below, 9 to 43 % of resamples turn the component round
MOST_SHARED, TOLD_SHARED = 0.25, 0.10  # shares of the squared loadings
SHOWN = 8


@dataclass(frozen=True)
class ExposureGuard:
    """What a component of genes rests on."""

    immune_share: float  # what immune genes have of the squared loadings
    anchor_r: float  # Pearson correlation of the score with its anchor gene
    til_rho: float  # Spearman correlation of the score with total infiltration; NaN where there is none
    anchor: str  # its name

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why the score is not HER2's, each reason with its number and bound."""
        found = []
        if abs(self.anchor_r) < LEAST_ANCHOR:
            found.append(f"its correlation with {self.anchor} is {self.anchor_r:.2f}, below {LEAST_ANCHOR}")
        if self.immune_share > MOST_SHARED:
            found.append(f"immune genes have {self.immune_share:.0%} of its squared loadings, above {MOST_SHARED:.0%}")
        if abs(self.til_rho) > abs(self.anchor_r):
            found.append(
                f"it goes with total infiltration (rho {self.til_rho:.2f}) more closely than with {self.anchor} "
                f"(r {self.anchor_r:.2f})"
            )
        return tuple(found)

    @property
    def flag(self) -> str:
        """What stands beside the score in the table of coverage; empty where it is sound."""
        if self.refusals:
            return f"not the anchor's: {'; '.join(self.refusals)}"
        if self.immune_share > TOLD_SHARED:
            return f"immune genes: {self.immune_share:.0%} of the squared loadings, above {TOLD_SHARED:.0%}"
        return ""


def guard_exposure(
    expression: pd.DataFrame,
    signature: GeneSignature,
    score: pd.Series,
    *,
    immune: Mapping[str, str],
    anchor: str = "ERBB2",
    til: pd.Series | None = None,
) -> ExposureGuard:
    """Hold a principal component of the exposure's genes against its anchor, immune genes and total infiltration.

    The expression (genes x samples, log2) has the names of the signature; score and til are of its samples; `immune` is
    gene to the immune list that has it, found under earlier and later symbols too. There are `refusals` where the score
    is not the anchor's. Raises TableError, GeneError or DataError for values that cannot be scored.
    """
    matrix = prepare(expression)
    measured = matrix.measured(signature)
    z, kept, _ = standardised(measured)
    values = score.reindex(matrix.samples).to_numpy(dtype=float)
    genes = [gene for gene, keep in zip(measured.genes, kept, strict=True) if keep]
    weights = (z @ (values - values.mean())) ** 2  # of a principal component proportional to the squared loadings
    shared = shared_genes(signature, immune)
    among = np.array([gene in shared for gene in genes])
    rho = float("nan")
    if til is not None and til.nunique() > 1 and score.nunique() > 1:
        from scipy.stats import spearmanr  # half a second, and for components only

        rho = float(spearmanr(values, til.reindex(matrix.samples)).statistic)
    return ExposureGuard(
        float(weights[among].sum() / weights.sum()) if weights.sum() > 0 else 0.0,
        correlation(values, matrix.values[matrix.genes[anchor]]),
        rho,
        anchor,
    )


def shared_genes(signature: GeneSignature, immune: Mapping[str, str]) -> dict[str, str]:
    """Genes of a signature that immune lists have too, under whichever symbol, with the list."""
    found = match_symbols(signature.genes, immune).rows
    return {gene: immune[found[gene]] for gene in signature.genes if gene in found}


def without_genes(signature: GeneSignature, genes: Collection[str]) -> GeneSignature:
    """Take genes out of a signature."""
    keep = [place for place, gene in enumerate(signature.genes) if gene not in genes]
    weights = signature.weights
    return replace(
        signature,
        genes=tuple(signature.genes[place] for place in keep),
        weights=None if weights is None else tuple(weights[place] for place in keep),
        reference=signature.reference and tuple(signature.reference[place] for place in keep),
    )


def named_genes(shared: Mapping[str, str]) -> str:
    """Genes with the lists in which they stand, as a note says it."""
    told = [f"{gene} ({lists})" for gene, lists in shared.items()]
    return ", ".join(told[:SHOWN]) + (f" and {len(told) - SHOWN} more" if len(told) > SHOWN else "")
