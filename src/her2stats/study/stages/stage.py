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


def once(stage: Stage[T], cache: Cache) -> T:
    """What an earlier run has made, or what is made now and kept."""
    key = stage.key()
    files = cache.find(key)
    if files is not None:
        return stage.unpacked(files)
    made = stage.make()
    to_keep = stage.packed(made)
    if to_keep is not None:
        cache.keep(key, to_keep)
    return made


def is_kept(stage: Stage[T], cache: Cache) -> bool:
    """Whether an earlier run has made it."""
    return cache.find(stage.key()) is not None
