"""A whole figure of rows: panels under their heads, columns of text beside them, legends above, words below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from plotnine import aes, facet_wrap, ggplot, labs

from her2stats.figures.panel.legend import LegendBox, legend_box
from her2stats.figures.panel.measure import text_width, wrapped
from her2stats.figures.panel.row_axis import axis_title, fitting_ticks, row_scales, title_layers
from her2stats.figures.panel.row_marks import column_texts, count_texts, reasons
from her2stats.figures.panel.row_panel import COLUMN_GAP, RowPanel, room_above, row_layers
from her2stats.figures.style.theme import MARGIN, SMALL_SIZE, figure_theme, stratum_scales
from her2stats.vocabulary.numbers import count_range

LINE_MM = 2.7
STRATUM_MM = 2.65  # one stratum of one cell type
TYPE_MM = 3.6  # a cell type, at least


def row_figure(
    data: pd.DataFrame,
    places: pd.DataFrame,
    geometry: RowPanel,
    marks: Sequence[Any],
    *,
    width_mm: float,
    ticks: Sequence[Mapping[float, str]],
    columns: Mapping[str, pd.DataFrame],
    title: str,
    caption: str,
    legends: Mapping[str, Sequence[str]],
    backdrop: Sequence[Any] | None = None,
    counted: pd.DataFrame | None = None,
    one_model: bool = False,
    symbol_size: float | None = None,
    fill: bool = False,
) -> ggplot:
    """Put what is drawn on the rows together with all that stands around it; the height follows.

    `data` is what the figure shows, as from `placed`; a column ``reason`` is printed in the place of missing marks.
    `places` and `geometry` are those of `row_layers`, `ticks` candidates for `fitting_ticks`, `columns` texts as for
    `column_texts`, `legends` and `symbol_size` as for `legend_box`; `title` and `caption` are broken into lines here.
    `backdrop` lies behind the rows in place of stripes; `counted` are the rows whose n stand above the panels, if not
    those of `data`; the strata may come from `one_model`, so that there is one n, and marks have the colour of their
    stratum as their `fill`.
    """
    counted = data if counted is None else counted
    head = _panel_head(counted, places["y"].max(), geometry, one_model=one_model)
    title, caption = axis_title(title, geometry), wrapped(caption, width_mm - 2 * MARGIN, SMALL_SIZE)
    box = legend_box(legends, room_above(geometry, width_mm), symbol_size=symbol_size)
    fitting = fitting_ticks(ticks, geometry)
    panels = list(data["panel"].cat.categories)
    return (
        ggplot(data, aes("x", "y"))
        + figure_theme(width_mm, _height(panels, places, geometry, head, f"{title}\n{caption}", box))
        + box.layers()
        + list(backdrop or ())
        + row_layers(places, geometry, fitting, stripes=backdrop is None)
        + list(marks)
        + count_texts(head.counts)
        + (reasons(data, geometry) if "reason" in data else [])
        + row_scales(places, geometry, fitting, head=head.rows, titles=panels)
        + stratum_scales(data["Stratum"].cat.categories, fill=fill)
        + column_texts(columns, head.header_y, geometry)
        + facet_wrap("panel", ncol=geometry.per_row)
        + title_layers(title, geometry)
        + labs(caption=caption)
    )


def _height(
    panels: Sequence[str], places: pd.DataFrame, geometry: RowPanel, head: _PanelHead, below: str, legends: LegendBox
) -> float:
    """Height in millimetres; `below` is axis title and caption, as wrapped."""
    panel = (places["y"].max() - places["y"].min() + 1 + head.rows) * head.pitch
    strip, axis = 5.0 if any(panels) else 0.5, 4.0
    around = 2 * MARGIN + 2.8 + 2.6 * len(below.split("\n")) + legends.height_mm
    return float(math.ceil(len(panels) / geometry.per_row) * (panel + strip + axis) + around)


@dataclass(frozen=True)
class _PanelHead:
    """Counts as placed, and the room they need."""

    counts: pd.DataFrame  # panel, Stratum (unless all strata share one n), text, x, y
    header_y: float  # where the headers of the columns stand
    rows: float  # room above the first row, in rows
    pitch: float  # millimetres a row


def _panel_head(rows: pd.DataFrame, top: float, geometry: RowPanel, *, one_model: bool = False) -> _PanelHead:
    """Work out the head of panels whose first row stands at y = `top`, from rows with panel, Stratum and n.

    There is a line for the headers of columns where there are any, and one n where all strata come from `one_model`.
    """
    strata = rows["Stratum"].cat.categories.size
    pitch = max(TYPE_MM, STRATUM_MM * strata)
    line = LINE_MM / pitch
    keys = ["panel"] if one_model else ["panel", "Stratum"]
    counts = rows.groupby(keys, observed=True)["n"].agg(count_range).rename("text").reset_index()
    if strata > 1 and not one_model:
        counts["text"] = counts["Stratum"].astype(str) + " " + counts["text"]
    flows = [_flowed(list(part), geometry.panel_mm) for _, part in counts.groupby("panel", observed=True)["text"]]
    spots = [spot for flow in flows for spot in flow]
    lines = 1 + max((spot[1] for spot in spots), default=0)
    headers = 1 if geometry.columns else 0
    counts["x"] = [geometry.low + start * geometry.unit for start, _ in spots]
    counts["y"] = [top + 0.5 + line * (headers + lines - at - 0.45) for _, at in spots]
    return _PanelHead(counts, top + 0.5 + line * 0.5, line * (headers + lines + 0.1), pitch)


def _flowed(texts: list[str], room: float) -> list[tuple[float, int]]:
    """Start (mm) and line of texts that follow one another, onto a new line where the room ends."""
    spots, start, line = [], 0.0, 0
    for text in texts:
        width = text_width(text, SMALL_SIZE)
        if start and start + width > room:
            start, line = 0.0, line + 1
        spots.append((start, line))
        start += width + 2 * COLUMN_GAP
    return spots
