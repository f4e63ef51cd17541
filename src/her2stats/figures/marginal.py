"""Figure 3: marginal mean of each cell type along the score, with its band, from the two-way ANCOVA."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from plotnine import (
    aes,
    element_text,
    facet_wrap,
    geom_line,
    geom_ribbon,
    geom_rug,
    geom_text,
    ggplot,
    labs,
    scale_color_manual,
    scale_fill_manual,
    scale_linetype_manual,
    scale_size_manual,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from her2stats.figures.marginal_input import curve_parts, of_model, score_name, scores_behind, where_tumours_are
from her2stats.figures.panel.legend import legend_box
from her2stats.figures.panel.measure import fitting_size, text_width, wrapped
from her2stats.figures.placeholder import placeholder
from her2stats.figures.style.axis_words import SCORE, axis_words, score_words
from her2stats.figures.style.cell_types import display_order
from her2stats.figures.style.theme import GREY, INK, MARGIN, SMALL_SIZE, figure_theme, stratum_colours
from her2stats.figures.style.wording import (
    axis_numbers,
    cohort_name,
    display_name,
    level_words,
    not_estimable,
    p_of,
    plain,
    stratum_name,
)
from her2stats.statistics.ancova import Ancova
from her2stats.statistics.rows import STRATUM_ORDER, Rows, in_order, records, result_rows
from her2stats.vocabulary.names import model_label
from her2stats.vocabulary.numbers import count_range, format_estimate

PANEL_HEIGHT_MM = 36.0
NARROWEST_PANEL_MM = 42.0
LINETYPES = ("dashed", "dotted", "dashdot")
MEAN = "Marginal mean"


def plot_marginal(
    curves: Ancova | Sequence[Ancova] | Rows,
    slopes: Rows | None = None,
    *,
    outcomes: Sequence[str] | None = None,
    lines: str | None = "her2_ihc",
    model: str | None = None,
    rug: pd.DataFrame | None = None,
    score: str | None = None,
    mode: str = "",
    labels: Mapping[str, str] | None = None,
    columns: int = 4,
    width_mm: float = 183.0,
) -> ggplot:
    """Draw marginal mean curves: a panel for each cell type (and cohort), the line with its 95% band, and a rug.

    Parameters
    ----------
    curves : Ancova, Result, DataFrame, or several
        From `fit_ancova`; an Ancova brings its slopes along.
    slopes : Result, DataFrame, or several, optional
        Marginal slopes, printed in the panels.
    outcomes : sequence of str, optional
        Which cell types, in this order; default all by lineage.
    lines : str or None
        Factor whose levels get lines of their own, where the table has them.
    model : str, optional
        Which of several models in the column ``model``; default the first one.
    rug : DataFrame, optional
        samples x variables, with the score and `lines`; default the model frame of the curves. Its score gives the
        standard deviation that slopes are printed for.
    score : str, optional
        Its column; default from the spec or the slopes.
    mode : {"absolute", "relative", "no.sumto1", "score", ""}
        How abundances were estimated, for their unit on the axis; "" where it is not known.
    labels : mapping, optional
        Name of a variable to its name on paper.
    columns : int
        Panels side by side, at most.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds the points of the marginal mean curves.

    Raises
    ------
    DataError
        A frame that is no result table, or whose rows lack ``measure``; a `mode` that is none.

    Notes
    -----
    Fig. 3 of Pizzamiglio 2025 (doi 10.1038/s41523-025-00867-z). A curve is drawn where its tumours are, within the
    central 95% of their scores; without samples, as far as the table goes. A cell type whose curve cannot be
    estimated keeps its panel, with the reason.

    Examples
    --------
    >>> row = {"stratum": "all", "outcome": "Plasma cells", "measure": "mean", "n": 104}
    >>> points = [(0, 3.0), (1, 2.0)]
    >>> curve = [{**row, "at": at, "estimate": y, "conf_low": y - 1, "conf_high": y + 1} for at, y in points]
    >>> len(plot_marginal(pd.DataFrame(curve)).data)
    2
    """
    curve_results, slope_results = curve_parts(curves, slopes)
    table = result_rows(curve_results)
    if "model" in table and len(table):
        model = model or str(table["model"].iloc[0])
    table, slope_table = of_model(table, model), of_model(result_rows(slope_results), model)
    wanted = in_order(table["outcome"], outcomes) if outcomes is not None else display_order(table["outcome"])
    wanted = [name for name in wanted if outcomes is None or name in outcomes]
    drawn = table["stratum"].eq("all") | table["stratum"].str.startswith(f"{lines}=")
    table = table[table["outcome"].isin(wanted) & drawn]
    if not len(table):
        return placeholder("No marginal mean to show: the ANCOVA was not fitted.", width_mm=width_mm)
    asked, of = len(wanted), result_rows(curve_results)["outcome"].nunique()
    score = score or score_name(curve_results, slope_table)
    scores = scores_behind(table, curve_results, rug, score, lines)
    table = where_tumours_are(_with_panels(table, wanted, labels), scores)
    mean = table[(table["stratum"] == "all") & table["estimate"].notna()]
    levels = _level_lines(table)
    names = [MEAN, *levels["Level"].cat.categories] if len(levels) else []
    panels = table["panel"].cat.categories
    most = min(columns, len(panels), max(1, int(width_mm // NARROWEST_PANEL_MM)))
    per_row = math.ceil(len(panels) / math.ceil(len(panels) / most))  # rows of about equal length
    width = min(width_mm, 14 + per_row * 60.0)
    box = legend_box({**dict.fromkeys(("color", "linetype", "size"), names), "fill": ()}, width - 20)
    chosen = f"{asked} of {of} cell types." if asked < of else ""
    caption = wrapped(f"{_caption(table, scores, model)} {chosen}".rstrip(), width - 2 * MARGIN, SMALL_SIZE)
    height = math.ceil(len(panels) / per_row) * (PANEL_HEIGHT_MM + 9) + box.height_mm + 9 + 2.5 * caption.count("\n")
    several = len(set(table["cohort"])) > 1
    room = (width - 2 * MARGIN - 4) / per_row - 12
    return (
        ggplot(mean, aes("at", "estimate"))
        + figure_theme(width, height)
        + _curve_layers(mean, levels, fitting_size(panels, room + 10))
        + _rug(scores, table)
        + _slope_notes(table, slope_table, scores, room)
        + box.layers()
        + facet_wrap("panel", ncol=per_row, scales="free" if several else "free_y")
        + scale_x_continuous(labels=axis_numbers)
        + scale_y_continuous(labels=axis_numbers)
        + labs(
            x=score_words(score, labels) if score else f"Score ({SCORE})",
            y=axis_words("marginal", mode),
            caption=caption,
        )
    )


def _with_panels(table: pd.DataFrame, wanted: list[str], labels: Mapping[str, str] | None) -> pd.DataFrame:
    """Cohort and cell type of each panel, in the order of the figure."""
    table = table.copy()
    cohorts = list(dict.fromkeys(table["cohort"]))
    lead = {cohort: f"{cohort_name(cohort, labels)}, " if len(cohorts) > 1 else "" for cohort in cohorts}
    titles = {
        (cohort, outcome): lead[cohort] + display_name(outcome, labels) for outcome in wanted for cohort in cohorts
    }
    keys = list(zip(table["cohort"], table["outcome"], strict=True))
    present = [title for key, title in titles.items() if key in set(keys)]
    table["panel"] = pd.Categorical([titles[key] for key in keys], present)
    return table


def _level_lines(table: pd.DataFrame) -> pd.DataFrame:
    levels = table[table["stratum"].ne("all") & table["estimate"].notna()].copy()
    levels["Level"] = pd.Categorical(
        levels["stratum"].map(stratum_name),
        [stratum_name(stratum) for stratum in in_order(levels["stratum"], STRATUM_ORDER)],
    )
    return levels


def _curve_layers(mean: pd.DataFrame, levels: pd.DataFrame, strip: float) -> list[Any]:
    names = [MEAN, *levels["Level"].cat.categories]
    colours = {MEAN: INK, **stratum_colours(names[1:])}
    linetypes = {MEAN: "solid", **{name: LINETYPES[at % len(LINETYPES)] for at, name in enumerate(names[1:])}}
    lines = pd.concat([levels, mean.assign(Level=MEAN)], ignore_index=True)
    lines["Level"] = pd.Categorical(lines["Level"], names)
    if not len(lines):
        return []
    mapping = aes(color="Level", linetype="Level", size="Level")
    band = aes(ymin="conf_low", ymax="conf_high", fill="Level")
    return [
        geom_ribbon(band, lines, alpha=0.15, show_legend=False),
        geom_line(mapping, lines),
        scale_fill_manual(values={**colours, MEAN: GREY}, name=""),
        scale_color_manual(values=colours, name=""),
        scale_linetype_manual(values=linetypes, name=""),
        scale_size_manual(values={name: 0.9 if name == MEAN else 0.55 for name in names}, name=""),
        theme(legend_key_width=16, strip_text=element_text(size=strip)),
    ]


def _rug(scores: pd.DataFrame, table: pd.DataFrame) -> list[Any]:
    """One tick a tumour that the curve of the panel was fitted to."""
    panels = table.loc[table["estimate"].notna(), ["cohort", "outcome", "panel"]].drop_duplicates()
    if not len(scores) or not len(panels):
        return []
    marks = scores[scores["fitted"]].sort_values("score").merge(panels, on=["cohort", "outcome"])
    return [geom_rug(aes(x="score"), marks, sides="b", size=0.25, alpha=0.5, color=INK, inherit_aes=False)]


def _caption(table: pd.DataFrame, scores: pd.DataFrame, model: str | None) -> str:
    given = filter(None, table["weights"].dropna().unique()) if "weights" in table else ()
    weights = next((f" averaged with {name} weights over the levels of the factors" for name in given), "")
    said = [
        f"Solid line: mean abundance at each score{weights}, from the analysis of covariance; "
        f"bands: {level_words(table['conf_level'])}confidence intervals."
    ]
    if "model" in table:
        said.append(f"Model: {plain(model_label(model or str(table['model'].iloc[0])))}.")
    if (table["estimate"].min() < 0) or (table.loc[table["stratum"] == "all", "conf_low"].min() < 0):
        said.append("Below zero: the model is linear, and does not know that an abundance cannot be negative.")
    if len(scores):
        said.append("Ticks: tumours; lines: within the central 95% of their scores. SD: of the score.")
        left_out = scores[~scores["fitted"] & scores["stratum"].ne("")].groupby(["stratum", "cohort", "outcome"]).size()
        said += [
            f"{stratum_name(str(at))} is left out (n = {n})." for at, n in left_out.groupby("stratum").max().items()
        ]
    return " ".join(said)


def _slope_notes(table: pd.DataFrame, slopes: pd.DataFrame, scores: pd.DataFrame, room: float) -> list[Any]:
    """Slope per SD with its interval, p and n above each curve, or why there is no curve."""
    overall = slopes[slopes["stratum"] == "all"].drop_duplicates(["cohort", "outcome"])
    slope_of = {(row["cohort"], row["outcome"]): row for row in records(overall)}
    known = scores.groupby(["cohort", "outcome"])["score"].agg(["std", "max"]).to_dict("index") if len(scores) else {}
    across = (table["at"].min() + table["at"].max()) / 2
    notes = []
    for (cohort, outcome, panel), part in table.groupby(["cohort", "outcome", "panel"], observed=True, sort=False):
        count = count_range(part["n"])
        drawn = part[part["estimate"].notna()]
        note = {"panel": panel, "missing": not len(drawn)}
        if not len(drawn):
            words = wrapped(not_estimable(part["flag"].iloc[0]), room, SMALL_SIZE)
            notes.append({**note, "at": across, "estimate": 0.0, "text": f"{words}\n{count}"})
            continue
        own = known.get((cohort, outcome), {"std": None, "max": drawn["at"].max()})
        words = _slope_words(slope_of.get((cohort, outcome)), count, room, own["std"])
        ends = drawn[["estimate", "conf_low", "conf_high"]]
        top = ends.max().max()
        height = (top - ends.min().min()) * (0.05 + 0.11 * len(words.split("\n")))
        notes.append({**note, "at": own["max"], "estimate": top + height, "text": words})
    frame = pd.DataFrame(notes)
    frame["panel"] = pd.Categorical(frame["panel"], table["panel"].cat.categories)
    mapping = aes("at", "estimate", label="text")
    style = {"size": SMALL_SIZE, "inherit_aes": False}
    drawn, missing = frame[~frame["missing"]], frame[frame["missing"]]
    return [
        *([geom_text(mapping, drawn, ha="right", va="top", color=INK, **style)] if len(drawn) else []),
        *([geom_text(mapping, missing, fontstyle="italic", color=GREY, **style)] if len(missing) else []),
    ]


def _slope_words(slope: Mapping[Any, Any] | None, count: str, room: float, sd: float | None) -> str:
    if slope is None or pd.isna(slope["estimate"]):
        return count
    numbers = [slope[name] * (sd or 1.0) for name in ("estimate", "conf_low", "conf_high")]
    given = f"slope {'per SD ' if sd else ''}{format_estimate(*numbers, measure='slope')}"
    if text_width(given, SMALL_SIZE) > room:
        given = given.replace(" (", "\n(", 1)
    return f"{given}\n{p_of(slope) or 'p not estimable'}, {count}"
