"""What random lists of genes would have found: in tumours, nearly every list goes with infiltration.

The first component of *ERBB2* and 19 random genes correlates with CD8 T cells as many published signatures do. What a
signature says beyond that is its place among random ones, not its p-value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from her2stats.cohort.genes import match_symbols
from her2stats.errors import DataError, Problem
from her2stats.signatures.gene_signature import GeneSignature
from her2stats.signatures.preparation import Floats, prepare
from her2stats.statistics.fits.rank_tests.given_ranks import among_strata, centred_scores, is_binary

SCORED = ("pc1", "mean-z", "weighted")
ALPHA = 0.05
BIN = 0.02  # of correlations in a histogram


def random_signatures(
    expression: pd.DataFrame,
    signature: GeneSignature,
    outcomes: pd.DataFrame,
    *,
    within: pd.Series | None = None,
    method: str = "pc1",
    anchor: str = "ERBB2",
    leave_out: Collection[str] = (),
    lists: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Place the rank correlations of a signature among those of random gene lists of its size.

    Parameters
    ----------
    expression : DataFrame
        genes x samples, log2 scale, with the names of the signature.
    signature : GeneSignature
        Two genes or more.
    outcomes : DataFrame
        samples x variables; one of 0 and 1 counts as it is, any other by rank.
    within : Series, optional
        A factor within whose levels ranks are taken.
    method : {"pc1", "mean-z", "weighted"}
        How the genes of a list become one score; of "weighted" the weights stay and the genes change.
    anchor : str
        Gene that fixes the sign of a component; every list keeps it where the signature has it.
    leave_out : collection of str
        Genes that no random list may have, such as immune markers; under whichever symbol.
    lists : int
        Number of random lists.
    seed : int
        Where the random numbers start.

    Returns
    -------
    DataFrame
        A row an outcome: ``outcome``, ``n``, ``genes`` found, ``lists``; ``estimate``, the signature's correlation;
        ``random_median``, ``random_low`` and ``random_high`` (2.5 and 97.5 %) of the lists; ``share_as_extreme``, the
        share of lists at least as far from 0; ``share_significant``, the share whose own p is below 0.05.

    Raises
    ------
    DataError
        Fewer than two genes vary, too few others are there to draw from, or an argument is no choice.

    References
    ----------
    Venet, Dumont and Detours 2011, doi:10.1371/journal.pcbi.1002240.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> expression = pd.DataFrame(rng.normal(size=(50, 30)), [f"G{k}" for k in range(50)], [f"s{k}" for k in range(30)])
    >>> pair = GeneSignature("pair", ("G0", "G1"))
    >>> table = random_signatures(expression, pair, expression.T[["G2"]], method="mean-z", lists=100)
    >>> table[["outcome", "n", "genes", "lists"]].values.tolist()
    [['G2', 30, 2, 100]]
    """
    asked = (within, method, anchor, leave_out, lists, seed)
    return summarised(random_correlations(expression, signature, outcomes, *asked))


@dataclass(frozen=True, eq=False)
class Correlations:
    """Rank correlations of one outcome: the signature's first, then those of the lists."""

    outcome: str
    n: int
    genes: int
    rho: Floats
    z: Floats


def random_correlations(
    expression: pd.DataFrame,
    signature: GeneSignature,
    outcomes: pd.DataFrame,
    within: pd.Series | None,
    method: str,
    anchor: str,
    leave_out: Collection[str],
    lists: int,
    seed: int,
) -> list[Correlations]:
    """Every correlation behind `random_signatures`."""
    if method not in SCORED:
        raise DataError(Problem(f"no random lists are made for method {method!r}", remedy=f"use {', '.join(SCORED)}"))
    if lists < 1:
        raise DataError(Problem(f"lists={lists!r} is not positive", remedy="1000 is usual"))
    scores, genes = _scores(expression, signature, method, anchor, leave_out, lists, seed)
    samples = sorted(map(str, expression.columns))
    strata = pd.Series("all", index=samples) if within is None else within.reindex(samples)
    found = []
    for name in outcomes.columns:
        values = outcomes[name].reindex(samples)
        known = (values.notna() & strata.notna()).to_numpy()
        rho, z = _within(scores[:, known], values[known].to_numpy(dtype=float), strata[known].to_numpy())
        found.append(Correlations(name, int(known.sum()), genes, rho, z))
    return found


