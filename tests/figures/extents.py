"""Where the texts of a drawn figure really stand."""

from __future__ import annotations

import numpy as np
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from plotnine import ggplot

from her2stats.figures.style.save import drawn

TOLERANCE = 1.0  # pixels at 300 dpi


def misplaced_texts(plot: ggplot, *, width_mm: float | None = None) -> list[str]:
    """Texts that leave the figure, are cut by their panel, or lie on one another."""
    with drawn(plot, width_mm=width_mm) as figure:
        figure.draw_without_rendering()
        renderer = figure.canvas.get_renderer()
        page = figure.bbox
        found, boxes = [], []
        for text in figure.findobj(Text):
            if not text.get_visible() or not text.get_text().strip():
                continue
            box = text.get_window_extent(renderer)
            name = text.get_text().replace("\n", " / ")
            if box.x0 < page.x0 - TOLERANCE or box.x1 > page.x1 + TOLERANCE:
                found.append(f"{name!r} leaves the figure sideways")
            if box.y0 < page.y0 - TOLERANCE or box.y1 > page.y1 + TOLERANCE:
                found.append(f"{name!r} leaves the figure upwards or downwards")
            if text.axes is not None and text.get_clip_on() and text in text.axes.texts:
                panel = text.axes.bbox
                if box.x0 < panel.x0 - 2 or box.x1 > panel.x1 + 2 or box.y0 < panel.y0 - 2 or box.y1 > panel.y1 + 2:
                    found.append(f"{name!r} is cut by its panel")
            boxes.append((name, box))
        found += _overlaps(boxes)
    return found


def _overlaps(boxes: list[tuple[str, Bbox]]) -> list[str]:
    """Pairs of texts that share more than the white above and below their letters."""
    edges = np.array([[box.x0, box.x1, box.y0, box.y1] for _, box in boxes])
    x0, x1, y0, y1 = edges.T
    wide = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    high = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    lower = np.minimum((y1 - y0)[:, None], y1 - y0)
    first, second = np.nonzero(np.triu((wide > 1.5) & (high > 0.3 * lower), k=1))
    return [f"{boxes[a][0]!r} lies on {boxes[b][0]!r}" for a, b in zip(first, second, strict=True)]
