"""Figure 1a: rank correlations of a score with each cell type, on grey bands of strength."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
from plotnine import aes, geom_rect, ggplot, scale_fill_manual

from her2stats.figures.panel.odds_axis import unclipped
from her2stats.figures.panel.row_figure import row_figure
from her2stats.figures.panel.row_marks import diamonds, interval_marks, reason_alone, reason_beside, vertical
from her2stats.figures.panel.row_panel import row_labels, row_panel
from her2stats.figures.panel.stratum_rows import (
    described,
    empty_line_legend,
    panel_titles,
    placed,
    row_places,
    stratum_legend,
    symbol_legend,
)
from her2stats.figures.placeholder import placeholder
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.theme import STRENGTH_COLOURS, stratum_colours
from her2stats.figures.style.wording import cohort_name, display_name, level_words
from her2stats.statistics.fits.rank_tests.wilcoxon import superiority_limits
from her2stats.statistics.rows import Rows, result_rows
from her2stats.vocabulary.numbers import EN_DASH, NOT_ESTIMABLE, format_number, format_p

# The paper's words (legend of Fig. 1): |rho| from, to.
STRENGTH = {"weak": (0.1, 0.3), "moderate": (0.3, 0.5), "strong": (0.5, 1.0)}
BANDS = [f"{word} ({low:g}{EN_DASH}{high:g})" for word, (low, high) in STRENGTH.items() if high < 1] + ["strong (>0.5)"]
SHORTEST_WITH_TEXT = 25.0  # mm of axis, below which the estimates are not printed unless asked for
ADJUSTED = "adj. p"
RANK_BISERIAL = "\N{NO-BREAK SPACE}\N{DOUBLE DAGGER}"
TICKS = (
    (-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1),
    (-1, -0.8, -0.5, -0.3, 0, 0.3, 0.5, 0.8, 1),
    (-1, -0.5, 0, 0.5, 1),
)


def plot_correlation(
    results: Rows,
    *,
    exposure: str | None = None,
    types: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    cohorts: Literal["panels", "dodge"] = "panels",
    text: bool | None = None,
    alpha: float = 0.05,
    pooled: str = "pooled",
    width_mm: float = 183.0,
) -> ggplot:
    """Draw Spearman correlations as points with intervals, one line a cell type.

    Parameters
    ----------
    results : Result, DataFrame, or several
        From `correlate`, of one or several cohorts, over all tumours or by stratum. Rows of `compare_groups` with
        the score as outcome (types that the zero rule dichotomised) are shown as rank-biserial correlations.
    exposure : str, optional
        The score; default the first one in the table.
    types : sequence of str, optional
        Cell types to show; default all.
    order : sequence of str, optional
        Order of the lines; default by lineage.
    labels : mapping, optional
        Name of a variable to its name on paper.
    cohorts : {"panels", "dodge"}
        A panel for each cohort, or all in one panel in different colours.
    text : bool, optional
        Print estimates beside the points; default for a single panel.
    alpha : float
        Symbols are filled where the adjusted p (without one: p) is below it.
    pooled : str
        A cohort of this name is drawn with diamonds that span the interval.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds one row a symbol.

    Raises
    ------
    DataError
        A frame that is no result table, or whose rows lack ``measure``.

    Notes
    -----
    Fig. 1a of Pizzamiglio 2025 (doi 10.1038/s41523-025-00867-z). A rank-biserial correlation is twice the superiority
    less one, with the limits of `superiority_limits`: the chance that the score is higher where the type is present.

    Examples
    --------
    >>> row = {"cohort": "A", "stratum": "all", "outcome": "T cells CD8", "term": "her2", "measure": "rho"}
    >>> table = pd.DataFrame([{**row, "estimate": -0.31, "conf_low": -0.40, "conf_high": -0.21}])
    >>> plot_correlation(table).data["text"].tolist()
    ['−0.31 (−0.40 to −0.21)']
    """
    rows, score = _rows_of_score(result_rows(results, "measure"), exposure)
    wanted = set(rows["name"]) if types is None else set(types)
    rows = rows[rows["name"].isin(wanted)].reset_index(drop=True)
    places = row_places(rows["name"], ordered=order)
    rows = rows[rows["name"].isin(places["name"])].reset_index(drop=True)
    if not len(rows):
        return placeholder("No correlation to show: no cell type was kept.", width_mm=width_mm)
    places["label"] = row_labels(places["name"], labels, width_mm)
    rows = _in_words(rows, alpha)
    if cohorts == "dodge":
        names = {cohort: cohort_name(cohort, labels) for cohort in dict.fromkeys(rows["cohort"])}
        rows["Stratum"] = pd.Categorical(rows["cohort"].map(names), list(dict.fromkeys(names.values())))
        rows["cohort"] = ""
    return _drawn(rows, places, display_name(score, labels), text, alpha, width_mm, labels, pooled)


def _rows_of_score(table: pd.DataFrame, exposure: str | None) -> tuple[pd.DataFrame, str]:
    """Correlations of one score, and the comparisons of the same score, with the cell type as `name`."""
    rho, shifts = table[table["measure"] == "rho"], table[table["measure"] == "shift"]
    score = exposure or next(iter(rho["term"]), "")
    own = rho[rho["term"] == score].assign(test=False, name=lambda rows: rows["outcome"])
    tests = shifts[shifts["outcome"] == score].assign(test=True, name=lambda rows: rows["term"])
    return pd.concat([own, tests], ignore_index=True).assign(subject=""), score


def _in_words(rows: pd.DataFrame, alpha: float) -> pd.DataFrame:
    for at, test in rows[rows["test"]].iterrows():  # a shift of the score is no correlation
        chance, m, n = (test.get(name, math.nan) for name in ("superiority", "n_reference", "n_comparison"))
        limits = superiority_limits(chance, m, n, conf_level=test["conf_level"])
        rows.loc[at, ["estimate", "conf_low", "conf_high"]] = [2 * value - 1 for value in (chance, *limits)]
    rows = described(rows, "rho", alpha)
    rows.loc[rows["test"] & rows["estimable"], "text"] += RANK_BISERIAL
    rows["p_text"] = [format_p(value) if pd.notna(value) else NOT_ESTIMABLE for value in rows["p_adjusted"]]
    return unclipped(rows)


def _drawn(
    rows: pd.DataFrame,
    places: pd.DataFrame,
    score: str,
    text: bool | None,
    alpha: float,
    width_mm: float,
    labels: Mapping[str, str] | None,
    pooled: str,
) -> ggplot:
    ends = rows[["xmin", "xmax", "x"]].abs().max().max()
    reach = next((reach for reach in (0.6, 0.8) if not ends > reach), 1.0)
    panels = rows["cohort"].nunique()
    estimate = f"\N{GREEK SMALL LETTER RHO} ({level_words(rows.loc[~rows['test'], 'conf_level'])}CI)"
    columns: dict[str, list[str]] = {}
    if text or (text is None and panels == 1):
        columns[estimate] = list(rows["text"])
        if rows["p_adjusted"].notna().any():
            columns[ADJUSTED] = list(rows["p_text"])
    geometry = row_panel(width_mm, panels, list(places["label"]), columns, (-reach, reach))
    if text is None and columns and geometry.axis_mm < SHORTEST_WITH_TEXT:
        columns = {}
        geometry = row_panel(width_mm, panels, list(places["label"]), columns, (-reach, reach))
    rows = placed(rows, places, panel_titles(rows, labels))
    rows = reason_beside(rows, geometry) if columns else reason_alone(rows)
    is_pooled = rows["cohort"] == pooled
    circles, triangles = (rows[rows["estimable"] & ~is_pooled & kind] for kind in (~rows["test"], rows["test"]))
    shown = {estimate: rows, ADJUSTED: rows.assign(text=rows["p_text"])}
    return row_figure(
        rows,
        places,
        geometry,
        [
            vertical(0.0, places),
            *interval_marks(circles, geometry),
            *interval_marks(triangles, geometry, shape="^"),
            *diamonds(rows[is_pooled & rows["estimable"]], geometry),
        ],
        width_mm=width_mm,
        ticks=[{at: format_number(at, 1) for at in step} for step in TICKS],
        columns={name: shown[name] for name in columns},
        title=axis_words("rho with", name=score),
        caption=_caption(rows, alpha, pooled=bool(is_pooled.any())),
        legends={"fill": BANDS, **stratum_legend(rows, symbols=bool(rows["estimable"].any()))},
        backdrop=strength_bands(reach, places, list(rows["Stratum"].cat.categories)),
    )


def strength_bands(reach: float, places: pd.DataFrame, strata: Sequence[str]) -> list[Any]:
    """Grey bands, darker the stronger, on both sides of zero, with their legend; diamonds share the scale."""
    ends = [
        (name, *sorted((sign * low, sign * min(high, reach))))
        for name, (low, high) in zip(BANDS, STRENGTH.values(), strict=True)
        for sign in (-1, 1)
    ]
    bands = pd.DataFrame(ends, columns=["Band", "xmin", "xmax"])
    bands = bands.assign(ymin=places["y"].min() - 0.5, ymax=places["y"].max() + 0.5)
    mapping = aes(xmin="xmin", xmax="xmax", ymin="ymin", ymax="ymax", fill="Band")
    colours = dict(zip(BANDS, STRENGTH_COLOURS.values(), strict=True)) | stratum_colours(strata)
    return [geom_rect(mapping, bands, inherit_aes=False), scale_fill_manual(values=colours, breaks=BANDS, name="")]


def _caption(rows: pd.DataFrame, alpha: float, *, pooled: bool) -> str:
    parts = [symbol_legend(rows, alpha, pooled=pooled)]
    if (rows["test"] & rows["estimable"]).any():
        told = "rank-biserial correlation (2 \N{MULTIPLICATION SIGN} superiority \N{MINUS SIGN} 1)"
        parts.append(
            f"Triangle,{RANK_BISERIAL}: type with many zeros, {told} of the score with its presence, Wilcoxon p."
        )
    if not rows["estimable"].all():
        parts.append(f"{NOT_ESTIMABLE}: not estimable.")
    return " ".join([*parts, *empty_line_legend(rows, pooled=pooled)])
