"""Checksums that the registry does not know: recorded at the first download, asked for ever after."""

from __future__ import annotations

import json
from pathlib import Path

from her2stats.files import regular_bytes
from her2stats.writing import write_whole

RECORD = "checksums.json"


def recorded(folder: Path) -> dict[str, str]:
    """File name -> SHA-256 of the files first downloaded into a folder; empty where there is no record.

    >>> recorded(Path("/no/such/folder"))
    {}
    """
    try:
        entries = json.loads(regular_bytes(folder / RECORD))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(entries, dict):
        return {}
    return {str(name): digest for name, digest in entries.items() if isinstance(digest, str)}


def record(folder: Path, name: str, digest: str) -> None:
    """Add a checksum to the record of a folder."""
    entries = {**recorded(folder), name: digest}
    write_whole(folder / RECORD, json.dumps(dict(sorted(entries.items())), indent=1) + "\n")
