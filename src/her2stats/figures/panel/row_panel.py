"""A panel of rows: an axis on the left, columns of text on its right, all in one coordinate system.

plotnine sets no table beside a panel, so the columns stand in the panel itself, beyond the end of the axis, at
places worked out from the width of their text on paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from plotnine import aes, geom_rect, geom_segment

from her2stats.figures.panel.measure import elided, text_width, widest
from her2stats.figures.style.theme import GREY, MARGIN, SMALL_SIZE, STRIPE, TEXT_SIZE
from her2stats.figures.style.wording import display_name

COLUMN_GAP = 1.8  # mm before each column of text
SMALLEST_AXIS = 14.0  # mm
PANEL_GAP = 3.0  # mm between panels
MOST_PER_ROW = 3
TICK_ROOM = 1.6  # mm between row labels and panel


@dataclass(frozen=True)
class RowPanel:
    """Geometry of every panel of one figure."""

    low: float  # ends of the axis, in the units of the data
    high: float
    axis_mm: float  # its length on paper
    columns: Mapping[str, float]  # left edge of each column of text, mm from the end of the axis
    panel_mm: float  # axis and columns together
    per_row: int  # panels side by side
    label_mm: float  # row labels, left of the first panel

    @property
    def unit(self) -> float:
        """Units of the data per millimetre."""
        return (self.high - self.low) / self.axis_mm

    @property
    def right(self) -> float:
        """Right edge of the panel, in the units of the data."""
        return self.low + self.panel_mm * self.unit

    def ends(self, *, inset: float) -> tuple[float, float]:
        """Both ends of the axis, some millimetres inside, in the units of the data."""
        return self.low + inset * self.unit, self.high - inset * self.unit

    def at(self, column: str) -> float:
        """Left edge of a column, in the units of the data."""
        return self.high + self.columns[column] * self.unit


def row_panel(
    width_mm: float,
    panels: int,
    labels: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    limits: tuple[float, float],
) -> RowPanel:
    """Share the width of a figure between row labels, axes and columns of text (header to its texts).

    As many panels, three at most, stand side by side as leave each axis 14 mm, in rows of about equal length.
    """
    label_mm = widest(labels, TEXT_SIZE) + TICK_ROOM
    room = width_mm - 2 * MARGIN - label_mm
    edges, used = {}, 0.0
    for name, texts in columns.items():
        edges[name] = used + COLUMN_GAP
        used += COLUMN_GAP + max(text_width(name, SMALL_SIZE, "bold"), widest(texts, SMALL_SIZE))
    used += 0.5 if columns else 0.0
    for most in range(min(panels, MOST_PER_ROW), 0, -1):
        per_row = math.ceil(panels / math.ceil(panels / most))  # rows of about equal length
        panel_mm = (room - (per_row - 1) * PANEL_GAP) / per_row
        if panel_mm - used >= SMALLEST_AXIS or per_row == 1:
            break
    return RowPanel(*limits, max(panel_mm - used, 5.0), edges, max(panel_mm, used + 5.0), per_row, label_mm)


def row_layers(
    places: pd.DataFrame, geometry: RowPanel, ticks: Mapping[float, str], *, stripes: bool = True
) -> list[Any]:
    """Backdrop of the rows: stripes across the columns, grid lines along the axis only, and the axis line.

    `places` has y and striped, as `row_places` gives them, and label, as shown; `ticks` are places and their labels.
    """
    top, bottom = places["y"].max() + 0.5, places["y"].min() - 0.5
    layers: list[Any] = []
    shaded = places.loc[places["striped"], ["y"]].reset_index(drop=True)
    if stripes and len(shaded):
        ends = {"xmin": geometry.low, "xmax": geometry.right, "ymin": shaded["y"] - 0.5, "ymax": shaded["y"] + 0.5}
        layers.append(geom_rect(aes(**{end: end for end in ends}), pd.DataFrame(ends), fill=STRIPE, inherit_aes=False))
    lines = pd.DataFrame({"x": list(ticks), "y": bottom, "yend": top})
    layers.append(
        geom_segment(aes("x", "y", xend="x", yend="yend"), lines, color="#E0E0E0", size=0.3, inherit_aes=False)
    )
    axis = pd.DataFrame({"x": [geometry.low], "xend": [geometry.high], "y": [bottom]})
    layers.append(geom_segment(aes("x", "y", xend="xend", yend="y"), axis, color=GREY, size=0.6, inherit_aes=False))
    return layers


def row_labels(names: Iterable[str], labels: Mapping[str, str] | None, width_mm: float) -> list[str]:
    """Names as shown at the left; one that would take more than two fifths of the figure is shortened."""
    return [elided(display_name(name, labels), 0.4 * width_mm, TEXT_SIZE) for name in names]


def room_above(geometry: RowPanel, width_mm: float) -> float:
    """Width that a legend centred on the panels may take without leaving the figure."""
    panels = geometry.per_row * geometry.panel_mm + (geometry.per_row - 1) * PANEL_GAP
    return panels + min(0.0, width_mm - 2 * MARGIN - panels)
