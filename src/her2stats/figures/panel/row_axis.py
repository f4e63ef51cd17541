"""Axis, ticks and title of a panel of rows; square roots for abundances, with a lane of their own for exact zeros."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from plotnine import element_blank, element_text, labs, scale_x_continuous, scale_y_continuous, theme

from her2stats.figures.panel.measure import fitting_size, text_width, wrapped
from her2stats.figures.panel.row_panel import PANEL_GAP, RowPanel
from her2stats.figures.style.theme import BASE_SIZE, SMALL_SIZE

HAIR = 1e-9
LANE = 0.09  # of the axis
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)


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


def row_scales(
    places: pd.DataFrame, geometry: RowPanel, ticks: Mapping[float, str], *, head: float, titles: Sequence[str] = ()
) -> list[Any]:
    """Axes and theme of a figure of rows, `head` rows left free above the first; `titles` are those of the panels."""
    top, bottom = places["y"].max() + 0.5 + head, places["y"].min() - 0.5
    return [
        scale_x_continuous(
            # a hair wider: what stands exactly at the end must not fall out by rounding
            limits=(geometry.low - HAIR, geometry.right + HAIR),
            expand=(0, 0),
            breaks=list(ticks),
            labels=list(ticks.values()),
            minor_breaks=[],
        ),
        scale_y_continuous(
            limits=(bottom, top), expand=(0, 0), breaks=list(places["y"]), labels=list(places["label"]), minor_breaks=[]
        ),
        theme(
            panel_border=element_blank(),
            panel_grid=element_blank(),
            axis_ticks_y=element_blank(),
            axis_title_y=element_blank(),
            axis_text_x=element_text(size=SMALL_SIZE),
            strip_text=element_text(size=fitting_size(titles, geometry.panel_mm)),
        ),
    ]


def axis_title(text: str, geometry: RowPanel) -> str:
    """Break the axis title where it would run out of the figure; under a single panel it is centred on the axis."""
    if geometry.per_row > 1:
        return wrapped(text, geometry.per_row * geometry.panel_mm, BASE_SIZE)
    beside = geometry.panel_mm - geometry.axis_mm / 2
    return wrapped(text, 2 * min(beside, geometry.axis_mm / 2 + geometry.label_mm), BASE_SIZE)


def title_layers(text: str, geometry: RowPanel) -> list[Any]:
    """Set the axis title, as `axis_title` broke it, below the middle of a single panel's axis."""
    placed = theme()
    if geometry.per_row == 1:
        width = text_width(text, BASE_SIZE)
        left = min(max(geometry.axis_mm / 2 - width / 2, -geometry.label_mm), geometry.panel_mm - width)
        free = geometry.panel_mm - width
        placed = theme(axis_title_x=element_text(ha=left / free if abs(free) > 1 else 0.5))
    return [labs(x=text, y=""), placed]


def abundance_limits(highest: float) -> tuple[float, float]:
    """Ends of the axis in square roots; the lane of zeros lies below 0."""
    high = 1.04 * math.sqrt(highest) if highest > 0 else 1.0
    return -LANE * high / (1 - LANE), high


def abundance_place(values: pd.Series, low: float) -> pd.Series:
    """Place of each abundance on the axis: its square root, or the middle of the lane for an exact zero."""
    return (values**0.5).where(values > 0, low / 2)


def abundance_ticks(limits: tuple[float, float]) -> list[dict[float, str]]:
    """Return candidate ticks (place to label), the fullest set first; zero is labelled on its lane."""
    low, high = limits
    steps = [step for step in _STEPS if math.sqrt(step) <= high]
    sets = [steps[-6:], steps[-5:], steps[-4:], steps[-3:], steps[-2:], steps[-1:]]
    return [{low / 2: "0", **{math.sqrt(step): f"{step:g}" for step in chosen}} for chosen in sets]
