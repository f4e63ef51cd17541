"""Expression in files too large for memory: every format gives blocks of samples, whatever its layout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import FileError, Problem

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class ExpressionStore(Protocol):
    """An expression matrix on disk, linear scale."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...

    @property
    def genes(self) -> tuple[str, ...]:
        """Names of the genes, in the order of the file."""
        ...

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the samples, in the order of the file."""
        ...

    def blocks(self, size: int, genes: Index | None = None, first: int = 0) -> Iterator[Floats]:
        """Samples x genes in blocks of `size` samples, from sample `first` on; all genes, or those at `genes`."""
        ...


def open_store(path: str | Path, signature: SignatureMatrix) -> ExpressionStore:
    """Open a Parquet file, an AnnData file (.h5ad) or an AnnData folder (.zarr).

    Parameters
    ----------
    path : str or Path
        Parquet: samples in rows and genes in columns or the other way round, one text column of names. AnnData: samples
        are observations, genes are variables, X dense or in compressed rows.
    signature : SignatureMatrix
        Whose genes tell which way a Parquet file lies.

    Returns
    -------
    ExpressionStore

    Raises
    ------
    FileError
        The file is missing, of another format, damaged, or needs a library that is not installed.
    TableError, GeneError, SampleError
        It lacks names, or holds text among the numbers.

    Examples
    --------
    >>> import tempfile, numpy as np, pandas as pd
    >>> from pathlib import Path
    >>> genes = [f"G{i:02}" for i in range(12)]
    >>> signature = SignatureMatrix.from_frame(pd.DataFrame(np.eye(12)[:, :2], index=genes, columns=["B", "T"]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "cohort.parquet"
    ...     pd.DataFrame(np.ones((12, 3)), index=genes, columns=["s1", "s2", "s3"]).to_parquet(file)
    ...     store = open_store(file, signature)
    ...     store.samples, [block.shape for block in store.blocks(2)]
    (('s1', 's2', 's3'), [(2, 12), (1, 12)])
    """
    file = Path(path)
    if not file.exists():
        raise FileError(Problem("is not there", str(path), "check the path"))
    if file.suffix in (".parquet", ".pq"):
        from her2stats.deconvolution.parquet_store import open_parquet  # each format has its own library

        return open_parquet(file, signature)
    if file.suffix == ".h5ad" or file.suffix == ".zarr":
        from her2stats.deconvolution.anndata_store import AnnDataStore

        return AnnDataStore(file)
    raise FileError(
        Problem(
            f"has the unknown ending {file.suffix!r}",
            str(path),
            "give .parquet, .h5ad or .zarr; smaller files are read with read_expression and given to deconvolve",
        )
    )


def regroup(parts: Iterator[Floats], size: int, skip: int = 0) -> Iterator[Floats]:
    """Blocks of exactly `size` rows (the last may be shorter) from parts of any length, less the first `skip` rows."""
    held: list[Floats] = []
    count = 0
    for given in parts:
        part = given
        if skip:
            dropped = min(skip, len(part))
            part, skip = part[dropped:], skip - dropped
        while len(part):
            piece = part[: size - count]
            held.append(piece)
            count += len(piece)
            part = part[len(piece) :]
            if count == size:
                yield np.concatenate(held)
                held, count = [], 0
    if held:
        yield np.concatenate(held)
