"""A progress bar with rate and time left, for the `progress` argument of the verbs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from her2stats.progress import Progress


@contextmanager
def progress_bar(label: str = "") -> Iterator[Progress]:
    """Show fits done, rate and time left on the terminal while the block lasts."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task(label or "deconvolution", total=None)

        def show(stage: str, done: int, total: int) -> None:
            bar.update(shown, description=label or stage, completed=done, total=total)

        yield show
