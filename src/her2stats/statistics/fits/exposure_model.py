"""What a permuted exposure adds to a model whose other columns stay: least squares, or one step of a logistic fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from her2stats.statistics.fits.covariates import column_rank
from her2stats.statistics.frame import Array

TOLERANCE = 1e-7
INFLATED = 1e8  # variance of a coefficient in a permutation whose columns tell each other: it says 0


@dataclass(frozen=True, eq=False)
class ExposureModel:
    """A model with the exposure times some columns in it, by the projection on what does not hold the exposure.

    Cases that are not in the model have a root weight of 0.
    """

    columns: Array  # the exposure stands in the model times each of these, shape (n, m)
    rest: Array  # orthonormal, spans the other columns times the root weights
    root: Array  # square roots of the weights
    residuals: Array  # of the outcomes without the exposure, shape (n, outcomes)
    tested: int  # column whose coefficient is tested
    df: int | None  # residual ones, for t; None for the coefficient itself, one step from no exposure

    def statistics(self, exposure: Array) -> Array:
        """Statistic of each outcome for each column of exposures, shape (outcomes, permutations)."""
        weighted, m = self.columns * self.root[:, None], self.columns.shape[1]
        inner = np.stack([(self.rest * weighted[:, [place]]).T @ exposure for place in range(m)])
        along = np.stack([(self.residuals * self.columns[:, [place]]).T @ exposure for place in range(m)])
        squares = exposure**2
        gram = np.empty((exposure.shape[1], m, m))
        for row in range(m):
            for column in range(row + 1):
                own = (weighted[:, row] * weighted[:, column]) @ squares - (inner[row] * inner[column]).sum(axis=0)
                gram[:, row, column] = gram[:, column, row] = own
        inverse, right = _inverse(gram), along.transpose(2, 0, 1)
        inflated = np.diagonal(gram, axis1=1, axis2=2) * np.diagonal(inverse, axis1=1, axis2=2)
        solved = inverse @ right
        found: Array = solved[:, self.tested, :].T
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.df is not None:
                left = (self.residuals**2).sum(axis=0)[:, None] - (right * solved).sum(axis=1).T
                found = found / np.sqrt(left / self.df * inverse[:, self.tested, self.tested])
            able = ((inflated > 0) & (inflated <= INFLATED)).all(axis=1)
        return np.where(np.isfinite(found) & able, found, 0.0)

    def why_not(self, exposure: Array) -> str:
        """Say that the columns with the exposure depend on each other or on the rest; empty where they do not."""
        added = self.columns * (self.root * exposure)[:, None]
        less = added - self.rest @ (self.rest.T @ added)
        if (np.linalg.norm(less, axis=0) <= TOLERANCE * np.linalg.norm(added, axis=0)).any():
            return "the exposure is told by the rest of the model"
        return "" if column_rank(less) == less.shape[1] else "columns with the exposure depend on each other"


def _inverse(gram: Array) -> Array:
    """Inverse of each; a permutation that leaves one singular has its pseudo-inverse."""
    try:
        return np.asarray(np.linalg.inv(gram))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.pinv(gram, hermitian=True))


def spanned(columns: Array) -> Array:
    """Orthonormal columns that span these, which may depend on each other."""
    lengths = np.linalg.norm(columns, axis=0)
    basis, sizes, _ = np.linalg.svd(columns / np.where(lengths > 0, lengths, 1.0), full_matrices=False)
    return np.asarray(basis[:, sizes > TOLERANCE])
