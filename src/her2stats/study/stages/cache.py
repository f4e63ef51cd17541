"""Stages that were computed before, kept by the fingerprint of everything that decides them.

An entry is one file: a line with the SHA-256 of its key and the rest, then a zip archive of plain files (parquet, JSON,
pictures). It is written beside its place and renamed, so that a run that is killed leaves no half entry; one that is
damaged, of another key, or no plain file of a bounded size is as if it were not there. A cache that cannot be written
costs time and changes nothing, and one that others may write to is not used: whoever writes there writes our numbers.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import tempfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

from her2stats.files import regular_bytes

ENDING = ".stage"
LARGEST = 1_000_000_000  # bytes; beyond it the entries that were not used for longest go
DRAFT, STALE_SECONDS = ".draft-", 86_400


def stage_folder() -> Path:
    """Folder in which the commands keep stages: in the system's cache of the user, or in ``HER2STATS_CACHE``."""
    from her2stats.reading.sources import default_cache  # libraries that download, which no other stage needs

    return default_cache() / "stages"


def why_not_used(folder: Path) -> str:
    """Why nothing is taken from a cache folder or kept in it; empty where it is ours alone, or can be made."""
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
        about = os.stat(there)
    except OSError as error:
        return f"cannot be reached ({error.strerror})"
    if not stat.S_ISDIR(about.st_mode):
        return f"cannot be used: {there} is not a folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"cannot be used: {there} cannot be written"
    if there != folder:
        return ""
    if about.st_uid not in (os.geteuid(), 0):
        return "belongs to somebody else"
    return "may be written by others" if about.st_mode & (stat.S_IWGRP | stat.S_IWOTH) else ""


class Cache:
    """A folder of entries, made when first needed; with None it keeps and finds nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder if folder is None or not why_not_used(folder) else None

    def find(self, key: str) -> dict[str, bytes] | None:
        """Files of an entry, or None where there is no whole one."""
        if self.folder is None:
            return None
        place = self._place(key)
        try:
            digest, _, content = regular_bytes(place, max_bytes=LARGEST).partition(b"\n")
            if digest != _digest(key, content):
                return None
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
                    return None  # none of ours: it could unpack to anything
                files = {name: archive.read(name) for name in archive.namelist()}
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError):
            return None
        with contextlib.suppress(OSError):
            os.utime(place)  # used now
        return files

    def keep(self, key: str, files: Mapping[str, bytes]) -> None:
        """Put an entry in its place, whole or not at all."""
        if self.folder is None:
            return
        content = _packed(files)
        place = self._place(key)
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # fractions of patients are nobody else's
            with tempfile.NamedTemporaryFile(dir=place.parent, prefix=DRAFT, delete=False) as draft:
                try:
                    draft.write(_digest(key, content) + b"\n" + content)
                    draft.close()
                    os.replace(draft.name, place)
                except OSError:
                    os.unlink(draft.name)

    def entries(self) -> list[tuple[Path, os.stat_result]]:
        """Every entry, the one used last first."""
        found = []
        for place in self._files(f"*{ENDING}"):
            with contextlib.suppress(OSError):
                found.append((place, place.stat()))
        return sorted(found, key=lambda entry: (-entry[1].st_mtime, entry[0].name))

    def tidy(self, *, largest: int = LARGEST) -> None:
        """Remove what was not used for longest, down to a size, and what killed runs left half written."""
        total = 0
        for place, about in self.entries():
            total += about.st_size
            if total > largest:
                with contextlib.suppress(OSError):
                    place.unlink()
        for draft in self._files(f"{DRAFT}*"):
            with contextlib.suppress(OSError):
                if draft.stat().st_mtime < time.time() - STALE_SECONDS:
                    draft.unlink()

    def _files(self, pattern: str) -> list[Path]:
        """Files of the folder; none where it cannot be read."""
        with contextlib.suppress(OSError):
            if self.folder is not None and self.folder.is_dir():
                return list(self.folder.glob(pattern))
        return []

    def _place(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{key}{ENDING}"


NO_CACHE = Cache(None)


def _digest(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\n" + content).hexdigest().encode()


def _packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()
