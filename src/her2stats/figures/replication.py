"""A run beside the paper: printed and own estimates with their intervals, one line a printed effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    coord_cartesian,
    element_text,
    facet_wrap,
    geom_segment,
    geom_vline,
    ggplot,
    labs,
    scale_color_manual,
    scale_shape_manual,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from her2stats.errors import Problem, TableError
from her2stats.figures.panel.measure import wrapped
from her2stats.figures.panel.odds_axis import clip, clipping_legend, odds_limits, odds_ticks, unclipped
from her2stats.figures.panel.row_marks import clipped_ends, estimates_beyond, symbols
from her2stats.figures.placeholder import placeholder
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.theme import BASE_SIZE, INK, MARGIN, SMALL_SIZE, figure_theme
from her2stats.figures.style.wording import display_name, stratum_name
from her2stats.published.beside.matching import plain
from her2stats.vocabulary.numbers import format_number

Measure = Literal["rho", "odds ratio"]
PRINTED, OWN = "printed in the paper", "this run"
LOOKS = {PRINTED: (INK, "s"), OWN: ("#0072B2", "o")}  # source -> colour and shape
FILLED = "Filled symbol: the 95% interval excludes the value of no association; open symbol: it does not."
ROW_MM = 6.0
WIDE_PANELS = 3  # with more, their titles are set smaller
_APART = 0.17  # of a row, between the two sides and the middle of their line
_NEEDED = (
    *("cohort", "measure", "stratum", "exposure", "outcome", "printed_estimate"),
    *("our_outcome", "our_measure", "our_estimate"),
)
_AXES: dict[Measure, tuple[str, float]] = {
    "rho": (axis_words("rho"), 0.0),
    "odds ratio": (axis_words("odds ratio", per=" per SD of the score, or of response"), 1.0),
}


def plot_published(comparison: pd.DataFrame, *, measure: Measure = "rho", width_mm: float = 183.0) -> ggplot:
    """Draw printed estimates and those of a run in pairs, a panel for each cohort.

    Parameters
    ----------
    comparison : DataFrame
        From `compare_published`, of one or several cohorts.
    measure : {"rho", "odds ratio"}
        Spearman correlations, or odds ratios: per standard deviation of the score, and of response.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        Lines are printed effects for which a cohort has an estimate by the same measure. Symbols are filled where
        the interval leaves out no effect. `.data` holds two rows a line.

    Raises
    ------
    TableError
        A frame that `compare_published` did not make.

    Examples
    --------
    >>> from her2stats.published import compare_published
    >>> row = {"cohort": "mine", "stratum": "all", "outcome": "Total TIL", "term": "ERBB2", "estimate": -0.3}
    >>> mine = pd.DataFrame([{**row, "conf_low": -0.4, "conf_high": -0.2, "p_value": 1e-5, "n": 300, "measure": "rho"}])
    >>> plot_published(compare_published({"correlation": mine})).data["estimate"].tolist()
    [-0.28, -0.3]
    """
    missing = [name for name in _NEEDED if name not in comparison]
    if missing:
        what = f"no column {', '.join(map(repr, missing))}"
        raise TableError(Problem(what, remedy="pass the table that compare_published returns"))
    # a type that the run has dichotomised has a difference of scores there, and no correlation
    same = (comparison["measure"] == measure) & (comparison["our_measure"] == measure)
    pairs = comparison[same & comparison["our_estimate"].notna()]
    if not len(pairs):
        return placeholder(f"The run has no {measure} that the paper prints.", width_mm=width_mm)
    rows = _both_sides(pairs, measure)
    return draw_sources(rows, measure, caption=_caption(pairs), looks=LOOKS, width_mm=width_mm)


def _both_sides(pairs: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Two rows a pair, with their places."""
    printed = pairs.groupby(["stratum", "exposure", "outcome"], sort=False).ngroup()  # the paper's order
    pairs = pairs.assign(line=_lines(pairs)).iloc[printed.argsort(kind="stable")]
    order = {line: -place for place, line in enumerate(dict.fromkeys(pairs["line"]))}
    sides = []
    for side, name in (("printed", PRINTED), ("our", OWN)):
        columns = {f"{side}_estimate": "estimate", f"{side}_low": "conf_low", f"{side}_high": "conf_high"}
        rows = pairs[["cohort", "line", *columns]].rename(columns=columns)
        sides.append(rows.assign(Source=name, y=rows["line"].map(order) + (_APART if side == "printed" else -_APART)))
    rows = pd.concat(sides).sort_values(["y"], ascending=False, kind="stable", ignore_index=True)
    null = _AXES[measure][1]
    rows["significant"] = (rows["conf_low"] > null) | (rows["conf_high"] < null)
    rows["Source"] = pd.Categorical(rows["Source"], [PRINTED, OWN])
    rows["panel"] = pd.Categorical(rows["cohort"], list(dict.fromkeys(pairs["cohort"].sort_index())))
    return rows


