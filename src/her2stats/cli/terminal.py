"""Progress on a terminal: a line a stage; silence where nobody watches."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from her2stats.progress import Progress, silent

ROOM_FOR_BARS = 72  # characters; a narrower terminal gets the counts and the time left
# Characters of "1000/1000" with the time left, and of a bar with the time gone: no long name cuts them
COUNTS, BAR = 18, 34


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
    from rich.table import Column

    console = Console(stderr=True)
    bars_fit = console.width >= ROOM_FOR_BARS
    room = max(console.width - COUNTS - (BAR if bars_fit else 0), 8)
    stage_name = Column(no_wrap=True, overflow="ellipsis", max_width=room)
    told: list[ProgressColumn] = [TextColumn("{task.description}", markup=False, table_column=stage_name)]
    told += [MofNCompleteColumn(), TimeRemainingColumn(compact=True)]
    if bars_fit:
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
