"""Open expression in a file too large for memory, in the format that its name says."""

from __future__ import annotations

from pathlib import Path

from her2stats.deconvolution.large.expression_store import ExpressionStore
from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import FileError, Problem


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
        from her2stats.deconvolution.large.parquet_store import open_parquet  # each format has its own library

        return open_parquet(file, signature)
    if file.suffix == ".h5ad" or file.suffix == ".zarr":
        from her2stats.deconvolution.large.anndata_store import AnnDataStore

        return AnnDataStore(file)
    raise FileError(
        Problem(
            f"has the unknown ending {file.suffix!r}",
            str(path),
            "give .parquet, .h5ad or .zarr; smaller files are read with read_expression and given to deconvolve",
        )
    )
