"""A file's bytes, safely: existence, permission, compression with a bound, checksum, and what must never be opened."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from her2stats.errors import FileError, Problem, TableError
from her2stats.lookalike import file_that_looks_like
from her2stats.packed import BLANK, CHUNK, MAX_BYTES, MAX_RATIO, PACKED_SUFFIXES, RATIO_COUNTS_FROM, size_words, unpack

OWN_FILE = 2**30  # of a table, a page or a description of results; the largest real ones have a few MiB
REFUSED = {
    b"RDX2\n": "an RData workspace",
    b"RDX3\n": "an RData workspace",
    b"RDA2\n": "an RData workspace",
    b"\x80\x02": "a Python pickle",
    b"\x80\x03": "a Python pickle",
    b"\x80\x04": "a Python pickle",
    b"\x80\x05": "a Python pickle",
    b"\xd0\xcf\x11\xe0": "an old Excel file (xls)",
    b"%PDF": "a PDF",
}


@dataclass(frozen=True)
class Content:
    """What a file holds: decompressed bytes, the checksum of the file itself, and its name without compression."""

    path: Path  # the file
    beginning: bytes  # all that it holds, or the first MiB of what unpacks to very much
    sha256: str  # of the file as it lies there
    # unpacks all of it again, chunk by chunk, where `beginning` is not all
    unpacked: Callable[[], Iterator[bytes]] | None = None

    @cached_property
    def data(self) -> bytes:
        """All that the file holds."""
        return self.beginning if self.unpacked is None else b"".join(self.unpacked())

    @property
    def name(self) -> str:
        """File name, as messages show it."""
        return self.path.name

    @property
    def suffix(self) -> str:
        """Ending in lower case, without that of the compression."""
        return format_suffix(self.path)

    @property
    def allowed_size(self) -> int:
        """Bytes that this content may unpack to: a file that claims far more than it holds is not data."""
        return min(MAX_BYTES, max(RATIO_COUNTS_FROM, MAX_RATIO * len(self.data)))


def format_suffix(path: Path) -> str:
    """Ending of a file name in lower case, without that of the compression.

    >>> format_suffix(Path("expr.TSV.gz"))
    '.tsv'
    """
    return Path(unpacked_name(path).lower()).suffix


def unpacked_name(path: Path) -> str:
    """Name of a file without the ending of its compression.

    >>> unpacked_name(Path("LM22.txt.gz"))
    'LM22.txt'
    """
    return path.stem if path.suffix.lower() in PACKED_SUFFIXES else path.name


def read_content(path: str | Path, *, max_bytes: int = MAX_BYTES) -> Content:
    """Read a file whole, decompressing it up to `max_bytes`, and refuse what is not data.

    Raises FileError when no path is given, the file is missing, a folder, not readable, empty, truncated, larger than
    the bound, or of a kind that runs code or workspaces when it is opened (pickle, RData).
    """
    path = as_path(path)
    if not is_text(path.name):  # names of files become names in tables
        refuse(ascii(path.name), "is named in another encoding than UTF-8", "rename it")
    raw = _raw_bytes(path, max_bytes)
    sha256 = hashlib.sha256(raw).hexdigest()
    beginning, unpacked = unpack(path, raw, max_bytes)
    content = Content(path, beginning, sha256, unpacked)
    if not content.beginning[:CHUNK].strip(BLANK) and not content.data.strip(BLANK):
        refuse(path, "is empty", "give a file with a header and rows")
    for magic, kind in REFUSED.items():
        if content.beginning.startswith(magic):
            refuse(path, f"is {kind}, which is never opened", "save the table as csv, tsv, xlsx or parquet")
    return content


def as_path(given: object) -> Path:
    """The path that is given, as str or Path; FileError for anything else."""
    if isinstance(given, str | os.PathLike):
        return Path(given)
    what = f"{type(given).__name__} stands where the name of a file or folder is needed"
    raise FileError(Problem(what, remedy="give a str or a Path"))


def regular_bytes(path: Path, *, max_bytes: int = OWN_FILE) -> bytes:
    """Bytes of a file that this package wrote or that a person wrote for it: a regular one, of a bounded size.

    Raises OSError as `Path.read_bytes` does; also for a pipe, a socket or a device, which are not opened for reading,
    and for a file that is larger or grows.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "is not a regular file")
        if about.st_size > max_bytes:
            raise OSError(errno.EFBIG, f"is larger than {size_words(max_bytes)}")
        content: bytes = file.read(about.st_size + 1)
        if len(content) > about.st_size:
            raise OSError(errno.EBUSY, "grows while it is read")
        return content


def is_text(word: str) -> bool:
    """Whether a word can be written as UTF-8; the name of a file in another encoding cannot."""
    return not any("\ud800" <= sign <= "\udfff" for sign in word)


def utf8_text(content: Content) -> str:
    """Text of a small file of the package's own kind (signatures); no other encoding is guessed.

    Raises FileError when the bytes are not UTF-8, or hold what no text holds.
    """
    try:
        text = content.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        refuse(content.path, "is not text in UTF-8", "save it as a tsv or csv file in UTF-8")
    return text


def refuse_open_quotes(lines: Iterable[str], mark: str, name: str, *, first: int = 1) -> None:
    """Refuse a quote that opens a cell and does not close on its line: it would swallow the lines below.

    The lines are numbered from `first`; `mark` is the delimiter of the cells. Raises TableError with the lines where
    quotes open.
    """
    opened = [n for n, line in enumerate(lines, first) if line.count('"') % 2 and _stays_open(line, mark)]
    if opened:
        listed = ", ".join(map(str, opened[:5])) + (f" and {len(opened) - 5} more" if len(opened) > 5 else "")
        what = f"a quote opens in line{'s' if len(opened) > 1 else ''} {listed} and does not close there"
        remedy = "take that quote away, or close it; a cell with a line break has to be written on one line"
        raise TableError(Problem(what, f"{name}, line {opened[0]}", remedy))


def _stays_open(line: str, mark: str) -> bool:
    """Whether a cell of the line starts with a quote that does not end in it; marks within a word are no quotes."""
    at = 0
    while at <= len(line):
        if line.startswith('"', at):
            end = at + 1
            while (end := line.find('"', end)) >= 0 and line.startswith('""', end):
                end += 2
            if end < 0:
                return True
            at = end + 1
        at = line.find(mark, at) + 1
        if not at:
            return False
    return False


def refuse(path: str | Path, what: str, remedy: str) -> NoReturn:
    """Raise `FileError` about one file."""
    raise FileError(Problem(what, Path(path).name, remedy)) from None


def _raw_bytes(path: Path, max_bytes: int) -> bytes:
    try:
        return regular_bytes(path, max_bytes=max_bytes)
    except IsADirectoryError:
        refuse(path, "is a folder", "give the file inside it")
    except FileNotFoundError:
        refuse(path, "there is no such file", file_that_looks_like(path) or "correct the path")
    except PermissionError:
        refuse(path, "may not be read (permission denied)", "change its permissions")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        told = {
            errno.EINVAL: ("is not a regular file", "give a file, not a pipe or a device"),
            errno.ENXIO: ("is not a regular file", "give a file, not a socket"),
            errno.EFBIG: (
                f"is larger than {size_words(max_bytes)}",
                "check that it is the right file; write a matrix as parquet",
            ),
            errno.EBUSY: ("grows while it is read", "wait until it is written whole"),
        }
        refuse(
            path,
            *told.get(getattr(error, "errno", None) or 0, (f"cannot be read: {error}", "check the path and the disk")),
        )
