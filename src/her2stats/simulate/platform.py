"""What is measured: a made-up signature matrix, a made-up HER2 signature, and expression from cell amounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from her2stats.deconvolution import SignatureMatrix
from her2stats.signatures import GeneSignature, signature
from her2stats.signatures.til import DEFAULT_MEMBERS
from her2stats.simulate.latent import Floats
from her2stats.simulate.planted import CELL_TYPES, EXPRESSED
from her2stats.simulate.tumours import Tumours

SIGNATURE_GENES_PER_TYPE = 22
HER2_GENES = 20
BACKGROUND_GENES = 700
OWN_HER2 = 0.5  # standard deviation of what a HER2 gene has beside the score, natural log
SHORTFALL = 0.03  # by which the markers of an absent type stay below the other cells, as an amount
LEVEL = 150.0  # median expression of the signature genes of a tumour with a total amount of 1
TIL_LEVEL, TIL_SD = 7.0, 0.8  # log2


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


def measured_expression(rng: Generator, tumours: Tumours, platform_seed: int, noise: float) -> pd.DataFrame:
    """Measure log2(x + 1) of genes x samples: signature, Danaher, HER2, receptor and background genes."""
    platform = np.random.default_rng([platform_seed, 3])
    shape = (BACKGROUND_GENES, len(tumours.clinical.index))
    level = platform.normal(4.2, 1.4, (BACKGROUND_GENES, 1))
    background = np.exp(level + rng.normal(0.0, 0.4, shape))
    her2 = simulate_her2_signature(platform_seed)
    matrix = simulate_signature_matrix(platform_seed).profiles
    receptors = np.exp(np.vstack([6.2 + 0.55 * tumours.erbb2, 3.5 + 0.6 * tumours.esr1]))
    noisy = {
        "signature": (list(matrix.index), _signature_block(matrix.to_numpy(), tumours.amounts)),
        "danaher": _danaher_block(platform, tumours),
        "background": ([f"SIMBG{i + 1:04d}" for i in range(BACKGROUND_GENES)], background),
    }
    blocks = [(names, values * np.exp(rng.normal(0.0, noise, values.shape))) for names, values in noisy.values()]
    blocks += [(list(her2.genes), _her2_block(rng, platform, her2, tumours.score)), (["ERBB2", "ESR1"], receptors)]
    genes = [gene for names, _ in blocks for gene in names]
    linear = np.vstack([values for _, values in blocks])
    return pd.DataFrame(
        np.log2(linear + 1.0).round(4), index=pd.Index(genes, name="gene"), columns=tumours.clinical.index
    )


def _signature_block(profiles: Floats, amounts: Floats) -> Floats:
    """Mix the profiles so that deconvolution in absolute mode gives the amounts back, up to one factor.

    Where a type is absent its markers lie a little below what the other cells express, as they do in real data where
    the profile of a type is not that of the tissue; its weight is then negative and clipped, and comes out as zero
    every time and not half the time. The level of a tumour is set so that its median, which absolute mode multiplies
    by, is proportional to the total of its cells.
    """
    mixed = np.maximum(profiles @ np.where(amounts > 0, amounts, -SHORTFALL).T, 1.0)
    return np.asarray(mixed * (LEVEL * amounts.sum(axis=1) / np.median(mixed, axis=0)), dtype=np.float64)


def _her2_block(rng: Generator, platform: Generator, her2: GeneSignature, score: Floats) -> Floats:
    """Genes of the signature; what each has of its own cancels in the weighted score, which is the one planted."""
    assert her2.weights is not None
    loading = platform.uniform(0.25, 0.6, HER2_GENES)
    pull = np.asarray(her2.weights) / np.sqrt(loading**2 + OWN_HER2**2)  # the score weighs genes over their spread
    own = rng.normal(0.0, OWN_HER2, (HER2_GENES, len(score)))
    own -= np.outer(pull, pull @ own) / (pull @ pull)
    return np.asarray(np.exp(5.5 + loading[:, None] * score + own), dtype=np.float64)


def _danaher_block(platform: Generator, tumours: Tumours) -> tuple[list[str], Floats]:
    """Danaher's markers from the cells that express them, each tumour shifted so that its total TIL is the true one."""
    genes: list[str] = []
    rows: list[Floats] = []
    scores: list[Floats] = []
    for member in signature("danaher"):
        cells = tumours.amounts[:, [member.name in markers for markers in EXPRESSED.values()]].sum(axis=1)
        own = [np.log2(8.0 + platform.uniform(300.0, 2500.0) * cells) for _ in member.genes]
        genes += member.genes
        rows += own
        if member.name in DEFAULT_MEMBERS:
            scores.append(np.mean(own, axis=0))
    shift = TIL_LEVEL + TIL_SD * tumours.til - np.mean(scores, axis=0)
    return genes, np.asarray(2.0 ** (np.vstack(rows) + shift), dtype=np.float64)
