"""Open expression in a file too large for memory, in the format that its name says."""

from __future__ import annotations

from pathlib import Path

from her2stats.deconvolution.large.expression_store import ExpressionStore
from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import FileError, Problem


def open_store(path: str | Path, signature: SignatureMatrix) -> ExpressionStore:
    """Open a Parquet file, an AnnData file (.h5ad) or an AnnData folder (.zarr).

    Parquet has samples in rows and genes in columns or the other way round, which the genes of the signature tell, and
    one text column of names. In AnnData samples are observations and genes are variables, X dense or in compressed
    rows. Raises FileError when the file is missing, of another format, damaged, or needs a library that is not
    installed. Raises TableError, GeneError or SampleError when it lacks names, or holds text among the numbers.
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
