"""AnnData files (h5ad): expression and the table of samples, read in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from her2stats.errors import Problem, TableError
from her2stats.files import Content, refuse
from her2stats.reading.formats.matrix import RawMatrix
from her2stats.reading.formats.text import TextTable

WORKER = Path(__file__).with_name("hdf5_worker.py")  # runs alone, so that it starts at once
SECONDS, SECONDS_A_MEGABYTE = 30.0, 1.0


def read_h5ad_matrix(content: Content, *, layer: str | None = None, gene_column: str | None = None) -> RawMatrix:
    """Read X, or a layer, of an AnnData file; genes are the names of var, or a column of it.

    Raises
    ------
    FileError, TableError
        Not such a file, damaged, far larger than it says, or without the layer or column.
    """
    said, numbers = _ask(content, {"want": "matrix", "layer": layer, "gene_column": gene_column})
    values = np.frombuffer(numbers, dtype=np.float64).reshape(said["shape"])
    return RawMatrix(list(said["rows"]), said["columns"], values, content.name, 0)


def read_h5ad_samples(content: Content) -> TextTable:
    """Read obs, the table of samples, as words; the names of the samples stand first, under no name."""
    said, _ = _ask(content, {"want": "samples"})
    return TextTable(said["header"], said["rows"], [0] * len(said["rows"]))


def _ask(content: Content, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Have the worker read the file; that it hangs or dies is one more way in which a file is damaged."""
    asked = json.dumps({**request, "allowed": content.allowed_size}).encode() + b"\n"
    try:
        done = subprocess.run(  # noqa: S603  our own module, nothing of the user's on the command line
            [sys.executable, "-P", str(WORKER)],
            input=asked + content.data,
            capture_output=True,
            timeout=SECONDS + SECONDS_A_MEGABYTE * len(content.data) / 2**20,
            check=False,
        )
    except subprocess.TimeoutExpired:
        refuse(content.path, "is damaged: the HDF5 library does not come to an end with it", "write it again")
    head, _, numbers = done.stdout.partition(b"\n")
    if done.returncode or not head:
        refuse(content.path, "is damaged: the HDF5 library breaks down over it", "write it again with AnnData")
    said: dict[str, Any] = json.loads(head)
    if "unfit" in said:
        raise TableError(Problem(said["unfit"][0], content.name, said["unfit"][1]))
    if "lacking" in said:
        refuse(content.path, "needs the package h5py to be read", 'install it: pip install "her2stats[h5ad]"')
    if "damaged" in said:
        what = f"is not an AnnData file, or is damaged ({said['damaged']})"
        refuse(content.path, what, "write it again with AnnData")
    return said, numbers
