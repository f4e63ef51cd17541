"""One look for every figure: theme, sizes, and colours that mean the same thing everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from matplotlib.font_manager import fontManager
from plotnine import (
    element_blank,
    element_line,
    element_rect,
    element_text,
    ggplot,
    labs,
    scale_color_manual,
    scale_fill_manual,
    scale_shape_manual,
    theme,
    theme_bw,
)

# Journals ask for Arial, whose widths this face shares. It lies beside this file, so that a figure has the same text
# extents and the same bytes on every machine; what it has no glyph for comes from the face that matplotlib ships.
FONT = "Liberation Sans"
FONT_SETTINGS = {
    "font.family": [FONT, "DejaVu Sans"],
    "mathtext.fontset": "custom",
    **{f"mathtext.{style}": FONT for style in ("rm", "cal", "sf", "tt")},
    "mathtext.it": f"{FONT}:italic",
    "mathtext.bf": f"{FONT}:bold",
    "mathtext.bfit": f"{FONT}:bold",
    "mathtext.fallback": "stixsans",
}
BASE_SIZE = 7.0  # points; journals ask for 5 to 7 in the printed size
TEXT_SIZE = 6.0
SMALL_SIZE = 5.5
SMALLEST_SIZE = 5.0
MM_PER_INCH = 25.4
MARGIN = 2.0  # mm around the figure
TITLE_MM = 5.0

# The paper draws HR-positive red and HR-negative green, the pair that one man in twelve cannot tell apart. This
# vermilion and blue stay more than 85 CIELAB units apart in protan-, deutan- and tritanopia (Machado 2009,
# doi 10.1109/TVCG.2009.113), and both stand at least 4.5:1 against white; shapes tell them apart in grey print.
HR_COLOURS = {"positive": "#CC4C02", "negative": "#0072B2"}
HR_SHAPES = {"positive": "o", "negative": "s"}
HER2_COLOURS = {"0": "#B9A3D3", "1+": "#8861AE", "2+": "#4A1F73", "HER2-0": "#B9A3D3", "HER2-low": "#6A3D9A"}
INK = "#222222"
GREY = "#6B6B6B"  # 5.3:1 against white: small print stays readable
STRIPE = "#F4F4F4"
STRENGTH_COLOURS = {"weak": "#EFEFEF", "moderate": "#E0E0E0", "strong": "#CFCFCF"}
DIVERGING = ("#762A83", "#AF8DC3", "#F7F7F7", "#7FBF7B", "#1B7837")  # ColorBrewer PRGn: no hue of HR

STRATUM_COLOURS = {
    "All tumours": INK,
    "HR-positive": HR_COLOURS["positive"],
    "HR-negative": HR_COLOURS["negative"],
    "HER2 IHC 0": HER2_COLOURS["0"],
    "HER2 IHC 1+": HER2_COLOURS["1+"],
    "HER2 IHC 2+": HER2_COLOURS["2+"],
    "HER2-0": HER2_COLOURS["HER2-0"],
    "HER2-low": HER2_COLOURS["HER2-low"],
}
STRATUM_SHAPES = {"All tumours": "o", "HR-positive": HR_SHAPES["positive"], "HR-negative": HR_SHAPES["negative"]}
_FURTHER_COLOURS = ("#117733", "#882255", "#999933", "#44AA99", "#AA4499", "#661100")
_FURTHER_SHAPES = ("^", "D", "v", "P", "X", "*")


@cache
def know_font() -> None:
    """Tell matplotlib of the face beside this file, before any of its name that the machine has."""
    faces = [Path(str(face)) for face in (files(__package__) / "fonts").iterdir() if face.name.endswith(".ttf")]
    for face in sorted(faces):
        fontManager.addfont(face)
    fontManager.ttflist.sort(key=lambda entry: Path(entry.fname) not in faces)


def figure_theme(width_mm: float, height_mm: float) -> theme:
    """Theme of a figure of the given size on paper, which `save_figure` takes from here unless it is told otherwise."""
    text = element_text
    return theme_bw(base_size=BASE_SIZE, base_family=FONT) + theme(
        figure_size=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH),
        text=text(color=INK),
        axis_text=text(size=TEXT_SIZE, color=INK),
        axis_title_x=text(size=BASE_SIZE, margin={"t": 1.0 / width_mm, "unit": "fig"}),
        axis_title_y=text(size=BASE_SIZE, margin={"r": 1.0 / width_mm, "unit": "fig"}),
        axis_ticks=element_line(color=GREY, size=0.4),
        axis_ticks_length_major=1.8,
        axis_ticks_minor=element_blank(),
        axis_ticks_length_minor=0,
        panel_border=element_rect(color=GREY, fill="none", size=0.5),
        panel_grid_major=element_line(color="#E6E6E6", size=0.35),
        panel_grid_minor=element_blank(),
        panel_spacing_x=3 / width_mm,
        panel_spacing_y=3 / width_mm,
        strip_background=element_blank(),
        strip_text=text(size=BASE_SIZE, weight="bold", margin={"t": 2, "b": 2.5, "unit": "pt"}),
        legend_position="top",
        legend_title=element_blank(),
        legend_text=text(size=TEXT_SIZE, margin={"t": 0, "b": 0, "l": 3, "r": 3, "unit": "pt"}),
        legend_key=element_blank(),
        legend_key_size=8,
        legend_box_spacing=1.2 / width_mm,
        legend_background=element_blank(),
        plot_margin_left=MARGIN / width_mm,
        plot_margin_right=MARGIN / width_mm,
        plot_margin_top=MARGIN / width_mm,  # plotnine counts vertical margins, too, in widths of the figure
        plot_margin_bottom=MARGIN / width_mm,
        plot_caption=text(
            size=SMALL_SIZE, color=GREY, ha="left", ma="left", margin={"t": 1.3 / width_mm, "unit": "fig"}
        ),
        plot_caption_position="plot",
        plot_title=text(size=BASE_SIZE + 1, weight="bold", ha="left"),
        plot_title_position="plot",
    )


def titled(plot: ggplot, letter: str, cohort: str) -> ggplot:
    """Set the letter of a figure above it, and its cohort where no panel says that, in room of their own."""
    panels = plot.data["panel"].astype(str) if "panel" in plot.data else ()
    named = any(cohort in panel for panel in panels)
    title = "    ".join(filter(None, (letter, "" if named else cohort.replace("$", r"\$"))))
    width, height = plot.theme.getp("figure_size")
    room = theme(figure_size=(width, height + TITLE_MM / MM_PER_INCH))
    return plot + labs(title=title) + room if title else plot


@contextmanager
def painted(palette: Mapping[str, str]) -> Iterator[None]:
    """Give strata other colours, by their displayed names, for as long as figures are made."""
    usual = dict(STRATUM_COLOURS)
    STRATUM_COLOURS.update(palette)
    try:
        yield
    finally:
        STRATUM_COLOURS.update(usual)


def stratum_scales(names: Iterable[str], *, fill: bool = False) -> list[Any]:
    """Colour and shape scales for strata by their displayed names; a known stratum always looks the same.

    Names are those of `wording.stratum_name` in the order of the legend; with `fill` there is a fill scale, too.
    """
    colours, shapes = stratum_colours(names), stratum_shapes(names)
    scales = [scale_color_manual(values=colours, name=""), scale_shape_manual(values=shapes, name="")]
    return [*scales, scale_fill_manual(values=colours, name="")] if fill else scales


def stratum_colours(names: Iterable[str]) -> dict[str, str]:
    """Colour of each stratum; strata beyond the known ones get further colour-blind-safe colours by alphabet."""
    return _assigned(list(names), STRATUM_COLOURS, _FURTHER_COLOURS)


def stratum_shapes(names: Iterable[str]) -> dict[str, str]:
    """Shape of each stratum, beside its colour."""
    return _assigned(list(names), STRATUM_SHAPES, _FURTHER_SHAPES)


def _assigned(names: list[str], known: dict[str, str], further: tuple[str, ...]) -> dict[str, str]:
    unknown = sorted(set(names) - set(known))
    extra = {name: further[place % len(further)] for place, name in enumerate(unknown)}
    return {name: known.get(name) or extra[name] for name in names}
