"""Blocks of samples over worker processes, one BLAS thread each: the same numbers however they are shared out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from her2stats.deconvolution.one_block import Floats, run_block
from her2stats.errors import DataError, ProblemList
from her2stats.notes import Note
from her2stats.progress import Progress
from her2stats.workers import each

STAGE = "cell fractions"
T = TypeVar("T")


def split(values: Floats, chunk: int) -> Iterator[Floats]:
    """Rows of `values` in blocks of `chunk`."""
    return (values[first : first + chunk] for first in range(0, len(values), chunk))


def check_running(n_jobs: object, client: object, chunk: object, progress: object) -> None:
    """Refuse arguments that say how, not what, to compute and have no meaning; before anything is computed."""
    problems = ProblemList()
    rules = (
        (
            isinstance(n_jobs, int | np.integer) and n_jobs != 0,
            f"n_jobs {n_jobs!r}",
            "a number of processes, or -1 for all",
        ),
        (isinstance(chunk, int | np.integer) and chunk > 0, f"chunk {chunk!r}", "a number of samples, 1 or more"),
        (client is None or hasattr(client, "submit"), f"client {client!r}", "a connected distributed.Client"),
        (progress is None or callable(progress), f"progress {progress!r}", "a function of stage, done and total"),
    )
    for good, what, meaning in rules:
        if not good:
            problems.add(DataError, f"{what} has no meaning", where="deconvolve", remedy=f"give {meaning}")
    problems.raise_if_any()


@dataclass
class Workers:
    """Where blocks are computed: in this process, in `n_jobs` processes of this machine, or on a dask cluster."""

    n_jobs: int = 1  # processes; -1 for one a core
    client: Any = None  # cluster to use instead
    _cluster: Any = field(default=None, init=False)

    def run(self, task: Callable[[Floats], T], blocks: Iterable[Floats]) -> Iterator[T]:
        """Give each block to `task`; results come in the order of the blocks, few of which are held at a time."""
        if self.client is not None:
            from her2stats.deconvolution.cluster import Cluster  # dask is an extra

            self._cluster = self._cluster or Cluster(self.client)
            yield from self._cluster.run(task, blocks)
        else:
            yield from each(run_block, ((task, block) for block in blocks), self.n_jobs)

    def notes(self) -> list[Note]:
        """What happened to the cluster."""
        if self._cluster is None or not self._cluster.lost:
            return []
        what = "the dask cluster was lost; what was left was computed in this process, with the same numbers"
        return [Note("fractions", what, detail=self._cluster.lost)]


class Counter:
    """Tells a progress callback how many of how many units are done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, units: int) -> None:
        """Say that so many more units are done."""
        self._done += units
        if self._progress is not None:
            self._progress(STAGE, self._done, self._total)
