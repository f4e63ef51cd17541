"""Total TIL beside the score and the receptors: normal within each HR group, with exact rank correlations.

A cohort is a mixture of two normal groups, so the rank correlation of any two of its variables is an average of normal
distribution functions; each target is met by one root.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from her2stats.errors import DataError, ProblemList
from her2stats.simulate.latent import SCORE_NODES, SCORE_WEIGHTS, Floats, ScoreModel

ESR1_GAP = 5.8  # between the HR groups, in standard deviations within them
ERBB2_SLOPE = 0.8  # on the score, in standard deviations of its own variation
_REACH = 8.0


@dataclass(frozen=True)
class TilModel:
    """Slopes in units of the residual standard deviation, which is 1 for total TIL, ESR1 and ERBB2."""

    score: float = 0.0  # of total TIL on the score
    esr1: float = 0.0  # of the receptor's level on total TIL, beside what it has from HR status and the score
    erbb2: float = 0.0


def calibrate_til(targets: Mapping[str, float], score: ScoreModel) -> TilModel:
    """Solve the slopes for the rank correlations of total TIL with "score", "ESR1" and "ERBB2"; 0 where not asked.

    Raises DataError for a correlation that cannot be reached.
    """
    problems = ProblemList()

    def solve(partner: str, model: Callable[[float], TilModel]) -> TilModel:
        if partner not in targets:
            return model(0.0)

        def excess(slope: float) -> float:
            return til_correlation(partner, model(slope), score) - targets[partner]

        if excess(-_REACH) * excess(_REACH) > 0:
            what = f"total TIL and {partner}: {targets[partner]:g} cannot be met"
            problems.add(DataError, what, where="til", remedy="give a correlation nearer to 0")
            return model(0.0)
        return model(float(brentq(excess, -_REACH, _REACH, xtol=1e-10)))

    til = solve("score", lambda slope: TilModel(score=slope))
    with_esr1 = solve("ESR1", lambda slope: TilModel(til.score, esr1=slope))
    solved = solve("ERBB2", lambda slope: TilModel(til.score, with_esr1.esr1, slope))
    problems.raise_if_any()
    return solved


def til_correlation(partner: str, model: TilModel, score: ScoreModel) -> float:
    """Spearman correlation over the cohort of total TIL and the score, ESR1 or ERBB2."""
    til_ranks, partner_ranks = [], []
    means, sds = _moments(partner, model, score)
    for group in (0, 1):
        s = (score.means[group] + score.sds[group] * SCORE_NODES)[:, None]
        own = SCORE_NODES[None, :]  # of total TIL, nodes of the same standard normal
        til = model.score * s + own
        til_ranks.append(_ranks(til, *_moments("til", model, score), score))
        mean, residual = _partner(partner, model, group, s, til)
        partner_ranks.append(_ranks(mean, means, sds, score, noise=residual))
    products = [float(SCORE_WEIGHTS @ (a * b) @ SCORE_WEIGHTS) for a, b in zip(til_ranks, partner_ranks, strict=True)]
    expected = sum(weight * product for weight, product in zip(score.weights, products, strict=True))
    return 12 * expected - 3


def _partner(partner: str, model: TilModel, group: int, s: Floats, til: Floats) -> tuple[Floats, float]:
    """Mean of the partner given score and total TIL, and its residual standard deviation."""
    if partner == "score":
        return s + 0 * til, 0.0
    if partner == "ESR1":
        return ESR1_GAP * group + model.esr1 * til, 1.0
    return ERBB2_SLOPE * s + model.erbb2 * til, 1.0


def _moments(variable: str, model: TilModel, score: ScoreModel) -> tuple[Floats, Floats]:
    """Mean and standard deviation of a variable in each HR group."""
    means, sds = np.array(score.means), np.array(score.sds)
    if variable == "score":
        return means, sds
    til, til_sd = model.score * means, np.sqrt((model.score * sds) ** 2 + 1)
    if variable == "til":
        return til, til_sd
    if variable == "ESR1":
        return ESR1_GAP * np.arange(2) + model.esr1 * til, np.sqrt((model.esr1 * til_sd) ** 2 + 1)
    on_score = ERBB2_SLOPE + model.erbb2 * model.score
    return on_score * means, np.sqrt((on_score * sds) ** 2 + model.erbb2**2 + 1)


def _ranks(values: Floats, means: Floats, sds: Floats, score: ScoreModel, *, noise: float = 0.0) -> Floats:
    """Expected share of the cohort below values that carry normal noise of their own."""
    spread = np.sqrt(sds**2 + noise**2)
    return sum((score.weights[k] * ndtr((values - means[k]) / spread[k]) for k in (0, 1)), np.zeros_like(values))
