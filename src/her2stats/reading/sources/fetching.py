"""Public data sets onto this machine: downloaded once, verified always."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pooch
from pooch import file_hash

from her2stats.errors import FileError, OutputError, Problem
from her2stats.progress import Progress
from her2stats.reading.sources.checksums import RECORD, record, recorded
from her2stats.reading.sources.download import ResumingDownload
from her2stats.reading.sources.prepare import prepare
from her2stats.reading.sources.registry import UNKNOWN, DataSet, RemoteFile, find_source, registry
from her2stats.writing import open_unfollowed

# How files of a kind begin; R's own format is packed in one of three ways, or not at all.
_FIRST_BYTES = {".gz": (b"\x1f\x8b",), ".xlsx": (b"PK",), ".rdata": (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"RDX")}


def default_cache() -> Path:
    """Folder where downloads are kept when none is named: the system's cache, or ``HER2STATS_CACHE``."""
    return Path(os.environ.get("HER2STATS_CACHE") or pooch.os_cache("her2stats"))


def fetch(
    name: str, *, cache: str | Path | None = None, base_url: str | None = None, progress: Progress | None = None
) -> list[Path]:
    """Download a public data set, or find it where it was downloaded before.

    Parameters
    ----------
    name : str
        One of `list_sources`, or a GEO accession.
    cache : str or Path, optional
        Folder to keep it in (a folder of its name is made inside); the system's cache by default.
    base_url : str, optional
        A mirror: every file is asked for as ``base_url/file name`` instead of at its origin.
    progress : callable, optional
        Told (file name, bytes so far, bytes in all or 0) on the way.

    Returns
    -------
    list of Path
        The files; for a cohort also its clinical table and a study file that names them (an existing study file is
        left as it is), for immunoStates the matrix as text.

    Raises
    ------
    FileError
        No such data set (near names are given), not reachable, broken off (what has arrived is kept, the next call
        goes on from there), not the expected bytes, or a data set that is not fetched (LM22: the message says where
        a user gets it).
    OutputError
        The cache cannot be written.

    Notes
    -----
    Every file is held against its SHA-256 each time, also when it is already there. A checksum that the registry does
    not know is recorded in ``checksums.json`` beside the file at its first download.

    Examples
    --------
    >>> fetch("LM22")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    her2stats.errors.FileError: LM22 is not fetched
    """
    source = find_source(name)
    folder = (Path(cache) if cache is not None else default_cache()) / source.name
    with _as_output_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
        paths = [_fetch_file(file, folder, base_url, progress) for file in source.files]
        return [*paths, *prepare(source, folder)]


def unverified(name: str) -> list[str]:
    """Files of a data set whose checksum is not known before their first download.

    >>> unverified("til10"), unverified("abim")[0]
    ([], 'GSE81538_gene_expression_405_transformed.csv.gz')
    """
    return [file.name for file in find_source(name).files if not file.sha256]


def list_sources(*, cache: str | Path | None = None) -> pd.DataFrame:
    """List what can be fetched, one row a data set; what is already there is looked for in the folder `cache`.

    Among the columns, ``here`` is "yes", "in part", "no" or "by hand" where a person gets its files; ``checksum`` is
    "known", "recorded" or "unknown until first download"; ``seen`` says whether the files were seen at their addresses;
    ``url`` is that of the first file.
    """
    root = Path(cache) if cache is not None else default_cache()
    rows = []
    for source in registry().values():
        folder = root / source.name
        present = sum((folder / file.name).is_file() for file in source.files)
        by_hand = source.by_hand and "by hand"
        rows.append(
            {
                "name": source.name,
                "kind": source.kind,
                "title": source.title,
                "here": by_hand or "no" if not present else "yes" if present == len(source.files) else "in part",
                "checksum": _checksum_state(source, folder),
                "seen": source.seen,
                "licence": source.licence,
                "citation": source.citation,
                "read": source.read,
                "url": source.files[0].url if source.files else "",
            }
        )
    return pd.DataFrame(rows).astype(str)


def _checksum_state(source: DataSet, folder: Path) -> str:
    if all(file.sha256 for file in source.files):
        return "known" if source.files else ""
    seen = recorded(folder)
    return "recorded" if all(file.sha256 or file.name in seen for file in source.files) else UNKNOWN


def _fetch_file(file: RemoteFile, folder: Path, base_url: str | None, progress: Progress | None) -> Path:
    target = folder / file.name
    url = f"{base_url.rstrip('/')}/{file.name}" if base_url is not None else file.url
    expected = file.sha256 or recorded(folder).get(file.name, "")
    download = ResumingDownload(target, progress)
    with _lock(target), _quiet_pooch():
        try:
            pooch.retrieve(url, known_hash=expected or None, fname=file.name, path=folder, downloader=download)
        except ValueError:
            raise _other_bytes(file, folder, url) from None
        if not expected:
            _refuse_another_kind(target, url)
            record(folder, file.name, file_hash(str(target)))
    return target


def _refuse_another_kind(path: Path, url: str) -> None:
    """Do not take the login page of a network for a data file: without a known checksum the first bytes decide."""
    wanted = _FIRST_BYTES.get(path.suffix.lower(), ())
    with path.open("rb") as file:
        start = file.read(8)
    if wanted and not start.startswith(wanted):
        path.unlink()
        what = f"what arrived is not a {path.suffix} file (it begins with {start!r})"
        raise FileError(Problem(what, url, "open the address in a browser: a login page may stand in between"))


@contextlib.contextmanager
def _quiet_pooch() -> Iterator[None]:
    """Keep pooch from printing addresses and checksums between our own words."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _other_bytes(file: RemoteFile, folder: Path, url: str) -> FileError:
    what = "the checksum differs from the expected one; the download was thrown away"
    if file.sha256:
        remedy = "try again; if it stays so, the file at the origin has changed, or something on the way changes it"
    else:
        remedy = f"if the origin is known to have published a new version, remove its entry from {folder / RECORD}"
    return FileError(Problem(what, url, remedy))


@contextlib.contextmanager
def _lock(target: Path) -> Iterator[None]:
    """Keep two downloads of one file apart; the system frees the lock of a process that died."""
    try:
        import fcntl
    except ImportError:  # a system without such locks
        yield
        return
    with open(target.with_name(f".{target.name}.lock"), "ab", opener=open_unfollowed) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            remedy = "wait for it, or use another cache folder"
            raise FileError(Problem("another download of this file is running", str(target), remedy)) from None
        yield


@contextlib.contextmanager
def _as_output_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = "check permissions and free space, or name another folder as cache"
        raise OutputError(Problem(f"cannot be written: {reason}", str(folder), remedy)) from error
