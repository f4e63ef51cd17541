"""Blocks of samples over worker processes, one BLAS thread each: the same numbers however they are shared out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped,unused-ignore]

from her2stats.deconvolution.cibersort import Fits

Floats = npt.NDArray[np.float64]
Fit = Callable[..., Fits]
Progress = Callable[[int, int], None]


def map_blocks(
    fit: Fit,
    X: Floats,
    values: Floats,
    *,
    n_jobs: int,
    chunk: int,
    progress: Progress | None = None,
    **options: Any,
) -> Fits:
    """Fit `values` (S, genes) in blocks of `chunk` rows; `progress` hears how many of how many rows are done."""
    blocks = (values[first : first + chunk] for first in range(0, len(values), chunk))
    done = 0
    parts = []
    for part in _run(fit, X, blocks, n_jobs, options):
        parts.append(part)
        done += len(part.nu)
        if progress is not None:
            progress(done, len(values))
    return join(parts)


def join(parts: list[Fits]) -> Fits:
    """Put blocks together again, in their order."""
    return Fits(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Fits)))


def fit_block(fit: Fit, X: Floats, values: Floats, options: dict[str, Any]) -> Fits:
    """Fit one block with one BLAS thread."""
    _keep_memory()
    with threadpool_limits(1):
        return fit(X, values, **options)


def _keep_memory() -> None:
    """Let the C library keep freed arrays instead of asking the system for fresh pages: a quarter of the time.

    glibc raises its threshold for returning memory to the size of the largest block that was freed, up to 32 MB.
    """
    np.empty(3_900_000)


def _run(fit: Fit, X: Floats, blocks: Iterable[Floats], n_jobs: int, options: dict[str, Any]) -> Iterable[Fits]:
    if n_jobs == 1:
        for block in blocks:
            yield fit_block(fit, X, block, options)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(fit_block)(fit, X, block, options) for block in blocks
    )
