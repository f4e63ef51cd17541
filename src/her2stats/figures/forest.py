"""Figure 2b: odds ratios with their intervals as points, lines and text, by hormone receptor, one panel a cohort."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd
from plotnine import ggplot

from her2stats.figures.panel.odds_axis import DECADES, clip, clipping_legend, odds_limits, odds_ticks, spans_decades
from her2stats.figures.panel.row_figure import row_figure
from her2stats.figures.panel.row_marks import diamonds, interval_marks, reason_beside, vertical
from her2stats.figures.panel.row_panel import SMALLEST_AXIS, row_labels, row_panel
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
from her2stats.figures.style.theme import GREY
from her2stats.figures.style.wording import display_name, level_words
from her2stats.statistics.rows import Rows, exposure_rows, interaction_rows, readable, result_rows
from her2stats.vocabulary.numbers import NOT_ESTIMABLE, format_p

INTERACTION, COUNTED = "p int.", "high/n"
RowVariable = Literal["auto", "outcome", "term"]


def plot_forest(
    results: Rows,
    interaction: Rows | None = None,
    *,
    row: RowVariable = "auto",
    exposure: str | None = None,
    strata: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    limits: tuple[float, float] | None = None,
    alpha: float = 0.05,
    pooled: str = "pooled",
    width_mm: float = 183.0,
) -> ggplot:
    """Draw odds ratios as a forest: one line a stratum, estimates as text beside, one panel a cohort.

    Parameters
    ----------
    results : Result, DataFrame, or several
        From `fit_logistic`, `fit_interaction`, `fit_clinical` or `pool`, of one or several cohorts.
    interaction : Result, DataFrame, or several, optional
        Where the interaction's Wald p stands; default: looked for among `results`.
    row : {"auto", "outcome", "term"}
        What has a line of its own; "auto" takes whichever has more values (cell types, in practice).
    exposure : str, optional
        Show this term only.
    strata : sequence of str, optional
        Such as "hr=positive"; default all but "all" where there are others.
    order : sequence of str, optional
        Order of the lines; default by lineage.
    labels : mapping, optional
        Name of a variable to its name on paper.
    limits : (float, float), optional
        Ends of the axis as odds ratios. Default: long enough for every estimate whose interval spans at most two
        decades, and for most intervals. What lies beyond is cut and carries an arrow.
    alpha : float
        Symbols are filled where the adjusted p (without one: p) is below it.
    pooled : str
        A cohort of this name is drawn with diamonds that span the interval.
    width_mm : float
        Width on paper; text columns are set for it.

    Returns
    -------
    ggplot
        `.data` holds one row a line: estimate as given, place on the axis, what was clipped, and its text.

    Raises
    ------
    DataError
        A frame that is no result table, or whose rows lack ``measure`` or ``role``.

    Notes
    -----
    Fig. 2b of Pizzamiglio 2025 (doi 10.1038/s41523-025-00867-z). A row that cannot be estimated stays, as
    "n.e." with its reason.

    Examples
    --------
    >>> row = {"cohort": "A", "stratum": "hr=positive", "outcome": "Neutrophils", "term": "her2"}
    >>> row |= {"role": "exposure", "measure": "odds_ratio"}
    >>> table = pd.DataFrame([{**row, "estimate": 1.6, "conf_low": 1.07, "conf_high": 2.39, "n": 250}])
    >>> plot_forest(table).data["text"].tolist()
    ['1.60 (1.07–2.39)']
    """
    table = readable(result_rows(results, "measure", "role"))
    rows = _effect_rows(table, row, exposure, strata)
    if not len(rows):
        return placeholder("No odds ratio to show: no model was asked or none has a row.", width_mm=width_mm)
    tests = _interaction_tests(
        table if interaction is None else readable(result_rows(interaction, "measure", "role")), rows
    )
    places = row_places(rows["name"], ordered=order)
    rows = rows[rows["name"].isin(places["name"])].reset_index(drop=True)
    places["label"] = row_labels(places["name"], labels, width_mm)

    limits = limits or odds_limits(rows)
    rows = described(clip(rows, limits), "odds_ratio", alpha)
    rows["text"] = rows["text"].mask(rows["flag"].eq("penalised"), rows["text"] + "\N{DAGGER}")
    rows["wide"] = spans_decades(rows)
    rows["high_of_n"] = [
        f"{high:.0f}/{n:.0f}" if pd.notna(high) else f"{n:.0f}"
        for high, n in zip(rows["n_events"], rows["n"], strict=True)
    ]
    effect = f"OR ({level_words(rows['conf_level'])}CI)"
    columns = {COUNTED: list(rows["high_of_n"]), effect: list(rows["text"])}
    if len(tests):
        tests["text"] = [format_p(p) if pd.notna(p) else NOT_ESTIMABLE for p in tests["p_value"]]
        columns[INTERACTION] = list(tests["text"])
    panels = len(rows[["cohort", "subject"]].drop_duplicates())
    ends = (math.log10(limits[0]), math.log10(limits[1]))
    geometry = row_panel(width_mm, panels, list(places["label"]), columns, ends)
    if geometry.axis_mm < SMALLEST_AXIS:
        del columns[COUNTED]
        geometry = row_panel(width_mm, panels, list(places["label"]), columns, ends)
    titles = panel_titles(rows, labels)
    rows = reason_beside(placed(rows, places, titles), geometry)
    tests = placed(tests, places, titles)
    estimable = rows[rows["estimable"]]
    wide, estimable = estimable[estimable["wide"]], estimable[~estimable["wide"]]
    is_pooled = estimable["cohort"] == pooled
    shown = {COUNTED: rows.assign(text=rows["high_of_n"]), effect: rows, INTERACTION: tests}
    return row_figure(
        rows,
        places,
        geometry,
        [
            vertical(0.0, places),
            *interval_marks(estimable[~is_pooled], geometry),
            *diamonds(estimable[is_pooled], geometry),
            *interval_marks(wide.assign(significant=False), geometry, color=GREY),
        ],
        width_mm=width_mm,
        ticks=odds_ticks(limits),
        columns={name: shown[name] for name in columns},
        title=axis_words("odds ratio", per=_unit(rows, labels)),
        caption=_caption(rows, tests, alpha, pooled),
        legends=stratum_legend(rows, symbols=bool((~estimable["off_scale"] & ~is_pooled).any())),
        # only the models of all strata together name their exposure beside the term
        one_model="exposure" in rows and bool(rows["exposure"].fillna("").ne("").all()),
        fill=bool(is_pooled.any()),
    )


def _effect_rows(
    table: pd.DataFrame, row: RowVariable, exposure: str | None, strata: Sequence[str] | None
) -> pd.DataFrame:
    """Keep the rows that hold an exposure's own effect, and name what stands on each line and in each panel.

    The name of the line is `name`; `subject` is what else tells panels apart, "" where nothing does.
    """
    rows = exposure_rows(table, exposure)
    rows = rows[rows["measure"] == "odds_ratio"].copy()
    present = list(rows["stratum"].unique())
    wanted = list(strata) if strata is not None else ([s for s in present if s != "all"] or present)
    rows = rows[rows["stratum"].isin(wanted)]
    if row == "auto":
        row = "term" if rows["term"].nunique() > rows["outcome"].nunique() else "outcome"
    other = "outcome" if row == "term" else "term"
    rows["name"] = rows[row]
    rows["subject"] = rows[other] if len(set(rows[other])) > 1 else ""
    return rows.reset_index(drop=True)


def _interaction_tests(table: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Wald rows of the interaction for the lines of `effects`, with the same `name` and `subject`.

    A line without one is left out; a flagged one is kept with its missing p.
    """
    keys = effects[["cohort", "outcome", "term", "name", "subject"]].drop_duplicates()
    keys = keys.rename(columns={"term": "exposure"})
    wald = [interaction_rows(table, name).assign(exposure=name) for name in keys["exposure"].unique()]
    found = keys.merge(pd.concat(wald), on=["cohort", "outcome", "exposure"], how="inner")
    return found.drop_duplicates(["cohort", "name", "subject"]).reset_index(drop=True)


