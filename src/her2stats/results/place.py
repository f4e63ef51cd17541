"""Where results go: written beside their place, moved there when complete, never half of them, nothing else lost.

A run writes into a hidden folder beside the results and renames at the end. Whatever stops it, the results are absent,
old and whole, or new and whole; what a stopped run left behind is cleared by the next. Of what lay in the folder, only
files that a run wrote and nobody has changed since make room: see `her2stats.results.manifest`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from her2stats.errors import OutputError, Problem
from her2stats.results.manifest import FOLDERS, MANIFEST, Entry, Manifest, files_of, manifest_of, read_manifest
from her2stats.writing import carry, is_same, open_unfollowed, told

_OURS = ".her2stats-"  # in the names of what lies beside a results folder while a run writes it
LONGEST = 255 - len(f".{_OURS}") - 8  # bytes of a name that what lies beside it can be named after
_MARK, _MARK_TEXT = "her2stats.txt", b"A run of her2stats writes here.\n"


@dataclass
class Draft:
    """The folder that becomes the results, and what of the earlier ones was kept under another name."""

    path: Path
    kept: list[str] = field(default_factory=list)


@contextlib.contextmanager
def fresh_folder(
    target: Path, *, overwrite: bool = False, again: bool = False, inputs: Collection[Path] = ()
) -> Iterator[Draft]:
    """Yield a folder that becomes `target` when the block ends well, and vanishes when it does not.

    Of what is there, files that a run wrote make room; what the user added stays, what the user changed is kept as
    ``NAME.edited`` and named in `Draft.kept`. With `overwrite` a folder that holds no results is written into, too; its
    files stay. With `again` the draft begins with the earlier results instead of empty. `inputs` must not lie in the
    folder. Raises OutputError where the place cannot be written, is no place for results, or another command is writing
    there.
    """
    target = target.absolute()
    problem = what_is_in_the_way(target, overwrite=overwrite, inputs=inputs)
    if problem is not None:
        raise OutputError(problem)
    with lock(target), told(target, what="results "):
        for left in _left_behind(target):
            _settle(left, target)
        run = Path(tempfile.mkdtemp(prefix=f".{target.name}{_OURS}", dir=target.parent))
        try:
            (run / _MARK).write_bytes(_MARK_TEXT)
            draft = Draft(run / "new")
            draft.path.mkdir()
            seeds = _seed(target, draft.path) if again else {}
            yield draft
            _finish(draft, target, seeds)
            if target.exists():
                os.rename(target, run / "old")
            os.rename(draft.path, target)
        finally:
            _settle(run, target)


def is_results_folder(folder: Path) -> bool:
    """Whether a folder was written by this package."""
    return manifest_of(folder) is not None


def what_is_in_the_way(target: Path, *, overwrite: bool = False, inputs: Collection[Path] = ()) -> Problem | None:
    """Say why results would not be written to a place, as far as looking at it tells."""
    target, other = target.absolute(), "choose another results folder"
    letters = max(len(os.fsencode(part)) for part in target.parts)
    if letters > LONGEST:
        what = f"has a name of {letters} bytes; beside it lie names that are longer, and a disk takes 255"
        return Problem(what, str(target), f"choose a name of {LONGEST} or fewer")
    if shells := [part for part in target.parts if (part.startswith("~") or "$" in part) and not target.exists()]:
        return Problem(f"'{shells[0]}' stands as written, as no shell replaces it here", str(target), "write it out")
    for path, what in (*_homes(), *((path, f"the file {path.name}") for path in inputs)):
        if _holds(target, path):
            return Problem(f"is or holds {what}", str(target), "name a folder of its own for the results")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        return Problem("is a file or a link, not a folder", str(target), other)
    unwritable = _not_writable(target)
    if unwritable is not None:
        return Problem("may not be written (permission denied)", str(unwritable), f"change its permissions, or {other}")
    if overwrite or not target.exists() or is_results_folder(target) or not any(target.iterdir()):
        return None
    remedy = "choose another folder, or run with --overwrite: its files stay beside the results"
    return Problem("holds files that are not results", str(target), remedy)


def _homes() -> Iterator[tuple[Path, str]]:
    """Folders in which somebody lives or works; the root holds them all."""
    with contextlib.suppress(OSError):
        yield Path.cwd(), "the working folder"
    with contextlib.suppress(RuntimeError):
        yield Path.home(), "your home folder"


def _holds(folder: Path, path: Path) -> bool:
    """Whether a path is a folder or lies in it, as written or where its links lead."""
    ways = {path.absolute(), Path(os.path.normpath(path.absolute())), Path(os.path.realpath(path))}
    return any(is_same(above, folder) for way in ways for above in (way, *way.parents))


def _not_writable(target: Path) -> Path | None:
    """A folder that a run has to change and may not."""
    if not target.exists():
        above = next((folder for folder in target.parents if folder.exists()), target)
        return None if not above.is_dir() or os.access(above, os.W_OK | os.X_OK) else above
    folders = [target.parent, target, *(target / name for name in sorted(FOLDERS)), *_folders(target)]
    existing = (folder for folder in folders if folder.is_dir())
    return next((folder for folder in existing if not os.access(folder, os.R_OK | os.W_OK | os.X_OK)), None)


def _folders(target: Path) -> Iterator[Path]:
    """All folders below, the empty ones too; links are none."""
    for directory, names, _ in os.walk(target):
        yield from (Path(directory) / name for name in names if not (Path(directory) / name).is_symlink())


@contextlib.contextmanager
def lock(target: Path) -> Iterator[None]:
    """Hold the place for one command at a time, another is refused; the system frees the lock of one that died."""
    import fcntl  # not on Windows, where nothing of this package is tested

    place = target.with_name(f".{target.name}{_OURS}lock")
    with told(target, what="results "):
        target.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with told(place, what="results "):
            handle = open(place, "ab", opener=open_unfollowed)  # noqa: SIM115 - closed below
        with handle:
            if os.fstat(handle.fileno()).st_size:
                raise OutputError(Problem("is in the way: a run keeps its lock there", str(place), "move it away"))
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OutputError(
                    Problem("another command is writing there", str(target), "wait, or choose another results folder")
                ) from None
            if not _is_still(place, handle.fileno()):
                continue  # the run before us removed the file between our opening and locking it
            try:
                yield
            finally:
                with contextlib.suppress(OSError):
                    place.unlink()
            return


def _is_still(place: Path, descriptor: int) -> bool:
    try:
        return place.lstat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _left_behind(target: Path) -> list[Path]:
    """What killed runs left beside a results folder: it has our name, and in it the mark that only a run makes."""
    beginning = f".{target.name}{_OURS}"
    with os.scandir(target.parent) as entries:
        found = [Path(at.path) for at in entries if at.name.startswith(beginning) and at.is_dir(follow_symlinks=False)]
    for path in found:
        with contextlib.suppress(OSError):
            path.rmdir()  # killed before it made its mark: empty
    return sorted(path for path in found if _is_marked(path / _MARK))


def _is_marked(mark: Path) -> bool:
    if mark.is_symlink() or not mark.is_file() or mark.stat().st_size > len(_MARK_TEXT):
        return False
    return _MARK_TEXT.startswith(mark.read_bytes())


def _settle(run: Path, target: Path) -> None:
    """Clear what a run has beside its results; earlier results that were set aside come back if no new ones came."""
    old = run / "old"
    if old.exists():
        if os.path.lexists(target):
            _carry_over(old, target)  # again: the user may have saved something since
            os.rename(old, run / "done")  # a kill half-way through the removal must not make the rest the user's
        else:
            os.rename(old, target)
    for part in ("done", "new", "."):  # the mark last
        shutil.rmtree(run / part, ignore_errors=True)


def _seed(target: Path, draft: Path) -> dict[str, Entry]:
    """Copy earlier results, as they are now, and nothing else."""
    manifest = manifest_of(target) or Manifest()
    seeds = {}
    for name in files_of(target):
        if manifest.claims(name) and not (target / name).is_symlink() and (target / name).is_file():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target / name, draft / name)
            seeds[name] = Entry.of(draft / name)
    Manifest(seeds).write(draft)  # to the stages these are files of ours, edited or not
    return seeds


def _finish(draft: Draft, target: Path, seeds: dict[str, Entry]) -> None:
    """List what was written, and bring along what is the user's."""
    before = (manifest_of(target) if target.exists() else None) or Manifest()
    now = {name: Entry.of(draft.path / name) for name in files_of(draft.path, skip={MANIFEST})}
    # what was not written again keeps the bytes of the run that wrote it: an edit of it stays one
    kept = {name: before.files.get(name) for name, entry in now.items() if seeds.get(name) == entry}
    listed = {name: kept.get(name, entry) for name, entry in now.items()}
    Manifest({name: entry for name, entry in listed.items() if entry is not None}).write(draft.path)
    if target.exists():
        moved = _carry_over(target, draft.path)
        draft.kept += [f"{name} was edited and is kept as {place.name}" for name, place in moved]


def _carry_over(old: Path, new: Path) -> list[tuple[str, Path]]:
    """Have in the new folder, too, all of the old that no run wrote; nothing is moved, so that a kill loses nothing.

    Given back are the files whose place is taken, and where they are now.
    """
    before = manifest_of(old) or Manifest()
    moved = []
    for folder in _folders(old):
        name = folder.relative_to(old).as_posix()
        if name not in FOLDERS and not os.path.lexists(new / name):
            (new / name).mkdir(parents=True)
            shutil.copystat(folder, new / name)
    ours = read_manifest(old) is not None  # any other manifest.json is the user's, or damaged
    names = files_of(old, skip={MANIFEST} if ours else ())
    # what keeps its name first, so that nothing takes it
    for name in sorted(names, key=lambda name: before.claims(name) or os.path.lexists(new / name)):
        if before.is_untouched(old, name):
            continue
        place = new / name
        place.parent.mkdir(parents=True, exist_ok=True)
        # one that is not written any more would be taken for new under its own name
        found = carry(old / name, place, aside=before.claims(name) and not os.path.lexists(place))
        if found is not None:
            moved.append((name, found))
    return moved
