"""A name for everything that decides a stage: equal inputs, code and libraries give equal names, nothing else does."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from functools import cache, singledispatch
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from packaging.requirements import Requirement

import her2stats
from her2stats.r_engine.sources import r_package

BESIDE = ("matplotlib", "mizani", "fonttools")  # draw the figures, and come with plotnine


def fingerprint(*parts: Any) -> str:
    """SHA-256, as 64 hexadecimal digits, over values, their types and their order.

    It takes text, numbers, truth values, None, bytes, paths, sequences, mappings, dataclasses, numpy arrays, and pandas
    frames, columns and indexes; frames count with dtypes, levels, names and the order of rows and columns. Raises
    TypeError for another type: it is not guessed what makes a value of it equal to another.
    """
    digest = hashlib.sha256()
    for piece in _pieces(parts):
        digest.update(len(piece).to_bytes(8, "little"))
        digest.update(piece)
    return digest.hexdigest()


@cache
def environment() -> str:
    """Fingerprint of the code of this package and of the libraries below it.

    The code counts byte by byte: a version number does not change while somebody works on it.
    """
    here = Path(her2stats.__file__).parent
    code = {
        f"{place.name}/{file.relative_to(place).as_posix()}": hashlib.sha256(file.read_bytes()).hexdigest()
        for place in (here, r_package())
        for file in sorted(place.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }
    required = [Requirement(line) for line in metadata.requires("her2stats") or ()]
    names = sorted({one.name for one in required if one.marker is None} | set(BESIDE))
    versions = {name: metadata.version(name) for name in names}
    return fingerprint(code, versions, platform.python_version(), platform.system(), platform.machine())


def _pieces(value: object) -> Iterator[bytes]:
    """Bytes of a value, its type first; nested values say how many parts they have."""
    yield type(value).__qualname__.encode()
    yield from _content(value)


@singledispatch
def _content(value: object) -> Iterator[bytes]:
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"no fingerprint of a {type(value).__name__}")
    yield from _pieces({field.name: getattr(value, field.name) for field in fields(value)})


@_content.register
def _(value: None) -> Iterator[bytes]:
    return iter(())


@_content.register
def _(value: str) -> Iterator[bytes]:
    yield value.encode()


@_content.register
def _(value: bytes) -> Iterator[bytes]:
    yield value


@_content.register
def _(value: bool | int | float | np.generic) -> Iterator[bytes]:
    yield repr(value).encode()


@_content.register
def _(value: Path) -> Iterator[bytes]:
    yield value.as_posix().encode()


@_content.register
def _(value: Mapping) -> Iterator[bytes]:  # type: ignore[type-arg]
    yield from _pieces([part for item in value.items() for part in item])


@_content.register
def _(value: Set) -> Iterator[bytes]:  # type: ignore[type-arg]
    yield from _pieces(sorted(value))


@_content.register
def _(value: Sequence) -> Iterator[bytes]:  # type: ignore[type-arg]
    yield str(len(value)).encode()
    for part in value:
        yield from _pieces(part)


@_content.register
def _(value: np.ndarray) -> Iterator[bytes]:
    yield f"{value.dtype.str} {value.shape}".encode()
    if value.dtype.hasobject:
        yield from _pieces(value.ravel().tolist())
    else:
        yield np.ascontiguousarray(value).tobytes()


@_content.register
def _(value: pd.DataFrame) -> Iterator[bytes]:
    yield from _pieces([value.index, value.columns])
    if len(set(value.dtypes)) == 1 and _is_plain(value.iloc[:, 0]):  # a matrix of 10,000 genes is read at once
        yield from _pieces(value.to_numpy())
        return
    for place in range(value.shape[1]):
        yield from _column(value.iloc[:, place])


@_content.register
def _(value: pd.Series) -> Iterator[bytes]:
    yield from _pieces([value.index, value.name])
    yield from _column(value)


@_content.register
def _(value: pd.Index) -> Iterator[bytes]:
    yield from _pieces(list(value.names))
    yield from _column(value.to_series())


def _column(values: pd.Series) -> Iterator[bytes]:
    """Cells of a column with its dtype; a categorical one with its levels and their order."""
    yield str(values.dtype).encode()
    if isinstance(values.dtype, pd.CategoricalDtype):
        yield from _pieces([list(values.cat.categories), bool(values.cat.ordered), values.cat.codes.to_numpy()])
    elif _is_plain(values):
        yield from _pieces(values.to_numpy())
    else:  # text and nullable numbers: missing is told apart from every word
        present = values.notna().to_numpy()
        yield from _pieces([present, values[present].astype("object").tolist()])


def _is_plain(values: pd.Series) -> bool:
    return isinstance(values.dtype, np.dtype) and not values.dtype.hasobject
