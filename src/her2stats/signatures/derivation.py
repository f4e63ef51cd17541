"""A new signature that tells HER2-low from HER2-0, with an honest estimate of how well it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

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

    The signature holds the loadings of the genes' first principal component as weights, and each gene's mean and SD:
    with method="weighted" it scores other samples frozen. The table has a row a gene:
    standardised difference, weight, and the share of folds that chose it. `validation` has a row an area under the ROC
    curve for HER2-low with its 95 % DeLong interval and p against 0.5: cross-validated (genes and weights are chosen
    anew within every fold; also `auc`), of the gene beside it in the same tumours, their difference (p against 0), and
    the mean of cross-validations with permuted labels. `scores` are the held-out scores. `apparent_auc` is the area in
    the very tumours that chose the genes: too good by design, shown for comparison.
    """

    signature: GeneSignature
    table: pd.DataFrame
    auc: float
    auc_low: float
    auc_high: float
    apparent_auc: float
    method: str
    notes: tuple[Note, ...]
    validation: pd.DataFrame
    scores: pd.Series


def derive_signature(
    expression: pd.DataFrame,
    group: pd.Series,
    *,
    n_genes: int = 20,
    positive: str = "HER2-low",
    negative: str = "HER2-0",
    levels: pd.Series | None = None,
    anchor: str | None = None,
    beside: str | None = "ERBB2",
    permutations: int = 0,
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
    levels : Series or None
        HER2 IHC level of each sample: genes are then those that differ most between any level and the rest, as the
        published recipe takes them, in place of those that differ between the two groups.
    beside : str or None
        Gene whose area stands beside; none where the matrix has it not.
    permutations : int
        Cross-validations with permuted labels.
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
    masks = _masks(levels, matrix, labels)
    chosen, difference = _select(values, masks, n_genes)
    weights, _ = _component(values[chosen], anchor_values)
    apparent = _z(values[chosen], values[chosen]).T @ weights
    cross = partial(_cross_validated, values, n_genes=n_genes, folds=folds)
    held_out, times = cross(labels, masks, anchor_values, repeats=repeats, seed=seed)
    chance = []
    for number in range(permutations):
        order = np.random.default_rng([seed, number]).permutation(len(labels))
        turned = labels[order].astype(np.float64) if anchor is None else anchor_values
        by_chance, _ = cross(labels[order], [mask[order] for mask in masks], turned, repeats=1, seed=seed)
        chance.append(_delong(by_chance, labels[order])[0])
    other = None if beside not in matrix.genes else matrix.values[matrix.genes[beside]]
    validation = _validation(held_out, other, labels, f"{beside} alone", chance)
    auc, low, high, _ = _delong(held_out, labels)
    order = np.argsort(-np.abs(weights), kind="stable")
    genes = tuple(str(names[chosen[place]]) for place in order)
    table = pd.DataFrame(
        {
            "difference": difference[chosen][order],
            "weight": weights[order],
            "mean": values[chosen].mean(axis=1)[order],
            "sd": values[chosen].std(axis=1, ddof=1)[order],
            "selected": times[chosen][order] / (folds * repeats),
        },
        index=pd.Index(genes, name="gene"),
    )
    groups = f"{positive} and {negative}" if levels is None else "each HER2 IHC level and the rest"
    method = (
        f"{n_genes} genes of largest standardised difference between {groups}, weights = loadings of "
        f"PC1, sign by {anchor or positive}; AUC by {repeats} x {folds}-fold cross-validation, selecting within folds"
    )
    note = Note(
        "scores", f"{name}: derived from {positive} and {negative}", len(labels), f"{int(labels.sum())} {positive}"
    )
    from sklearn.metrics import roc_auc_score

    reference = tuple(zip(table["mean"].tolist(), table["sd"].tolist(), strict=True))
    signature = GeneSignature(name, genes, tuple(map(float, weights[order])), method, reference=reference)
    area = float(roc_auc_score(labels, apparent))
    out = matrix.as_series(held_out, name).dropna()
    return DerivedSignature(signature, table, auc, low, high, area, method, (note,), validation, out)


def _masks(levels: pd.Series | None, matrix: Matrix, labels: Labels) -> list[Labels]:
    """The divisions that choose genes: the two groups, or each level of at least three samples against the rest."""
    if levels is None:
        return [labels]
    words = np.array([levels.get(sample) for sample in matrix.samples], dtype=object)
    masks = [words == level for level in sorted(set(levels.dropna())) if 2 < (words == level).sum() < len(words) - 2]
    if not masks:
        raise DataError(Problem("no HER2 IHC level has three samples and leaves three", remedy="give their levels"))
    return masks


def _validation(
    scores: Floats, other: Floats | None, labels: Labels, beside: str, chance: Sequence[float]
) -> pd.DataFrame:
    """Areas with their intervals; that of the difference by DeLong's covariance of the two in the same tumours."""
    rows: dict[str, tuple[float, ...]] = {"cross-validated": _delong(scores, labels)}
    if other is not None:
        rows |= {beside: _delong(other, labels), "difference": _delong(scores, labels, other)}
    table = pd.DataFrame(rows, index=["auc", "low", "high", "p_value"]).T
    if chance:
        table.loc["permuted labels", "auc"] = float(np.mean(chance))
    return table.rename_axis("of")


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


def _select(values: Floats, masks: Sequence[Labels], n_genes: int) -> tuple[npt.NDArray[np.intp], Floats]:
    """Rows of largest |standardised difference| in any division; rows are sorted by name, so ties go by name."""
    each = np.stack([_difference(values, mask) for mask in masks])
    difference = np.take_along_axis(each, np.abs(each).argmax(axis=0)[None], axis=0)[0]
    return np.sort(np.argsort(-np.abs(difference), kind="stable")[:n_genes]), difference


def _difference(values: Floats, labels: Labels) -> Floats:
    """Mean difference / pooled standard deviation of every row; 0 where it does not vary."""
    one, other = values[:, labels], values[:, ~labels]
    pooled = np.sqrt(
        ((one - one.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
        + ((other - other.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    ) / np.sqrt(values.shape[1] - 2)
    varies = pooled > 1e-12
    return np.where(varies, (one.mean(axis=1) - other.mean(axis=1)) / np.where(varies, pooled, 1.0), 0.0)


def _z(values: Floats, reference: Floats) -> Floats:
    spread = reference.std(axis=1, ddof=1, keepdims=True)
    standard: Floats = (values - reference.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1.0)
    return standard


def _component(values: Floats, anchor: Floats) -> tuple[Floats, Floats]:
    loadings, score, _, _ = oriented_component(_z(values, values), anchor, "derived signature", "the anchor")
    return loadings, score


def _cross_validated(
    values: Floats,
    labels: Labels,
    masks: Sequence[Labels],
    anchor: Floats,
    *,
    n_genes: int,
    folds: int,
    repeats: int,
    seed: int,
) -> tuple[Floats, Floats]:
    """Score of every sample by signatures that never saw it, averaged over the repeats; how often a gene was chosen."""
    from sklearn.model_selection import StratifiedKFold  # a second that no other verb needs

    scores, times = np.zeros(len(labels)), np.zeros(len(values))
    for repeat in range(repeats):
        splitter = StratifiedKFold(folds, shuffle=True, random_state=np.random.RandomState([seed, repeat]))
        for train, test in splitter.split(np.zeros((len(labels), 1)), labels):
            chosen, _ = _select(values[:, train], [mask[train] for mask in masks], n_genes)
            times[chosen] += 1
            weights, score = _component(values[chosen][:, train], anchor[train])
            held_out = _z(values[chosen][:, test], values[chosen][:, train]).T @ weights
            scores[test] += held_out / score.std(ddof=1) / repeats
    return scores, times


def _delong(scores: Floats, labels: Labels, other: Floats | None = None) -> tuple[float, float, float, float]:
    """Area under the ROC curve, or of two their difference, with 95 % interval and p (DeLong 1988, Biometrics 44:837).

    p is against 0.5, or against no difference.
    """
    above = _above(scores, labels) - (0.0 if other is None else _above(other, labels))
    auc, null = float(above.mean()), 0.5 if other is None else 0.0
    variance = above.mean(axis=1).var(ddof=1) / labels.sum() + above.mean(axis=0).var(ddof=1) / (~labels).sum()
    error = float(np.sqrt(variance))
    half, lowest = float(ndtri(0.975)) * error, 0.0 if other is None else -1.0
    p_value = 2 * float(ndtr(-abs(auc - null) / error)) if error > 0 else float(auc == null)
    return auc, max(auc - half, lowest), min(auc + half, 1.0), p_value


def _above(scores: Floats, labels: Labels) -> Floats:
    """For every sample of the one group and every one of the other whether it scores higher; ties count half."""
    one, other = scores[labels][:, None], scores[~labels][None, :]
    higher: Floats = (one > other) + 0.5 * (one == other)
    return higher
