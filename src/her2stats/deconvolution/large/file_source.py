"""An expression file with all that must be known of it before its first sample is fitted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from her2stats.deconvolution.large.scan import Inspector, mean_distribution
from her2stats.deconvolution.large.stores import ExpressionStore, open_store
from her2stats.deconvolution.median import exact_median
from her2stats.deconvolution.mixture import (
    LEAST_MEDIAN,
    check_linear_scale,
    coverage_note,
    named_genes,
    scale_notes,
    shared_genes,
)
from her2stats.deconvolution.permutations import pool_samples
from her2stats.deconvolution.quantile_normalisation import quantile_normalise
from her2stats.deconvolution.settings import Settings
from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import ProblemList
from her2stats.notes import Note

Floats = npt.NDArray[np.float64]

AT_ONCE = 512  # samples held by the passes over the whole file


@dataclass(frozen=True, eq=False)
class FileSource:
    """An inspected file and a signature on their shared genes."""

    store: ExpressionStore  # the file
    settings: Settings  # what was asked
    genes: tuple[str, ...]  # shared genes, sorted by their bytes
    places: npt.NDArray[np.int64]  # where they stand in the file
    profiles: Floats  # signature on them, linear scale
    coverage: float  # share of the signature's genes that the file has
    target: Floats | None  # distribution of quantile normalisation
    median: float  # max(median of the whole mixture, 1)
    identity: dict[str, Any]  # checksums of names and values
    notes: tuple[Note, ...]  # genes renamed or absent, normalisation

    def chunks(self, size: int, wanted: list[int] | None = None) -> Iterator[Floats]:
        """Blocks of samples on the shared genes, normalised if asked: all, or those of the wanted numbers."""
        numbers = list(range(-(-len(self.store.samples) // size))) if wanted is None else wanted
        for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):  # neighbours are read in one go
            row = [number for _, number in run]
            if self.target is None:
                yield from islice(self.store.blocks(size, self.places, first=row[0] * size), len(row))
            else:
                for block in islice(self.store.blocks(size, first=row[0] * size), len(row)):
                    yield quantile_normalise(block.T, self.target).T[:, self.places]

    def pool(self) -> Floats:
        """Samples that random mixtures are drawn from, on the shared genes."""
        chosen = pool_samples(self.store.samples, len(self.genes), self.settings.seed)
        held, first = [], 0
        for block in self.chunks(AT_ONCE):
            mine = chosen[(chosen >= first) & (chosen < first + len(block))] - first
            held.append(block[mine])
            first += len(block)
        return np.concatenate(held)


def open_source(path: Path, signature: SignatureMatrix, settings: Settings) -> FileSource:
    """Open a file, check all of its values, and find its median and target distribution.

    Raises an error for each kind of fault in the file: FileError, TableError, GeneError, SampleError, ScaleError,
    CoverageError.
    """
    store = open_store(path, signature)
    problems = ProblemList()
    genes, notes = named_genes(store.genes, signature, settings.rename_genes, problems)
    shared = shared_genes(genes, store.samples, signature, settings.min_overlap, problems)
    problems.raise_if_any()
    where = {gene: place for place, gene in enumerate(genes)}
    places = np.array([where[gene] for gene in shared], dtype=np.int64)
    inspector = Inspector(store.genes, store.samples, str(path))
    lows, highs = [], []
    for block in store.blocks(AT_ONCE):
        inspector.look(block)
        lows.append(block[:, places].min(axis=1))
        highs.append(block[:, places].max(axis=1))
    notes.append(coverage_note(signature, shared))
    if settings.check_scale:
        low, high = np.concatenate(lows), np.concatenate(highs)
        check_linear_scale(low, high, signature, problems)
        problems.raise_if_any()
        notes += scale_notes(store.samples, high)
    target = None
    if settings.quantile_normalise:
        target = mean_distribution(lambda: store.blocks(AT_ONCE))
        what = "samples quantile normalised over all genes of the mixture"
        notes.append(Note("fractions", what, len(store.samples)))
    names = hashlib.sha256("\n".join((*store.samples, "", *store.genes)).encode()).hexdigest()
    return FileSource(
        store=store,
        settings=settings,
        genes=tuple(shared),
        places=places,
        profiles=signature.profiles.loc[shared].to_numpy(dtype=np.float64),
        coverage=len(shared) / len(signature.genes),
        target=target,
        median=_median(store, target, settings),
        identity={"names": names, "values": inspector.checksum},
        notes=tuple(notes),
    )


def _median(store: ExpressionStore, target: Floats | None, settings: Settings) -> float:
    """Median that absolute scores are relative to, at least 1; not looked for where nothing is relative to it."""
    if settings.mode != "absolute" or settings.reference_median is not None:
        return float("nan")

    def blocks() -> Iterator[Floats]:
        for block in store.blocks(AT_ONCE):
            yield block if target is None else quantile_normalise(block.T, target).T

    return max(exact_median(blocks), LEAST_MEDIAN)
