"""Least squares that knows what the data cannot tell: rank, null space, estimable combinations.

A pseudo-inverse gives a number for every combination of coefficients, also for those that depend on which of many
equally good solutions it happens to pick. Here each combination is first held against the null space of the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from her2stats.statistics.frame import Array

TOLERANCE = 1e-7  # R's tolerance for linear models, on columns of length 1
PERFECT = 1e-13  # residuals that are nothing but rounding, relative to the outcome's spread


@dataclass(frozen=True, eq=False)
class Projection:
    """A model matrix taken apart, once for all outcomes that share it.

    Parameters
    ----------
    basis : ndarray of shape (n, rank)
        Orthonormal, spans the columns.
    solution : ndarray of shape (k, rank)
        Coefficients of the scaled columns are ``solution @ (basis.T @ outcome)``.
    null : ndarray of shape (k, k - rank)
        Orthonormal combinations of the scaled columns that are 0 in every case.
    lengths : ndarray of shape (k,)
        By which the columns were divided.
    """

    basis: Array
    solution: Array
    null: Array
    lengths: Array

    @property
    def rank(self) -> int:
        """Number of independent columns."""
        return int(self.basis.shape[1])

    def estimable(self, combinations: Array) -> np.ndarray:
        """Which rows of L, shape (m, k), the data can estimate: those without a part in the null space."""
        scaled = combinations / self.lengths
        inside = np.sqrt(((scaled @ self.null) ** 2).sum(axis=1))
        result: np.ndarray = inside <= TOLERANCE * np.sqrt((scaled**2).sum(axis=1))
        return result


def project(matrix: Array) -> Projection:
    """Take a model matrix apart.

    Examples
    --------
    >>> halves = project(np.array([[1.0, 1, 0], [1, 1, 0], [1, 0, 1]]))
    >>> halves.rank, halves.estimable(np.array([[1.0, 1, 0], [1, 0, 0]])).tolist()
    (2, [True, False])
    """
    lengths = np.sqrt((matrix**2).sum(axis=0))
    lengths[lengths == 0] = 1.0
    left, strengths, right = np.linalg.svd(matrix / lengths, full_matrices=False)
    rank = int((strengths > TOLERANCE).sum())
    complement = np.eye(matrix.shape[1]) - right[:rank].T @ right[:rank]
    directions, sizes, _ = np.linalg.svd(complement)
    return Projection(left[:, :rank], right[:rank].T / strengths[:rank], directions[:, sizes > 0.5], lengths)


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A fitted linear model.

    Parameters
    ----------
    projection : Projection
        Of the model matrix.
    loadings : ndarray of shape (rank,)
        The outcome along the basis.
    shift : float
        Subtracted from the outcome before the fit; the intercept is less by it.
    residual_ss : float
        Residual sum of squares, squared unit of the outcome.
    df_residual : int
        Cases less rank.
    perfect : bool
        Residuals are rounding only, so that nothing can be said about errors.
    """

    projection: Projection
    loadings: Array
    shift: float
    residual_ss: float
    df_residual: int
    perfect: bool

    @property
    def variance(self) -> float:
        """Residual variance."""
        return self.residual_ss / self.df_residual if self.df_residual > 0 else math.nan

    def contrasts(self, combinations: Array) -> tuple[Array, Array]:
        """L b and its standard errors for the rows of L, shape (m, k); meaningless where L is not estimable."""
        scaled = combinations / self.projection.lengths
        along = scaled @ self.projection.solution
        estimates = along @ self.loadings + combinations[:, 0] * self.shift
        return estimates, np.sqrt(self.variance * (along**2).sum(axis=1))


def fit_linear(projection: Projection, outcome: Array) -> LinearFit:
    """Least squares of an outcome; the first column of the model is the intercept.

    A typical value is taken off the outcome first, which is exact and saves the digits of outcomes that share many
    leading ones.

    Examples
    --------
    >>> line = fit_linear(project(np.array([[1.0, 0], [1, 1], [1, 2]])), np.array([1.0, 3.0, 5.5]))
    >>> line.contrasts(np.eye(2))[0].round(4).tolist(), round(line.residual_ss, 4)
    ([0.9167, 2.25], 0.0417)
    """
    shift = float(outcome[len(outcome) // 2])
    shifted = outcome - shift
    loadings = projection.basis.T @ shifted
    residuals = shifted - projection.basis @ loadings
    more = projection.basis.T @ residuals  # once more, for the digits that the first pass has rounded away
    loadings, residuals = loadings + more, residuals - projection.basis @ more
    residual_ss, spread = float(residuals @ residuals), float(((shifted - shifted.mean()) ** 2).sum())
    rounding = 4 * np.finfo(float).eps * float(np.abs(outcome).max())
    perfect = residual_ss <= max(PERFECT**2 * spread, len(outcome) * rounding**2)
    return LinearFit(projection, loadings, shift, residual_ss, len(outcome) - projection.rank, perfect)
