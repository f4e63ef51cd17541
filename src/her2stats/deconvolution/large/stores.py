"""Expression in a file too large for memory: names, and blocks of samples, read in a process of its own.

There a damaged or hostile file may hang, crash or starve its library alone, as the smaller ones do.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import FileError, Problem, TableError
from her2stats.packed import MAX_RATIO, RATIO_COUNTS_FROM
from her2stats.parsers.limits import COMMAND, MEMORY_A_BYTE, SLOWEST, environment, seconds_for

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

MEMORY = 2**30  # what a reader has for its libraries and the blocks it holds, beside what the file's size allows
PARSERS = {".parquet": "parquet_blocks", ".pq": "parquet_blocks", ".h5ad": "anndata_blocks", ".zarr": "anndata_blocks"}


class ExpressionStore:
    """An expression matrix on disk, linear scale; genes and samples are named in the order of the file."""

    def __init__(self, path: Path, signature: SignatureMatrix) -> None:
        self.path = path
        size = _size(path)
        self._seconds = seconds_for(size)
        self._request = {
            "parser": PARSERS[path.suffix],
            "path": str(path),
            "wanted": list(signature.genes),
            "allowed": max(RATIO_COUNTS_FROM, MAX_RATIO * size),
            "memory": MEMORY + MEMORY_A_BYTE * size,
            "seconds": int(self._seconds) + 1,
        }
        self._reader: subprocess.Popen[bytes] | None = None
        said = self._start()
        self.genes, self.samples = (tuple(said[names]) for names in ("genes", "samples"))

    def blocks(self, size: int, genes: Index | None = None, first: int = 0) -> Iterator[Floats]:
        """Samples x genes in blocks of `size` samples, from sample `first` on; all genes, or those at `genes`."""
        if self._reader is None:
            self._start()
        width = len(self.genes if genes is None else genes)
        self._send({"size": size, "genes": None if genes is None else genes.tolist(), "first": first})
        starts = range(first, len(self.samples), size)
        left = len(starts)
        try:
            for start in starts:
                rows = min(size, len(self.samples) - start)
                if self._read(1) != b"+":
                    self._refuse(json.loads(self._line() or b"{}"))
                block = np.frombuffer(self._read(8 * rows * width), dtype=np.float64)
                left -= 1
                yield block.reshape(rows, width)
        finally:
            if left:  # what is on its way would be taken for the answer to the next question
                self._stop()

    def _start(self) -> dict[str, Any]:
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        self._reader = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=nothing, env=environment())  # noqa: S603
        weakref.finalize(self, _end, self._reader)
        self._send(self._request)
        said: dict[str, Any] = json.loads(self._line() or b"{}")
        if "genes" not in said:
            self._refuse(said)
        return said

    def _stop(self) -> None:
        if self._reader is not None:
            _end(self._reader)
            self._reader = None

    def _send(self, asked: dict[str, Any]) -> None:
        assert self._reader is not None
        assert self._reader.stdin is not None
        try:
            self._reader.stdin.write(json.dumps(asked).encode() + b"\n")
            self._reader.stdin.flush()
        except BrokenPipeError:
            pass  # why it is gone shows in what it answers

    def _line(self) -> bytes:
        return self._waited(lambda stream: stream.readline())

    def _read(self, count: int) -> bytes:
        return self._waited(lambda stream: stream.read(count), count)

    def _waited(self, read: Any, count: int = 0) -> bytes:
        """What the reader says next; one that works is stopped by its processor time, one that waits by the clock."""
        assert self._reader is not None
        clock = threading.Timer(SLOWEST * self._seconds, self._reader.kill)
        clock.daemon = True
        clock.start()
        try:
            found: bytes = read(self._reader.stdout)
        finally:
            clock.cancel()
        if len(found) < max(count, 1):
            self._refuse({})
        return found

    def _refuse(self, said: dict[str, Any]) -> NoReturn:
        """Raise what the reader says, or that it broke down."""
        self._stop()
        if "unfit" in said:
            raise TableError(Problem(said["unfit"][0], str(self.path), said["unfit"][1]))
        if "lacking" in said:
            what, remedy = f"reading it needs {said['lacking']}", f"pip install {said['lacking']}"
        elif "large" in said:
            what, remedy = said["large"], "check where it comes from"
        else:
            why = said.get("damaged", "what should read it breaks down over it, or does not come to an end")
            what, remedy = f"cannot be read: {why}", "write the file again"
        raise FileError(Problem(what, str(self.path), remedy))


def open_store(path: str | Path, signature: SignatureMatrix) -> ExpressionStore:
    """Open a Parquet file, an AnnData file (.h5ad) or an AnnData folder (.zarr).

    Parquet has samples in rows and genes in columns or the other way round, which the genes of the signature tell, and
    one text column of names. In AnnData samples are observations and genes are variables, X dense or in compressed
    rows. Raises FileError when the file is missing, of another format, damaged, or needs a library that is not
    installed. Raises TableError when it lacks names, or holds text among the numbers.
    """
    file = Path(path)
    if not file.exists():
        raise FileError(Problem("is not there", str(path), "check the path"))
    if file.suffix not in PARSERS:
        remedy = "give .parquet, .h5ad or .zarr; smaller files are read with read_expression and given to deconvolve"
        raise FileError(Problem(f"has the unknown ending {file.suffix!r}", str(path), remedy))
    return ExpressionStore(file, signature)


def _size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder. Raises FileError for what must not be opened."""
    folder, about = path.suffix == ".zarr", path.stat()
    if not (stat.S_ISDIR if folder else stat.S_ISREG)(about.st_mode):
        what, remedy = (
            ("folder", "give the folder") if folder else ("regular file", "give a file, not a pipe or a device")
        )
        raise FileError(Problem(f"is not a {what}", str(path), remedy))
    inside = [Path(at) / name for at, _, names in os.walk(path) for name in names]
    return sum(os.lstat(file).st_size for file in inside) if folder else about.st_size


def _end(reader: subprocess.Popen[bytes]) -> None:
    reader.kill()
    with reader:
        pass
