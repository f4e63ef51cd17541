"""Reads an AnnData file in a process of its own: python -P hdf5_worker.py. It imports nothing of this package.

The HDF5 library can hang or crash on a damaged file. Here it hangs or crashes alone. A line of JSON that says what is
wanted comes in on the standard input, then the file; a line of JSON goes out, then the numbers, if there are any.

The layout of AnnData files: https://anndata.readthedocs.io/en/latest/fileformat-prose.html. Reading the few parts that
are needed leaves out the anndata package, which asks for older versions of pandas.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any, BinaryIO

import numpy as np

MOST_BYTES = 2**32  # of one matrix written out


class Unfit(Exception):
    """The file lacks what is wanted: what, and a remedy."""


def answer(data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], np.ndarray | None]:
    """Read what is wanted: names and numbers of a matrix, or the table of samples as words."""
    import h5py

    with h5py.File(io.BytesIO(data), "r") as file:
        if request["want"] == "samples":
            return _samples(file, request), None
        return _matrix(file, request)


def _matrix(file: Any, request: dict[str, Any]) -> tuple[dict[str, Any], np.ndarray]:
    layer, gene_column = request["layer"], request["gene_column"]
    where = f"layers/{layer}" if layer else "X"
    if where not in file:
        layers = ", ".join(sorted(file["layers"])) if "layers" in file else "none"
        raise Unfit(f"there is no {where}", f"its layers are {layers}")
    allowed = int(request["allowed"])
    samples = _index(file["obs"], allowed)
    genes = _index(file["var"], allowed) if gene_column is None else _column(file["var"], gene_column, allowed)
    values = _numbers(file[where], allowed)
    if values.shape != (len(samples), len(genes)):
        raise Unfit(f"{where} is of shape {values.shape}, not {len(samples)} x {len(genes)}", "write the file again")
    return {"rows": genes, "columns": samples}, np.ascontiguousarray(values.T)


def _samples(file: Any, request: dict[str, Any]) -> dict[str, Any]:
    obs, allowed = file["obs"], int(request["allowed"])
    names = [name for name in obs if name not in ("__categories", _index_name(obs))]
    columns = [_index(obs, allowed), *(_column(obs, name, allowed) for name in names)]
    return {"header": ["", *names], "rows": [list(row) for row in zip(*columns, strict=True)]}


def _numbers(node: Any, allowed: int) -> np.ndarray:
    """Dense values, or compressed sparse rows or columns."""
    if not hasattr(node, "keys"):
        return np.asarray(_array(node, allowed), dtype=np.float64)
    from scipy import sparse

    kind = str(node.attrs.get("encoding-type", node.attrs.get("h5sparse_format", "")))
    shape = tuple(int(size) for size in node.attrs.get("shape", node.attrs.get("h5sparse_shape", ())))
    if len(shape) != 2 or not 0 <= shape[0] * shape[1] * 8 <= MOST_BYTES:
        raise ValueError("the matrix is too large, or has no shape")
    build = sparse.csc_matrix if kind.startswith("csc") else sparse.csr_matrix
    packed = build(tuple(_array(node[name], allowed) for name in ("data", "indices", "indptr")), shape=shape)
    packed.check_format(full_check=True)
    return np.asarray(packed.toarray(), dtype=np.float64)


def _array(node: Any, allowed: int) -> Any:
    """A dataset that lies in this very file and is not larger than allowed."""
    if node.external or node.is_virtual:
        raise ValueError("it points to another file, which is not followed")
    if node.size * max(node.dtype.itemsize, 1) > allowed:
        raise ValueError("an array is too large")
    return node[()]


def _index_name(group: Any) -> str:
    return str(group.attrs.get("_index", "_index"))


def _index(group: Any, allowed: int) -> list[str]:
    return [_word(cell) for cell in _array(group[_index_name(group)], allowed)]


def _column(group: Any, name: str, allowed: int) -> list[str]:
    """A column as words: plain, of categories, or with a mask of missing values."""
    if name not in group:
        raise Unfit(f"there is no column {name!r}", f"it has {', '.join(group)}")
    node = group[name]
    if not hasattr(node, "keys"):
        return [_word(cell) for cell in _array(node, allowed)]
    if "categories" in node:
        levels = [_word(cell) for cell in _array(node["categories"], allowed)]
        return [levels[code] if code >= 0 else "" for code in _array(node["codes"], allowed)]
    cells, gone = _array(node["values"], allowed), _array(node["mask"], allowed)
    return ["" if missing else _word(cell) for cell, missing in zip(cells, gone, strict=True)]


def _word(cell: Any) -> str:
    """A cell as text; 7.0 is "7"."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8")
    plain = cell.item() if hasattr(cell, "item") else cell
    if isinstance(plain, float) and plain != plain:
        return ""
    return str(int(plain)) if isinstance(plain, float) and plain.is_integer() else str(plain)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer one request."""
    request = json.loads(source.readline())
    numbers = None
    try:
        said, numbers = answer(source.read(), request)
        if numbers is not None:
            said["shape"] = numbers.shape
    except Unfit as error:
        said = {"unfit": error.args}
    except ImportError:
        said = {"lacking": "h5py"}
    except Exception as error:  # a damaged file fails in ways nobody can list
        said = {"damaged": str(error)}
    target.write(json.dumps(said).encode() + b"\n")
    if numbers is not None:
        target.write(numbers.tobytes())


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
