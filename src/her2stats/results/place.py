"""Where results go: written beside their place, moved there when complete, never half of them.

A run writes into a hidden sibling of the results folder and renames it at the end. Whatever stops the run, the
results folder is absent, old and whole, or new and whole; what a stopped run left behind is cleared by the next.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from her2stats.errors import OutputError, Problem

PROVENANCE = "provenance.json"


@contextlib.contextmanager
def fresh_folder(target: Path, *, overwrite: bool = False, inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """Yield an empty folder that becomes `target` when the block ends well, and vanishes when it does not.

    Parameters
    ----------
    target : Path
        The results folder. An earlier results folder there is replaced.
    overwrite : bool
        Replace a folder that holds something else than results, too.
    inputs : iterable of Path
        Files that must not lie in it, whatever else is said.

    Raises
    ------
    OutputError
        The place cannot be written, holds somebody else's files, or another run is writing there.
    """
    target = target.absolute()
    _refuse_foreign(target, overwrite=overwrite, inputs=inputs)
    with _lock(target), _as_output_error(target):
        _clear_left_behind(target)
        draft = _sibling(target, "draft")
        draft.mkdir(parents=True)
        try:
            yield draft
            _swap(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def is_results_folder(folder: Path) -> bool:
    """Whether a folder was written by this package."""
    try:
        written = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(written, dict) and isinstance(written.get("her2stats"), str)


def _sibling(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{kind}")


def what_is_in_the_way(target: Path, *, overwrite: bool = False, inputs: Iterable[Path] = ()) -> Problem | None:
    """Say why results would not be written to a place, as far as looking at it tells."""
    place = target.resolve()
    never = {"your home folder": Path.home(), "the working folder": Path.cwd()}
    for what, path in (*never.items(), *((f"the file {path.name}", path) for path in inputs)):
        if path.resolve().is_relative_to(place):
            return Problem(f"is or holds {what}", str(target), "name a folder of its own for the results")
    if target.is_file() or target.is_symlink():
        return Problem("is a file or a link, not a folder", str(target), "choose another results folder")
    if overwrite or not target.exists() or is_results_folder(target) or not any(target.iterdir()):
        return None
    return Problem("holds files that are not results", str(target), "choose another folder, or run with --overwrite")


def _refuse_foreign(target: Path, *, overwrite: bool, inputs: Iterable[Path]) -> None:
    problem = what_is_in_the_way(target, overwrite=overwrite, inputs=inputs)
    if problem is not None:
        raise OutputError(problem)


@contextlib.contextmanager
def _lock(target: Path) -> Iterator[None]:
    """Hold the place for one run at a time; the system frees the lock of a run that died."""
    import fcntl  # not on Windows, where nothing of this package is tested

    place = _sibling(target, "lock")
    with _as_output_error(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with _as_output_error(target):
            handle = place.open("w", encoding="utf-8")
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OutputError(
                    Problem("another run is writing there", str(target), "wait, or choose another results folder")
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
        return place.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _as_output_error(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            Problem(f"results cannot be written: {reason}", str(target), "check permissions and free space")
        ) from error


def _clear_left_behind(target: Path) -> None:
    """Undo what a killed run left: its draft goes, and an old result that was set aside comes back."""
    aside = _sibling(target, "old")
    if aside.exists() and not target.exists():
        os.rename(aside, target)
    for left in (aside, _sibling(target, "draft")):
        shutil.rmtree(left, ignore_errors=True)


def _swap(draft: Path, target: Path) -> None:
    aside = _sibling(target, "old")
    if target.exists():
        os.rename(target, aside)
    os.rename(draft, target)
    shutil.rmtree(aside, ignore_errors=True)