def _lines(pairs: pd.DataFrame) -> pd.Series:
    """Name of each effect: what is associated, with what where that differs, and in which stratum."""
    several = pairs["exposure"].nunique() > 1
    wanted = ["outcome", "our_outcome", "exposure", "stratum"]
    lines = []
    for printed, own, exposure, stratum in pairs[wanted].astype(str).to_numpy():
        # where the paper's name fits several types of ours, each has its own line
        name = display_name(own if plain(own) != plain(printed) else printed)
        name = name[0].upper() + name[1:]
        if several:
            name += f", {'HER2 score' if exposure == 'HER2_20' else exposure}"
        lines.append(name if stratum == "all" else f"{name}, {stratum_name(stratum)}")
    return pd.Series(lines, index=pairs.index)


def draw_sources(
    rows: pd.DataFrame,
    measure: Measure,
    *,
    caption: Sequence[str],
    looks: Mapping[str, tuple[str, str]],
    width_mm: float,
    across: int | None = None,
) -> ggplot:
    """Draw intervals of several sources, on lines y that `line` names, in panels, `across` or all in a row."""
    title, null = _AXES[measure]
    rows, scale, ends = _on_axis(rows, measure)
    inset = 0.01 * (ends[1] - ends[0])
    places = rows.assign(y=rows["y"].round()).drop_duplicates("line")
    below = wrapped(" ".join([*caption, *clipping_legend(rows)]), width_mm - 4 * MARGIN, SMALL_SIZE)
    panels = rows["panel"].cat.categories.size
    deep = -(-panels // (across or panels))
    height = 26 + deep * ROW_MM * len(places) + 11 * (deep - 1) + 2.6 * len(below.split("\n"))
    return (
        ggplot(rows, aes("x", "y", color="Source", shape="Source"))
        + figure_theme(width_mm, height)
        + geom_vline(xintercept=np.log10(null) if measure == "odds ratio" else null, color=INK, size=0.5)
        + geom_segment(aes(x="xmin", xend="xmax", y="y", yend="y"), size=0.55, show_legend=False)
        + clipped_ends(rows, (ends[0] + inset, ends[1] - inset), by="Source")
        + estimates_beyond(rows, (ends[0] + 1.5 * inset, ends[1] - 1.5 * inset), by="Source")
        + symbols(rows[~rows["off_scale"]], size=1.7, by="Source")
        + scale_color_manual(values={name: look[0] for name, look in looks.items()}, name="")
        + scale_shape_manual(values={name: look[1] for name, look in looks.items()}, name="")
        + scale
        + scale_y_continuous(breaks=list(places["y"]), labels=list(places["line"]), expand=(0, 0.6))
        + coord_cartesian(xlim=ends)
        + facet_wrap("panel", ncol=across or panels)
        + theme(strip_text=element_text(size=BASE_SIZE if panels <= WIDE_PANELS else SMALL_SIZE))
        + labs(x=title, y="", caption=below)
    )


def _on_axis(rows: pd.DataFrame, measure: Measure) -> tuple[pd.DataFrame, Any, tuple[float, float]]:
    """Places on the axis, its scale and its ends; intervals that go beyond it are cut and marked."""
    if measure == "odds ratio":
        limits = odds_limits(rows)
        ticks = odds_ticks(limits)[0 if rows["panel"].nunique() == 1 else -1]
        ends = (float(np.log10(limits[0])), float(np.log10(limits[1])))
        return clip(rows, limits), scale_x_continuous(breaks=list(ticks), labels=list(ticks.values())), ends
    rows = unclipped(rows)
    reach = 0.1 * np.ceil(10 * rows[["xmin", "xmax"]].abs().max().max())
    return rows, scale_x_continuous(labels=lambda at: [format_number(value, 1) for value in at]), (-reach, reach)


def _caption(pairs: pd.DataFrame) -> list[str]:
    parts = [FILLED]
    stand_in = pairs["comparison"].str.extract(r"replication, (.+) for the HER2 score")[0].dropna().unique()
    if len(stand_in):
        names = " and ".join(map(str, stand_in))
        parts.append(f"{names} stands in for the paper's HER2 20-gene score: compare directions, not sizes.")
    return parts
