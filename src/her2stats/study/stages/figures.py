"""Figures drawn side by side, each once for all formats, and not again while nothing that decides it has changed."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from her2stats.progress import Progress
from her2stats.results.catalogue import FORMATS
from her2stats.results.manifest import put
from her2stats.study.stages.cache import Cache
from her2stats.study.stages.fingerprint import environment, fingerprint
from her2stats.study.stages.stage import found
from her2stats.workers import in_worker


@dataclass(frozen=True)
class Drawing:
    """One figure to draw: the file of figures/ that draws it, its arguments, file name, and what stands above it."""

    plot: str
    stem: str
    arguments: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)
    letter: str = ""
    cohort: str = ""

    def key(self) -> str:
        """Fingerprint of everything that decides the picture; the file name does not."""
        return fingerprint("figure", environment(), self.plot, self.arguments, self.options, self.letter, self.cohort)

    def make(self, beside: Path | None = None) -> dict[str, bytes]:
        """Draw it in every format, if it has anything to show; may be in a process that a kill stops uncleared."""
        from her2stats.figures.placeholder import Placeholder
        from her2stats.figures.save import save_figure
        from her2stats.figures.theme import titled

        plot: Callable[..., Any] = getattr(import_module(f"her2stats.figures.{self.plot}"), f"plot_{self.plot}")
        with warnings.catch_warnings(), tempfile.TemporaryDirectory(dir=beside) as folder:
            warnings.simplefilter("ignore", FutureWarning)  # of plotnine's dependencies; nothing a user can mend
            drawn = plot(*self.arguments, **self.options)
            if isinstance(drawn, Placeholder):
                return {}
            written = save_figure(titled(drawn, self.letter, self.cohort), Path(folder) / self.stem)
            return {path.suffix[1:]: path.read_bytes() for path in written}

    def packed(self, made: dict[str, bytes]) -> dict[str, bytes]:
        """The files as they are."""
        return made

    def unpacked(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """The files as they are, one of each format."""
        if set(files) != set(FORMATS):
            raise ValueError("not the files of a figure")
        return files


def draw_once(drawings: Sequence[Drawing], folder: Path, *, cache: Cache, n_jobs: int = 1, progress: Progress) -> None:
    """Write every figure as pdf, svg and png: from the cache where it is there, else drawn and kept.

    The folder is made where it is missing; the files are the same for any number of processes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keys = {drawing.stem: drawing.key() for drawing in drawings}
    to_draw = []
    for drawing in drawings:
        files = found(drawing, keys[drawing.stem], cache)
        if files is None:
            to_draw.append(drawing)
        else:
            _write(files, folder / drawing.stem)
    done = len(drawings) - len(to_draw)
    progress("Figures", done, len(drawings))
    tasks = (delayed(in_worker)(os.getpid(), _drawn, drawing, folder) for drawing in to_draw)
    # one figure is not worth a process
    finished = Parallel(n_jobs=n_jobs if len(to_draw) > 1 else 1, return_as="generator_unordered")(tasks)
    for number, (stem, made) in enumerate(finished, start=done + 1):
        cache.keep(keys[stem], made)
        _write(made, folder / stem)
        progress("Figures", number, len(drawings))


def _drawn(drawing: Drawing, beside: Path) -> tuple[str, dict[str, bytes]]:
    """Draw in a process of its own, and say which drawing it was."""
    return drawing.stem, drawing.make(beside)


def _write(files: dict[str, bytes], stem: Path) -> None:
    for kind, content in files.items():
        put(stem.parent.parent, f"{stem.parent.name}/{stem.name}.{kind}", content)
