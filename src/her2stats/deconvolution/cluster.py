"""Blocks of samples on a dask.distributed cluster: futures, a bounded number at a time, in order.

joblib's dask backend is not used: it loses the job when a worker dies. A future of a lost worker is run again
elsewhere, and where the whole cluster is lost, what is left is computed here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any, TypeVar

from her2stats.deconvolution.one_block import Floats, run_block

T = TypeVar("T")

AHEAD = 4  # blocks in flight for each thread of the cluster
RETRIES = 5


@dataclass
class Cluster:
    """Runs blocks through a dask client, and remembers whether it was lost on the way."""

    client: Any  # connected, synchronous
    lost: str = field(default="", init=False)

    def run(self, task: Callable[[Floats], T], blocks: Iterable[Floats]) -> Iterator[T]:
        """Results in the order of the blocks."""
        waiting: deque[tuple[Floats, Any]] = deque()
        for block in blocks:
            waiting.append((block, self._submit(task, block)))
            while len(waiting) >= self._room():
                yield self._result(task, *waiting.popleft())
        while waiting:
            yield self._result(task, *waiting.popleft())

    def _room(self) -> int:
        if self.lost or self.client.status != "running":
            return 1
        try:
            threads: int = sum(self.client.nthreads().values())
            return AHEAD * max(threads, 1)
        except _failures() as error:  # the scheduler can die between any two of its answers
            self.lost = _words(error)
            return 1

    def _submit(self, task: Callable[[Floats], T], block: Floats) -> Any:
        if self.lost:
            return None
        try:
            return self.client.submit(run_block, task, block, pure=False, retries=RETRIES)
        except _failures() as error:
            self.lost = _words(error)
            return None

    def _result(self, task: Callable[[Floats], T], block: Floats, future: Any) -> T:
        if future is not None and not self.lost:
            try:
                result: T = future.result()
                return result
            except _failures() as error:
                self.lost = _words(error)
        return run_block(task, block)


def _failures() -> tuple[type[BaseException], ...]:
    """What a lost scheduler, a closed connection or workers that keep dying raise; not what a task itself raises."""
    import distributed.client
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    closed = getattr(distributed.client, "ClosedClientError", RuntimeError)  # a RuntimeError in older releases
    return (CommClosedError, KilledWorker, CancelledError, OSError, RuntimeError, closed)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
