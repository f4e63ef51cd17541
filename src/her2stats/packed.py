"""Compressed bytes, unpacked within a bound, and again where they are too many to be held."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from her2stats.errors import FileError, Problem

MAX_BYTES = 4 * 2**30  # of decompressed content; a matrix of 60,000 genes x 5,000 samples as text is about 2.4 GiB
# Expression tables shrink to a half or a tenth, the emptiest counts to a fiftieth. Beyond, it is a bomb, not data.
MAX_RATIO, RATIO_COUNTS_FROM = 100, 64 * 2**20
HELD, BEGINNING = 64 * 2**20, 16 * 2**20  # of what unpacks to more than the one, only the other is held
CHUNK = 2**20
BLANK = b" \t\r\n\x00\xef\xbb\xbf"
PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")

# First bytes -> name of the compression, and what unpacks it. Arrow's gzip and bzip2 keep memory for every torn file.
PACKED: dict[bytes, tuple[str, Callable[[io.BytesIO], Any]]] = {
    b"\x1f\x8b": ("gzip", lambda packed: gzip.GzipFile(fileobj=packed)),
    b"BZh": ("bzip2", bz2.BZ2File),
    b"\x28\xb5\x2f\xfd": ("zstandard", lambda packed: pa.CompressedInputStream(packed, "zstd")),
    b"\xfd7zXZ": ("xz", lzma.LZMAFile),
}


def unpack(path: Path, raw: bytes, max_bytes: int) -> tuple[bytes, Callable[[], Iterator[bytes]] | None]:
    """All bytes of a file; of very many the first, and what unpacks all of them again, chunk by chunk.

    Raises FileError when the compressed bytes are damaged, a bomb, or none at all where the name says so.
    """
    for magic, packing in PACKED.items():
        if raw.startswith(magic):
            unpacked = partial(_chunks, path, *packing, raw, max_bytes)
            chunks: list[bytes] = []
            for chunk in unpacked():
                chunks.append(chunk)
                if len(chunks) * CHUNK > HELD:
                    return b"".join(chunks)[:BEGINNING], unpacked
            return b"".join(chunks), None
    if path.name.lower().endswith(PACKED_SUFFIXES) and raw.strip(BLANK):
        remedy = f"take {path.suffix} off its name if it is plain text (browsers unpack), or download it again"
        raise FileError(Problem(f"is named {path.suffix}, but is not compressed", path.name, remedy))
    return raw, None


def _chunks(
    path: Path, kind: str, unpacking: Callable[[io.BytesIO], Any], raw: bytes, max_bytes: int
) -> Iterator[bytes]:
    """Decompress chunk by chunk, so that a bomb is noticed long before it fills the memory."""
    packed = io.BytesIO(raw)
    length = 0
    try:
        with closing(unpacking(packed)) as stream:
            while chunk := stream.read(CHUNK):
                length += len(chunk)
                bomb = length > RATIO_COUNTS_FROM and length > MAX_RATIO * max(packed.tell(), 1)
                if bomb or length > max_bytes:
                    limit = f"{MAX_RATIO} times its size" if bomb else size_words(max_bytes)
                    what, remedy = f"unpacks to more than {limit}; reading stopped", "check where the file comes from"
                    raise FileError(Problem(what, path.name, remedy))
                yield chunk
    except (EOFError, OSError, zlib.error, pa.ArrowException, lzma.LZMAError) as error:
        what = f"is a damaged or truncated {kind} file ({error})"
        raise FileError(Problem(what, path.name, "copy or download it again")) from None


def size_words(count: int) -> str:
    """A number of bytes, as messages say it."""
    return f"{count / 2**30:g} GiB" if count >= 2**30 else f"{count / 2**20:g} MiB"
