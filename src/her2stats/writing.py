"""Files written safely: beside their place, under a name nobody else has, and renamed when whole; nothing lost.

Whatever stops a writing (a full disk, a kill), what was there before is whole. A link is never followed: where one
stands in the place, it is replaced, not what it points to.
"""

from __future__ import annotations

import contextlib
import filecmp
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from her2stats.errors import OutputError, Problem

EDITED = ".edited"


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Yield a new empty file beside a place; it takes the place when the block ends well, and vanishes when not.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, beside(Path(folder) / "a.txt") as draft:
    ...     _ = draft.write_text("whole")
    ...     (Path(folder) / "a.txt").exists()
    False
    """
    draft = path.with_name(f".{path.name[:30]}.{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o666))
    try:
        yield draft
        if path.is_file() and not path.is_symlink():
            shutil.copymode(path, draft)  # what only its owner may read stays so
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes, *, what: str = "") -> None:
    """Write a file whole or not at all, replacing it; its folder is made where it is missing.

    Text is written as UTF-8, its line ends as they are. `what` names in the message what cannot be written: "the report
    ". Raises OutputError when the place cannot be written.
    """
    with told(path, what=what):
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside(path) as draft:
            draft.write_bytes(_as_utf8(content, path) if isinstance(content, str) else content)


def _as_utf8(text: str, place: Path) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        line = next(line for line in text[max(0, error.start - 60) :].split("\n") if text[error.start] in line)
        remedy = "rename the file or folder that is named so, in UTF-8"
        raise OutputError(Problem(f"would hold what is no text: {line[:120]!a}", str(place), remedy)) from None


@contextlib.contextmanager
def told(path: Path, *, what: str = "") -> Iterator[None]:
    """Tell what the system says about a place as `OutputError`."""
    try:
        yield
    except OSError as error:
        problem = Problem(
            f"{what}cannot be written: {error.strerror or error}", str(path), "check permissions and free space"
        )
        raise OutputError(problem) from error


def refuse_to_replace(*outputs: Path, inputs: Iterable[str | Path] = (), overwrite: bool | None = None) -> None:
    """Refuse outputs that would be written over an input, or over what is there.

    Inputs are never replaced, also where a link leads to one. Other files that exist are replaced with `overwrite`,
    which is None where that cannot be asked for. Raises OutputError with every output that is refused.
    """
    read = [Path(path) for path in inputs]
    problems = [found for path in outputs if (found := _why_not(path, read, overwrite=overwrite)) is not None]
    if problems:
        raise OutputError(*problems)


def _why_not(path: Path, inputs: list[Path], *, overwrite: bool | None) -> Problem | None:
    other = "give another place for the output"
    if any(is_same(path, read) for read in inputs):
        return Problem("is an input and is never written over", str(path), other)
    if not os.path.lexists(path):
        return None
    if not overwrite:
        remedy = other if overwrite is None else f"{other}, or say overwrite"
        return Problem("exists already and is not replaced", str(path), remedy)
    if not path.is_file():
        return Problem("is not a regular file", str(path), other)
    return None


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file or folder, also through links; one that is not there is no other's."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(other)


def carry(file: Path, place: Path, *, aside: bool = False) -> Path | None:
    """Have a file in a second place, too, without touching what is there: under the first free ``NAME.edited`` then.

    With `aside`, never under its own name. The path is where it is now under another name; None where it has its own.
    """
    for number in count(int(aside)):
        end = "" if number == 0 else EDITED if number == 1 else f"{EDITED}{number}"
        name = place.with_name(f"{place.name}{end}")
        if _alike(file, name):
            return name if number else None
        with contextlib.suppress(FileExistsError):
            _second_name(file, name)
            return name if number else None
    raise AssertionError("unreachable")


def keep_edited(path: Path, content: bytes) -> Path | None:
    """Keep what stands in a place under another name, where it is not what will be written there."""
    if not os.path.lexists(path) or (path.is_file() and not path.is_symlink() and path.read_bytes() == content):
        return None
    return carry(path, path, aside=True)


def open_unfollowed(path: str | Path, flags: int) -> int:
    """Open for `open(opener=...)`: a link or pipe in the place is an error, not a way to another file."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)


def _alike(one: Path, other: Path) -> bool:
    """Whether two names hold the same: one file, equal bytes, or links to one place."""
    try:
        first, second = os.lstat(one), os.lstat(other)
    except OSError:
        return False
    if os.path.samestat(first, second):
        return True
    if stat.S_ISLNK(first.st_mode) and stat.S_ISLNK(second.st_mode):
        return os.readlink(one) == os.readlink(other)
    return stat.S_ISREG(first.st_mode) and stat.S_ISREG(second.st_mode) and filecmp.cmp(one, other, shallow=False)


def _second_name(file: Path, name: Path) -> None:
    """Give a file a second name; where the disk has no such thing, copy it. One that exists is an error."""
    if file.is_symlink():
        os.symlink(os.readlink(file), name)
        return
    try:
        os.link(file, name, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        if not file.is_file():
            raise
        with file.open("rb") as source, name.open("xb") as copy:
            shutil.copyfileobj(source, copy)
        shutil.copystat(file, name)
