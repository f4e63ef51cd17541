"""Clinical tables of simulated tumours: the counts of Table 1 exactly, associated as the variables are in patients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.random import Generator
from scipy.special import ndtri

from her2stats.simulate.latent import Floats
from her2stats.simulate.targets import HR, Margins, apportion
from her2stats.vocabulary.variables import BY_NAME, IHC_LEVELS

IHC_OF_SCORE = 0.6  # correlation of HER2 IHC with the score within an HR group
GRADE_OF_HR, PAM50_OF_HR = 1.2, 2.2  # how much higher HR-negative tumours lie, in standard deviations
# Levels of PAM50 from those of HR-positive to those of HR-negative tumours.
_PAM50 = ("Luminal A", "Luminal B", "Normal-like", "undetermined", "HER2-enriched", "Basal-like")
_SIZES = {"<= 2 cm": (0.5, 2.0), "2-5 cm": (2.1, 5.0), "> 5 cm": (5.1, 9.0), "missing": (np.nan, np.nan)}


def draw_hr(rng: Generator, margins: Margins, n: int) -> np.ndarray:
    """HR groups in random order: 0 negative, 1 positive."""
    counts = apportion({level: margins.hr.get(level, 0) for level in HR}, n)
    return rng.permutation(np.repeat([0, 1], [counts["negative"], counts["positive"]]))


def draw_clinical(
    rng: Generator, samples: pd.Index, margins: Margins, groups: np.ndarray, standard_score: Floats
) -> pd.DataFrame:
    """Draw the clinical table of tumours whose HR group (0 negative, 1 positive) and score are known.

    The score is standardised within the group.
    """
    n = len(samples)

    def latent(of_hr: float) -> Floats:
        values: Floats = of_hr * (groups == 0) + rng.standard_normal(n)
        return values

    ihc = IHC_OF_SCORE * standard_score + np.sqrt(1 - IHC_OF_SCORE**2) * rng.standard_normal(n)
    table: dict[str, object] = {
        "hr": pd.Categorical(np.array(HR)[groups], HR),
        "her2_ihc": pd.Categorical(_by_rank(ihc, margins.her2_ihc), IHC_LEVELS, ordered=False),
        "age": _ages(rng, margins.age, n),
        "size_cm": _sizes(rng, margins.size, n),
        "grade": pd.Categorical(_by_rank(latent(GRADE_OF_HR), margins.grade), BY_NAME["grade"].levels),
    }
    pam50 = latent(PAM50_OF_HR)
    if margins.pam50:
        counts = {level: margins.pam50[level] for level in _PAM50 if margins.pam50.get(level)}
        table["pam50"] = pd.Categorical(_by_rank(pam50, counts), list(counts))
    return pd.DataFrame(table, index=samples)


def _by_rank(latent: Floats, counts: Mapping[str, int]) -> np.ndarray:
    """Give the levels in their order to the tumours in the order of a latent variable, each as often as it counts."""
    shares = apportion(counts, len(latent))
    levels = np.empty(len(latent), dtype=object)
    levels[np.argsort(latent, kind="stable")] = np.repeat(list(shares), list(shares.values()))
    return levels


def _ages(rng: Generator, quartiles: tuple[float, float, float], n: int) -> Floats:
    """Whole years whose median and quartiles are those asked for: two half-normals that meet at the median."""
    median, low, high = quartiles
    z = ndtri((rng.permutation(n) + 0.5) / n)
    width = np.where(z < 0, median - low, high - median) / ndtri(0.75)
    ages: Floats = np.clip(median + width * z, 22, 92).round(0)
    return ages


def _sizes(rng: Generator, counts: Mapping[str, int], n: int) -> Floats:
    classes = _by_rank(rng.standard_normal(n), counts)
    low, high = (np.array([_SIZES[name][end] for name in classes]) for end in (0, 1))
    sizes: Floats = (low * (high / low) ** rng.random(n)).round(1)
    return sizes
