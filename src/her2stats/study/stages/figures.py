"""Figures drawn side by side, each once for all formats, and not again while nothing that decides it has changed."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from her2stats.progress import Progress
from her2stats.results.catalogue import FORMATS
from her2stats.results.manifest import put
from her2stats.study.stages.cache import Cache
from her2stats.study.stages.fingerprint import environment, fingerprint
from her2stats.study.stages.stage import found
from her2stats.workers import each

if TYPE_CHECKING:
    from her2stats.figures.style.save import Format

PAGE_MM = 183.0  # of journals' pages


@dataclass(frozen=True)
class Drawing:
    """One figure to draw: the file of figures/ that draws it, its arguments, file name, and what stands above it."""

    plot: str
    stem: str
    arguments: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)
    letter: str = ""
    cohort: str = ""
    width_mm: float = PAGE_MM  # of a figure that fills a page
    formats: tuple[Format, ...] = FORMATS
    palette: dict[str, str] = field(default_factory=dict)

    def key(self) -> str:
        """Fingerprint of everything that decides the picture; the file name does not."""
        told = (self.plot, self.arguments, self.options, self.letter, self.cohort)
        return fingerprint("figure", environment(), *told, self.width_mm, self.formats, self.palette)

    def make(self, beside: Path | None = None) -> dict[str, bytes]:
        """Draw it in every format, if it has anything to show; may be in a process that a kill stops uncleared."""
        from her2stats.figures.placeholder import Placeholder
        from her2stats.figures.style.save import save_figure
        from her2stats.figures.style.theme import painted, titled

        plot: Callable[..., Any] = getattr(import_module(f"her2stats.figures.{self.plot}"), f"plot_{self.plot}")
        own = signature(plot).parameters.get("width_mm")
        wide = {"width_mm": self.width_mm} if own is not None and own.default == PAGE_MM else {}
        with warnings.catch_warnings(), painted(self.palette), tempfile.TemporaryDirectory(dir=beside) as folder:
            warnings.simplefilter("ignore", FutureWarning)  # of plotnine's dependencies; nothing a user can mend
            drawn = plot(*self.arguments, **self.options, **wide)
            if isinstance(drawn, Placeholder):
                return {}
            written = save_figure(
                titled(drawn, self.letter, self.cohort), Path(folder) / self.stem, formats=self.formats
            )
            return {path.suffix[1:]: path.read_bytes() for path in written}

    def packed(self, made: dict[str, bytes]) -> dict[str, bytes]:
        """The files as they are."""
        return made

    def unpacked(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """The files as they are, one of each format."""
        if set(files) != set(self.formats):
            raise ValueError("not the files of a figure")
        return files


def draw_once(drawings: Sequence[Drawing], folder: Path, *, cache: Cache, n_jobs: int = 1, progress: Progress) -> None:
    """Write every figure as pdf, svg and png: from the cache where it is there, else drawn and kept.

    The folder is made where it is missing; the files are the same for any number of processes.
    """
    started = start_drawing(drawings, folder, cache=cache, n_jobs=n_jobs)
    started.finish(progress)


@dataclass(frozen=True)
class Started:
    """Figures that are being drawn, while the caller does something else."""

    folder: Path
    cache: Cache
    count: int
    keys: dict[str, str]  # of those that are drawn, by file name
    finished: Iterator[tuple[str, dict[str, bytes]]]

    def finish(self, progress: Progress) -> None:
        """Write each figure that was not in the cache."""
        done = self.count - len(self.keys)
        progress("Figures", done, self.count)
        for number, (stem, made) in enumerate(self.finished, start=done + 1):
            self.cache.keep(self.keys[stem], made)
            _write(made, self.folder / stem)
            progress("Figures", number, self.count)


def start_drawing(drawings: Sequence[Drawing], folder: Path, *, cache: Cache, n_jobs: int = 1) -> Started:
    """Write the figures that the cache has, and have the others drawn; with one process that waits for `finish`."""
    folder.mkdir(parents=True, exist_ok=True)
    keys, to_draw = {}, []
    for drawing in drawings:
        key = drawing.key() if cache.folder is not None else ""
        files = found(drawing, key, cache)
        if files is None:
            to_draw.append(drawing)
            keys[drawing.stem] = key
        else:
            _write(files, folder / drawing.stem)
    tasks = [(drawing, folder) for drawing in to_draw]
    return Started(folder, cache, len(drawings), keys, each(_drawn, tasks, n_jobs, at_once=len(tasks)))


def _drawn(drawing: Drawing, beside: Path) -> tuple[str, dict[str, bytes]]:
    """Draw in a process of its own, and say which drawing it was."""
    return drawing.stem, drawing.make(beside)


def _write(files: dict[str, bytes], stem: Path) -> None:
    for kind, content in files.items():
        put(stem.parent.parent, f"{stem.parent.name}/{stem.name}.{kind}", content)
