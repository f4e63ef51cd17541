"""Figures drawn side by side, each once for all formats, and not again while nothing that decides it has changed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from her2stats.results.catalogue import FORMATS
from her2stats.study.progress import Progress
from her2stats.study.stages.cache import Cache
from her2stats.study.stages.fingerprint import environment, fingerprint


@dataclass(frozen=True)
class Drawing:
    """One figure to draw: the file of figures/ that draws it, its arguments, and the file name."""

    plot: str
    stem: str
    arguments: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Fingerprint of everything that decides the picture; the file name does not."""
        return fingerprint("figure", environment(), self.plot, self.arguments, self.options)


def draw_once(drawings: Sequence[Drawing], folder: Path, *, cache: Cache, n_jobs: int = 1, progress: Progress) -> None:
    """Write every figure as pdf, svg and png: from the cache where it is there, else drawn and kept.

    Parameters
    ----------
    drawings : sequence of Drawing
        What to draw.
    folder : Path
        Made where it is missing.
    cache : Cache
        Where earlier runs kept theirs.
    n_jobs : int
        Processes; the files are the same for any number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keys = {drawing.stem: drawing.key for drawing in drawings}
    to_draw = [drawing for drawing in drawings if not _taken(cache, keys[drawing.stem], folder / drawing.stem)]
    done = len(drawings) - len(to_draw)
    progress("Figures", done, len(drawings))
    tasks = (delayed(_draw)(drawing, folder) for drawing in to_draw)
    # one figure is not worth a process
    finished = Parallel(n_jobs=n_jobs if len(to_draw) > 1 else 1, return_as="generator_unordered")(tasks)
    for number, stem in enumerate(finished, start=done + 1):
        cache.keep(keys[stem], {kind: _file(folder / stem, kind).read_bytes() for kind in FORMATS})
        progress("Figures", number, len(drawings))


def _taken(cache: Cache, key: str, stem: Path) -> bool:
    files = cache.find(key)
    if files is None:
        return False
    for kind, content in files.items():
        _file(stem, kind).write_bytes(content)
    return True


def _file(stem: Path, kind: str) -> Path:
    return stem.with_name(f"{stem.name}.{kind}")


def _draw(drawing: Drawing, folder: Path) -> str:
    """Draw and write one figure; runs in a process of its own."""
    from her2stats import figures

    room = import_module(f"her2stats.figures.{drawing.plot}")
    plot: Callable[..., Any] = getattr(room, f"plot_{drawing.plot}", figures.placeholder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of plotnine's dependencies; nothing a user can mend
        figures.save_figure(plot(*drawing.arguments, **drawing.options), folder / drawing.stem)
    return drawing.stem
