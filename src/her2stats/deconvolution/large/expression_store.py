"""What expression in a file too large for memory gives, whatever its format: names, and blocks of samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class ExpressionStore(Protocol):
    """An expression matrix on disk, linear scale."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...

    @property
    def genes(self) -> tuple[str, ...]:
        """Names of the genes, in the order of the file."""
        ...

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the samples, in the order of the file."""
        ...

    def blocks(self, size: int, genes: Index | None = None, first: int = 0) -> Iterator[Floats]:
        """Samples x genes in blocks of `size` samples, from sample `first` on; all genes, or those at `genes`."""
        ...


def regroup(parts: Iterator[Floats], size: int, skip: int = 0) -> Iterator[Floats]:
    """Blocks of exactly `size` rows (the last may be shorter) from parts of any length, less the first `skip` rows."""
    held: list[Floats] = []
    count = 0
    for given in parts:
        part = given
        if skip:
            dropped = min(skip, len(part))
            part, skip = part[dropped:], skip - dropped
        while len(part):
            piece = part[: size - count]
            held.append(piece)
            count += len(piece)
            part = part[len(piece) :]
            if count == size:
                yield np.concatenate(held)
                held, count = [], 0
    if held:
        yield np.concatenate(held)
