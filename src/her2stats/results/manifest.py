"""manifest.json: which files of a results folder a run wrote, and the bytes that it gave them.

All else in the folder is the user's, and so is a listed file whose bytes are others now. In a folder of an earlier
version, which has no manifest, the catalogue's names say what may be ours; its bytes are not known, so it counts as
edited.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from her2stats.errors import Problem
from her2stats.files import regular_bytes
from her2stats.results.catalogue import FIGURES, FORMATS, MANUSCRIPT, MANUSCRIPT_FILES, TABLES
from her2stats.results.provenance import PROVENANCE, is_of_results, load_provenance
from her2stats.results.strict_csv import DamagedFileError
from her2stats.writing import keep_edited, told, write_whole

MANIFEST = "manifest.json"
_FORMAT = "her2stats results 1"
_LARGEST = 64 * 2**20  # bytes of a manifest; that of a run has a few hundred lines
_NAMES = frozenset({PROVENANCE, "report.html", "crosscheck.csv", "tables/tables.xlsx"}) | {
    *(f"tables/{table.name}.csv" for table in TABLES),
    *MANUSCRIPT_FILES,
    *(f"r/{name}" for name in ("validate.R", "her2stats.R", "specs.csv", "format.txt")),
}
_MODELS = re.compile(r"r/models/[^/]+\.(?:data|python)\.csv")
FOLDERS = frozenset({"tables", "figures", "r", "r/models", "sas", MANUSCRIPT})


@dataclass(frozen=True)
class Entry:
    """Size and SHA-256 of a file as it was written."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Entry:
        """Of a file as it is now."""
        with path.open("rb") as file:
            return cls(os.fstat(file.fileno()).st_size, hashlib.file_digest(file, "sha256").hexdigest())


@dataclass(frozen=True)
class Manifest:
    """What a run wrote into a folder; without `known`, only which names it may have written."""

    files: Mapping[str, Entry] = field(default_factory=dict)
    known: bool = True

    def claims(self, name: str) -> bool:
        """Whether a file of this name is one that a run wrote, whatever its bytes are now."""
        return name in self.files or (not self.known and is_name_of_results(name))

    def is_untouched(self, folder: Path, name: str) -> bool:
        """Whether a file holds what a run gave it; only then may it go."""
        path, entry = folder / name, self.files.get(name)
        if entry is None or path.is_symlink() or not path.is_file():
            return False
        return path.stat().st_size == entry.size and Entry.of(path) == entry

    def write(self, folder: Path) -> None:
        """Put it into a folder."""
        files = {name: {"size": entry.size, "sha256": entry.sha256} for name, entry in sorted(self.files.items())}
        text = json.dumps({"format": _FORMAT, "files": files}, indent=1, ensure_ascii=False)
        write_whole(folder / MANIFEST, text + "\n")


def read_manifest(folder: Path) -> Manifest | None:
    """Manifest of a folder; None where there is none that can be understood."""
    path = folder / MANIFEST
    try:
        content = json.loads(regular_bytes(path, max_bytes=_LARGEST))
        if path.is_symlink() or content["format"] != _FORMAT:
            return None
        return Manifest({str(name): Entry(int(at["size"]), str(at["sha256"])) for name, at in content["files"].items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def manifest_of(folder: Path) -> Manifest | None:
    """What is ours in a folder: by its manifest, or by the catalogue; None for a folder that holds no results.

    A provenance.json that mentions her2stats is not enough: a table of the catalogue has to lie beside it.
    """
    found = read_manifest(folder)
    if found is not None:
        return found if PROVENANCE in found.files else None
    if not (folder / PROVENANCE).is_file() or not any(
        (folder / "tables" / f"{table.name}.csv").is_file() for table in TABLES
    ):
        return None
    try:
        return Manifest(known=False) if is_of_results(load_provenance(folder / PROVENANCE)) else None
    except (DamagedFileError, RecursionError):
        return None


def changed_since_the_run(folder: Path) -> list[Problem]:
    """Files that are not as the run left them, or gone; without a manifest that alone, for it tells of the others."""
    manifest, again = read_manifest(folder), "run the study again"
    if manifest is None:
        what = "is gone or damaged: which files are as the run left them cannot be told"
        return [Problem(what, MANIFEST, again)]
    return [
        Problem("was changed since the run" if (folder / name).exists() else "is gone since the run", name, again)
        for name in manifest.files
        if not manifest.is_untouched(folder, name)
    ]


def is_name_of_results(name: str) -> bool:
    """Whether the catalogue has a file of this name.

    >>> [is_name_of_results(name) for name in ("tables/scores.csv", "figures/fig1b_til_milan.pdf", "my_notes.txt")]
    [True, True, False]
    """
    if name in _NAMES or _MODELS.fullmatch(name):
        return True
    path = PurePosixPath(name)
    drawn = path.parent == PurePosixPath("figures") and path.suffix[1:] in FORMATS
    return drawn and any(figure.pattern.fullmatch(path.stem) for figure in FIGURES)


def files_of(folder: Path, *, skip: Collection[str] = ()) -> Iterator[str]:
    """Names of all that is in a folder and is no folder, links among it and not followed."""
    for directory, folders, files in os.walk(folder):
        at = Path(directory).relative_to(folder)
        links = [name for name in folders if (Path(directory) / name).is_symlink()]
        for name in sorted([*files, *links]):
            relative = (at / name).as_posix()
            if relative not in skip:
                yield relative


def put(folder: Path, name: str, content: bytes, *, what: str = "") -> Path | None:
    """Write one file of a results folder anew; one that the user has edited is kept beside it, at the path given back.

    A folder without a manifest is a draft, or of an earlier version: there the file is replaced as it always was.
    Raises OutputError when the folder cannot be written.
    """
    path, manifest = folder / name, read_manifest(folder)
    edited = manifest is not None and not manifest.is_untouched(folder, name)
    with told(path, what=what):
        kept = keep_edited(path, content) if edited else None
    write_whole(path, content, what=what)
    if manifest is not None:
        Manifest({**manifest.files, name: Entry.of(path)}).write(folder)
    return kept
