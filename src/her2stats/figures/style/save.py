"""A figure as files: drawn once, written in every format a journal asks for, the same bytes each time."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from plotnine import ggplot, theme

from her2stats.errors import DataError, Problem
from her2stats.figures.style.theme import FONT, FONT_SETTINGS, MM_PER_INCH, know_font
from her2stats.writing import write_whole

Format = Literal["pdf", "svg", "png"]
DPI = 300
LARGEST_MM = 600.0

# pdf: TrueType (42) keeps text as text that an editor can search and change; Type 3 is refused by many journals.
# svg: text stays text, in Arial where our face is not known: they share their widths, so no label moves.
_SETTINGS = {
    **FONT_SETTINGS,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "svg.fonttype": "none",
    "svg.hashsalt": "her2stats",  # ids of clip paths are random otherwise
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
    "savefig.bbox": "standard",
    "axes.formatter.use_locale": False,
}
# No dates and no program versions: the same study gives the same bytes tomorrow.
_METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": "her2stats"},
    "svg": {"Date": None, "Creator": "her2stats"},
    "png": {"Software": None},
}


def save_figure(
    plot: ggplot,
    path_stem: str | Path,
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    formats: Sequence[Format] = ("pdf", "svg", "png"),
) -> tuple[Path, ...]:
    """Write a plot as ``<path_stem>.<format>``.

    The plot is laid out once, at 300 dpi, and every format is written from that one drawing. Nothing global is
    touched: no pyplot figure is opened, matplotlib's settings and backend stay as they were, and so does `plot`.

    Parameters
    ----------
    plot : ggplot
        As a ``plot_*`` function returned it, or as changed since.
    path_stem : str or Path
        Path without suffix. Its folder is made where it is missing.
    width_mm, height_mm : float, optional
        Size on paper; journal columns are 89, 120 and 183 mm wide. Default: the plot's own size. Text columns
        are set for the width the plot was made with, so prefer the ``width_mm`` argument of the plot function.
    formats : sequence of {"pdf", "svg", "png"}
        pdf has its fonts embedded as TrueType, svg its text as text, png 300 dots per inch.

    Returns
    -------
    tuple of Path
        The files written, in the order of `formats`.

    Raises
    ------
    DataError
        Unknown format or impossible size.
    OutputError
        The files cannot be written. Formats are rendered before the first file is touched.

    Examples
    --------
    >>> import tempfile
    >>> from her2stats.figures import placeholder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save_figure(placeholder("nothing to draw"), f"{folder}/empty", formats=("png",))]
    ['empty.png']
    """
    _check(width_mm, height_mm, formats)
    with drawn(plot, width_mm=width_mm, height_mm=height_mm) as figure:
        rendered = [_as_bytes(figure, kind) for kind in formats]
    stem = Path(path_stem)
    written = [stem.with_name(f"{stem.name}.{kind}") for kind in formats]
    for path, content in zip(written, rendered, strict=True):
        write_whole(path, content, what="the figure ")
    return tuple(written)


def _check(width_mm: float | None, height_mm: float | None, formats: Sequence[str]) -> None:
    problems = [
        Problem(f"unknown figure format {kind!r}", remedy=f"use {', '.join(_METADATA)}")
        for kind in formats
        if kind not in _METADATA
    ]
    for name, size in (("width_mm", width_mm), ("height_mm", height_mm)):
        if size is not None and not 10 <= size <= LARGEST_MM:
            problems.append(Problem(f"{name} = {size} is no size of a figure", remedy=f"10 to {LARGEST_MM:.0f} mm"))
    if problems:
        raise DataError(*problems)


@contextlib.contextmanager
def drawn(plot: ggplot, *, width_mm: float | None = None, height_mm: float | None = None) -> Iterator[Figure]:
    """Lay a plot out as a matplotlib figure, for as long as the context lasts; the plot stays unchanged.

    It has the plot's own size where none is given.
    """
    know_font()
    plot = deepcopy(plot)
    own_width, own_height = plot.theme.getp("figure_size")
    size = (
        own_width if width_mm is None else width_mm / MM_PER_INCH,
        own_height if height_mm is None else height_mm / MM_PER_INCH,
    )
    plot += theme(figure_size=size, dpi=DPI)
    with mpl.rc_context():
        mpl.rcdefaults()  # a matplotlibrc of the user's must not change a figure
        mpl.rcParams.update({**plot.theme.rcParams, **_SETTINGS})
        _without_pyplot(plot)
        figure = plot.draw()
        FigureCanvasAgg(figure)
        for text in figure.findobj(Text):  # a theme can name one face only
            text.set_fontfamily(FONT_SETTINGS["font.family"])
        engine = figure.get_layout_engine()
        if engine is not None:
            engine.execute(figure)
            figure.set_layout_engine(None)  # the layout stands: each format only has to paint it
        yield figure


def _without_pyplot(plot: ggplot) -> None:
    """Give the plot its figure beforehand: pyplot would choose a backend and keep a global list of figures."""
    from plotnine._mpl.gridspec import p9GridSpec

    plot.figure = Figure()
    FigureCanvasAgg(plot.figure)
    plot._gridspec = p9GridSpec(1, 1, plot.figure)


def _as_bytes(figure: Figure, kind: Format) -> bytes:
    from plotnine._mpl.offsetbox import DPICorAuxTransformBox

    for bar in figure.findobj(DPICorAuxTransformBox):
        bar._dpi_corrected = False  # it keeps the scale of the first renderer, and pdf and svg have another one
    buffer = io.BytesIO()
    with _fonts_without_shaping():
        figure.savefig(buffer, format=kind, dpi=DPI, metadata=_METADATA[kind])
    named = f"font-family: '{FONT}'".encode()
    return buffer.getvalue().replace(named, named + b", Arial, Helvetica") if kind == "svg" else buffer.getvalue()


@contextlib.contextmanager
def _fonts_without_shaping() -> Iterator[None]:
    """Leave the tables that shape text out of embedded fonts.

    A pdf places every glyph itself and no reader looks at them, and to cut them down takes a third of a pdf's time.
    """
    from fontTools.subset import Options

    usual = Options._drop_tables_default
    Options._drop_tables_default = [*usual, "GSUB", "GPOS", "GDEF"]
    try:
        yield
    finally:
        Options._drop_tables_default = usual
