"""A first look at an expression file: what is in it, and what its numbers say about their scale. Nothing is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from her2stats.reading.expression import open_matrix
from her2stats.reading.formats.dispatch import MatrixOptions
from her2stats.reading.gates import LOG2_MAXIMUM, lies_on_its_side

USUAL_OFFSETS = (1.0, 0.5, 0.1, 0.05, 0.01, 0.001)
ROUNDED = 0.05  # values published with one decimal
FLOOR_SHARE = 1e-4  # share of the smallest value from which it is a floor: zeros before the logarithm


@dataclass(frozen=True)
class ExpressionLook:
    """What an expression file looks like.

    Parameters
    ----------
    path : Path
        The file.
    samples : tuple of str
        Names of its columns.
    genes : int
        How many rows.
    scale, offset, normalise
        What the numbers look like; the user has to confirm it.
    evidence : str
        Why.
    problems : tuple of str
        What will be wrong when it is read.
    names : frozenset of str
        Names of its genes.
    """

    path: Path
    samples: tuple[str, ...]
    genes: int
    scale: Literal["log2", "linear"]
    offset: float
    normalise: Literal["cpm"] | None
    evidence: str
    problems: tuple[str, ...] = ()
    names: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def scale_words(self) -> str:
        """The scale as one says it: "log2(x + 0.1)", "raw counts"."""
        if self.scale == "log2":
            return f"log2(x + {self.offset:g})" if self.offset else "log2"
        return "raw counts" if self.normalise else "linear"


def look_at_expression(path: Path) -> ExpressionLook:
    """Read a matrix and say what its numbers look like.

    Raises
    ------
    FileError, TableError
        It cannot be read.
    """
    raw = open_matrix(path, MatrixOptions())
    problems = [str(problem) for problem in raw.problems]
    side = lies_on_its_side(raw)
    problems += [f"the matrix lies on its side: {side}"] if side else []
    known = raw.values[np.isfinite(raw.values)]
    scale, offset, normalise, evidence = _scale_of(known) if known.size else ("log2", 0.0, None, "no numbers at all")
    samples = tuple(map(str, raw.rows if side else raw.columns))
    genes = frozenset(map(str, raw.columns if side else raw.rows))
    number = len(raw.columns if side else raw.rows)
    return ExpressionLook(path, samples, number, scale, offset, normalise, evidence, tuple(problems), genes)


def _scale_of(values: np.ndarray) -> tuple[Literal["log2", "linear"], float, Literal["cpm"] | None, str]:
    """Tell what numbers look like: counts, amounts, or logarithms with the floor that an offset leaves."""
    low, high = float(values.min()), float(values.max())
    span = f"values from {low:.4g} to {high:.4g}"
    if high > LOG2_MAXIMUM:
        if low >= 0 and bool((values == np.rint(values)).all()):
            return "linear", 0.0, "cpm", f"{span}, all of them whole: raw counts, to be divided by each sample's total"
        what = "no logarithm is that large" if low >= 0 else "but some are negative, which no amount is"
        return "linear", 0.0, None, f"{span}: {what}"
    share = float((values == low).mean())
    offset = next((usual for usual in USUAL_OFFSETS if abs(low - np.log2(usual)) < ROUNDED), None)
    if offset is not None and share >= FLOOR_SHARE:
        return (
            "log2",
            offset,
            None,
            f"{span}, {share:.1%} of them the smallest, near log2({offset:g}), as log2(x + {offset:g}) of zeros",
        )
    middle = float(np.median(values))
    if low < 0 and abs(middle) < 0.1 * (high - low) / 2:
        return "log2", 0.0, None, f"{span}, their middle at {middle:.2g}: logarithms, perhaps centred by gene"
    return "log2", 0.0, None, f"{span}: the amounts of a transcriptome do not stay below {LOG2_MAXIMUM:g}"
