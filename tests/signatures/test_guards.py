"""A component of genes that is infiltration, not HER2, is told; one that is HER2's is let through."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.signatures import GeneSignature, score_exposure
from her2stats.signatures.guards import ExposureGuard, guard_exposure, named_genes, shared_genes, without_genes

IMMUNE = {"CD8A": "CD8 T cells", "EMR1": "signature matrix"}
HER2 = ("ERBB2", "GRB7", "STARD3", "PGAP3")


def tumours(n: int = 200) -> pd.DataFrame:
    """Four genes of one amplicon and two immune genes of another factor, log2."""
    rng = np.random.default_rng(5)
    her2, til = rng.normal(size=(2, n))
    rows = {gene: 8 + her2 + 0.5 * rng.normal(size=n) for gene in HER2}
    rows |= {gene: 5 + til + 0.5 * rng.normal(size=n) for gene in ("CD8A", "ADGRE1")}
    return pd.DataFrame(rows, [f"s{k}" for k in range(n)]).T


def guarded(*genes: str, til: pd.Series | None = None) -> ExposureGuard:
    expression, signature = tumours(), GeneSignature("list", genes)
    score = score_exposure(expression, signature).table["list"]
    return guard_exposure(expression, signature, score, immune=IMMUNE, til=til)


def test_a_sound_component_passes_whole():
    guard = guarded(*HER2, til=tumours().loc["CD8A"])
    assert (guard.refusals, guard.flag, guard.immune_share) == ((), "", 0.0)
    assert guard.anchor_r > 0.8
    assert abs(guard.til_rho) < 0.2


def test_shares_are_those_of_the_squared_loadings():
    expression, genes = tumours(), (*HER2, "CD8A")
    z = expression.loc[list(genes)].sub(expression.loc[list(genes)].mean(axis=1), axis=0)
    z = z.div(z.std(axis=1), axis=0)
    loadings = np.linalg.svd(z.to_numpy(), full_matrices=False)[0][:, 0]
    assert guarded(*genes).immune_share == pytest.approx(loadings[4] ** 2, rel=1e-9)


def test_immune_genes_are_found_under_the_symbol_of_another_year():
    assert shared_genes(GeneSignature("list", ("ERBB2", "ADGRE1")), IMMUNE) == {"ADGRE1": "signature matrix"}


def test_a_component_of_infiltration_is_refused_with_every_reason():
    guard = guarded("ERBB2", "CD8A", "ADGRE1", til=tumours().loc["CD8A"])
    assert guard.refusals == (
        f"its correlation with ERBB2 is {guard.anchor_r:.2f}, below 0.4",
        f"immune genes have {guard.immune_share:.0%} of its squared loadings, above 25%",
        f"it goes with total infiltration (rho {guard.til_rho:.2f}) more closely than with ERBB2 "
        f"(r {guard.anchor_r:.2f})",
    )
    assert guard.flag == f"not the anchor's: {'; '.join(guard.refusals)}"


@pytest.mark.parametrize(
    ("share", "r", "rho", "reasons", "flag"),
    [
        (0.25, 0.4, 0.4, 0, "immune genes: 25% of the squared loadings, above 10%"),
        (0.10, 0.4, -0.4, 0, ""),
        (0.2501, 0.4, 0.0, 1, None),
        (0.0, 0.3999, 0.0, 1, None),
        (0.0, 0.5, -0.5001, 1, None),
        (0.0, 0.5, float("nan"), 0, ""),
    ],
)
def test_bounds_are_met_exactly(share, r, rho, reasons, flag):
    guard = ExposureGuard(share, r, rho, "ERBB2")
    assert len(guard.refusals) == reasons
    assert flag is None or guard.flag == flag


def test_without_genes_weights_stay_with_their_genes():
    signature = GeneSignature("list", ("A", "B", "C"), (1.0, 2.0, 3.0), "here")
    assert without_genes(signature, ["B"]) == GeneSignature("list", ("A", "C"), (1.0, 3.0), "here")


def test_many_genes_are_named_by_the_first_eight():
    assert named_genes({f"G{k}": "T" for k in range(10)}).endswith("G7 (T) and 2 more")
