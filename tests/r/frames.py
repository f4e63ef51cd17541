"""Frames of the kind that trouble statistics: ties, empty cells, odd scales, missing values, rare events."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

FUZZ = int(os.environ.get("HER2STATS_FUZZ", "0"))

Labels = np.ndarray
SCORE, CELLS, AGE, GRADE = "HER2 score", "T cells regulatory (Tregs)", "age", "grade"


def drawn(examples: int) -> settings:
    """So many draws, the same in every run; HER2STATS_FUZZ=1000 draws a thousand new ones instead."""
    return settings(
        max_examples=FUZZ or examples,
        derandomize=not FUZZ,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


@dataclass(frozen=True)
class Recipe:
    """What a frame is made of; small enough to be read in a failure."""

    seed: int
    n: int
    score_scale: float = 1.0
    score_offset: float = 0.0
    outcome_scale: float = 1.0
    digits: int = 15
    missing: float = 0.0
    event: float = 0.4
    minority: float = 0.3
    gap: str = "none"
    effect: float = 0.5

    def frame(self) -> pd.DataFrame:
        """The frame itself: hr and her2_ihc as factors, a score, a continuous and a binary outcome, covariates."""
        rng = np.random.default_rng(self.seed)
        n = self.n
        score = np.round(rng.normal(size=n), self.digits)
        age = np.round(rng.normal(55, 10, size=n))
        hr = rng.choice(["negative", "positive"], n, p=[self.minority, 1 - self.minority])
        ihc = rng.choice(["0", "1+", "2+"], n)
        grade = rng.choice(["I", "II", "III"], n)
        cells = np.round(self.effect * score + rng.normal(size=n), self.digits) + 0.3 * (ihc == "1+")
        hr, ihc, grade = self._gaps_in_factors(hr, ihc, grade)
        chance = 1 / (1 + np.exp(-(np.log(self.event / (1 - self.event)) + self.effect * score)))
        frame = pd.DataFrame(
            {
                SCORE: self.score_scale * (self.score_offset + score),
                CELLS: cells * self.outcome_scale,
                AGE: age,
                "high": (rng.random(n) < chance).astype("float64"),
                "older": (age > 55).astype("float64"),
                "present": (rng.random(n) < 0.3).astype("float64"),
                "hr": pd.Categorical(hr, ["negative", "positive"]),
                "her2_ihc": pd.Categorical(ihc, ["0", "1+", "2+"]),
                GRADE: pd.Categorical(grade, ["I", "II", "III"]),
            },
            index=[f"tumour {k:04d}" for k in range(n)],
        )
        self._gaps_in_numbers(frame)
        if self.missing:
            for name in (SCORE, CELLS, AGE, "high", "hr", "her2_ihc", GRADE):
                frame.loc[rng.random(n) < self.missing, name] = np.nan
        return frame

    def _gaps_in_factors(self, hr: Labels, ihc: Labels, grade: Labels) -> tuple[Labels, Labels, Labels]:
        if self.gap == "cell":
            ihc = np.where((hr == "negative") & (ihc == "2+"), "1+", ihc)
        elif self.gap == "level":
            ihc = np.where(ihc == "2+", "0", ihc)
        elif self.gap == "single hr":
            hr = np.full(self.n, "positive")
        elif self.gap == "grade reference":
            grade = np.where(grade == "I", "II", grade)
        return hr, ihc, grade

    def _gaps_in_numbers(self, frame: pd.DataFrame) -> None:
        if self.gap == "constant score":
            frame[SCORE] = 3.25
        elif self.gap == "constant outcome":
            frame["high"], frame[CELLS] = 1.0, 2.0
        elif self.gap == "no score":
            frame[SCORE] = np.nan
        elif self.gap == "collinear":
            frame[AGE] = 2 * frame[SCORE]
        elif self.gap == "separated":
            frame["high"] = (frame[SCORE] > frame[SCORE].median()).astype("float64")


GAPS = (
    *("none", "none", "none", "none", "cell", "cell", "level", "single hr", "grade reference"),
    *("constant score", "constant outcome", "no score", "collinear", "separated"),
)


def recipes() -> st.SearchStrategy[Recipe]:
    """Frames of 20 to 400 rows, most of them well, many of them not."""
    return st.builds(
        Recipe,
        seed=st.integers(0, 2**32 - 1),
        n=st.one_of(st.integers(20, 60), st.integers(20, 400)),
        score_scale=st.sampled_from([1.0, 1.0, 1e-6, 1e6]),
        score_offset=st.sampled_from([0.0, 0.0, 8.0, -50.0]),
        outcome_scale=st.sampled_from([1.0, 1.0, 1e-8, 1e8]),
        digits=st.sampled_from([15, 15, 1, 0]),
        missing=st.sampled_from([0.0, 0.0, 0.05, 0.3]),
        event=st.sampled_from([0.5, 0.4, 0.2, 0.05]),
        minority=st.sampled_from([0.5, 0.3, 0.1]),
        gap=st.sampled_from(GAPS),
        effect=st.sampled_from([0.0, 0.5, -1.5]),
    )