def summarised(found: Sequence[Correlations]) -> pd.DataFrame:
    """A row an outcome, as `random_signatures` returns it."""
    rows = [
        {
            "outcome": one.outcome,
            "n": one.n,
            "genes": one.genes,
            "lists": len(one.rho) - 1,
            "estimate": one.rho[0],
            **dict(zip(("random_low", "random_median", "random_high"), _quantiles(one.rho[1:]), strict=True)),
            "share_as_extreme": float((np.abs(one.rho[1:]) >= abs(one.rho[0]) - 1e-12).mean()),
            "share_significant": float((2 * ndtr(-np.abs(one.z[1:])) < ALPHA).mean()),
        }
        for one in found
    ]
    return pd.DataFrame(rows)


def counted(found: Sequence[Correlations]) -> pd.DataFrame:
    """A row an outcome and bin of correlations: how many lists are at or above `bin_low` and below `bin_high`."""
    rows = []
    for one in found:
        bins, lists = np.unique(np.floor(one.rho[1:][np.isfinite(one.rho[1:])] / BIN + 1e-9), return_counts=True)
        edges = {"bin_low": (bins * BIN).round(9), "bin_high": ((bins + 1) * BIN).round(9)}
        rows.append(pd.DataFrame({"outcome": one.outcome, **edges, "lists": lists}))
    return pd.concat(rows, ignore_index=True)


def _quantiles(values: Floats) -> Floats:
    found: Floats = np.quantile(values, (0.025, 0.5, 0.975))
    return found


def _scores(
    expression: pd.DataFrame,
    signature: GeneSignature,
    method: str,
    anchor: str,
    leave_out: Collection[str],
    lists: int,
    seed: int,
) -> tuple[Floats, int]:
    """Scores of the signature, first, and of the random lists: lists + 1 x samples, in the order of their ids."""
    matrix = prepare(expression)
    centred = matrix.values - matrix.values.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1)
    varied = length > 1e-12 * np.maximum(np.abs(matrix.values).max(axis=1), 1.0) * np.sqrt(len(matrix.samples))
    z = centred / np.where(varied, length, 1.0)[:, None]
    row_of = {gene: row for gene, row in matrix.genes.items() if varied[row]}
    own = sorted(gene for gene in signature.genes if gene in row_of)
    own.sort(key=lambda gene: gene != anchor)  # the anchor first, which every list keeps
    kept = [gene for gene in own if gene == anchor]
    banned = {*own, anchor, *match_symbols(leave_out, matrix.genes).rows.values()}
    others = sorted(gene for gene in row_of if gene not in banned)
    drawn = len(own) - len(kept)
    if len(own) < 2 or len(others) < drawn:
        what = f"{len(own)} genes of {signature.name!r} vary, and {len(others)} others are there to draw from"
        raise DataError(Problem(what, remedy="random lists need two genes or more, and a whole transcriptome beside"))
    weights = dict(zip(signature.genes, signature.weights or (1.0,) * len(signature.genes), strict=True))
    loads = np.array([weights[gene] for gene in own])
    rng, other_rows = np.random.default_rng(seed), np.array([row_of[gene] for gene in others])

    def rows() -> Iterator[np.ndarray]:
        first = [row_of[gene] for gene in own]
        always = np.array(first[: len(kept)], dtype=int)
        yield np.array(first)
        for _ in range(lists):
            yield np.concatenate([always, rng.choice(other_rows, drawn, replace=False)])

    fixed = z[row_of[anchor]] if anchor in row_of else None
    made = [_component(z[chosen], fixed) if method == "pc1" else loads @ z[chosen] for chosen in rows()]
    return np.array(made), len(own)


def _component(z: Floats, anchor: Floats | None) -> Floats:
    """First principal component, turned towards the anchor; by the small matrix of genes x genes."""
    score: Floats = np.linalg.eigh(z @ z.T)[1][:, -1] @ z
    return -score if anchor is not None and score @ anchor < 0 else score


def _within(scores: Floats, values: Floats, strata: np.ndarray) -> tuple[Floats, Floats]:
    """Rank correlation of every score with one variable within strata, and van Elteren's z; as `within_strata`."""
    from scipy.stats import rankdata  # half a second, and for signatures of several genes only

    binary, insides = is_binary(values), [strata == level for level in pd.unique(strata)]
    ranked = (rankdata(scores[:, inside].round(12), axis=1) / (inside.sum() + 1) - 0.5 for inside in insides)
    measured = (centred_scores(values[inside], binary)[None] for inside in insides)
    rho, z = among_strata(zip(ranked, measured, strict=True))
    return rho[0], z[0]
