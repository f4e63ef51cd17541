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

BITS = (22, 21, 21)  # of the 64 of a number: a histogram of each part takes 32 MB at most


def exact_median(blocks: Blocks) -> float:
    """Median of all values of all blocks, equal to NumPy's to the last bit; not negative values only.

    The bits of non-negative floating-point numbers, read as integers, are in the order of the numbers. Three passes
    narrow the two middle values down to their leading 22, 43 and all 64 bits.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.random.default_rng(0).exponential(size=(10, 7))
    >>> exact_median(lambda: iter([values[:4], values[4:]])) == float(np.median(values))
    True
    """
    middles: list[tuple[int, int]] | None = None  # leading bits found so far, rank among the numbers that share them
    shift = 64
    for width in BITS:
        shift -= width
        counts = _histograms(blocks, [prefix for prefix, _ in middles or [(0, 0)]], shift, width)
        if middles is None:
            total = int(counts[0].sum())
            middles = [(0, (total - 1) // 2), (0, total // 2)]
        middles = [_narrow(prefix, rank, counts[prefix], width) for prefix, rank in middles]
    assert middles is not None
    low, high = np.array([bits for bits, _ in middles], dtype=np.uint64).view(np.float64)
    return float((low + high) / 2)


def _histograms(blocks: Blocks, prefixes: list[int], shift: int, width: int) -> dict[int, npt.NDArray[np.int64]]:
    """For the numbers that begin with each prefix, how often each value of the next `width` bits occurs."""
    counts = {prefix: np.zeros(1 << width, dtype=np.int64) for prefix in prefixes}
    mask = np.uint64((1 << width) - 1)
    for block in blocks():
        bits = (np.ascontiguousarray(block, dtype=np.float64).ravel() + 0.0).view(np.uint64)  # + 0.0: no minus zero
        head = bits >> np.uint64(shift)
        for prefix, count in counts.items():
            mine = head if shift + width == 64 else head[(head >> np.uint64(width)) == np.uint64(prefix)]
            np.add.at(count, (mine & mask).astype(np.int64), 1)
    return counts


def _narrow(prefix: int, rank: int, counts: npt.NDArray[np.int64], width: int) -> tuple[int, int]:
    passed = np.cumsum(counts)
    place = int(np.searchsorted(passed, rank, side="right"))
    return (prefix << width) | place, rank - int(passed[place] - counts[place])


@dataclass
class Inspector:
    """Checks values as they pass, and remembers their range and a checksum.

    Parameters
    ----------
    genes, samples : tuple of str
        Names of the columns and rows that pass.
    where : str
        File, for messages.
    """

    genes: tuple[str, ...]
    samples: tuple[str, ...]
    where: str
    _seen: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def look(self, block: Floats) -> None:
        """Check the next block of samples.

        Raises
        ------
        TableError, ScaleError
            A value is not finite, or negative: gene and sample are named.
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
