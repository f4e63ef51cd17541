"""Bland and Altman's plot on ranks: a score and a pathologist's count of the same tumours."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from plotnine import (
    aes,
    facet_wrap,
    geom_hline,
    geom_point,
    geom_text,
    ggplot,
    labs,
    scale_x_continuous,
    scale_y_continuous,
)

from her2stats.figures.panel.legend import legend_box
from her2stats.figures.panel.measure import wrapped
from her2stats.figures.placeholder import placeholder
from her2stats.figures.sample_frame import RECEPTORS, receptor_names, sample_frame
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.theme import INK, MARGIN, SMALL_SIZE, figure_theme, stratum_scales
from her2stats.figures.style.wording import axis_numbers, display_name, level_words
from her2stats.statistics.rows import Rows, in_order, records, result_rows
from her2stats.vocabulary.numbers import format_number

PANEL_MM = 58.0


def plot_rank_agreement(
    results: Rows,
    data: pd.DataFrame,
    *,
    hr: str = "hr",
    labels: Mapping[str, str] | None = None,
    width_mm: float = 183.0,
) -> ggplot:
    """Draw differences of ranks against their mean: one dot a tumour, a panel a pair of measurements.

    Parameters
    ----------
    results : Result, DataFrame, or several
        From `agree_ranks` over all tumours.
    data : DataFrame
        samples x variables with both measurements of each row, and `hr`.
    hr : str
        Column of `data`; without it the dots are not coloured.
    labels : mapping, optional
        Name of a variable to its name on paper.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds one row a dot.

    Raises
    ------
    TableError
        `data` lacks a column.

    Examples
    --------
    >>> from her2stats.statistics import agree_ranks
    >>> frame = pd.DataFrame({"stil": [1.0, 5, 10, 40, 60], "TIL": [2.0, 1, 4, 3, 5]})
    >>> len(plot_rank_agreement(agree_ranks(frame, "stil", "TIL"), frame).data)
    5
    """
    table = result_rows(results, "measure")
    rows = table[table["measure"].eq("rank_difference") & table["stratum"].eq("all") & table["estimate"].notna()]
    if not len(rows):
        return placeholder("No panel to show: no ranks of two measurements.", width_mm=width_mm)
    parts, lines = [], []
    for row in records(rows):
        frame = sample_frame(data, None, [row["term"], row["outcome"]])
        both = frame[frame[row["term"]].notna() & frame[row["outcome"]].notna()].sort_index(kind="stable")
        score, count = (100 * both[row[name]].rank() / len(both) for name in ("outcome", "term"))
        panel = f"{display_name(row['outcome'], labels)} and {display_name(row['term'], labels)}, n = {row['n']}"
        dots = {"x": (score + count) / 2, "y": score - count, "Stratum": receptor_names(both, hr), "panel": panel}
        parts.append(pd.DataFrame(dots))
        lines += [{"panel": panel, "y": row[name]} for name in ("loa_low", "estimate", "loa_high")]
    cloud, limits = pd.concat(parts, ignore_index=True), pd.DataFrame(lines)
    names = in_order(sorted(set(cloud["Stratum"])), RECEPTORS)
    cloud["Stratum"] = pd.Categorical(cloud["Stratum"], names)
    limits["text"] = [format_number(value, 0) for value in limits["y"]]
    columns = min(len(rows), 2)
    width = min(width_mm, 22 + columns * 80.0)
    box = legend_box({"color": names, "shape": names}, width - 20, symbol_size=1.6)
    caption = f"Lines: mean and {level_words(rows['conf_level'])}limits of agreement of the differences."
    style = {"size": SMALL_SIZE, "ha": "right", "va": "bottom", "color": INK, "inherit_aes": False}
    return (
        ggplot(cloud, aes("x", "y"))
        + figure_theme(width, -(-len(rows) // columns) * (PANEL_MM + 9) + box.height_mm + 13)
        + geom_point(aes(color="Stratum", shape="Stratum"), size=1.1, stroke=0.2, alpha=0.75)
        + geom_hline(aes(yintercept="y"), limits, linetype="dashed", size=0.4, color=INK)
        + geom_text(aes(x=104, y="y", label="text"), limits, **style)
        + stratum_scales(names)
        + box.layers()
        + facet_wrap("panel", ncol=columns)
        + scale_x_continuous(breaks=[0, 25, 50, 75, 100], limits=(0, 105))
        + scale_y_continuous(labels=axis_numbers)
        + labs(
            x=axis_words("rank mean"),
            y=axis_words("rank difference"),
            caption=wrapped(caption, width - 2 * MARGIN, SMALL_SIZE),
        )
    )
