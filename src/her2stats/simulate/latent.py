"""The latent model of one cell type, and its rank correlations by quadrature.

Within an HR group the score is normal. A tumour is high in a type with a probability that is exactly logistic in the
score, so the odds ratio of a logistic model is a parameter and not an approximation. In a band about the median the
same holds of every other cut (proportional odds), so the median of a sample may lie where it likes. Where a tumour lies
below or above the band follows from a Gaussian copula with the score; that adds what the rank correlation has beyond
the odds ratio. The lowest part below the band holds none of the cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtr, ndtri

Floats = npt.NDArray[np.float64]
Pair = tuple[float, float]  # (HR-negative, HR-positive)

CELLS = 80  # of the position below or above the band
BAND = 0.65  # about 30 % of the tumours: three standard errors of the median of 81 of them
# Gauss-Hermite nodes of the score within a group: smooth functions of a normal variable to 1e-9 and better.
SCORE_NODES: Floats
SCORE_WEIGHTS: Floats
SCORE_NODES, SCORE_WEIGHTS = np.polynomial.hermite_e.hermegauss(48)
SCORE_WEIGHTS = SCORE_WEIGHTS / SCORE_WEIGHTS.sum()


@dataclass(frozen=True)
class ScoreModel:
    """Normal scores in two HR groups; mean 0 and variance 1 over both."""

    weights: Pair
    means: Pair
    sds: Pair

    @classmethod
    def of(cls, share_positive: float, sds: Pair) -> ScoreModel:
        """Place the groups so far apart that the variance over both is 1; a single group has variance 1 itself."""
        weights = (1 - share_positive, share_positive)
        between = weights[0] * weights[1]
        if between == 0:
            return cls(weights, (0.0, 0.0), (1.0, 1.0))
        gap = np.sqrt(max(1 - weights[0] * sds[0] ** 2 - weights[1] * sds[1] ** 2, 0.0) / between)
        return cls(weights, (-share_positive * gap, weights[0] * gap), sds)

    def ranks(self, group: int) -> Floats:
        """Share of the cohort with a lower score than each node of a group."""
        score = self.means[group] + self.sds[group] * SCORE_NODES
        return sum(
            (self.weights[k] * ndtr((score - self.means[k]) / self.sds[k]) for k in (0, 1)), np.zeros_like(score)
        )


@dataclass(frozen=True)
class TypeModel:
    """Parameters of one cell type in each HR group."""

    intercepts: Pair  # of the log odds of being high,
    slopes: Pair  # over the score standardised within the group
    positions: Pair  # correlation of score and position below the band, and above it
    empty: float  # share of the positions below the band, from the lowest, that hold none of the cells; 1: all of them
    band: float = BAND  # log odds on either side of the median between which odds are proportional; 0: cut is presence

    def share_high(self, group: int, above: float = 0.0) -> Floats:
        """Probability of a latent log odds above a level at each node of the score."""
        high: Floats = expit(self.intercepts[group] + self.slopes[group] * SCORE_NODES - above)
        return high

    def joint(self, group: int) -> Floats:
        """Probability of each node of the score and cell of amount, lowest first; the first cell is absence."""
        inner = self.empty + (1 - self.empty) * np.linspace(0.0, 1.0, CELLS + 1)
        low = np.diff(self._below(np.concatenate([[0.0], inner]), group), axis=1)
        high = np.diff(self._below(np.linspace(0.0, 1.0, CELLS + 1), group), axis=1)
        levels = np.linspace(-self.band, self.band, CELLS // 2 + 1)
        above = np.stack([self.share_high(group, level) for level in levels], axis=1)
        zones = [(1 - above[:, :1]) * low, -np.diff(above, axis=1), above[:, -1:] * high]
        return np.hstack(zones) * SCORE_WEIGHTS[:, None]

    def _below(self, edges: Floats, group: int) -> Floats:
        """Probability of a position below each edge given the score: nodes x edges."""
        r = self.positions[group]
        reached: Floats = ndtr((ndtri(edges)[None, :] - r * SCORE_NODES[:, None]) / np.sqrt(1 - r * r))
        return reached

    def zero_share(self, score: ScoreModel) -> float:
        """Share of tumours that hold none of the cells."""
        return float(sum(score.weights[group] * self.joint(group)[:, 0].sum() for group in (0, 1)))


def rank_correlation(joint: Floats, score_ranks: Floats) -> float:
    """Spearman correlation of a joint distribution: rows by the ranks of the score, columns in order of the amount.

    Tied tumours have mid-ranks, as in a sample.
    """
    columns, rows = joint.sum(axis=0), joint.sum(axis=1)
    amount_ranks = np.cumsum(columns) - columns / 2
    x, y = score_ranks - rows @ score_ranks, amount_ranks - columns @ amount_ranks
    spread = np.sqrt((rows @ x**2) * (columns @ y**2))
    return float(x @ joint @ y / spread) if spread > 0 else 0.0


def group_correlation(model: TypeModel, group: int) -> float:
    """Spearman correlation of score and amount within an HR group."""
    return round(rank_correlation(model.joint(group), ndtr(SCORE_NODES)), 12)


def overall_correlation(model: TypeModel, score: ScoreModel) -> float:
    """Spearman correlation of score and amount over both HR groups."""
    joint = np.vstack([score.weights[group] * model.joint(group) for group in (0, 1)])
    return rank_correlation(joint, np.concatenate([score.ranks(0), score.ranks(1)]))
