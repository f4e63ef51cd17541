"""The specification curve: every estimate of one question in order of size, and below each the choices that made it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    element_blank,
    geom_hline,
    geom_linerange,
    geom_point,
    geom_rect,
    geom_text,
    ggplot,
    labs,
    scale_fill_identity,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from her2stats.figures.panel.measure import wrapped
from her2stats.figures.placeholder import placeholder
from her2stats.figures.style.theme import GREY, INK, MARGIN, SMALL_SIZE, STRIPE, figure_theme
from her2stats.figures.style.wording import axis_numbers, display_name, flag_reason, level_words, p_equals, plain
from her2stats.statistics.rows import Rows, result_rows
from her2stats.vocabulary.numbers import format_number

CURVE, HEAD, ROW_MM = 14.0, 1.1, 3.6  # heights of the estimates and of a heading, in rows of choices; that of a row
CHOICES = {"term": "Score", "amount": "Measure", "given": "Given", "scale": "Scale"}
FOUND = "#3B6E8F"


def plot_robustness(
    results: Rows, *, outcome: str | None = None, alpha: float = 0.05, width_mm: float = 183.0
) -> ggplot:
    """Draw a specification curve: estimates with intervals from the smallest to the largest, and their choices below.

    Parameters
    ----------
    results : Result, DataFrame, or several
        From `specification_curve`, of one cohort.
    outcome : str, optional
        What is measured; default the first one in the table.
    alpha : float
        Symbols are filled where p is below it.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds one row a specification.

    Raises
    ------
    DataError
        A frame that is no result table, or whose rows lack ``measure``.

    Examples
    --------
    >>> row = {"outcome": "CD8", "term": "ERBB2", "measure": "rho", "amount": "absolute", "scale": "rank"}
    >>> given = [{**row, "estimate": -0.1, "given": "hr"}, {**row, "estimate": -0.3, "given": "hr, age"}]
    >>> plot_robustness(pd.DataFrame(given)).data[["x", "given"]].values.tolist()
    [[1, 'hr, age'], [2, 'hr']]
    """
    table = result_rows(results, "measure")
    name = outcome or next(iter(table["outcome"]), "")
    table = table[table["outcome"].eq(name)]
    asked = table[table["measure"].eq("rho")]
    rows = asked[asked["estimate"].notna()].sort_values("estimate", kind="stable").reset_index(drop=True)
    if not len(rows):
        return placeholder("No specification curve to show: nothing could be estimated.", width_mm=width_mm)
    rows["x"], rows["fill"] = np.arange(1, len(rows) + 1), np.where(rows["p_value"] < alpha, FOUND, "white")
    limits = rows[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
    low, high = min(0.0, np.nanmin(limits)), max(0.0, np.nanmax(limits))
    rows[["y", "ymin", "ymax"]] = (limits - low) * (unit := CURVE / (high - low or 1.0))
    ticks = (step := 0.1 if high - low < 0.8 else 0.2) * np.arange(np.ceil(low / step - 1e-9), high / step + 1e-9)
    grid, marks = _choices(asked, rows)
    title = f"{display_name(name)}: Spearman's \N{GREEK SMALL LETTER RHO}, {level_words(rows['conf_level'])}CI"
    heads = pd.concat([grid[grid["label"].isna()], pd.DataFrame([{"head": title, "y": CURVE + HEAD}])])
    grid = grid[grid["label"].notna()]
    caption = wrapped(_caption(table, asked, len(rows), alpha), width_mm - 2 * MARGIN, SMALL_SIZE)
    bottom, top, left, right = grid["y"].min() - 0.7, CURVE + HEAD + 0.8, 0.4, len(rows) + 0.6
    height = (top - bottom) * ROW_MM + 2 * MARGIN + 2.6 * len(caption.split("\n")) + 4
    look = {"color": FOUND, "size": float(np.clip(70 / len(rows), 0.9, 2.2)), "stroke": 0.4}
    heading = {"size": SMALL_SIZE, "ha": "left", "fontweight": "bold", "color": INK, "inherit_aes": False}
    stripe = {"xmin": left, "xmax": right, "fill": STRIPE, "inherit_aes": False}
    return (
        ggplot(rows, aes("x", "y"))
        + figure_theme(width_mm, height)
        + geom_rect(aes(ymin="y - 0.5", ymax="y + 0.5"), grid.iloc[::2], **stripe)
        + geom_hline(yintercept=-low * unit, color=GREY, size=0.4, linetype="dashed")
        + geom_linerange(aes(ymin="ymin", ymax="ymax"), rows[rows["ymin"].notna()], color=FOUND, size=0.4)
        + geom_point(aes(fill="fill"), **look)
        + geom_point(aes(fill="fill"), marks, shape="s", **look)
        + geom_text(aes(x=left + 0.004 * len(rows), y="y", label="head"), heads, **heading)
        + scale_fill_identity(guide=None)
        + scale_x_continuous(limits=(left, right), expand=(0, 0), breaks=[])
        + scale_y_continuous(
            limits=(bottom, top),
            expand=(0, 0),
            breaks=[*((ticks - low) * unit), *grid["y"]],
            labels=[*axis_numbers(list(ticks)), *grid["label"]],
            minor_breaks=[],
        )
        + labs(x="", y="", caption=caption)
        + theme(panel_grid=element_blank(), axis_ticks=element_blank(), axis_title=element_blank())
    )


def _choices(asked: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines of the grid, a heading or a choice each, and a mark for every specification and kind of choice."""
    lines: list[tuple[str, str | None, float]] = []
    marks, y = [], 0.0
    for column, head in CHOICES.items():
        lines.append((head, None, y := y - HEAD))
        for value in dict.fromkeys(asked[column]):
            lines.append(("", display_name(value) if column == "term" else plain(value or "none"), y := y - 1.0))
            marks.append(rows.loc[rows[column].eq(value), ["x", "fill"]].assign(y=y))
    return pd.DataFrame(lines, columns=["head", "label", "y"]), pd.concat(marks)


def _caption(table: pd.DataFrame, asked: pd.DataFrame, shown: int, alpha: float) -> str:
    parts = [f"{shown} specifications; filled: p < {alpha:g}."]
    joint = table.loc[table["measure"].eq("median_z") & table["p_value"].notna(), ["estimate", "p_value"]]
    parts += [f"Median z {format_number(z, 2)}, joint {p_equals(p)}." for z, p in joint.to_numpy()]
    if reasons := ", ".join(dict.fromkeys(map(flag_reason, asked.loc[asked["estimate"].isna(), "flag"]))):
        parts.append(f"Not estimable: {len(asked) - shown} ({reasons}).")
    return " ".join(parts)
