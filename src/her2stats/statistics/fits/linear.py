"""Least squares that knows what the data cannot tell: rank, null space, estimable combinations.

A pseudo-inverse gives a number for every combination of coefficients, also for those that depend on which of many
equally good solutions it happens to pick. Here each combination is first held against the null space of the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from her2stats.statistics.frame import Array
from her2stats.statistics.specs import Covariance

TOLERANCE = 1e-7  # R's tolerance for linear models, on columns of length 1
LEVERAGE_OF_ONE = 1e-10  # what such a case has left of its own residual
PERFECT = 1e-13  # residuals that are nothing but rounding, relative to the outcome's spread


@dataclass(frozen=True, eq=False)
class Projection:
    """A model matrix taken apart, once for all outcomes that share it."""

    basis: Array  # orthonormal, spans the columns
    solution: Array  # coefficients of the scaled columns are ``solution @ (basis.T @ outcome)``.
    null: Array  # orthonormal combinations of the scaled columns that are 0 in every case
    lengths: Array  # by which the columns were divided

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
    """Take a model matrix apart."""
    lengths = np.sqrt((matrix**2).sum(axis=0))
    lengths[lengths == 0] = 1.0
    left, strengths, right = np.linalg.svd(matrix / lengths, full_matrices=False)
    rank = int((strengths > TOLERANCE).sum())
    complement = np.eye(matrix.shape[1]) - right[:rank].T @ right[:rank]
    directions, sizes, _ = np.linalg.svd(complement)
    return Projection(left[:, :rank], right[:rank].T / strengths[:rank], directions[:, sizes > 0.5], lengths)


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A fitted linear model."""

    projection: Projection  # of the model matrix
    loadings: Array  # the outcome along the basis
    residuals: Array  # of the outcome
    shift: float  # subtracted from the outcome before the fit; the intercept is less by it
    residual_ss: float  # residual sum of squares, squared unit of the outcome
    df_residual: int  # cases less rank
    perfect: bool  # residuals are rounding only, so that nothing can be said about errors

    @property
    def variance(self) -> float:
        """Residual variance."""
        return self.residual_ss / self.df_residual if self.df_residual > 0 else math.nan

    def contrasts(self, combinations: Array, covariance: Covariance = "ols") -> tuple[Array, Array, Array]:
        """L b, its standard errors and their degrees of freedom for the rows of L, shape (m, k).

        They are meaningless where L is not estimable. "hc2" has the degrees of freedom of Bell and McCaffrey, "hc3" the
        residual ones; both are NaN where one case alone decides the combination.
        """
        along = combinations / self.projection.lengths @ self.projection.solution
        estimates = along @ self.loadings + combinations[:, 0] * self.shift
        df = np.full(len(along), float(self.df_residual))
        if covariance == "ols":
            return estimates, np.sqrt(self.variance * (along**2).sum(axis=1)), df
        basis = self.projection.basis
        free = 1 - (basis**2).sum(axis=1)  # one less the leverage of each case
        alone = free < LEVERAGE_OF_ONE
        parts = basis @ along.T  # cases x m
        decided = (np.abs(parts[alone]) > LEVERAGE_OF_ONE * np.sqrt((parts**2).sum(axis=0))).any(axis=0)
        free, weights = free[~alone, None], parts[~alone] ** 2
        squares = (self.residuals[~alone, None] ** 2 * weights / free ** (1 if covariance == "hc2" else 2)).sum(axis=0)
        if covariance == "hc2":
            weights = weights / free
            inner = np.einsum("im,ip,iq->mpq", weights, basis[~alone], basis[~alone])
            spread = (weights**2 * (2 * free - 1)).sum(axis=0) + (inner**2).sum(axis=(1, 2))
            df = (weights * free).sum(axis=0) ** 2 / spread
        return estimates, np.where(decided, np.nan, np.sqrt(squares)), np.where(decided, np.nan, df)


def studentised(projection: Projection, outcomes: Array, combinations: Array, covariance: Covariance) -> Array:
    """L b over its standard error for many outcomes, shape (cases, outcomes), and rows of L: shape (m, outcomes)."""
    basis = projection.basis
    parts = basis @ (combinations / projection.lengths @ projection.solution).T  # cases x m
    loadings = basis.T @ outcomes
    squares = (outcomes - basis @ loadings) ** 2
    weights = parts**2
    if covariance == "ols":
        errors = np.sqrt(np.outer(weights.sum(axis=0), squares.sum(axis=0)) / (len(basis) - projection.rank))
    else:
        free = 1 - (basis**2).sum(axis=1)
        kept = free >= LEVERAGE_OF_ONE
        by = free[kept, None] ** (1 if covariance == "hc2" else 2)
        errors = np.sqrt((weights[kept] / by).T @ squares[kept])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(parts.T @ outcomes / errors)


def fit_linear(projection: Projection, outcome: Array) -> LinearFit:
    """Least squares of an outcome; the first column of the model is the intercept.

    A typical value is taken off the outcome first, which is exact and saves the digits of outcomes that share many
    leading ones.
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
    return LinearFit(projection, loadings, residuals, shift, residual_ss, len(outcome) - projection.rank, perfect)
