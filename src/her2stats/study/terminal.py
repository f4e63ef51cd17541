"""Progress on a terminal: a line a stage; silence where nobody watches."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from her2stats.study.progress import Progress, silent

ROOM_FOR_BARS = 72  # characters; a narrower terminal gets the counts and the time left


@contextlib.contextmanager
def shown_progress() -> Iterator[Progress]:
    """Yield a listener that draws progress bars on the terminal's error stream, or `silent` in a pipe."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    told: list[ProgressColumn] = [TextColumn("{task.description}", markup=False), MofNCompleteColumn()]
    told.append(TimeRemainingColumn(compact=True))
    if console.width >= ROOM_FOR_BARS:
        told[1:1] = [BarColumn(bar_width=24)]
        told[3:3] = [TimeElapsedColumn()]
    bars = Bars(*told, console=console)
    tasks: dict[str, TaskID] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        bars.update(tasks[stage], completed=done, total=total)

    with bars:
        yield show
