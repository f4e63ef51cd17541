"""Tasks in processes of their own, which end with the process that started them: a kill tells no worker anything."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
WATCHERS: set[int] = set()  # processes that are watched; one, in a worker
EVERY = 1.0  # seconds


def in_worker(parent: int, task: Callable[..., T], *arguments: object) -> T:
    """Do a task, in a worker that ends soon after its parent is gone; in the parent itself, just do it."""
    if os.getpid() != parent and parent not in WATCHERS:
        WATCHERS.add(parent)
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    return task(*arguments)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    os._exit(1)
