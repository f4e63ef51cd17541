"""Marks of a figure of rows: points with intervals, arrows where an interval goes on, diamonds, and texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.patheffects import withStroke
from plotnine import aes, geom_point, geom_polygon, geom_segment, geom_text

from her2stats.figures.panel.measure import text_width
from her2stats.figures.panel.row_panel import RowPanel
from her2stats.figures.style.theme import GREY, INK, SMALL_SIZE
from her2stats.vocabulary.numbers import NOT_ESTIMABLE

BEYOND_SIZE = 2.4  # of the arrow in the place of an estimate; an arrow of an interval has 1.3


def interval_marks(rows: pd.DataFrame, geometry: RowPanel, **look: Any) -> list[Any]:
    """Interval and point of each row in the colour and shape of its stratum, or as `look` says; arrows at clipped ends.

    Rows have x, xmin, xmax, y, Stratum, significant (filled symbol), clipped_low, clipped_high, off_scale. A row whose
    estimate lies beyond the axis has a large arrow at that end in place of its symbol.
    """
    if not len(rows):
        return []
    colour = {"color": look["color"]} if "color" in look else {}
    line = aes(x="xmin", xend="xmax", y="y", yend="y", **_mapped(colour, color="Stratum"))
    return [
        geom_segment(line, rows, size=0.55, show_legend=False, **colour),
        *clipped_ends(rows, geometry.ends(inset=0.45), **colour),
        *symbols(rows[~rows["off_scale"]], size=1.6, **look),
        *estimates_beyond(rows, geometry.ends(inset=0.9), **colour),
    ]


def symbols(points: pd.DataFrame, *, size: float, by: str = "Stratum", **look: Any) -> list[Any]:
    """Points in the colour and shape of what `by` names; filled where significant, else open; `look` has no legend."""
    mapping = aes("x", "y", **_mapped(look, color=by, shape=by))
    filled, hollow = points[points["significant"]], points[~points["significant"]]
    style = {"size": size, "stroke": 0.5, **look}
    in_legend = {"fill": "white", "show_legend": not len(filled) and not look}
    return [
        *([geom_point(mapping, hollow, **style, **in_legend)] if len(hollow) else []),
        *([geom_point(mapping, filled, **style, show_legend=not look)] if len(filled) else []),
    ]


def _mapped(look: Mapping[str, Any], **mapping: str) -> dict[str, str]:
    """Leave out of a mapping what `look` says for all marks."""
    return {name: column for name, column in mapping.items() if name not in look}


def estimates_beyond(rows: pd.DataFrame, ends: tuple[float, float], *, by: str = "Stratum", **colour: Any) -> list[Any]:
    """Large arrows, filled or open as the symbol would be, where the estimate itself lies beyond the axis."""
    beyond = rows[rows["off_scale"]]
    right = beyond["x"] > sum(ends) / 2
    marks: list[Any] = []
    for part, end, arrow in ((beyond[~right], ends[0], "<"), (beyond[right], ends[1], ">")):
        for own, look in ((part[part["significant"]], {}), (part[~part["significant"]], {"fill": "white"})):
            if len(own):
                style = {"shape": arrow, "size": BEYOND_SIZE, "stroke": 0.5, "show_legend": False, **look, **colour}
                marks.append(geom_point(aes("end", "y", **_mapped(colour, color=by)), own.assign(end=end), **style))
    return marks


def clipped_ends(rows: pd.DataFrame, ends: tuple[float, float], *, by: str = "Stratum", **colour: Any) -> list[Any]:
    """Arrows where an interval goes on beyond the axis."""
    marks: list[Any] = []
    for clipped, end, arrow in zip(("clipped_low", "clipped_high"), ends, "<>", strict=True):
        cut = rows[rows[clipped]].assign(end=end)
        if len(cut):
            style = {"shape": arrow, "size": 1.3, "stroke": 0.2, "show_legend": False, **colour}
            marks.append(geom_point(aes("end", "y", **_mapped(colour, color=by)), cut, **style))
    return marks


def diamonds(rows: pd.DataFrame, geometry: RowPanel) -> list[Any]:
    """Pooled estimates: diamonds from limit to limit, widest at the estimate."""
    if not len(rows):
        return []
    half = 0.36 / rows["Stratum"].cat.categories.size
    corners = [("xmin", 0.0), ("x", half), ("xmax", 0.0), ("x", -half)]
    outline = pd.concat(
        [rows.assign(corner_x=rows[place], corner_y=rows["y"] + up, line=rows.index) for place, up in corners]
    )
    mapping = aes("corner_x", "corner_y", group="line", color="Stratum", fill="Stratum")
    return [geom_polygon(mapping, outline, size=0.4, show_legend=False), *clipped_ends(rows, geometry.ends(inset=0.45))]


def vertical(x: float, places: pd.DataFrame) -> Any:
    """Line of no association, through all rows but not through their header."""
    line = pd.DataFrame({"x": [x], "y": places["y"].min() - 0.5, "yend": places["y"].max() + 0.5})
    return geom_segment(aes("x", "y", xend="x", yend="yend"), line, color=INK, size=0.5, inherit_aes=False)


def reasons(rows: pd.DataFrame, geometry: RowPanel) -> list[Any]:
    """In the place of an interval: why there is none, in the middle of the axis or, if longer, up to its right."""
    rows = rows[rows["reason"] != ""]
    layers: list[Any] = []
    fits = pd.Series([text_width(text, SMALL_SIZE) <= geometry.axis_mm for text in rows["reason"]], rows.index, bool)
    for part, x, ha in (
        (rows[fits], (geometry.low + geometry.high) / 2, "center"),
        (rows[~fits], geometry.low + 0.6 * geometry.unit, "left"),
    ):
        if len(part):
            mapping = aes("x", "y", label="reason")
            halo = [withStroke(linewidth=1.5, foreground="white")]
            style = {"size": SMALL_SIZE, "fontstyle": "italic", "color": GREY, "ha": ha, "path_effects": halo}
            layers.append(geom_text(mapping, part.assign(x=x), **style, inherit_aes=False))
    return layers


def reason_beside(rows: pd.DataFrame, geometry: RowPanel) -> pd.DataFrame:
    """Where a reason is longer than the axis it takes the room of its row's text too: "n.e. (reason)" in one."""
    rows = rows.copy()
    long = [reason != "" and text_width(reason, SMALL_SIZE) > geometry.axis_mm for reason in rows["reason"]]
    rows.loc[long, "reason"] = [f"{NOT_ESTIMABLE} ({reason})" for reason in rows.loc[long, "reason"]]
    rows.loc[long, "text"] = ""
    return rows


