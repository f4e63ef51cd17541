"""What is measured: a made-up signature matrix, a made-up HER2 signature, and expression from cell amounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from her2stats.deconvolution import SignatureMatrix
from her2stats.signatures import GeneSignature, signature
from her2stats.simulate.planted import CELL_TYPES, DANAHER_SOURCES

Generator = np.random.Generator

SIGNATURE_GENES_PER_TYPE = 22
HER2_GENES = 20
BACKGROUND_GENES = 700
RARE = 0.2  # a type that fewer tumours hold


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


def measured_expression(
    rng: Generator,
    samples: pd.Index,
    score: np.ndarray,
    positive: np.ndarray,
    amounts: np.ndarray,
    platform_seed: int,
    noise: float,
) -> pd.DataFrame:
    """Measure log2(x + 1) of genes x samples: signature, Danaher, HER2, receptor and background genes."""
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
