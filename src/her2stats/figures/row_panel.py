"""A panel of rows: an axis on the left, columns of text on its right, all in one coordinate system.

plotnine sets no table beside a panel, so the columns stand in the panel itself, beyond the end of the axis, at
places worked out from the width of their text on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    geom_rect,
    geom_segment,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from her2stats.figures.measure import elided, fitting_size, text_width, widest, wrapped
from her2stats.figures.theme import BASE_SIZE, GREY, MARGIN, SMALL_SIZE, STRIPE, TEXT_SIZE
from her2stats.figures.wording import display_name

COLUMN_GAP = 1.8  # mm before each column of text
SMALLEST_AXIS = 14.0  # mm
PANEL_GAP = 3.0  # mm between panels
TICK_ROOM = 1.6  # mm between row labels and panel


@dataclass(frozen=True)
class RowPanel:
    """Geometry of every panel of one figure.

    Parameters
    ----------
    low, high : float
        Ends of the axis, in the units of the data.
    axis_mm : float
        Its length on paper.
    columns : mapping
        Left edge of each column of text, mm from the end of the axis.
    panel_mm : float
        Axis and columns together.
    per_row : int
        Panels side by side.
    """

    low: float
    high: float
    axis_mm: float
    columns: Mapping[str, float]
    panel_mm: float
    per_row: int

    @property
    def unit(self) -> float:
        """Units of the data per millimetre."""
        return (self.high - self.low) / self.axis_mm

    @property
    def right(self) -> float:
        """Right edge of the panel, in the units of the data."""
        return self.low + self.panel_mm * self.unit

    def at(self, column: str) -> float:
        """Left edge of a column, in the units of the data."""
        return self.high + self.columns[column] * self.unit


def row_panel(
    width_mm: float,
    panels: int,
    labels: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    limits: tuple[float, float],
    *,
    most_per_row: int = 3,
) -> RowPanel:
    """Share the width of a figure between row labels, axes and columns of text.

    Parameters
    ----------
    width_mm : float
        Of the whole figure.
    panels : int
        How many there are; as many stand side by side as leave each axis 14 mm.
    labels : sequence of str
        Row labels, left of the first panel.
    columns : mapping
        Header of each column and its texts.
    limits : (float, float)
        Ends of the axis.
    most_per_row : int
        Upper bound of panels side by side.
    """
    room = width_mm - 2 * MARGIN - widest(labels, TEXT_SIZE) - TICK_ROOM
    edges, used = {}, 0.0
    for name, texts in columns.items():
        edges[name] = used + COLUMN_GAP
        used += COLUMN_GAP + max(text_width(name, SMALL_SIZE, "bold"), widest(texts, SMALL_SIZE))
    used += 0.5 if columns else 0.0
    for per_row in range(min(panels, most_per_row), 0, -1):
        panel_mm = (room - (per_row - 1) * PANEL_GAP) / per_row
        if panel_mm - used >= SMALLEST_AXIS or per_row == 1:
            break
    return RowPanel(*limits, max(panel_mm - used, 5.0), edges, max(panel_mm, used + 5.0), per_row)


def fitting_ticks(candidates: Sequence[Mapping[float, str]], geometry: RowPanel) -> dict[float, str]:
    """Return the first set of ticks (place to label) whose labels do not touch, else the last."""
    for ticks in candidates:
        inside = {at: label for at, label in ticks.items() if _fits(at, label, geometry)}
        places = sorted(inside)
        apart = all(
            (right - left) / geometry.unit
            > (text_width(inside[left], SMALL_SIZE) + text_width(inside[right], SMALL_SIZE)) / 2 + 0.5
            for left, right in pairwise(places)
        )
        if apart:
            return inside
    return inside


def _fits(at: float, label: str, geometry: RowPanel) -> bool:
    """Whether a tick lies on the axis and its label does not reach into the next panel's."""
    if not geometry.low - 1e-9 <= at <= geometry.high + 1e-9:
        return False
    edge = min(at - geometry.low, geometry.right - at) / geometry.unit
    free = PANEL_GAP if geometry.columns else PANEL_GAP / 2  # no tick stands below columns of text
    return geometry.per_row == 1 or text_width(label, SMALL_SIZE) / 2 - edge <= free


def row_layers(
    places: pd.DataFrame, geometry: RowPanel, ticks: Mapping[float, str], *, stripes: bool = True
) -> list[Any]:
    """Backdrop of the rows: stripes, grid lines along the axis only, and the axis line.

    Parameters
    ----------
    places : DataFrame
        name, y and striped, as `rows.row_places` gives them, plus label (as shown).
    geometry : RowPanel
        From `row_panel`.
    ticks : mapping
        Place and label of each tick.
    stripes : bool
        Shade every second row across the columns.
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


def row_scales(
    places: pd.DataFrame,
    geometry: RowPanel,
    ticks: Mapping[float, str],
    *,
    head: float,
    titles: Sequence[str] = (),
) -> list[Any]:
    """Axes and theme of a figure of rows.

    Parameters
    ----------
    places, geometry, ticks
        As for `row_layers`.
    head : float
        Rows left free above the first one.
    titles : sequence of str
        Of the panels.
    """
    top, bottom = places["y"].max() + 0.5 + head, places["y"].min() - 0.5
    middle = (geometry.axis_mm / 2) / geometry.panel_mm if geometry.per_row == 1 else 0.5
    return [
        scale_x_continuous(
            limits=(geometry.low, geometry.right),
            expand=(0, 0),
            breaks=list(ticks),
            labels=list(ticks.values()),
            minor_breaks=[],
        ),
        scale_y_continuous(
            limits=(bottom, top),
            expand=(0, 0),
            breaks=list(places["y"]),
            labels=list(places["label"]),
            minor_breaks=[],
        ),
        theme(
            panel_border=element_blank(),
            panel_grid=element_blank(),
            axis_ticks_y=element_blank(),
            axis_title_y=element_blank(),
            axis_title_x=element_text(ha=middle),
            axis_text_x=element_text(size=SMALL_SIZE),
            strip_text=element_text(size=fitting_size(titles, geometry.panel_mm)),
        ),
    ]


def room_above(geometry: RowPanel, width_mm: float) -> float:
    """Width that a legend centred on the panels may take without leaving the figure."""
    panels = geometry.per_row * geometry.panel_mm + (geometry.per_row - 1) * PANEL_GAP
    return panels + min(0.0, width_mm - 2 * MARGIN - panels)


def axis_title(text: str, geometry: RowPanel) -> str:
    """Break the axis title where it would run out of the figure; under a single panel it is centred on the axis."""
    if geometry.per_row > 1:
        return wrapped(text, geometry.per_row * geometry.panel_mm, BASE_SIZE)
    beside = geometry.panel_mm - geometry.axis_mm / 2
    return wrapped(text, 2 * min(beside, geometry.axis_mm / 2 + 15), BASE_SIZE)
