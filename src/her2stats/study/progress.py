"""How a run tells what it is doing, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the stage, what is done of it, and how much there is."""


def silent(stage: str, done: int, total: int) -> None:
    """Listen to nothing."""
