"""Writes a cohort in every format that can be streamed, AnnData by the description of its layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse


def write(expression: pd.DataFrame, folder: Path, kind: str) -> Path:
    """Write genes x samples as `kind`; returns the file."""
    if kind == "genes in rows":
        file = folder / "rows.parquet"
        expression.to_parquet(file)
    elif kind == "samples in rows":
        file = folder / "columns.parquet"
        table = expression.T.rename_axis("sample").reset_index()
        table.to_parquet(file, row_group_size=5, index=False)
    elif kind.startswith("h5ad"):
        h5py = pytest.importorskip("h5py")
        file = folder / "cohort.h5ad"
        with h5py.File(file, "w") as root:
            _anndata(root, expression, csr="csr" in kind, text=h5py.string_dtype())
    else:
        zarr = pytest.importorskip("zarr")
        file = folder / "cohort.zarr"
        _anndata(zarr.open_group(str(file), mode="w", zarr_format=2), expression, csr="csr" in kind, text=None)
    return file


def _anndata(root: Any, expression: pd.DataFrame, *, csr: bool, text: Any) -> None:
    def put(group: Any, name: str, values: np.ndarray) -> None:
        if text is not None:
            group.create_dataset(name, data=values, dtype=text if values.dtype == object else values.dtype)
        elif values.dtype == object:
            group.create_array(name, data=values.astype(np.dtypes.StringDType()))
        else:
            group.create_array(name, data=values)

    values = expression.to_numpy().T.astype(np.float32 if csr else np.float64)
    if csr:
        matrix = sparse.csr_matrix(values)
        group = root.create_group("X")
        group.attrs["encoding-type"] = "csr_matrix"
        group.attrs["shape"] = list(matrix.shape)
        for part in ("data", "indices", "indptr"):
            put(group, part, getattr(matrix, part))
    else:
        put(root, "X", values)
    for name, names in (("obs", expression.columns), ("var", expression.index)):
        group = root.create_group(name)
        group.attrs["_index"] = "_index"
        put(group, "_index", np.array(names, dtype=object))
