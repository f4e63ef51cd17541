"""Response to treatment by HER2 group: bars with their interval, counts, and the odds ratio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    facet_wrap,
    geom_col,
    geom_linerange,
    geom_text,
    ggplot,
    guides,
    labs,
    scale_fill_manual,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)
from scipy.stats import binomtest

from her2stats.errors import Problem, TableError
from her2stats.figures.panel.measure import fitting_size, wrapped
from her2stats.figures.placeholder import placeholder
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.theme import INK, SMALL_SIZE, figure_theme, stratum_colours
from her2stats.figures.style.wording import cohort_name, display_name, level_words, not_estimable, p_equals
from her2stats.statistics.rows import Rows, records, result_rows
from her2stats.vocabulary.numbers import format_estimate

PANEL_MM = 50.0
NARROWEST_PANEL_MM = 36.0
CAPTION = "Vertical lines: 95% confidence interval of the share (Wilson). OR ({level}CI): {method}."
COMPARED = ("reference", "comparison", "n_reference", "n_events_reference", "n_comparison", "n_events_comparison")


def plot_response(results: Rows, *, labels: Mapping[str, str] | None = None, width_mm: float = 89.0) -> ggplot:
    """Draw the share of responders in each group as bars with 95% interval, counts and odds ratio.

    Parameters
    ----------
    results : Result, DataFrame, or several
        From `response_odds`.
    labels : mapping, optional
        Name of a variable to its name on paper.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds one row a bar: group, events, n, share, low, high.

    Raises
    ------
    TableError
        A table without the groups and counts of `response_odds`.
    DataError
        A frame that is no result table, or whose rows lack ``measure``.

    Notes
    -----
    Table 2 of Pizzamiglio 2025 (doi 10.1038/s41523-025-00867-z) as a figure. Intervals are Wilson's
    (Wilson 1927, doi 10.1080/01621459.1927.10502953).

    Examples
    --------
    >>> row = {"outcome": "pcr", "measure": "odds_ratio", "reference": "HER2-0", "comparison": "HER2-low"}
    >>> row |= {"n_reference": 50, "n_events_reference": 36, "n_comparison": 36, "n_events_comparison": 23}
    >>> table = pd.DataFrame([{**row, "estimate": 0.688, "conf_low": 0.275, "conf_high": 1.724, "p_value": 0.42}])
    >>> plot_response(table).data["share"].round(2).tolist()
    [0.72, 0.64]
    """
    table = result_rows(results, "measure")
    table = table[table["measure"] == "odds_ratio"]
    if not len(table):
        return placeholder("No response to show: the cohort has no response variable.", width_mm=width_mm)
    missing = [name for name in COMPARED if name not in table]
    if missing:
        raise TableError(Problem(f"no column {', '.join(missing)}", remedy="pass a result of response_odds"))
    bars, notes = _bars(table, labels)
    panels = bars["panel"].cat.categories
    columns = min(len(panels), max(1, int((width_mm - 10) // NARROWEST_PANEL_MM)))
    groups = list(bars["group"].cat.categories)
    room = (width_mm - 14) / columns - 3
    method = ", or ".join(dict.fromkeys(filter(None, table["method"]))) or "odds ratio"
    caption = wrapped(CAPTION.format(level=level_words(table["conf_level"]), method=method), width_mm - 4, SMALL_SIZE)
    height = -(-len(panels) // columns) * (PANEL_MM + 12) + 5 + 2.5 * len(caption.split("\n"))
    return (
        ggplot(bars, aes("x", "share"))
        + figure_theme(width_mm, height)
        + geom_col(aes(fill="group"), width=0.62)
        + geom_linerange(aes(ymin="low", ymax="high"), color=INK, size=0.6)
        + geom_text(aes(y="high", label="text"), size=SMALL_SIZE, va="bottom", nudge_y=0.02, color=INK)
        + geom_text(aes("x", "y", label="text"), notes, size=SMALL_SIZE, va="top", color=INK, inherit_aes=False)
        + scale_fill_manual(values=stratum_colours(groups), name="")
        + guides(fill="none")
        + scale_x_continuous(breaks=list(range(len(groups))), labels=groups, expand=(0, 0.5), minor_breaks=[])
        + scale_y_continuous(
            limits=(0, 1.32), breaks=[0, 0.25, 0.5, 0.75, 1], labels=["0%", "25%", "50%", "75%", "100%"], expand=(0, 0)
        )
        + facet_wrap("panel", ncol=columns)
        + labs(x="", y=axis_words("responders"), caption=caption)
        + theme(
            panel_grid_major_x=element_blank(),
            panel_border=element_blank(),  # the axis ends at 100%: what is compared stands above it
            axis_title_x=element_blank(),
            axis_ticks_x=element_blank(),
            strip_text=element_text(size=fitting_size(panels, room)),
        )
    )


def _bars(table: pd.DataFrame, labels: Mapping[str, str] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bars of all panels, and the odds ratio above each bar that is compared with the reference."""
    several = len(set(table["cohort"])) > 1
    levels = list(dict.fromkeys(table["comparison"]))
    at = {name: place for place, name in enumerate(dict.fromkeys([*table["reference"], *levels]))}
    bars, notes = [], []
    for (cohort, outcome), part in table.groupby(["cohort", "outcome"], sort=False):
        panel = (f"{cohort_name(str(cohort), labels)}, " if several else "") + display_name(str(outcome), labels)
        first = part.iloc[0]
        bars.append(_bar(panel, first["reference"], at, first["n_events_reference"], first["n_reference"]))
        for row in records(part):
            level = row["comparison"]
            bars.append(_bar(panel, level, at, row["n_events_comparison"], row["n_comparison"]))
            notes.append({"panel": panel, "x": at[level], "text": _odds(row)})
    frame, above = pd.DataFrame(bars), pd.DataFrame(notes).assign(y=1.29)
    panels = list(dict.fromkeys(frame["panel"]))
    for part in (frame, above):
        part["panel"] = pd.Categorical(part["panel"], panels)
    frame["group"] = pd.Categorical(frame["group"], list(at))
    if len(levels) == 1:
        above["x"] = 0.5
    return frame, above


def _bar(panel: str, group: str, at: Mapping[str, int], events: Any, n: Any) -> dict[str, Any]:
    bar = {"panel": panel, "group": group, "x": at[group]}
    if pd.isna(events) or pd.isna(n) or n == 0:
        return {**bar, "events": 0, "n": 0, "share": 0.0, "low": 0.0, "high": 0.0, "text": "n = 0"}
    events, n = int(events), int(n)
    limits = binomtest(events, n).proportion_ci(method="wilson")
    text = f"{events / n:.0%}\n({events}/{n})"
    return {**bar, "events": events, "n": n, "share": events / n, "low": limits.low, "high": limits.high, "text": text}


def _odds(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["estimate"]):
        return f"OR {not_estimable(row['flag'])}"
    p = f"\n{p_equals(row['p_value'])}" if pd.notna(row["p_value"]) else ""
    numbers = row["estimate"], row["conf_low"], row["conf_high"]
    return f"OR {format_estimate(*numbers, measure='odds_ratio')}{p}"
