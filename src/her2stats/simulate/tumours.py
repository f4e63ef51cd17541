"""Tumours drawn from the calibrated model: who the patients are, their scores, receptors and cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from scipy.special import expit, logit, ndtr, ndtri

from her2stats.simulate.calibration import Calibration
from her2stats.simulate.clinical import draw_clinical, draw_hr
from her2stats.simulate.latent import Floats, TypeModel
from her2stats.simulate.planted import CELL_TYPES
from her2stats.simulate.targets import Margins
from her2stats.simulate.til import ERBB2_SLOPE, ESR1_GAP, TilModel

SHARED = 0.5  # loading of every cell type on the tumour's infiltration, given its score
SPREAD = 0.6  # standard deviation of the log amount among the tumours that hold a type
MIDDLE = 0.3  # of the ranks of amounts belong to the band about the median
_FURTHEST = 3.0  # standard deviations
_LEAST = 1e-12


@dataclass(frozen=True, eq=False)
class Tumours:
    """What is true of each tumour, before anything is measured; arrays are of shape (n,).

    ESR1, ERBB2 and total TIL are levels in standard deviations of their own variation.
    """

    clinical: pd.DataFrame  # samples x variables
    score: Floats  # HER2 score, mean 0 and variance 1 in the population
    esr1: Floats
    erbb2: Floats
    til: Floats
    amounts: Floats  # cell amounts of shape (n, types); 0 is absence


def draw_tumours(rng: Generator, samples: pd.Index, margins: Margins, model: Calibration) -> Tumours:
    """Draw one tumour a sample."""
    n = len(samples)
    groups = draw_hr(rng, margins, n)
    standard = rng.standard_normal(n)
    score = np.array(model.score.means)[groups] + np.array(model.score.sds)[groups] * standard
    infiltration = rng.standard_normal(n)  # of the tumour, beyond what its score says
    clinical = draw_clinical(rng, samples, margins, groups, standard)
    types = [
        _amounts(rng, model.types[name], level, groups, standard, infiltration) for name, level in CELL_TYPES.items()
    ]
    til = model.til.score * score + infiltration
    esr1, erbb2 = _receptors(rng, model.til, groups, score, til)
    return Tumours(clinical, score, esr1, erbb2, til, np.column_stack(types))


def _amounts(
    rng: Generator, model: TypeModel, level: float, groups: np.ndarray, standard: Floats, infiltration: Floats
) -> Floats:
    """Amount of one cell type in each tumour; what is shared between types is independent of the score."""
    own = SHARED * infiltration + np.sqrt(1 - SHARED**2) * rng.standard_normal(len(standard))
    luck = ndtr(own)  # uniform
    slopes, intercepts, r = (np.array(pair)[groups] for pair in (model.slopes, model.intercepts, model.positions))
    log_odds = intercepts + slopes * standard
    below, above = expit(-model.band - log_odds), expit(model.band - log_odds)
    low, high = luck <= below, luck > above
    # given the zone it falls into, luck is uniform again: the position within the zone
    within = np.where(high, (luck - above) / (1 - above), luck / below)
    position = ndtr(r * standard + np.sqrt(1 - r * r) * _normal(within))
    holds = ~low | (position >= model.empty)
    if model.band:
        middle = (log_odds + logit(np.clip(luck, _LEAST, 1 - _LEAST)) + model.band) / (2 * model.band)
        outside = (1 - MIDDLE) / 2
        ranks = np.select([low, high], [outside * position, 1 - outside * (1 - position)], outside + MIDDLE * middle)
    else:
        ranks = position
    log_amount = level + SPREAD * np.clip(_normal(ranks), -_FURTHEST, _FURTHEST)
    amounts: Floats = np.where(holds, np.exp(log_amount), 0.0)
    return amounts


def _normal(uniform: Floats) -> Floats:
    scores: Floats = ndtri(np.clip(uniform, _LEAST, 1 - _LEAST))
    return scores


def _receptors(
    rng: Generator, model: TilModel, groups: np.ndarray, score: Floats, til: Floats
) -> tuple[Floats, Floats]:
    """Levels of ESR1 and ERBB2 in standard deviations of their own variation."""
    esr1 = ESR1_GAP * groups + model.esr1 * til + rng.standard_normal(len(score))
    erbb2 = ERBB2_SLOPE * score + model.erbb2 * til + rng.standard_normal(len(score))
    return esr1, erbb2
