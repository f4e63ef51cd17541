"""Legends above a figure: side by side where they fit, stacked and broken into lines where they do not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plotnine import guide_legend, guides, theme

from her2stats.figures.panel.measure import text_width
from her2stats.figures.style.theme import TEXT_SIZE

KEY_MM = 6.2  # symbol and its spacing
LINE_MM = 4.6


@dataclass(frozen=True)
class LegendBox:
    """How the legends of a figure are arranged."""

    rows: Mapping[str, int]  # aesthetic to the number of lines of its legend; 0 for no legend
    lines: int  # of all legends together
    stacked: bool  # one below the other
    symbol_size: float | None = None  # of the legend's symbols, where those of the plot are too small or faint

    @property
    def height_mm(self) -> float:
        """Room above the panels."""
        return self.lines * LINE_MM + 0.8

    def layers(self) -> list[Any]:
        """Guides and theme that arrange the legends so."""
        look = {"size": self.symbol_size, "alpha": 1.0} if self.symbol_size else {}
        kinds: dict[str, Any] = {}
        for name, rows in self.rows.items():
            once = {"override_aes": look} if look and not kinds else {}  # plotnine warns where merged guides repeat it
            kinds[name] = guide_legend(nrow=rows, **once) if rows else "none"
        box = theme(legend_box="vertical" if self.stacked else "horizontal", legend_spacing=2 if self.stacked else 10)
        return [guides(**kinds), box]


def legend_box(legends: Mapping[str, Sequence[str]], room: float, *, symbol_size: float | None = None) -> LegendBox:
    """Arrange legends, aesthetic to texts, above panels that leave them `room` in millimetres.

    Aesthetics that share a legend have the same texts, and only the first of them takes room. A legend of fewer than
    two texts is left out.

    >>> legend_box({"color": ["HR-positive", "HR-negative"]}, 80).lines
    1
    """
    distinct = dict.fromkeys(tuple(texts) for texts in legends.values() if len(texts) > 1)
    widths = {texts: sum(KEY_MM + text_width(text, TEXT_SIZE) for text in texts) for texts in distinct}
    stacked = sum(widths.values()) > room
    broken = {texts: min(math.ceil(width / room), len(texts)) for texts, width in widths.items()}
    lines = sum(broken.values()) if stacked else min(len(widths), 1)
    rows = {name: broken.get(tuple(texts), 0) for name, texts in legends.items()}
    return LegendBox(rows, lines, stacked, symbol_size)
