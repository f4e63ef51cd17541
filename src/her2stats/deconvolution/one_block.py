"""One block of samples in one process: one BLAS thread, and memory that stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped,unused-ignore]

Floats = npt.NDArray[np.float64]
T = TypeVar("T")


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
