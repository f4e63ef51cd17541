"""AnnData files (h5ad): expression and the table of samples, read through h5py.

The layout is documented (https://anndata.readthedocs.io/en/latest/fileformat-prose.html); reading the few parts that
are needed here leaves out the anndata package, which asks for older versions of pandas.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from her2stats.errors import Her2statsError, Problem, TableError
from her2stats.reading.files import MAX_BYTES, RATIO_COUNTS_FROM, Content, refuse
from her2stats.reading.matrix import Floats, RawMatrix
from her2stats.reading.text import TextTable
from her2stats.reading.workbook import as_word


def read_h5ad_matrix(content: Content, *, layer: str | None = None, gene_column: str | None = None) -> RawMatrix:
    """Read X, or a layer, of an AnnData file; genes are the names of var, or a column of it.

    Raises
    ------
    FileError, TableError
        Not such a file, damaged, far larger than it says, or without the layer or column.
    """

    def read(file: Any) -> RawMatrix:
        where = f"layers/{layer}" if layer else "X"
        if where not in file:
            layers = ", ".join(sorted(file["layers"])) if "layers" in file else "none"
            raise TableError(Problem(f"there is no {where}", content.name, f"its layers are {layers}"))
        samples = _index(file["obs"])
        genes = _index(file["var"]) if gene_column is None else _column(file["var"], gene_column, content.name)
        values = _matrix(file[where], content.allowed_size)
        if values.shape != (len(samples), len(genes)):
            what = f"{where} is {values.shape[0]} x {values.shape[1]}, not {len(samples)} x {len(genes)}"
            raise TableError(Problem(what, content.name, "write the file again"))
        return RawMatrix(list(genes), samples, values.T, content.name, 0)

    matrix: RawMatrix = _opened(content, read)
    return matrix


def read_h5ad_samples(content: Content) -> TextTable:
    """Read obs, the table of samples, as words; the names of the samples stand first, under no name."""

    def read(file: Any) -> TextTable:
        samples = _index(file["obs"])
        names = [name for name in file["obs"] if name not in ("__categories", _index_name(file["obs"]))]
        columns = [_column(file["obs"], name, content.name) for name in names]
        rows = [list(row) for row in zip(samples, *columns, strict=True)]
        return TextTable(["", *names], rows, [0] * len(rows))

    table: TextTable = _opened(content, read)
    return table


def _opened(content: Content, read: Any) -> Any:
    try:
        import h5py
    except ImportError:
        refuse(content.path, "needs the package h5py to be read", 'install it: pip install "her2stats[h5ad]"')
    try:
        with h5py.File(io.BytesIO(content.data), "r") as file:
            return read(file)
    except Her2statsError:
        raise
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError, IndexError, MemoryError) as error:
        refuse(content.path, f"is not an AnnData file, or is damaged ({error})", "write it again with AnnData")


def _matrix(node: Any, allowed: int) -> Floats:
    """Dense values, or compressed sparse rows or columns."""
    if not hasattr(node, "keys"):
        return np.asarray(_array(node, allowed), dtype=np.float64)
    from scipy import sparse

    kind = str(node.attrs.get("encoding-type", node.attrs.get("h5sparse_format", "")))
    shape = tuple(int(size) for size in node.attrs.get("shape", node.attrs.get("h5sparse_shape", ())))
    if len(shape) != 2 or shape[0] * shape[1] * 8 > MAX_BYTES:
        raise ValueError("the matrix is too large, or has no shape")
    build = sparse.csc_matrix if kind.startswith("csc") else sparse.csr_matrix
    parts = tuple(_array(node[name], allowed) for name in ("data", "indices", "indptr"))
    packed = build(parts, shape=shape)
    packed.check_format(full_check=True)
    return np.asarray(packed.toarray(), dtype=np.float64)


def _array(node: Any, allowed: int = RATIO_COUNTS_FROM) -> Any:
    """A dataset that lies in this very file and is not larger than allowed."""
    if node.external or node.is_virtual:
        raise ValueError("it points to another file, which is not followed")
    if node.size * max(node.dtype.itemsize, 1) > allowed:
        raise ValueError("an array is too large")
    return node[()]


def _index_name(group: Any) -> str:
    return str(group.attrs.get("_index", "_index"))


def _index(group: Any) -> list[str]:
    return [_word(cell) for cell in _array(group[_index_name(group)])]


def _column(group: Any, name: str, file: str) -> list[str]:
    """A column as words: plain, of categories, or with a mask of missing values."""
    if name not in group:
        raise TableError(Problem(f"there is no column {name!r}", file, f"it has {', '.join(group)}"))
    node = group[name]
    if not hasattr(node, "keys"):
        return [_word(cell) for cell in _array(node)]
    if "categories" in node:
        levels = [_word(cell) for cell in _array(node["categories"])]
        return [levels[code] if code >= 0 else "" for code in _array(node["codes"])]
    masked = _array(node["mask"])
    return ["" if gone else _word(cell) for cell, gone in zip(_array(node["values"]), masked, strict=True)]


def _word(cell: Any) -> str:
    if isinstance(cell, bytes):
        return cell.decode("utf-8")
    plain = cell.item() if hasattr(cell, "item") else cell
    return "" if isinstance(plain, float) and plain != plain else as_word(plain)
