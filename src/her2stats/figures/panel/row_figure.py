"""A whole figure of rows: panels under their heads, columns of text beside them, legends above, words below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from plotnine import aes, facet_wrap, ggplot, labs

from her2stats.figures.panel.legend import LegendBox, legend_box
from her2stats.figures.panel.measure import wrapped
from her2stats.figures.panel.panel_head import PanelHead, panel_head
from her2stats.figures.panel.row_axis import axis_title, fitting_ticks, row_scales, title_layers
from her2stats.figures.panel.row_marks import column_texts, count_texts, reasons
from her2stats.figures.panel.row_panel import RowPanel, room_above, row_layers
from her2stats.figures.theme import MARGIN, SMALL_SIZE, figure_theme, stratum_scales


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
    those of `data`; `one_model` as for `panel_head`; `fill` where marks are filled with the colour of their stratum.
    """
    counted = data if counted is None else counted
    head = panel_head(counted, places["y"].max(), geometry, one_model=one_model)
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
    panels: Sequence[str], places: pd.DataFrame, geometry: RowPanel, head: PanelHead, below: str, legends: LegendBox
) -> float:
    """Height in millimetres; `below` is axis title and caption, as wrapped."""
    panel = (places["y"].max() - places["y"].min() + 1 + head.rows) * head.pitch
    strip, axis = 5.0 if any(panels) else 0.5, 4.0
    around = 2 * MARGIN + 2.8 + 2.6 * len(below.split("\n")) + legends.height_mm
    return float(math.ceil(len(panels) / geometry.per_row) * (panel + strip + axis) + around)