def reason_alone(rows: pd.DataFrame) -> pd.DataFrame:
    """Where no text stands beside the axis: "n.e. (reason)" on it."""
    return rows.assign(reason=rows["reason"].mask(rows["reason"] != "", NOT_ESTIMABLE + " (" + rows["reason"] + ")"))


def column_texts(columns: Mapping[str, pd.DataFrame], header_y: float, geometry: RowPanel) -> list[Any]:
    """Columns of text beside the axis: header to rows with y, text and panel; the bold headers stand at `header_y`."""
    layers: list[Any] = []
    for header, rows in columns.items():
        at = geometry.at(header)
        top = rows[["panel"]].drop_duplicates().assign(x=at, y=header_y, text=header)
        layers += [_text(rows[rows["text"] != ""].assign(x=at)), _text(top, weight="bold")]
    return layers


def count_texts(counts: pd.DataFrame) -> list[Any]:
    """The n of each stratum in its colour, above the axis."""
    style = {"size": SMALL_SIZE, "ha": "left", "show_legend": False, "inherit_aes": False}
    if "Stratum" in counts:
        return [geom_text(aes("x", "y", label="text", color="Stratum"), counts, **style)]
    return [geom_text(aes("x", "y", label="text"), counts, color=INK, **style)]


def _text(rows: pd.DataFrame, weight: str = "normal") -> Any:
    mapping = aes("x", "y", label="text")
    return geom_text(mapping, rows, size=SMALL_SIZE, ha="left", fontweight=weight, color=INK, inherit_aes=False)
