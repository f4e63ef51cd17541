"""A new signature that tells HER2-low from HER2-0, with an honest estimate of how well it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from her2stats.errors import DataError, Problem, ProblemList
from her2stats.notes import Note
from her2stats.signatures.gene_signature import GeneSignature
from her2stats.signatures.methods.pc1 import oriented_component
from her2stats.signatures.preparation import Floats, Matrix, prepare
from her2stats.signatures.scoring import anchor_row

Labels = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class DerivedSignature:
    """A signature derived from a cohort, and what it is worth in tumours that did not choose its genes.

    The signature holds the loadings of the genes' first principal component as weights: score it with
    method="weighted". The table has a row a gene: standardised difference (HER2-low minus HER2-0) and weight. `auc` is
    the cross-validated area under the ROC curve for HER2-low with its 95 % DeLong interval; genes and weights are
    chosen anew within every fold. `apparent_auc` is the same area in the very tumours that chose the genes: too good by
    design, shown for comparison.
    """

    signature: GeneSignature
    table: pd.DataFrame
    auc: float
    auc_low: float
    auc_high: float
    apparent_auc: float
    method: str
    notes: tuple[Note, ...]


def derive_signature(
    expression: pd.DataFrame,
    group: pd.Series,
    *,
    n_genes: int = 20,
    positive: str = "HER2-low",
    negative: str = "HER2-0",
    anchor: str | None = None,
    folds: int = 5,
    repeats: int = 10,
    seed: int = 0,
    name: str = "derived",
) -> DerivedSignature:
    """Derive a signature: the genes that differ most between the groups, weighted by their first principal component.

    Parameters
    ----------
    expression : DataFrame
        genes x samples, log2 scale.
    group : Series
        Group of each sample, indexed by sample; samples of neither group, or of none, are left out.
    n_genes : int
        How many genes.
    positive, negative : str
        The two groups.
    anchor : str or None
        The score is turned so that it correlates positively with this gene; with belonging to `positive` where no
        gene is given.
    folds, repeats : int
        Cross-validation: folds, repeated with new splits.
    seed : int
        Seed of the splits.
    name : str
        Name of the signature.

    Returns
    -------
    DerivedSignature

    Raises
    ------
    DataError, GeneError, TableError
        Too few samples of a group for the folds, too few genes that vary, no anchor.

    References
    ----------
    The idea of a score from principal components over 20 genes is that of Di Cosimo et al. 2024, Sci Rep 14:2628,
    doi 10.1038/s41598-024-52148-7; its genes are not published, and these are not they.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> low = np.arange(60) % 2 == 0
    >>> values = rng.normal(size=(30, 60)) + np.where(np.arange(30)[:, None] < 5, 1.5 * low, 0.0)
    >>> genes = ["ERBB2", *[f"G{i}" for i in range(1, 30)]]
    >>> samples = [f"s{i:02d}" for i in range(60)]
    >>> group = pd.Series(np.where(low, "HER2-low", "HER2-0"), index=samples)
    >>> derived = derive_signature(pd.DataFrame(values, genes, samples), group, n_genes=5)
    >>> sorted(derived.signature.genes), derived.auc > 0.8
    (['ERBB2', 'G1', 'G2', 'G3', 'G4'], True)
    """
    matrix, labels = _two_groups(expression, group, positive, negative)
    _check_sizes(labels, matrix, n_genes, folds, positive, negative)
    names = np.array(sorted(matrix.genes))
    values = matrix.values[[matrix.genes[gene] for gene in names]]
    anchor_values = labels.astype(np.float64) if anchor is None else anchor_row(matrix, anchor)
    chosen, difference = _select(values, labels, n_genes)
    weights, _ = _component(values[chosen], anchor_values)
    apparent = _z(values[chosen], values[chosen]).T @ weights
    held_out = _cross_validated(values, labels, anchor_values, n_genes, folds, repeats, seed)
    auc, low, high = _delong(held_out, labels)
    order = np.argsort(-np.abs(weights), kind="stable")
    genes = tuple(str(names[chosen[place]]) for place in order)
    table = pd.DataFrame(
        {"difference": difference[chosen][order], "weight": weights[order]}, index=pd.Index(genes, name="gene")
    )
    method = (
        f"{n_genes} genes of largest standardised difference between {positive} and {negative}, weights = loadings of "
        f"PC1, sign by {anchor or positive}; AUC by {repeats} x {folds}-fold cross-validation, selecting within folds"
    )
    note = Note(
        "scores", f"{name}: derived from {positive} and {negative}", len(labels), f"{int(labels.sum())} {positive}"
    )
    from sklearn.metrics import roc_auc_score

    signature = GeneSignature(name, genes, tuple(float(weight) for weight in weights[order]), method)
    return DerivedSignature(signature, table, auc, low, high, float(roc_auc_score(labels, apparent)), method, (note,))


def _two_groups(expression: pd.DataFrame, group: pd.Series, positive: str, negative: str) -> tuple[Matrix, Labels]:
    words = group.astype(object)
    chosen = [sample for sample in expression.columns if words.get(sample) in (positive, negative)]
    if not chosen:
        problem = Problem(f"no sample is {positive!r} or {negative!r}", remedy="check the group and its index")
        raise DataError(problem)
    matrix = prepare(expression[chosen])
    labels = np.array([words[sample] == positive for sample in matrix.samples])
    return matrix, labels


def _check_sizes(labels: Labels, matrix: Matrix, n_genes: int, folds: int, positive: str, negative: str) -> None:
    found = ProblemList()
    for size, word in ((int(labels.sum()), positive), (int((~labels).sum()), negative)):
        if size < max(folds, 3):
            remedy = "use fewer folds (at least 2), or a larger cohort"
            found.add(DataError, f"{size} samples are {word!r}, too few for {folds} folds", remedy=remedy)
    if folds < 2 or n_genes < 2:
        found.add(DataError, "folds and n_genes have to be 2 or more", remedy="correct them")
    if n_genes > len(matrix.genes):
        found.add(DataError, f"there are {len(matrix.genes)} genes, fewer than {n_genes}", remedy="ask for fewer")
    found.raise_if_any()


def _select(values: Floats, labels: Labels, n_genes: int) -> tuple[npt.NDArray[np.intp], Floats]:
    """Rows of largest |mean difference / pooled standard deviation|; rows are sorted by name, so ties go by name."""
    one, other = values[:, labels], values[:, ~labels]
    pooled = np.sqrt(
        ((one - one.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        + ((other - other.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    ) / np.sqrt(values.shape[1] - 2)
    varies = pooled > 1e-12
    difference = np.where(varies, (one.mean(axis=1) - other.mean(axis=1)) / np.where(varies, pooled, 1.0), 0.0)
    return np.sort(np.argsort(-np.abs(difference), kind="stable")[:n_genes]), difference


def _z(values: Floats, reference: Floats) -> Floats:
    spread = reference.std(axis=1, ddof=1, keepdims=True)
    standard: Floats = (values - reference.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0)
    return standard


def _component(values: Floats, anchor: Floats) -> tuple[Floats, Floats]:
    loadings, score, _, _ = oriented_component(_z(values, values), anchor, "derived signature", "the anchor")
    return loadings, score


def _cross_validated(
    values: Floats, labels: Labels, anchor: Floats, n_genes: int, folds: int, repeats: int, seed: int
) -> Floats:
    """Score of every sample by signatures that never saw it, averaged over the repeats."""
    from sklearn.model_selection import StratifiedKFold  # a second that no other verb needs

    scores = np.zeros(len(labels))
    for repeat in range(repeats):
        splitter = StratifiedKFold(folds, shuffle=True, random_state=np.random.RandomState([seed, repeat]))
        for train, test in splitter.split(np.zeros((len(labels), 1)), labels):
            chosen, _ = _select(values[:, train], labels[train], n_genes)
            weights, score = _component(values[chosen][:, train], anchor[train])
            held_out = _z(values[chosen][:, test], values[chosen][:, train]).T @ weights
            scores[test] += held_out / score.std(ddof=1) / repeats
    return scores


def _delong(scores: Floats, labels: Labels) -> tuple[float, float, float]:
    """Area under the ROC curve with its 95 % interval (DeLong et al. 1988, Biometrics 44:837)."""
    one, other = scores[labels], scores[~labels]
    above = (one[:, None] > other[None, :]) + 0.5 * (one[:, None] == other[None, :])
    auc = float(above.mean())
    variance = above.mean(axis=1).var(ddof=1) / len(one) + above.mean(axis=0).var(ddof=1) / len(other)
    half = float(ndtri(0.975)) * float(np.sqrt(variance))
    return auc, max(auc - half, 0.0), min(auc + half, 1.0)
