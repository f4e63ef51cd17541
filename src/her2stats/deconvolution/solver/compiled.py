"""The compiled form of the solver, where the installation has it: the same vertices, in less than half the time.

It gives only fits whose every optimality condition holds; degenerate ones it leaves to the NumPy form. Built by the
build hook from `kernel/`, once for each instruction set.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FOLDER = Path(__file__).parent / "kernel"
LEVELS = {"avx512": "AVX-512", "avx2": "AVX2", "generic": "no special instructions"}  # best first
MOST_TYPES = 100  # with more, the products of matrices are most of the work, and the array library's are faster
SWITCH = "HER2STATS_KERNEL"


@dataclass(frozen=True)
class Kernel:
    """A library that runs on this processor, or why there is none."""

    words: str
    solve: Any = None


@cache
def kernel() -> Kernel:
    """Load the best library that is here; asked of once a process."""
    if os.environ.get(SWITCH) == "off":
        return Kernel(f"NumPy, as {SWITCH} is off")
    why = "no compiled kernel was built at installation, which a C compiler would have done"
    text = b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.[ch]")))
    for level, name in LEVELS.items():
        path = FOLDER / f"nu_svr-{level}.so"
        if path.exists():
            try:
                library = ctypes.CDLL(str(path))
                made_from = (ctypes.c_char * 64).in_dll(library, "source").value.decode()
            except (OSError, ValueError) as error:
                why = f"the compiled kernel cannot be loaded: {error}"
                continue
            if made_from != hashlib.sha256(text).hexdigest():
                why = "the compiled kernel is of another version of its source: install the package again"
            elif library.runs_here():
                return Kernel(f"compiled kernel, {name}", _typed(library.solve_nu_svr))
            else:
                why = "the processor lacks the instructions that the compiled kernel needs (AVX2)"
    return Kernel(f"NumPy, the slower way: {why}")


def _typed(solve: Any) -> Any:
    numbers, counts = (np.ctypeslib.ndpointer(kind, flags="C") for kind in (np.float64, np.int64))
    solve.argtypes = [numbers] * 4 + [ctypes.c_int] * 3 + [numbers, numbers, counts]
    return solve


def solve(X: Floats, Y: Floats, nu: Floats, cost: Floats) -> tuple[Floats, Floats, npt.NDArray[np.int64]] | None:
    """Find z (S, p + 2), violation and iterations of every fit, violation infinite where one is left to the NumPy form.

    None where there is no kernel, or no memory for it, or the arrays are not ones that it takes.
    """
    fits, types = Y.shape[0], X.shape[1]
    usual = all(isinstance(part, np.ndarray) and part.dtype == np.float64 for part in (X, Y, nu, cost))
    if not usual or types > MOST_TYPES or kernel().solve is None:
        return None
    z, kkt, steps = np.empty((fits, types + 2)), np.empty(fits), np.empty(fits, dtype=np.int64)
    X, Y = np.ascontiguousarray(X), np.ascontiguousarray(Y)
    return (z, kkt, steps) if kernel().solve(X, cost, Y, nu, fits, *X.shape, z, kkt, steps) else None
