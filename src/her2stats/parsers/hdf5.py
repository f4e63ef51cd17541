"""An AnnData file: expression and the table of samples.

The layout of AnnData files: https://anndata.readthedocs.io/en/latest/fileformat-prose.html. Reading the few parts that
are needed leaves out the anndata package, which asks for older versions of pandas.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from her2stats.parsers.allowance import Allowance
from her2stats.parsers.unfit import Unfit

AT_ONCE = 1000  # words that are read before they are counted


def answer(data: bytes, request: dict[str, Any], left: Allowance) -> tuple[dict[str, Any], np.ndarray | None]:
    """Read what is wanted: names and numbers of a matrix, or the table of samples as words."""
    import h5py

    with h5py.File(io.BytesIO(data), "r") as file:
        try:
            return (_samples(file, left), None) if request["want"] == "samples" else _matrix(file, request, left)
        except Unfit as error:
            return {"unfit": error.args}, None


def _matrix(file: Any, request: dict[str, Any], left: Allowance) -> tuple[dict[str, Any], np.ndarray]:
    layer, gene_column = request["layer"], request["gene_column"]
    layers = sorted(file["layers"]) if "layers" in file else []
    raw = layer in ("raw", "raw/X") and layer not in layers and "raw" in file
    where = "raw/X" if raw else f"layers/{layer}" if layer else "X"
    if where not in file:
        named = ", ".join([*layers, *(["raw"] if "raw" in file else [])])
        raise Unfit(f"there is no {where}", f"its layers are {named or 'none'}")
    samples, var = _index(file["obs"], left), file["raw/var" if raw else "var"]
    genes = _index(var, left) if gene_column is None else _column(var, gene_column, left)
    values = _numbers(file[where], left)
    if values.shape != (len(samples), len(genes)):
        raise Unfit(f"{where} is of shape {values.shape}, not {len(samples)} x {len(genes)}", "write the file again")
    small = values.size and 0 <= values.min() <= values.max() < 30 and not (np.rint(values) == values).all()
    logarithm = _logarithm(file) if where == "X" or small else ""  # of counts beside X it says nothing
    return {"rows": genes, "columns": samples, "logarithm": logarithm}, np.ascontiguousarray(values.T)


def _logarithm(file: Any) -> str:
    """The logarithm of x + 1 that scanpy says X holds; it writes no base for the natural one."""
    if "uns" not in file or "log1p" not in file["uns"]:
        return ""
    said = file["uns/log1p"]
    base = said["base"][()] if hasattr(said, "keys") and "base" in said else None
    known = {2.0: "log2", 10.0: "log10"}
    return known.get(float(base), "") if isinstance(base, int | float | np.number) else "ln"


def _samples(file: Any, left: Allowance) -> dict[str, Any]:
    obs = file["obs"]
    names = [name for name in obs if name not in ("__categories", index_name(obs))]
    columns = [_index(obs, left), *(_column(obs, name, left) for name in names)]
    return {"header": ["", *names], "rows": [list(row) for row in zip(*columns, strict=True)]}


def _numbers(node: Any, left: Allowance) -> np.ndarray:
    """Dense values, or compressed sparse rows or columns."""
    if not hasattr(node, "keys"):
        return np.asarray(_array(node, left), dtype=np.float64)
    from scipy import sparse

    kind = str(node.attrs.get("encoding-type", node.attrs.get("h5sparse_format", "")))
    shape = tuple(int(size) for size in node.attrs.get("shape", node.attrs.get("h5sparse_shape", ())))
    if len(shape) != 2:
        raise ValueError("the matrix has no shape")
    left.take(8 * shape[0] * shape[1])
    build = sparse.csc_matrix if kind.startswith("csc") else sparse.csr_matrix
    packed = build(tuple(_array(node[name], left) for name in ("data", "indices", "indptr")), shape=shape)
    packed.check_format(full_check=True)
    return np.asarray(packed.toarray(), dtype=np.float64)


def _array(node: Any, left: Allowance) -> Any:
    """A dataset that lies in this very file and is not larger than allowed."""
    if node.external or node.is_virtual:
        raise ValueError("it points to another file, which is not followed")
    left.take(node.size * max(node.dtype.itemsize, 1))
    return list(words(node, left)) if node.dtype.kind == "O" and node.ndim == 1 else node[()]


def words(node: Any, left: Allowance) -> Iterator[Any]:
    """Words of any length, some at once: each may refer to the same long one."""
    for start in range(0, node.shape[0], AT_ONCE):  # of h5py or zarr
        cells = node[start : start + AT_ONCE]
        for cell in cells:
            left.take_word(cell)
        yield from cells


def index_name(group: Any) -> str:
    """Where a table of AnnData has the names of its rows."""
    return str(group.attrs.get("_index", "_index"))


def _index(group: Any, left: Allowance) -> list[str]:
    return _cells(group[index_name(group)], left)


def _column(group: Any, name: str, left: Allowance) -> list[str]:
    """A column as words."""
    if name not in group:
        raise Unfit(f"there is no column {name!r}", f"it has {', '.join(group)}")
    return _cells(group[name], left)


def _cells(node: Any, left: Allowance) -> list[str]:
    """Cells as words: plain, of categories, or with a mask of missing values, as pandas' own words are."""
    if not hasattr(node, "keys"):
        return [_word(cell) for cell in _array(node, left)]
    if "categories" in node:
        levels = _cells(node["categories"], left)
        cells = [levels[code] if code >= 0 else "" for code in _array(node["codes"], left)]
        for cell in cells:
            left.take_word(cell)
        return cells
    cells, gone = _array(node["values"], left), _array(node["mask"], left)
    return ["" if missing else _word(cell) for cell, missing in zip(cells, gone, strict=True)]


def _word(cell: Any) -> str:
    """A cell as text; 7.0 is "7"."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8")
    plain = cell.item() if hasattr(cell, "item") else cell
    if isinstance(plain, float) and plain != plain:
        return ""
    return str(int(plain)) if isinstance(plain, float) and plain.is_integer() else str(plain)
