"""Synthetic signatures and mixtures, seeded: what the tests of deconvolution share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import SignatureMatrix


@dataclass(frozen=True)
class Planted:
    """A signature, mixtures of it with noise, and the fractions that were mixed."""

    signature: SignatureMatrix
    expression: pd.DataFrame  # genes x samples, linear
    truth: pd.DataFrame  # samples x types


def plant(seed: int = 0, *, genes: int = 120, types: int = 6, samples: int = 12, noise: float = 0.3) -> Planted:
    """Profiles with markers for each type, Dirichlet fractions, log-normal noise."""
    rng = np.random.default_rng(seed)
    symbols = [f"GENE{i:04d}" for i in range(genes)]
    cell_types = [f"Type {chr(65 + k)}" for k in range(types)]
    profiles = rng.lognormal(4, 1, (genes, types))
    profiles[np.arange(genes), rng.integers(types, size=genes)] *= 10
    fractions = rng.dirichlet(np.full(types, 0.7), samples)
    mixed = profiles @ fractions.T * rng.lognormal(0, noise, (genes, samples))
    others = rng.lognormal(3, 1.5, (2 * genes, samples))
    table = pd.DataFrame(
        np.vstack([mixed, others]),
        index=symbols + [f"OTHER{i:04d}" for i in range(2 * genes)],
        columns=[f"S{i:03d}" for i in range(samples)],
    )
    signature = SignatureMatrix.from_frame(pd.DataFrame(profiles, index=symbols, columns=cell_types), name="planted")
    return Planted(signature, table, pd.DataFrame(fractions, index=table.columns, columns=cell_types))


@pytest.fixture(scope="session")
def planted() -> Planted:
    """Twelve noisy mixtures of six types."""
    return plant()
