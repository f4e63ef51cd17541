"""Figure 2a: rank correlations of scores and cell types with one another, one triangle for each HR stratum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    facet_wrap,
    geom_segment,
    geom_text,
    geom_tile,
    ggplot,
    guide_colorbar,
    labs,
    scale_color_identity,
    scale_fill_gradientn,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from her2stats.figures.heatmap_cells import (
    NO_ESTIMATE,
    STARS,
    HeatGrid,
    Layout,
    cell_words,
    clustered,
    correlation_pairs,
    heat_grid,
    placed_cells,
    variable_order,
)
from her2stats.figures.panel.measure import widest, wrapped
from her2stats.figures.panel.row_panel import PANEL_GAP, TICK_ROOM
from her2stats.figures.placeholder import placeholder
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.theme import DIVERGING, GREY, MARGIN, SMALL_SIZE, SMALLEST_SIZE, TEXT_SIZE, figure_theme
from her2stats.figures.style.wording import display_name
from her2stats.statistics.multiplicity import NAMES
from her2stats.statistics.rows import Rows, result_rows
from her2stats.vocabulary.numbers import EN_DASH, NOT_ESTIMABLE, format_number


def plot_heatmap(
    results: Rows,
    *,
    scores: Sequence[str] | None = None,
    variables: Sequence[str] | None = None,
    cluster: bool = False,
    labels: Mapping[str, str] | None = None,
    layout: Layout = "auto",
    few: int = 20,
    width_mm: float = 183.0,
) -> ggplot:
    """Draw correlation matrices as triangles of coloured cells with rho and stars in them.

    Parameters
    ----------
    results : Result, DataFrame, or several
        From `correlate`: every pair of variables at least one way round, in every stratum to show.
    scores : sequence of str, optional
        Variables that stand first; default those that are no known cell type.
    variables : sequence of str, optional
        All variables and their order; default scores, then cell types by lineage.
    cluster : bool
        Order the variables by average-linkage clustering of 1 - rho instead; the same order in every panel.
    labels : mapping, optional
        Name of a variable to its name on paper.
    layout : {"auto", "columns", "rows", "mirrored"}
        A triangle for each stratum side by side or one above the other, or two strata in one square on both sides
        of its diagonal. "auto" puts triangles side by side while cells can hold their text, else mirrors them.
    few : int
        Cells of fewer tumours are hatched.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds one row a cell: column, row, estimate, text and stars.

    Raises
    ------
    DataError
        A frame that is no result table, or whose rows lack ``measure``.

    Notes
    -----
    Fig. 2a of Pizzamiglio 2025 (doi 10.1038/s41523-025-00867-z). A cell that cannot be estimated is grey, "n.e.".
    Stars stand for the adjusted p where the table has one, else for p, and the caption says which.

    Examples
    --------
    >>> row = {"stratum": "hr=positive", "term": "her2", "measure": "rho", "p_adjusted": 0.0004}
    >>> table = pd.DataFrame([{**row, "outcome": "Plasma cells", "estimate": -0.27}])
    >>> plot_heatmap(table).data[["text", "stars"]].values.tolist()
    [['–.27', '***']]
    """
    pairs = correlation_pairs(result_rows(results, "measure"))
    names = list(variables) if variables is not None else variable_order(pairs, scores)
    if cluster:
        names = clustered(pairs, names)
    pairs = pairs[pairs["first"].isin(names) & pairs["second"].isin(names)]
    if not len(pairs):
        return placeholder("No correlation matrix to show: fewer than two variables.", width_mm=width_mm)
    shown = [display_name(name, labels) for name in names]
    room = width_mm - 2 * MARGIN - widest(shown, TEXT_SIZE) - TICK_ROOM
    grid = heat_grid(pairs, len(names), room, layout)
    cells = placed_cells(cell_words(pairs, names), grid, labels)
    caption = wrapped(_caption(cells, few), width_mm - 2 * MARGIN, SMALL_SIZE)
    around = 2 * MARGIN + 8.0 + widest(shown, TEXT_SIZE) + TICK_ROOM + 2.0 + 2.5 * len(caption.split("\n"))
    height = grid.rows * (grid.cell_height * grid.cells + 5.5) + (grid.rows - 1) * PANEL_GAP + around
    return (
        ggplot(cells, aes("x", "y"))
        + figure_theme(width_mm, height)
        + _cell_layers(cells, grid, few)
        + _scales(shown, mirrored=grid.mirrored)
        + facet_wrap("panel", ncol=grid.columns)
        + labs(x="", y="", fill=axis_words("rho"), caption=caption)
    )


def _cell_layers(cells: pd.DataFrame, grid: HeatGrid, few: int) -> list[Any]:
    millimetre = 1 / grid.cell_height
    starred = cells[cells["stars"] != ""].assign(y=lambda part: part["y"] + 0.95 * millimetre)
    numbers = cells.assign(y=cells["y"] - 0.55 * millimetre)
    style = {"size": SMALLEST_SIZE, "va": "center"}
    rising = aes("x - 0.5", "y - 0.5", xend="x + 0.5", yend="y + 0.5")
    scarce = cells[cells["n"] < few]
    layers: list[Any] = [
        geom_tile(aes(fill="estimate"), color="white", size=0.3),
        *([geom_segment(rising, scarce, color=GREY, size=0.25, alpha=0.6)] if len(scarce) else []),
        geom_text(aes("x", "y", label="text", color="ink"), numbers, **style),
    ]
    if len(starred):
        layers.append(geom_text(aes("x", "y", label="stars", color="ink"), starred, **style))
    return [*layers, scale_color_identity(guide=None)]


def _scales(shown: list[str], *, mirrored: bool) -> list[Any]:
    every = np.arange(len(shown))
    across, down = (every, every) if mirrored else (every[:-1], every[1:])

    def ends(places: np.ndarray) -> tuple[float, float]:
        return places.min() - 0.5, places.max() + 0.5

    marks = [-1, -0.5, 0, 0.5, 1]
    snug = {"expand": (0, 0), "minor_breaks": []}
    return [
        scale_fill_gradientn(
            colors=list(DIVERGING),
            limits=(-1, 1),
            breaks=marks,
            labels=[format_number(mark, 1) for mark in marks],
            na_value=NO_ESTIMATE,
            guide=guide_colorbar(display="rectangles", nbin=41),
        ),
        scale_x_continuous(labels=[shown[at] for at in across], breaks=list(across), limits=ends(across), **snug),
        scale_y_continuous(labels=[shown[at] for at in down], breaks=list(-down), limits=ends(-down), **snug),
        theme(
            axis_text_x=element_text(rotation=90, ha="center", va="top"),
            axis_title=element_blank(),
            axis_ticks=element_blank(),
            panel_border=element_blank(),
            panel_grid=element_blank(),
            legend_title=element_text(size=TEXT_SIZE, margin={"r": 8, "unit": "pt"}),
            legend_text=element_text(size=TEXT_SIZE, va="top", margin={"t": 3, "unit": "pt"}),
            legend_key_width=90,
            legend_key_height=5,
        ),
    ]


def _caption(cells: pd.DataFrame, few: int) -> str:
    which = f"adjusted p{_family(cells)}" if cells["p_adjusted"].notna().any() else "p (not adjusted)"
    stars = ", ".join(f"{stars} < {bound:g}" for bound, stars in STARS[::-1])
    missing = f" {NOT_ESTIMABLE}: not estimable." if not cells["estimable"].all() else ""
    missing += f" Hatched: fewer than {few} tumours." if (cells["n"] < few).any() else ""
    return f"{which[0].upper() if which[0] != 'p' else 'p'}{which[1:]}: {stars}.{missing}"


def _family(cells: pd.DataFrame) -> str:
    """Over how many pairs the p were adjusted: not over those of one row, as a table of one score's rows would be."""
    if "family_size" not in cells or not cells["family_size"].notna().any():
        return ""
    tested = cells[cells["family_size"].notna()]
    fewest, most = int(tested["family_size"].min()), int(tested["family_size"].max())
    many = f"{fewest}" if fewest == most else f"{fewest}{EN_DASH}{most}"
    return f" ({NAMES[tested['correction'].iloc[0]]} over {many} pairs in each group)"
