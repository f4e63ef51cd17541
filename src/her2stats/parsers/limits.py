"""What a process that reads a foreign format may take, and how it is started."""

from __future__ import annotations

import os
import sys

from her2stats.workers import python_path

COMMAND = [sys.executable, "-P", "-m", "her2stats.parsers"]
SLOWEST = 10  # a parser that works is stopped by its processor time; the clock is for one that waits, or a busy machine
MEMORY, MEMORY_A_BYTE = 640 * 2**20, 50  # what the libraries need to start; what they make of a file's bytes at most


def seconds_for(size: int) -> float:
    """Processor time for a file of so many bytes."""
    return 30.0 + size / 2**20


def environment() -> dict[str, str]:
    """Environment in which this package is found; what sets memory aside, as threads and Arrow's pools do, does not."""
    lean = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    return {**os.environ, "PYTHONPATH": python_path(), **lean}
