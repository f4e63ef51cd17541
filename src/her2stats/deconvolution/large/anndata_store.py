"""Expression in AnnData's layout on disk, HDF5 (.h5ad) or Zarr: read by the layout's own published description.

The anndata package is not needed: it brings a dozen others and pins pandas, while all that is read here are the matrix
and two columns of names. Layout: https://anndata.readthedocs.io/en/stable/fileformat-prose.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from her2stats.deconvolution.large.expression_store import Floats, Index
from her2stats.errors import FileError, Problem, TableError


class AnnDataStore:
    """Observations are samples, variables are genes; X is dense or in compressed sparse rows.

    It is a file with the ending .h5ad or a folder with the ending .zarr.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        root = _open(path)
        try:
            self.samples = _names(root["obs"])
            self.genes = _names(root["var"])
            matrix = root["X"]
        except KeyError as error:
            problem = Problem(f"lacks {error}", str(path), "give an AnnData file with X, obs and var")
            raise FileError(problem) from error
        kind = str(matrix.attrs.get("encoding-type", "array"))
        if kind not in ("array", "csr_matrix"):
            raise TableError(Problem(f"X is stored as {kind}", str(path), "store X dense or as csr_matrix"))
        shape = tuple(int(side) for side in (matrix.attrs["shape"] if kind == "csr_matrix" else matrix.shape))
        if shape != (len(self.samples), len(self.genes)):
            what = f"X is {shape[0]} x {shape[1]} for {len(self.samples)} samples and {len(self.genes)} genes"
            raise TableError(Problem(what, str(path), "write the file again"))
        self._sparse = kind == "csr_matrix"

    def blocks(self, size: int, genes: Index | None = None, first: int = 0) -> Iterator[Floats]:
        """See `ExpressionStore`."""
        matrix = _open(self.path)["X"]
        for start in range(first, len(self.samples), size):
            stop = min(start + size, len(self.samples))
            block = self._sparse_rows(matrix, start, stop) if self._sparse else np.asarray(matrix[start:stop])
            yield np.asarray(block if genes is None else block[:, genes], dtype=np.float64)

    def _sparse_rows(self, matrix: Any, start: int, stop: int) -> Floats:
        from scipy import sparse

        ends = np.asarray(matrix["indptr"][start : stop + 1])
        low, high = int(ends[0]), int(ends[-1])
        parts = (np.asarray(matrix["data"][low:high]), np.asarray(matrix["indices"][low:high]), ends - low)
        return np.asarray(sparse.csr_matrix(parts, shape=(stop - start, len(self.genes))).toarray())


def _open(path: Path) -> Any:
    """Root group, of h5py or zarr: both read alike."""
    library = "h5py" if path.suffix == ".h5ad" else "zarr"
    try:
        if library == "h5py":
            import h5py

            return h5py.File(path, "r")
        import zarr

        return zarr.open_group(str(path), mode="r")
    except ImportError as error:
        problem = Problem(f"reading it needs {library}", str(path), f"pip install {library}")
        raise FileError(problem) from error
    except (OSError, ValueError, KeyError) as error:
        raise FileError(Problem(f"cannot be read by {library}: {error}", str(path), "write the file again")) from error


def _names(frame: Any) -> tuple[str, ...]:
    """Names of the rows of `obs` or `var`."""
    column = frame[frame.attrs.get("_index", "_index")]
    if hasattr(column, "keys"):  # nullable strings: a group of values and mask
        column = column["values"]
    values = column.asstr()[:] if hasattr(column, "asstr") else column[:]
    return tuple(str(value) for value in values)
