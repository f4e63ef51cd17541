"""Cohorts with planted, known effects: for the demo, for trying out, and for testing what the analysis recovers.

Nothing here is measured on anybody. The cell types carry the names that readers know; the profiles of the
simulated signature matrix, its genes and every number are drawn from a seeded generator. Directions of the planted
effects follow the paper (doi 10.1038/s41523-025-00867-z), their sizes are round numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from her2stats.cohort import Cohort
from her2stats.deconvolution import SignatureMatrix
from her2stats.notes import Note
from her2stats.signatures import GeneSignature, signature

Generator = np.random.Generator

SIGNATURE_GENES_PER_TYPE = 22
HER2_GENES = 20
BACKGROUND_GENES = 700
RARE = 0.2  # a type that fewer tumours hold

# type: (log amount in HR-negative tumours, change in HR-positive ones, share of tumours that hold any)
CELL_TYPES: dict[str, tuple[float, float, float]] = {
    "B cells naive": (-2.4, 0.0, 1.0),
    "B cells memory": (-3.0, 0.0, 0.10),
    "Plasma cells": (-2.3, 0.0, 1.0),
    "T cells CD8": (-1.9, -0.5, 1.0),
    "T cells CD4 naive": (-3.0, 0.0, 0.08),
    "T cells CD4 memory resting": (-1.9, 0.1, 1.0),
    "T cells CD4 memory activated": (-2.6, -0.2, 0.45),
    "T cells follicular helper": (-2.3, -0.2, 1.0),
    "T cells regulatory (Tregs)": (-2.5, -0.2, 1.0),
    "T cells gamma delta": (-2.6, 0.0, 0.50),
    "NK cells resting": (-3.0, 0.0, 0.10),
    "NK cells activated": (-2.5, 0.0, 1.0),
    "Monocytes": (-2.8, 0.0, 0.55),
    "Macrophages M0": (-1.5, -0.7, 1.0),
    "Macrophages M1": (-1.9, -0.6, 1.0),
    "Macrophages M2": (-1.3, 0.1, 1.0),
    "Dendritic cells resting": (-2.6, 0.1, 1.0),
    "Dendritic cells activated": (-3.0, 0.0, 0.10),
    "Mast cells resting": (-2.3, 0.3, 1.0),
    "Mast cells activated": (-3.0, 0.0, 0.08),
    "Eosinophils": (-3.2, 0.0, 0.05),
    "Neutrophils": (-2.5, 0.0, 1.0),
}

# Change in the log amount per standard deviation of the HER2 score: (HR-negative, HR-positive).
PLANTED_EFFECTS: dict[str, tuple[float, float]] = {
    "T cells CD8": (-0.50, -0.50),
    "Macrophages M1": (-0.55, -0.45),
    "Plasma cells": (-0.45, -0.50),
    "B cells naive": (-0.45, -0.45),
    "Mast cells resting": (0.60, -0.45),
    "Neutrophils": (-0.60, 0.40),
}

# Which simulated cells express each of Danaher's types.
DANAHER_SOURCES: dict[str, tuple[str, ...]] = {
    "B-cells": ("B cells naive", "B cells memory", "Plasma cells"),
    "CD45": tuple(CELL_TYPES),
    "Cytotoxic cells": ("T cells CD8", "NK cells activated"),
    "DC": ("Dendritic cells resting", "Dendritic cells activated"),
    "Exhausted CD8": ("T cells CD8",),
    "Macrophages": ("Macrophages M0", "Macrophages M1", "Macrophages M2"),
    "Mast cells": ("Mast cells resting", "Mast cells activated"),
    "Neutrophils": ("Neutrophils",),
    "NK CD56dim cells": ("NK cells activated",),
    "NK cells": ("NK cells resting", "NK cells activated"),
    "T-cells": tuple(name for name in CELL_TYPES if name.startswith("T cells")),
    "Th1 cells": ("T cells CD4 memory activated", "T cells CD8"),
    "Treg": ("T cells regulatory (Tregs)",),
    "CD8 T cells": ("T cells CD8",),
}


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


def simulate_signature_matrix(seed: int = 20) -> SignatureMatrix:
    """Draw a signature matrix of 22 cell types with made-up genes (``SIM...``), linear scale.

    Parameters
    ----------
    seed : int
        The same seed gives the same matrix.

    Returns
    -------
    SignatureMatrix
        484 genes x 22 types; every type has 22 genes that it expresses 5 to 60 times above the others.

    Examples
    --------
    >>> simulate_signature_matrix().profiles.shape
    (484, 22)
    """
    rng = np.random.default_rng(seed)
    types = list(CELL_TYPES)
    genes = [f"SIM{i + 1:04d}" for i in range(SIGNATURE_GENES_PER_TYPE * len(types))]
    profiles = rng.lognormal(np.log(60.0), 0.8, size=(len(genes), len(types)))
    marker_of = np.repeat(np.arange(len(types)), SIGNATURE_GENES_PER_TYPE)
    profiles[np.arange(len(genes)), marker_of] *= rng.uniform(5.0, 60.0, size=len(genes))
    frame = pd.DataFrame(profiles.round(3), index=pd.Index(genes, name="gene"), columns=types)
    return SignatureMatrix(name="simulated", profiles=frame, source=f"simulated, seed {seed}", sha256="")


def simulate_her2_signature(seed: int = 20) -> GeneSignature:
    """Draw a 20-gene HER2 signature with made-up genes and positive weights.

    The genes of the published 20-gene classifier (doi 10.1038/s41598-024-52148-7) are not printed anywhere, so
    these are placeholders by design.

    Examples
    --------
    >>> len(simulate_her2_signature().genes)
    20
    """
    rng = np.random.default_rng([seed, 1])
    genes = tuple(f"SIMHER{i + 1:02d}" for i in range(HER2_GENES))
    weights = tuple(float(w) for w in rng.uniform(0.5, 1.5, HER2_GENES).round(3))
    return GeneSignature(
        name="HER2 20-gene (simulated)", genes=genes, weights=weights, source=f"simulated, seed {seed}", sha256=""
    )


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
    expression = _expression(rng, samples, score, positive, amounts, platform_seed, noise)
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


def _expression(
    rng: Generator,
    samples: pd.Index,
    score: np.ndarray,
    positive: np.ndarray,
    amounts: np.ndarray,
    platform_seed: int,
    noise: float,
) -> pd.DataFrame:
    """log2(x + 1) of genes x samples: signature, Danaher, HER2, receptor and background genes."""
    matrix = simulate_signature_matrix(platform_seed).profiles
    platform = np.random.default_rng([platform_seed, 3])
    mixed = (matrix.to_numpy() @ amounts.T + 25.0) * _marker_response(platform)[:, None]
    blocks = {"signature": (list(matrix.index), mixed)}
    blocks["danaher"] = _danaher_block(platform, amounts)
    her2 = simulate_her2_signature(platform_seed)
    loading = platform.uniform(0.25, 0.6, HER2_GENES)[:, None]
    own = rng.normal(0.0, 0.5, (HER2_GENES, len(score)))
    blocks["her2"] = (list(her2.genes), np.exp(5.5 + loading * score + own))
    receptors = np.vstack(
        [
            np.exp(6.2 + 0.45 * score + rng.normal(0.0, 0.55, len(score))),
            np.exp(np.where(positive, 7.0, 3.5) + 0.15 * score + rng.normal(0.0, 0.6, len(score))),
        ]
    )
    blocks["receptors"] = (["ERBB2", "ESR1"], receptors)
    level = platform.normal(4.2, 1.4, (BACKGROUND_GENES, 1))
    background = np.exp(level + rng.normal(0.0, 0.4, (BACKGROUND_GENES, len(score))))
    blocks["background"] = ([f"SIMBG{i + 1:04d}" for i in range(BACKGROUND_GENES)], background)
    genes = [gene for names, _ in blocks.values() for gene in names]
    linear = np.vstack([values for _, values in blocks.values()])
    measured = linear * np.exp(rng.normal(0.0, noise, linear.shape))
    return pd.DataFrame(np.log2(measured + 1.0).round(4), index=pd.Index(genes, name="gene"), columns=samples)


def _marker_response(platform: Generator) -> np.ndarray:
    """How strongly the platform measures each signature gene: weakly for markers of types that many tumours lack.

    With that, as in real data, types that are absent come out as zero in most tumours instead of in half of them.
    """
    present = np.repeat([share for _, _, share in CELL_TYPES.values()], SIGNATURE_GENES_PER_TYPE)
    weak, weaker = platform.uniform(0.5, 0.9, len(present)), platform.uniform(0.3, 0.7, len(present))
    return np.select([present < RARE, present < 1.0], [weaker, weak], 1.0)


def _danaher_block(platform: Generator, amounts: np.ndarray) -> tuple[list[str], np.ndarray]:
    types = list(CELL_TYPES)
    genes: list[str] = []
    rows: list[np.ndarray] = []
    for member in signature("danaher"):
        sources = [types.index(source) for source in DANAHER_SOURCES[member.name]]
        for gene in member.genes:
            genes.append(gene)
            rows.append(8.0 + platform.uniform(300.0, 2500.0) * amounts[:, sources].sum(axis=1))
    return genes, np.vstack(rows)
