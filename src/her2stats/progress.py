"""How a run or a download tells what it is doing, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the stage or file, what is done of it, and how much there is."""


def silent(stage: str, done: int, total: int) -> None:
    """Listen to nothing."""
