"""Figure 1b: total TIL against each score, tumours coloured by hormone receptor, with the regression line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    facet_wrap,
    geom_line,
    geom_point,
    geom_ribbon,
    geom_text,
    ggplot,
    labs,
    scale_x_continuous,
    scale_y_continuous,
)
from scipy import stats

from her2stats.figures.panel.legend import legend_box
from her2stats.figures.panel.measure import wrapped
from her2stats.figures.placeholder import placeholder
from her2stats.figures.sample_frame import RECEPTORS, UNKNOWN, Samples, receptor_names, sample_frame
from her2stats.figures.style.axis_words import axis_words, score_words
from her2stats.figures.style.theme import INK, MARGIN, SMALL_SIZE, figure_theme, stratum_scales
from her2stats.figures.style.wording import axis_numbers, cohort_name, level_words, not_estimable, p_of
from her2stats.statistics.rows import Rows, as_list, in_order, records, result_rows
from her2stats.vocabulary.numbers import format_estimate

PANEL_MM = 52.0
CURVE_POINTS = 60
RHO = "\N{GREEK SMALL LETTER RHO}"
CAPTION = (
    f"{RHO}: Spearman correlation over all tumours with its {{level}}confidence interval. Lines and bands: least "
    "squares with the 95% confidence interval of the mean{each}."
)
DASHED = ", in each group; dashed: over all tumours"


def plot_til_scatter(
    results: Rows,
    data: Samples | None = None,
    *,
    til: str = "til",
    hr: str = "hr",
    labels: Mapping[str, str] | None = None,
    width_mm: float = 183.0,
) -> ggplot:
    """Draw total TIL against each score: one dot a tumour, least-squares lines with 95% bands, rho and n in the panel.

    Parameters
    ----------
    results : Result, DataFrame, or several
        From `correlate` over all tumours, with the TIL score as ``outcome`` or as ``term``; each such row is a panel,
        a line of panels for each cohort.
    data : DataFrame or mapping of cohort to DataFrame, optional
        samples x variables with the TIL score, the scores and `hr`; default the model frames of `results`.
    til, hr : str
        Columns of `data`. Without an `hr` column the dots are not coloured.
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
    DataError
        A frame that is no result table, or whose rows lack ``measure``.

    Notes
    -----
    Fig. 1b of Pizzamiglio 2025 (doi 10.1038/s41523-025-00867-z). Lines are ordinary least squares within each group of
    `hr` and, dashed, over all tumours of the panel, bands the 95% t interval of the mean; rho is Spearman's and comes
    from `results`, with its adjusted p where it has one.

    Examples
    --------
    >>> frame = pd.DataFrame({"til": [1.0, 2.0, 4.0, 3.0, 5.0], "ESR1": [9.0, 8.0, 6.0, 7.0, 2.0]})
    >>> row = {"stratum": "all", "outcome": "til", "term": "ESR1", "measure": "rho"}
    >>> table = pd.DataFrame([{**row, "estimate": -0.9, "conf_low": -0.99, "conf_high": -0.4}])
    >>> len(plot_til_scatter(table, frame).data)
    5
    """
    results = as_list(results)
    table = result_rows(results, "measure")
    is_all = (table["stratum"] == "all") & (table["measure"] == "rho")
    rows = table[is_all & ((table["outcome"] == til) ^ (table["term"] == til))].copy()
    rows["score"] = rows["term"].where(rows["term"] != til, rows["outcome"])
    rows = rows.drop_duplicates(["cohort", "score"]).reset_index(drop=True)
    dots = [_dots(row, results, data, til, hr, labels, several=len(set(rows["cohort"])) > 1) for row in records(rows)]
    dots = [part for part in dots if len(part)]
    if not dots:
        return placeholder(f"No panel to show: no correlation with {til}.", width_mm=width_mm)
    cloud = _stacked(dots)
    panels, columns = len(dots), min(rows.groupby("cohort").size().max(), 3)
    names = list(cloud["Stratum"].cat.categories)
    box = legend_box({"color": names, "shape": names, "fill": ()}, width_mm - 20, symbol_size=1.6)
    width = width_mm if panels > 2 else min(width_mm, 22 + columns * 56.0)
    level = level_words(rows["conf_level"])
    caption = wrapped(
        CAPTION.format(level=level, each=DASHED if len(names) > 1 else ""), width - 2 * MARGIN, SMALL_SIZE
    )
    height = -(-panels // columns) * (PANEL_MM + 9) + box.height_mm + 9
    return (
        ggplot(cloud, aes("x", "y"))
        + figure_theme(width, height)
        + geom_point(aes(color="Stratum", shape="Stratum"), size=1.1, stroke=0.2, alpha=0.75)
        + _lines(cloud)
        + _notes(cloud, rows)
        + stratum_scales(names, fill=True)
        + box.layers()
        + facet_wrap("panel", ncol=columns, scales="free_x")
        + scale_x_continuous(labels=axis_numbers)
        + scale_y_continuous(labels=axis_numbers)
        + labs(x=axis_words("panels"), y=score_words(til, labels), caption=caption)
    )


def _dots(
    row: Mapping[str, Any],
    results: Rows,
    data: Samples | None,
    til: str,
    hr: str,
    labels: Mapping[str, str] | None,
    *,
    several: bool,
) -> pd.DataFrame:
    """Return the complete cases of one panel, ordered by id so that dots always overlap the same way."""
    score, cohort = row["score"], row["cohort"]
    frame = sample_frame(data, results, [til, score], cohort=cohort)
    name = score_words(score, labels)
    dots = pd.DataFrame({"x": frame[score], "y": frame[til], "Stratum": receptor_names(frame, hr)})
    dots = dots[dots["x"].notna() & dots["y"].notna()].sort_index(kind="stable").rename_axis("sample").reset_index()
    return dots.assign(cohort=cohort, score=score, panel=f"{cohort_name(cohort, labels)}, {name}" if several else name)


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    dots = pd.concat(parts, ignore_index=True)
    dots["panel"] = pd.Categorical(dots["panel"], list(dict.fromkeys(dots["panel"])))
    dots["Stratum"] = pd.Categorical(dots["Stratum"], in_order(sorted(set(dots["Stratum"])), RECEPTORS))
    return dots


def _lines(dots: pd.DataFrame) -> list[Any]:
    """Line and band of each known group of a panel, and, where there are several, of all tumours, dashed."""
    groups = dots[dots["Stratum"] != UNKNOWN]
    lines = _fitted(groups, ["panel", "Stratum"])
    overall = _fitted(dots, ["panel"]) if groups["Stratum"].nunique() > 1 else None
    style: dict[str, Any] = {"inherit_aes": False, "show_legend": False}
    return [
        geom_ribbon(aes("x", ymin="low", ymax="high", fill="Stratum"), lines, alpha=0.2, **style),
        geom_line(aes("x", "y", color="Stratum"), lines, size=0.7, **style),
        *(
            [geom_line(aes("x", "y"), overall, color=INK, size=0.7, linetype="dashed", **style)]
            if overall is not None
            else []
        ),
    ]


def _fitted(dots: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Least-squares lines of parts of the dots that have one."""
    lines = [
        _least_squares(part["x"].to_numpy(), part["y"].to_numpy()).merge(part[by].head(1), how="cross")
        for _, part in dots.groupby(by, observed=True)
        if len(part) > 2 and part["x"].min() < part["x"].max()
    ]
    return pd.concat(lines, ignore_index=True) if lines else pd.DataFrame(columns=["x", "y", "low", "high", *by])


