"""The scales on which people have expression, and what the numbers tell of them; nothing is decided by that."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

DeclaredScale = Literal["log2", "ln", "log10", "linear", "counts"]
BASES = {"log2": 2.0, "ln": math.e, "log10": 10.0}
SAY = 'declare scale = "log2", "ln", "log10", "linear" or "counts"; it is never guessed'
# No log2 of an expression value is above 30 (a count of a thousand million); no whole linear matrix stays below it.
LOG2_MAXIMUM = 30.0
USUAL_OFFSETS = (1.0, 0.5, 0.1, 0.05, 0.01, 0.001)
ROUNDED = 0.05  # values published with one decimal
FLOOR_SHARE = 1e-4  # share of the smallest value from which it is a floor: zeros before the logarithm
FEWEST_GENES, SAMPLES = 1000, 8  # of which totals are looked at
EVEN, UNEVEN = 1e-3, 1e-2  # relative spread of totals that were made equal, and of others


def log2_units(scale: str) -> float:
    """How many units of log2 one unit of a logarithm is."""
    return math.log2(BASES[scale])


def floor_of(values: np.ndarray, scale: str = "log2") -> tuple[float | None, float]:
    """Offset of logarithms, as their smallest value tells it where zeros are many; and the share of that value."""
    low = float(np.nanmin(values))
    share = float((values == low).mean())
    usual = (one for one in USUAL_OFFSETS if abs(low - math.log2(one) / log2_units(scale)) < ROUNDED)
    return (next(usual, None) if share >= FLOOR_SHARE else None), share


def base_by_totals(values: np.ndarray) -> str:
    """The logarithm of which all samples add up to the same amount, as TPM and CPM do; empty where none alone does."""
    some = values[:, :SAMPLES]
    if some.shape[0] < FEWEST_GENES or some.shape[1] < 3 or not np.isfinite(some).all() or some.max() > LOG2_MAXIMUM:
        return ""
    spread = {}
    for scale, base in BASES.items():
        totals = (base**some).sum(axis=0)  # an offset adds the same to each
        spread[scale] = float(np.ptp(totals) / totals.mean())
    least, *others = sorted(spread, key=lambda scale: spread[scale])
    return least if spread[least] < EVEN and all(spread[other] > UNEVEN for other in others) else ""
