"""Cell fractions of cohorts that do not fit into memory: from file to file, in constant memory, resumable."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from her2stats.deconvolution import cibersort
from her2stats.deconvolution.blocks import Counter, Workers, check_running, split
from her2stats.deconvolution.bootstrap import bootstrap_samples
from her2stats.deconvolution.large.checkpoint import Checkpoint, finished
from her2stats.deconvolution.large.file_source import FileSource, open_source
from her2stats.deconvolution.one_block import Floats
from her2stats.deconvolution.permutations import draw_mixtures
from her2stats.deconvolution.result import interval_table, quality_notes, quality_table, wide_table
from her2stats.deconvolution.settings import Settings
from her2stats.deconvolution.signature_matrix import SignatureMatrix, check_signature_kind
from her2stats.errors import DataError, OutputError, Problem, ProblemList, refuse_unknown
from her2stats.notes import Note
from her2stats.progress import Progress
from her2stats.writing import refuse_to_replace

CHUNK = 256
NULL_CHUNK = 64


@dataclass(frozen=True)
class StoredDeconvolution:
    """Where the fractions of a large cohort were written, and every convention (fields as in `Deconvolution`).

    The file is Parquet, CSV or TSV: sample, each cell type (with its interval beside it), and the columns of
    `Deconvolution.quality`; `samples` counts its rows.
    """

    path: Path
    samples: int
    settings: Settings
    signature: SignatureMatrix
    genes: tuple[str, ...]
    reference_median: float
    notes: tuple[Note, ...]
    method: str


def deconvolve_file(
    path: str | Path,
    signature: SignatureMatrix | pd.DataFrame,
    output: str | Path,
    *,
    n_jobs: int = 1,
    client: Any = None,
    chunk: int = CHUNK,
    overwrite: bool = False,
    progress: Progress | None = None,
    **settings: Any,
) -> StoredDeconvolution:
    """Deconvolve a cohort of any size from a file into a file, in memory that does not grow with the samples.

    Killed at any moment and started again with the same arguments, it goes on where it was and ends with the same
    bytes. Fractions are those of `deconvolve` on the same data.

    Parameters
    ----------
    path : str or Path
        Expression, linear scale: Parquet, AnnData (.h5ad) or AnnData in Zarr (.zarr), as for `open_store`.
    signature : SignatureMatrix or DataFrame
        genes x cell types, linear scale.
    output : str or Path
        File to write: .parquet, .csv or .tsv. While the run lasts its parts are in ``<output>.partial``.
    n_jobs : int
        Worker processes.
    client : distributed.Client, optional
        Cluster that does the work instead.
    chunk : int
        Samples a worker takes at once, and that a killed run loses at most for each worker.
    overwrite : bool
        Replace an output that is there.
    progress : callable, optional
        Called with the stage, the fits done and their total; see `progress_bar`.
    **settings
        Mode, solver, permutations, bootstrap and so on, as for `deconvolve`; batch correction is not possible, as it
        needs all samples at once.

    Returns
    -------
    StoredDeconvolution

    Raises
    ------
    FileError
        The expression or the checkpoint is damaged, or the checkpoint belongs to another run.
    TableError, GeneError, SampleError, ScaleError, CoverageError, DataError
        As for `deconvolve`.
    OutputError
        The output exists, has an unknown ending or cannot be written.

    Examples
    --------
    >>> import tempfile, numpy as np, pandas as pd
    >>> from pathlib import Path
    >>> rng = np.random.default_rng(0)
    >>> genes = [f"G{i:02}" for i in range(40)]
    >>> profiles = pd.DataFrame(rng.lognormal(5, 1, (40, 2)), index=genes, columns=["B", "T"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "cohort.parquet"
    ...     pd.DataFrame({f"s{i}": profiles @ [i / 5, 1 - i / 5] for i in range(6)}).to_parquet(file)
    ...     done = deconvolve_file(file, profiles, Path(folder) / "fractions.parquet", mode="relative")
    ...     pd.read_parquet(done.path).set_index("sample")["B"].round(6).tolist()
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    refuse_unknown(settings, deconvolve_file, Settings)
    asked = Settings(**settings)
    if asked.batch_correction != "none":
        raise DataError(Problem("batch correction needs all samples at once", "deconvolve_file", "use deconvolve"))
    check_running(n_jobs, client, chunk, progress)
    problems = ProblemList()
    check_signature_kind(signature, problems)
    problems.raise_if_any()
    target = _checked_output(Path(output), Path(path), overwrite)
    if not isinstance(signature, SignatureMatrix):
        signature = SignatureMatrix.from_frame(signature)
    source = open_source(Path(path), signature, asked)
    median = source.median if asked.reference_median is None else float(asked.reference_median)
    identity = source.identity | {"settings": asked.as_dict(), "signature": signature.sha256, "chunk": chunk}
    count = len(source.store.samples)
    checkpoint = Checkpoint(target, identity, -(-count // chunk))
    missing = checkpoint.missing()
    there = count - sum(min(chunk, count - block * chunk) for block in missing)
    workers = Workers(n_jobs, client)
    counter = Counter(progress, count * (1 + asked.bootstrap) + asked.permutations)
    counter.add(there * (1 + asked.bootstrap))
    task = _BlockTask(
        source.profiles, signature.cell_types, _null(source, asked, workers, counter), source.coverage, median, asked
    )
    for block, table in zip(missing, workers.run(task, source.chunks(chunk, missing)), strict=True):
        names = source.store.samples[block * chunk : (block + 1) * chunk]
        table.insert(0, "sample", pd.Series(names, dtype=object).astype(str))
        checkpoint.save(block, table)
        counter.add(len(table) * (1 + asked.bootstrap))
    flags = checkpoint.flags()
    checkpoint.merge(target)
    return StoredDeconvolution(
        path=target,
        samples=count,
        settings=asked,
        signature=signature,
        genes=source.genes,
        reference_median=median,
        notes=(*source.notes, *workers.notes(), *checkpoint.notes(there), *quality_notes(flags, asked, median)),
        method=asked.method(signature.name, median),
    )


@dataclass(frozen=True)
class _BlockTask:
    """Fit one block and lay it out as it will be written; sent to worker processes."""

    profiles: Floats
    cell_types: tuple[str, ...]
    null: Floats
    coverage: float
    median: float
    settings: Settings

    def __call__(self, values: Floats) -> pd.DataFrame:
        fits = _fit(self.profiles, self.settings)(values)
        amounts = cibersort.fractions_of(fits.weights, values, self.settings.mode, self.median)
        fractions = pd.DataFrame(amounts, columns=list(self.cell_types))
        quality = quality_table(fits, self.null, fractions, self.coverage)
        intervals = None
        if self.settings.bootstrap:
            twice = np.stack([values, values], axis=1)
            limits = bootstrap_samples(twice, profiles=self.profiles, median=self.median, settings=self.settings)
            intervals = interval_table(fractions, [limits])
        return wide_table(fractions, quality, intervals)


def _fit(profiles: Floats, settings: Settings) -> partial[cibersort.Fits]:
    X = cibersort.standardise_profiles(profiles)
    return partial(cibersort.fit_samples, X, solver=settings.solver, libsvm_tolerance=settings.libsvm_tolerance)


def _null(source: FileSource, settings: Settings, workers: Workers, counter: Counter) -> Floats:
    """Correlations of random mixtures."""
    if not settings.permutations:
        return np.empty(0)
    drawn = draw_mixtures(source.pool(), settings.permutations, settings.seed)
    found = []
    for part in workers.run(_fit(source.profiles, settings), split(drawn, NULL_CHUNK)):
        found.append(part.r)
        counter.add(len(part.r))
    return np.concatenate(found)


def _checked_output(output: Path, source: Path, overwrite: bool) -> Path:
    if output.suffix not in (".parquet", ".csv", ".tsv"):
        ending = f"has the unknown ending {output.suffix!r}"
        raise OutputError(Problem(ending, str(output), "give .parquet, .csv or .tsv"))
    refuse_to_replace(output, inputs=[source], overwrite=True)
    if os.path.lexists(output) and not overwrite and not finished(output):
        raise OutputError(Problem("exists already", str(output), "say overwrite=True, or choose another name"))
    return output
