"""Simulated cohorts: who the patients are, what their tumours hold, and what was planted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from her2stats.cohort import Cohort
from her2stats.notes import Note
from her2stats.simulate.planted import CELL_TYPES, PLANTED_EFFECTS
from her2stats.simulate.platform import measured_expression

Generator = np.random.Generator


@dataclass(frozen=True)
class Margins:
    """How a simulated cohort is composed: shares and quantiles as in Table 1 of the paper.

    Parameters
    ----------
    hr_positive : float
        Share of hormone-receptor-positive tumours.
    her2_ihc : tuple of float
        Shares of IHC 0, 1+ and 2+.
    age : tuple of float
        Median and interquartile range in years.
    size_above_2cm, grade_3 : float
        Shares.
    """

    hr_positive: float = 0.79
    her2_ihc: tuple[float, float, float] = (0.31, 0.45, 0.24)
    age: tuple[float, float] = (54.0, 18.0)
    size_above_2cm: float = 0.6
    grade_3: float = 0.4


@dataclass(frozen=True)
class SimulatedTruth:
    """What was planted: the latent score, the true amounts and the effects behind them."""

    score: pd.Series
    amounts: pd.DataFrame
    effects: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def simulate_cohort(
    name: str,
    n: int,
    *,
    seed: int,
    margins: Margins | None = None,
    effects: Mapping[str, tuple[float, float]] | None = None,
    platform_seed: int = 20,
    noise: float = 0.2,
) -> Cohort:
    """Simulate a cohort of HER2-negative tumours with planted effects of the HER2 score on cell amounts.

    Parameters
    ----------
    name : str
        Name of the cohort; also the start of its sample ids.
    n : int
        Number of tumours, at least 10.
    seed : int
        The same seed gives the same cohort.
    margins : Margins, optional
        Composition of the cohort.
    effects : mapping, optional
        Type -> change in log amount per SD of the score in (HR-negative, HR-positive); default `PLANTED_EFFECTS`,
        ``{}`` simulates the null.
    platform_seed : int
        Seed of the signature matrix and of the HER2 signature, shared by cohorts that are analysed together.
    noise : float
        Standard deviation of the log-normal measurement noise of each gene.

    Returns
    -------
    Cohort
        Expression on the log2(x + 1) scale, clinical table, and a note that says it is simulated.

    Examples
    --------
    >>> simulate_cohort("toy", 30, seed=1).clinical["hr"].cat.categories.tolist()
    ['negative', 'positive']
    """
    return simulate_with_truth(
        name, n, seed=seed, margins=margins, effects=effects, platform_seed=platform_seed, noise=noise
    )[0]


def simulate_with_truth(
    name: str,
    n: int,
    *,
    seed: int,
    margins: Margins | None = None,
    effects: Mapping[str, tuple[float, float]] | None = None,
    platform_seed: int = 20,
    noise: float = 0.2,
) -> tuple[Cohort, SimulatedTruth]:
    """Do as `simulate_cohort` and also return what was planted."""
    if n < 10:
        raise ValueError(f"a simulated cohort needs at least 10 tumours, not {n}")
    rng = np.random.default_rng([seed, n])
    planted = PLANTED_EFFECTS if effects is None else effects
    samples = pd.Index([f"{name}-{i + 1:04d}" for i in range(n)], name="sample")
    clinical = _clinical(rng, samples, margins or Margins())
    positive = (clinical["hr"] == "positive").to_numpy()
    score = _her2_score(rng, clinical, positive)
    amounts = _amounts(rng, score, positive, planted)
    expression = measured_expression(rng, samples, score, positive, amounts, platform_seed, noise)
    note = Note("reading", "Simulated cohort: no patient stands behind any number", count=n, detail=f"seed {seed}")
    cohort = Cohort(
        name=name,
        expression=expression,
        scale="log2",
        offset=1.0,
        clinical=clinical,
        hr_definition="given",
        notes=(note,),
    )
    truth = SimulatedTruth(
        score=pd.Series(score, index=samples, name="score"),
        amounts=pd.DataFrame(amounts, index=samples, columns=list(CELL_TYPES)),
        effects=dict(planted),
    )
    return cohort, truth


def simulate_response(name: str, *, seed: int, n: int = 111) -> Cohort:
    """Simulate a clinical-only cohort treated with neoadjuvant immunotherapy.

    The expected response rates are those of Table 2 of the paper (mid-course 44 % and 28 %, pathological complete
    response 72 % and 64 % in HER2-0 and HER2-low); about two thirds and three quarters are evaluable.

    Examples
    --------
    >>> simulate_response("response", seed=4).expression is None
    True
    """
    rng = np.random.default_rng([seed, n, 2])
    samples = pd.Index([f"{name}-{i + 1:04d}" for i in range(n)], name="sample")
    clinical = _clinical(rng, samples, Margins(hr_positive=0.0, her2_ihc=(0.55, 0.33, 0.12)))
    low = (clinical["her2_ihc"] != "0").to_numpy()
    for outcome, rates, evaluable in (("complete_response", (0.44, 0.28), 0.64), ("pcr", (0.72, 0.64), 0.77)):
        responded = (rng.random(n) < np.where(low, rates[1], rates[0])).astype(float)
        clinical[outcome] = np.where(rng.random(n) < evaluable, responded, np.nan)
    note = Note("reading", "Simulated cohort: no patient stands behind any number", count=n, detail=f"seed {seed}")
    return Cohort(
        name=name, expression=None, scale=None, offset=0.0, clinical=clinical, hr_definition="given", notes=(note,)
    )


def _clinical(rng: Generator, samples: pd.Index, margins: Margins) -> pd.DataFrame:
    n = len(samples)
    hr = np.where(rng.random(n) < margins.hr_positive, "positive", "negative")
    ihc = rng.choice(["0", "1+", "2+"], size=n, p=np.asarray(margins.her2_ihc) / sum(margins.her2_ihc))
    age = np.clip(rng.normal(margins.age[0], margins.age[1] / 1.349, n), 25, 92).round(0)
    # log-normal size whose share above 2 cm is the one asked for
    above = np.quantile(rng.standard_normal(4000), 1 - margins.size_above_2cm)
    size = np.exp(np.log(2.0) + 0.45 * (rng.standard_normal(n) - above)).clip(0.3, 12).round(1)
    grade_3 = rng.random(n) < np.clip(margins.grade_3 + np.where(hr == "negative", 0.35, -0.08), 0, 1)
    return pd.DataFrame(
        {
            "hr": pd.Categorical(hr, ["negative", "positive"]),
            "her2_ihc": pd.Categorical(ihc, ["0", "1+", "2+"], ordered=False),
            "age": age,
            "size_cm": size,
            "grade": pd.Categorical(np.where(grade_3, "III", "II"), ["I", "II", "III"]),
        },
        index=samples,
    )


def _her2_score(rng: Generator, clinical: pd.DataFrame, positive: np.ndarray) -> np.ndarray:
    """Latent score, unit variance, higher in IHC 1+ and 2+ and in HR-positive tumours."""
    shift = clinical["her2_ihc"].map({"0": -0.5, "1+": 0.15, "2+": 0.35}).astype(float).to_numpy()
    latent = rng.standard_normal(len(clinical)) + shift + np.where(positive, 0.15, -0.35)
    standardised: np.ndarray = (latent - latent.mean()) / latent.std(ddof=1)
    return standardised


def _amounts(
    rng: Generator, score: np.ndarray, positive: np.ndarray, effects: Mapping[str, tuple[float, float]]
) -> np.ndarray:
    """Cells of each type per tumour, relative to the tumour's own RNA: samples x types."""
    infiltration = rng.normal(0.0, 0.35, len(score))  # shared by all types of a tumour
    columns = []
    for name, (level, in_positive, present) in CELL_TYPES.items():
        slopes = effects.get(name, (0.0, 0.0))
        log_amount = level + np.where(positive, in_positive + slopes[1] * score, slopes[0] * score)
        log_amount = log_amount + infiltration + rng.normal(0.0, 0.55, len(score))
        columns.append(np.where(rng.random(len(score)) < present, np.exp(log_amount), 0.0))
    return np.column_stack(columns)