def _unit(rows: pd.DataFrame, labels: Mapping[str, str] | None) -> str:
    if len(set(rows["term"])) != 1:
        return ""
    per_sd = " SD of" if "per" in rows and rows["per"].eq("sd").any() else ""
    return f" per{per_sd} {display_name(rows['term'].iloc[0], labels)}"


def _caption(rows: pd.DataFrame, tests: pd.DataFrame, alpha: float, pooled: str) -> str:
    is_pooled = bool((rows["cohort"] == pooled).any())
    parts = [symbol_legend(rows, alpha, pooled=is_pooled), *clipping_legend(rows)]
    if rows["wide"].any():
        parts.append(f"Grey: the interval spans more than {10**DECADES}-fold, too wide to tell.")
    if len(tests):
        firth = "" if tests["flag"].ne("penalised").all() else ", or Firth's where it cannot be had"
        pooled_too = ", of diamonds of the pooled ratio" if is_pooled else ""
        parts.append(f"{INTERACTION}: Wald test of the interaction{pooled_too}{firth}, not adjusted.")
    if rows["flag"].eq("penalised").any():
        parts.append(
            "\N{DAGGER}: few events, or few without: Firth's odds ratio and penalised interval, not corrected."
        )
    if not rows["estimable"].all():
        parts.append(f"{NOT_ESTIMABLE}: not estimable.")
    return " ".join([*parts, *empty_line_legend(rows, pooled=is_pooled)])
