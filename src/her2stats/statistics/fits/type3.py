"""Type III tests: each term against the model without its columns, factors coded to sum to zero.

statsmodels' anova_lm gives these tests for full cells only when its formula is coded in this way, and with an empty
cell, without a word, an F on degrees of freedom that the data do not have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from her2stats.statistics.ancova_terms import Term
from her2stats.statistics.fits.design import Design
from her2stats.statistics.fits.linear import TOLERANCE, LinearFit, Projection, project
from her2stats.statistics.fits.tails import f_upper
from her2stats.statistics.flags import Row, code_of, flag
from her2stats.statistics.frame import Array


@dataclass(frozen=True, eq=False)
class TermTest:
    """What one term adds to all others."""

    term: Term  # its variables
    basis: Array  # orthonormal; the part of the term's columns that the other columns cannot make
    flag: str  # why the test is not possible, or of fewer degrees of freedom than the term should have

    def against(self, fit: LinearFit, outcome: Array) -> Row:
        """F test of the term in a fit, as columns of a result row."""
        row: Row = {"df_residual": fit.df_residual, "flag": self.flag}
        df = self.basis.shape[1]
        if not df or code_of(self.flag) == "not estimable":
            return row
        explained = float(((self.basis.T @ (outcome - fit.shift)) ** 2).sum())
        statistic = explained / df / fit.variance
        return row | {"statistic": statistic, "df": df, "p_value": f_upper(statistic, df, fit.df_residual)}


def term_tests(design: Design, matrix: Array, projection: Projection) -> list[TermTest]:
    """Prepare the test of every term of a model matrix (the columns of the complete cases, with their projection).

    With all cells filled this is the usual Type III hypothesis. With empty cells the sums of squares are those of
    nested models and the degrees of freedom those of the ranks: an interaction loses some, which is flagged; a term
    that is contained in another one and touched by the null space has no meaning of its own, which is flagged too.
    """
    tests = []
    for term, block in zip(design.terms, design.blocks(), strict=True):
        basis = _added_basis(matrix, block)
        full = design.width(term)
        known = basis.shape[1]
        touched = bool((np.abs(projection.null[block]) > TOLERANCE).any())
        contained = any(set(term) < set(other) for other in design.terms)
        why = ""
        if touched and (contained or not known):
            why = flag("not estimable", "its meaning depends on cells without cases")
        elif known < full:
            why = flag("rank deficient", f"{known} of {full} df")
        tests.append(TermTest(term, basis, why))
    return tests


def _added_basis(matrix: Array, block: slice) -> Array:
    own = matrix[:, block]
    others = project(np.delete(matrix, np.arange(block.start, block.stop), axis=1)).basis
    lengths = np.sqrt((own**2).sum(axis=0))
    left = own / np.where(lengths > 0, lengths, 1.0)
    for _ in range(2):  # twice, so that what is left is orthogonal to the last digit
        left = left - others @ (others.T @ left)
    vectors, strengths, _ = np.linalg.svd(left, full_matrices=False)
    basis: Array = vectors[:, strengths > TOLERANCE]
    return basis
