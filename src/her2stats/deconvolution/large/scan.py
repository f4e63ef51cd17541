"""What must be known of a whole file before its first sample is fitted, in passes of constant memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from her2stats.errors import ProblemList, ScaleError, TableError

Floats = npt.NDArray[np.float64]
Blocks = Callable[[], Iterator[Floats]]


@dataclass
class Inspector:
    """Checks values as they pass, and remembers their range and a checksum."""

    # names of the columns and rows that pass
    genes: tuple[str, ...]
    samples: tuple[str, ...]
    where: str  # file, for messages
    _seen: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def look(self, block: Floats) -> None:
        """Check the next block of samples.

        Raises TableError when a value is not finite and ScaleError when one is negative, naming gene and sample.
        """
        problems = ProblemList()
        low = block.min(initial=0.0)
        if not np.isfinite(block.sum()):
            self._report(problems, ~np.isfinite(block), TableError, "missing or infinite", "drop or impute the gene")
        elif low < 0:
            self._report(problems, block < 0, ScaleError, "negative", "give linear-scale expression")
        problems.raise_if_any()
        self._seen += len(block)
        self._digest.update(np.ascontiguousarray(block).data)

    def _report(
        self,
        problems: ProblemList,
        bad: npt.NDArray[np.bool_],
        kind: type[TableError] | type[ScaleError],
        what: str,
        remedy: str,
    ) -> None:
        row, column = np.argwhere(bad)[0]
        place = f"{self.where}, gene {self.genes[column]}, sample {self.samples[self._seen + int(row)]}"
        problems.add(kind, f"{int(bad.sum())} values near here are {what}", where=place, remedy=remedy)

    @property
    def checksum(self) -> str:
        """SHA-256 of all values that passed."""
        return self._digest.hexdigest()


def mean_distribution(blocks: Blocks) -> Floats:
    """Mean of the sorted samples, (genes,): the target of quantile normalisation."""
    total: Floats | None = None
    count = 0
    for block in blocks():
        for row in np.sort(block, axis=1):  # sample by sample, so that the size of blocks cannot matter
            total = row if total is None else total + row
        count += len(block)
    assert total is not None
    return total / count
