"""What stands above the first row of a panel: the n of each stratum, and below it the headers of the columns."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from her2stats.figures.panel.measure import text_width
from her2stats.figures.panel.row_panel import COLUMN_GAP, RowPanel
from her2stats.figures.theme import SMALL_SIZE
from her2stats.vocabulary.numbers import count_range

LINE_MM = 2.7
STRATUM_MM = 2.65  # one stratum of one cell type
TYPE_MM = 3.6  # a cell type, at least


@dataclass(frozen=True)
class PanelHead:
    """Counts as placed, and the room they need."""

    counts: pd.DataFrame  # panel, Stratum (unless all strata share one n), text, x, y
    header_y: float  # where the headers of the columns stand
    rows: float  # room above the first row, in rows
    pitch: float  # millimetres a row


def panel_head(rows: pd.DataFrame, top: float, geometry: RowPanel, *, one_model: bool = False) -> PanelHead:
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
    return PanelHead(counts, top + 0.5 + line * 0.5, line * (headers + lines + 0.1), pitch)


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
