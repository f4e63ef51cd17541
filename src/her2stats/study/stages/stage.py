"""A step of a run that is kept: its key names everything that decides it, and it can be made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from her2stats.study.stages.cache import Cache

T = TypeVar("T")


class Stage(Protocol[T]):
    """What the cache has to know of a step."""

    def key(self) -> str:
        """Fingerprint of everything that decides what is made."""
        ...

    def make(self) -> T:
        """Make it."""
        ...

    def packed(self, made: T) -> Mapping[str, bytes] | None:
        """Files that hold what was made; None where it is not to be kept."""
        ...

    def unpacked(self, files: dict[str, bytes]) -> T:
        """What was made, from its files."""
        ...


def found(stage: Stage[T], key: str, cache: Cache) -> T | None:
    """What an earlier run has made; an entry that holds anything else is none."""
    files = cache.find(key)
    if files is None:
        return None
    try:
        return stage.unpacked(files)
    except Exception:  # foreign members fail in ways nobody can list; what they stand for can be made again
        return None


def once(stage: Stage[T], cache: Cache) -> T:
    """What an earlier run has made, or what is made now and kept."""
    key = stage.key()
    kept = found(stage, key, cache)
    if kept is not None:
        return kept
    made = stage.make()
    to_keep = stage.packed(made)
    if to_keep is not None:
        cache.keep(key, to_keep)
    return made


def is_kept(stage: Stage[T], cache: Cache) -> bool:
    """Whether an earlier run has made it."""
    return found(stage, stage.key(), cache) is not None
