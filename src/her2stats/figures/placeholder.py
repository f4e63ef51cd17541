"""What stands in a figure's place when there is nothing to draw: the reason, in words."""

from __future__ import annotations

import pandas as pd
from plotnine import aes, element_blank, geom_text, ggplot, labs, scale_x_continuous, scale_y_continuous, theme

from her2stats.figures.panel.measure import wrapped
from her2stats.figures.style.theme import BASE_SIZE, GREY, figure_theme
from her2stats.figures.style.wording import plain


class Placeholder(ggplot):  # type: ignore[misc]
    """A plot that says why there is none: a run does not save it."""


def placeholder(reason: str, *, width_mm: float = 89.0, height_mm: float = 30.0) -> ggplot:
    """Figure that says in a short sentence why it is empty."""
    text = wrapped(plain(reason), width_mm - 14, BASE_SIZE)
    note = pd.DataFrame({"x": [0.5], "y": [0.5], "label": [text]})
    return (
        Placeholder(note, aes("x", "y", label="label"))
        + geom_text(size=BASE_SIZE, color=GREY)
        + scale_x_continuous(limits=(0, 1))
        + scale_y_continuous(limits=(0, 1))
        + labs(x="", y="")
        + figure_theme(width_mm, height_mm)
        + theme(
            axis_text=element_blank(),
            axis_ticks=element_blank(),
            axis_title=element_blank(),
            panel_grid=element_blank(),
        )
    )
