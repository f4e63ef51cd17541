"""A signature among random gene lists of its size: how often which correlation comes about, and where its own is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from plotnine import aes, geom_rect, geom_vline, ggplot, labs, scale_x_continuous, scale_y_continuous

from her2stats.errors import DataError, Problem
from her2stats.figures.panel.measure import wrapped
from her2stats.figures.placeholder import placeholder
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.theme import GREY, INK, MARGIN, SMALL_SIZE, figure_theme
from her2stats.figures.style.wording import axis_numbers, display_name
from her2stats.vocabulary.numbers import format_count, format_estimate, format_percent

HEIGHT_MM, OWN = 62.0, "#B5533C"
HISTOGRAM = ("outcome", "bin_low", "bin_high", "lists")
PLACES = ("outcome", "genes", "lists", "estimate", "random_median", "share_as_extreme")


def plot_random_lists(
    histogram: pd.DataFrame, places: pd.DataFrame, *, outcome: str | None = None, width_mm: float = 120.0
) -> ggplot:
    """Draw the correlations of random gene lists as a histogram, with a line at that of the signature.

    Parameters
    ----------
    histogram : DataFrame
        A row a bin, as the table ``random_histogram`` of a results folder, of one cohort.
    places : DataFrame
        From `random_signatures`, of the same cohort.
    outcome : str, optional
        With what all are correlated; default the first one in `places`.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds one row a bin.

    Raises
    ------
    DataError
        A table that lacks a column.

    Notes
    -----
    The line is solid, the median of the lists dashed.

    Examples
    --------
    >>> bins = pd.DataFrame({"outcome": "TIL", "bin_low": [-0.4, -0.2], "bin_high": [-0.2, 0.0], "lists": [30, 70]})
    >>> own = {"outcome": "TIL", "estimate": -0.3, "random_median": -0.15, "lists": 100, "share_as_extreme": 0.2}
    >>> plot_random_lists(bins, pd.DataFrame([own | {"genes": 20}])).data["lists"].tolist()
    [30, 70]
    """
    for table, columns in ((histogram, HISTOGRAM), (places, PLACES)):
        if absent := [name for name in columns if name not in table]:
            what = f"no column {', '.join(absent)}"
            raise DataError(Problem(what, remedy="give random_histogram and random_lists of a results folder"))
    name = outcome or next(iter(places["outcome"]), "")
    bins, own = (table[table["outcome"].eq(name)].reset_index(drop=True) for table in (histogram, places))
    own = own[own["estimate"].notna()]
    if not len(bins) or not len(own):
        return placeholder("No random gene lists to show: none could be scored.", width_mm=width_mm)
    (row,) = own.head(1).to_dict("records")
    ends = np.array([*bins["bin_low"], *bins["bin_high"], row["estimate"], 0.0])
    step = 0.1 if np.ptp(ends) < 0.8 else 0.2
    ticks = step * np.arange(np.floor(ends.min() / step), np.ceil(ends.max() / step) + 1)
    return (
        ggplot(bins, aes(xmin="bin_low", xmax="bin_high", ymin=0, ymax="lists"))
        + figure_theme(width_mm, HEIGHT_MM)
        + geom_rect(fill=GREY, color="white", size=0.15)
        + geom_vline(xintercept=row["random_median"], color=INK, size=0.4, linetype="dashed")
        + geom_vline(xintercept=row["estimate"], color=OWN, size=0.9)
        + scale_x_continuous(breaks=list(ticks), labels=axis_numbers(list(ticks)), limits=(ticks[0], ticks[-1]))
        + scale_y_continuous(expand=(0, 0, 0.05, 0))
        + labs(
            x=axis_words("rho with", name=display_name(name)),
            y=axis_words("lists"),
            caption=wrapped(_caption(row), width_mm - 2 * MARGIN, SMALL_SIZE),
        )
    )


def _caption(row: Mapping[Hashable, Any]) -> str:
    """What the lines are, and how many lists are at least as far from 0."""
    lists, share = int(row["lists"]), float(row["share_as_extreme"])
    own = format_estimate(row["estimate"], measure="rho")
    return (
        f"{format_count(lists)} random lists of {format_count(row['genes'])} genes; dashed: their median. "
        f"Solid: the score itself, {own}; {format_percent(round(share * lists), lists, 0)}% of the lists are at least "
        "as far from 0."
    )