def _least_squares(x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Fitted line and the 95% t interval of its mean, at equally spaced x."""
    fit = stats.linregress(x, y)
    at = np.linspace(x.min(), x.max(), CURVE_POINTS)
    mean = fit.intercept + fit.slope * at
    df = len(x) - 2
    residual = y - fit.intercept - fit.slope * x
    spread = np.sqrt(residual @ residual / df)
    half = stats.t.ppf(0.975, df) * spread * np.sqrt(1 / len(x) + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    return pd.DataFrame({"x": at, "y": mean, "low": mean - half, "high": mean + half})


def _notes(dots: pd.DataFrame, rows: pd.DataFrame) -> list[Any]:
    """Rho with its interval, p and n, in the upper right corner of each panel."""
    notes = []
    for row in records(rows):
        own = dots[(dots["cohort"] == row["cohort"]) & (dots["score"] == row["score"])]
        if not len(own):
            continue
        count = f"n = {len(own)}"
        words = f"{not_estimable(row['flag'])}\n{count}"
        if pd.notna(row["estimate"]):
            p = f"{p_of(row)}, ".removeprefix(", ")
            numbers = row["estimate"], row["conf_low"], row["conf_high"]
            words = f"{RHO} = {format_estimate(*numbers, measure='rho')}\n{p}{count}"
        notes.append({"panel": own["panel"].iloc[0], "x": own["x"].max(), "text": words})
    span = dots["y"].max() - dots["y"].min() or 1.0
    top = pd.DataFrame(notes).assign(y=dots["y"].max() + 0.17 * span)
    top["panel"] = pd.Categorical(top["panel"], dots["panel"].cat.categories)
    style = {"size": SMALL_SIZE + 0.5, "ha": "right", "va": "top", "inherit_aes": False, "color": INK}
    return [geom_text(aes("x", "y", label="text"), top, **style)]
