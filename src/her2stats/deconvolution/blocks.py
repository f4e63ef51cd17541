"""Blocks of samples over worker processes, one BLAS thread each: the same numbers however they are shared out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped,unused-ignore]

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
T = TypeVar("T")


def split(values: Floats, chunk: int) -> Iterator[Floats]:
    """Rows of `values` in blocks of `chunk`."""
    return (values[first : first + chunk] for first in range(0, len(values), chunk))


def run_blocks(task: Callable[[Floats], T], blocks: Iterable[Floats], *, n_jobs: int = 1) -> Iterator[T]:
    """Give each block to `task`, in this process or in `n_jobs` of them; results come in the order of the blocks."""
    if n_jobs == 1:
        yield from (run_block(task, block) for block in blocks)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=n_jobs, return_as="generator")(delayed(run_block)(task, block) for block in blocks)


def run_block(task: Callable[[Floats], T], block: Floats) -> T:
    """Do one block with one BLAS thread."""
    _keep_memory()
    with threadpool_limits(1):
        return task(block)


def _keep_memory() -> None:
    """Let the C library keep freed arrays instead of asking the system for fresh pages: a quarter of the time.

    glibc raises its threshold for returning memory to the size of the largest block that was freed, up to 32 MB.
    """
    np.empty(3_900_000)


class Counter:
    """Tells a progress callback how many of how many units are done.

    Parameters
    ----------
    progress : callable or None
        Called with the units done and their total.
    total : int
        Units in all.
    """

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, units: int) -> None:
        """Say that so many more units are done."""
        self._done += units
        if self._progress is not None:
            self._progress(self._done, self._total)
