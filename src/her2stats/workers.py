"""Tasks in processes of their own, which end with the process that started them: a kill tells no worker anything.

A command forks its workers at its start, after their imports and before any thread: they cost no import of their own.
Where that is not safe (other systems than Linux, a process with threads), joblib starts fresh ones.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
WATCHERS: set[int] = set()  # processes that are watched; one, in a worker
EVERY = 1.0  # seconds
AHEAD = 2  # tasks a worker, beside the one it does, whose arguments are held

_forked: dict[int, ProcessPoolExecutor] = {}  # workers of the process of that number


def python_path() -> str:
    """PYTHONPATH with which a fresh Python finds this package, and every other, where this process found it."""
    return os.pathsep.join(dict.fromkeys(str(Path(entry).resolve()) for entry in sys.path if entry))


def fork_workers(n_jobs: int) -> bool:
    """Fork workers from this process as it is now; False where that is not safe, and nothing is done."""
    if n_jobs < 2 or sys.platform != "linux" or len(os.listdir("/proc/self/task")) > 1:
        return False
    gc.freeze()  # what was imported stays, and is looked through by no process again
    pool = ProcessPoolExecutor(n_jobs, multiprocessing.get_context("fork"), _begin)
    _forked[os.getpid()] = pool
    pool.submit(in_worker, os.getpid(), os.getpid).result()  # all are forked now, and none later
    return True


def stop_workers() -> None:
    """End all workers of this process at once, whatever they are doing."""
    fresh = getattr(sys.modules.get("joblib.externals.loky.reusable_executor"), "_executor", None)
    if fresh is not None:
        fresh.shutdown(wait=True, kill_workers=True)
    pool = _forked.pop(os.getpid(), None)
    if pool is not None:
        for worker in list((pool._processes or {}).values()):
            worker.kill()
        pool.shutdown(wait=True, cancel_futures=True)


def each(
    task: Callable[..., T], arguments: Iterable[tuple[object, ...]], n_jobs: int, *, at_once: int = 0
) -> Iterator[T]:
    """Results of a task on each of the arguments, in their order, from so many processes; work begins with the call.

    Few arguments are held at a time; `at_once` of them, where that is more.
    """
    pool = _forked.get(os.getpid())
    if n_jobs == 1:
        return (task(*given) for given in arguments)
    if pool is None:
        from joblib import Parallel, delayed

        tasks = (delayed(in_worker)(os.getpid(), task, *given) for given in arguments)
        return iter(Parallel(n_jobs=n_jobs, return_as="generator")(tasks))
    left = iter(arguments)
    waiting: deque[Future[T]] = deque()

    def fill() -> None:
        while len(waiting) < max(at_once, n_jobs * (1 + AHEAD)):
            given = next(left, None)
            if given is None:
                return
            waiting.append(pool.submit(in_worker, os.getpid(), task, *given))

    def results() -> Iterator[T]:
        while waiting:
            result = waiting.popleft().result()
            fill()
            yield result

    fill()
    return results()


def in_worker(parent: int, task: Callable[..., T], *arguments: object) -> T:
    """Do a task, in a worker that ends soon after its parent is gone; in the parent itself, just do it."""
    if os.getpid() != parent and parent not in WATCHERS:
        _watch(parent)
    return task(*arguments)


def _begin() -> None:
    """In a forked worker: an interrupt of the command is not told to it, and it watches for the command's end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _forked.clear()
    _watch(os.getppid())


def _watch(parent: int) -> None:
    WATCHERS.add(parent)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    os._exit(1)
