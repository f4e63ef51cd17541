"""Expression in AnnData's layout, HDF5 (.h5ad) or Zarr, too large for memory: by the layout's published description.

The anndata package is not needed: it brings a dozen others and pins pandas, while all that is read here are the matrix
and two columns of names. Layout: https://anndata.readthedocs.io/en/stable/fileformat-prose.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from her2stats.parsers.allowance import Allowance
from her2stats.parsers.hdf5 import index_name, words
from her2stats.parsers.unfit import Unfit


class AnnDataStore:
    """Observations are samples, variables are genes; X is dense or in compressed sparse rows."""

    def __init__(self, root: Any, left: Allowance) -> None:
        self.samples, self.genes = (_names(_member(root, group), left) for group in ("obs", "var"))
        self.matrix = _member(root, "X")
        kind = str(self.matrix.attrs.get("encoding-type", "array"))
        if kind not in ("array", "csr_matrix"):
            raise Unfit(f"X is stored as {kind}", "store X dense or as csr_matrix")
        self._sparse = kind == "csr_matrix"
        shape = tuple(int(side) for side in (self.matrix.attrs["shape"] if self._sparse else self.matrix.shape))
        if shape != (len(self.samples), len(self.genes)):
            said = " x ".join(map(str, shape))
            what = f"X is {said} for {len(self.samples)} samples and {len(self.genes)} genes"
            raise Unfit(what, "write the file again")

    def blocks(self, size: int, genes: list[int] | None, first: int) -> Iterator[Any]:
        """See `her2stats.parsers.__main__.stream`."""
        for start in range(first, len(self.samples), size):
            stop = min(start + size, len(self.samples))
            block = self._sparse_rows(start, stop) if self._sparse else np.asarray(self.matrix[start:stop])
            yield np.asarray(block if genes is None else block[:, genes], dtype=np.float64)

    def _sparse_rows(self, start: int, stop: int) -> Any:
        from scipy import sparse

        ends = np.asarray(_member(self.matrix, "indptr")[start : stop + 1])
        low, high = int(ends[0]), int(ends[-1])
        data, places = (np.asarray(_member(self.matrix, name)[low:high]) for name in ("data", "indices"))
        rows = sparse.csr_matrix((data, places, ends - low), shape=(stop - start, len(self.genes)))
        rows.check_format(full_check=True)
        return rows.toarray()


def open_store(path: str, _wanted: list[str], left: Allowance) -> AnnDataStore:
    """Open a file of h5py or a folder of zarr: both read alike."""
    if path.endswith(".h5ad"):
        import h5py

        return AnnDataStore(h5py.File(path, "r"), left)
    import zarr

    return AnnDataStore(zarr.open_group(path, mode="r"), left)


def _member(group: Any, name: str) -> Any:
    """A part of the file, which lies in this very file."""
    if name not in group:
        raise ValueError(f"it lacks {name!r}")
    node = group[name]
    elsewhere = getattr(node, "external", None) or getattr(node, "is_virtual", False)
    if elsewhere or getattr(node, "file", None) != getattr(group, "file", None):
        raise ValueError(f"{name!r} points to another file, which is not followed")
    return node


def _names(frame: Any, left: Allowance) -> list[str]:
    """Names of the rows of `obs` or `var`."""
    column = _member(frame, index_name(frame))
    if hasattr(column, "keys"):  # nullable strings: a group of values and mask
        column = _member(column, "values")
    return [str(word) for word in words(column.asstr() if hasattr(column, "asstr") else column, left)]
