"""The genes of a signature in a matrix: found, missing, checked, in an order that no file decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from her2stats.errors import DataError, GeneError, Problem, ProblemList, TableError
from her2stats.notes import Note
from her2stats.signatures.gene_signature import GeneSignature

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """The genes of one signature, as far as the matrix has them."""

    signature: GeneSignature  # what was asked for
    genes: tuple[str, ...]  # found, sorted, by their symbol in the signature
    values: Floats  # genes x samples, log2
    weights: Floats | None  # one a gene found
    missing: tuple[str, ...]  # not found, in the signature's order

    @property
    def coverage(self) -> float:
        """Share of the signature's genes that were found."""
        return len(self.genes) / len(self.signature.genes)


@dataclass(frozen=True, eq=False)
class Matrix:
    """A checked expression matrix with its samples sorted by id, so that no sum depends on the file's order."""

    values: Floats
    genes: dict[str, int]
    samples: list[str]
    original: pd.Index

    @cached_property
    def mean_ranks(self) -> Floats:
        """Ranks within each sample, ties at their mean; once for however many sets."""
        return self._ranks("average")

    @cached_property
    def lowest_ranks(self) -> Floats:
        """The same, ties at their lowest."""
        return self._ranks("min")

    def _ranks(self, ties: str) -> Floats:
        from scipy.stats import rankdata  # half a second that no other method needs

        ranks: Floats = rankdata(self.values, method=ties, axis=0)
        return ranks

    def measured(self, signature: GeneSignature) -> Measured:
        """Take out the genes of one signature."""
        rows = signature.rows(self.genes)
        genes = tuple(sorted(rows))
        weights = None
        if signature.weights is not None:
            by_gene = dict(zip(signature.genes, signature.weights, strict=True))
            weights = np.array([by_gene[gene] for gene in genes])
        values = self.values[[self.genes[rows[gene]] for gene in genes]]
        missing = tuple(gene for gene in signature.genes if gene not in rows)
        return Measured(signature, genes, values, weights, missing)

    def as_series(self, scores: Floats, name: str) -> pd.Series:
        """Scores in the order of the matrix that the user gave."""
        return pd.Series(scores, index=self.samples, name=name).reindex(self.original)


@dataclass(frozen=True, eq=False)
class Anchor:
    """The gene that a score of no sign of its own has to correlate with positively: its name, one value a sample."""

    name: str
    values: Floats


@dataclass(frozen=True)
class ScoringMethod:
    """One way to score: its name, what it is in words, how it is done, and whether it needs an anchor."""

    name: str
    described: str
    score: Callable[[Measured, Matrix, Anchor], tuple[Floats, list[Note]]]
    anchored: bool = False


def prepare(expression: pd.DataFrame) -> Matrix:
    """Check an expression frame and sort its samples.

    Raises TableError, GeneError or DataError for values that are no finite numbers, repeated genes or samples, and no
    samples.
    """
    found = ProblemList()
    for axis, kind in ((expression.index, "gene"), (expression.columns, "sample")):
        if axis.has_duplicates:
            twice = ", ".join(str(name) for name in axis[axis.duplicated()].unique()[:5])
            remedy = "collapse or remove them before"
            found.add(GeneError if kind == "gene" else TableError, f"{kind}s stand there twice: {twice}", remedy=remedy)
    if not len(expression.columns):
        found.add(DataError, "the expression has no samples", remedy="give a matrix of genes x samples")
    found.raise_if_any()
    order = np.argsort(np.array([str(sample) for sample in expression.columns]), kind="stable")
    try:
        values = np.ascontiguousarray(expression.to_numpy(dtype=np.float64)[:, order])
    except (TypeError, ValueError) as error:
        problem = Problem(f"the expression holds what is no number ({error})", remedy="give a matrix of numbers")
        raise TableError(problem) from None
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        what, remedy = "the expression has missing or infinite values", "impute them, or leave those genes out"
        raise TableError(Problem(what, f"gene {expression.index[row]!r}", remedy))
    samples = [str(expression.columns[place]) for place in order]
    genes = {str(gene): place for place, gene in enumerate(expression.index.tolist())}
    return Matrix(values, genes, samples, expression.columns)
