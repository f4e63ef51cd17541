"""Figure S1: abundance of each cell type by hormone receptor, every tumour a dot, zeros in a lane of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from plotnine import aes, annotate, geom_point, geom_rect, geom_segment, ggplot

from her2stats.figures.panel.row_axis import abundance_limits, abundance_place, abundance_ticks
from her2stats.figures.panel.row_figure import row_figure
from her2stats.figures.panel.row_panel import row_labels, row_panel
from her2stats.figures.panel.stratum_rows import panel_titles, placed, row_places, stratum_legend
from her2stats.figures.placeholder import placeholder
from her2stats.figures.sample_frame import Samples, quartiles, sample_frame, spread
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.theme import STRIPE
from her2stats.figures.style.wording import display_name, flag_reason, level_name, not_shown, within_a_sentence
from her2stats.statistics.rows import STRATUM_ORDER, Rows, as_list, in_order, is_second_test, result_rows
from her2stats.vocabulary.names import stratum_of
from her2stats.vocabulary.numbers import NOT_ESTIMABLE, format_p

ZEROS, ADJUSTED, UNADJUSTED = "zeros", "adj. p", "p"
DAGGER = "\N{DAGGER}"
MANY_DOTS = 2500  # beyond which the cloud is an image inside the vector formats


def plot_distribution(
    comparison: Rows,
    data: Samples | None = None,
    *,
    group: str = "hr",
    types: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    mode: str = "",
    labels: Mapping[str, str] | None = None,
    width_mm: float = 183.0,
) -> ggplot:
    """Draw abundances by group: dots, median and quartiles, share of zeros, and the p of the comparison.

    Parameters
    ----------
    comparison : Result, DataFrame, or several
        From `compare_groups` of one or several cohorts, with `group` as term.
    data : DataFrame or mapping of cohort to DataFrame, optional
        samples x variables with the abundances and `group`; default the model frames of `comparison`, which hold
        0 / 1 instead of the abundance for types that were dichotomised.
    group : str
        The factor compared.
    types : sequence of str, optional
        Cell types to show, also such that were not compared; default all that were.
    order : sequence of str, optional
        Order of the lines; default by lineage.
    mode : {"absolute", "relative", "no.sumto1", "score", ""}
        How abundances were estimated, for their unit on the axis; "" where it is not known.
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
        A frame that is no result table, or whose rows lack ``measure``; a `mode` that is none.

    Notes
    -----
    Supplementary Fig. 1 of Pizzamiglio 2025 (doi 10.1038/s41523-025-00867-z). The axis is linear in the square root
    of the abundance.

    Examples
    --------
    >>> frame = pd.DataFrame({"hr": ["positive", "negative", "positive"], "Monocytes": [0.0, 0.1, 0.2]})
    >>> table = pd.DataFrame([{"outcome": "Monocytes", "term": "hr", "measure": "shift", "p_value": 0.6}])
    >>> sorted(plot_distribution(table, frame).data["value"])
    [0.0, 0.1, 0.2]
    """
    comparison = as_list(comparison)
    table = result_rows(comparison, "measure")
    tests = table[(table["term"] == group) & ~is_second_test(table)].copy()
    tests["name"] = tests["outcome"]
    shown = list(types) if types is not None else list(tests["name"].unique())
    cohorts = list(dict.fromkeys(tests["cohort"])) or [""]
    columns = [group, *shown] if shown else []
    frames = {cohort: sample_frame(data, comparison, columns, cohort=cohort) for cohort in cohorts} if shown else {}
    clouds = [_cloud(cohort, frame, group, shown) for cohort, frame in frames.items()]
    clouds = [cloud for cloud in clouds if len(cloud)]
    if not clouds:
        return placeholder("No abundance to show: no cell type was compared.", width_mm=width_mm)
    dots = pd.concat(clouds, ignore_index=True)
    strata = in_order(dots["stratum"], STRATUM_ORDER)
    called = {stratum: level_name(group, stratum.removeprefix(stratum_of(group, ""))) for stratum in strata}
    dots["Stratum"] = pd.Categorical(dots["stratum"].map(called), list(called.values()))
    places = row_places(dots["name"], ordered=order)
    dots = dots[dots["name"].isin(places["name"])].reset_index(drop=True)
    places["label"] = row_labels(places["name"], labels, width_mm)
    tests = tests[tests["name"].isin(places["name"])].assign(subject="")
    unknown = sum(int(frame[group].isna().sum()) for frame in frames.values())
    left_out = not_shown({f"with unknown {within_a_sentence(display_name(group, labels))}": unknown})
    return _drawn(dots, _with_p(tests), places, labels, left_out, width_mm, axis_words("distribution", mode))


def _cloud(cohort: str, frame: pd.DataFrame, group: str, types: Sequence[str]) -> pd.DataFrame:
    """One row a tumour and cell type, with its place beside the line of its group."""
    parts = []
    known = frame[frame[group].notna()]
    for level, part in known.groupby(group, observed=True):
        for name in types:
            values = part[name].astype(float).dropna()
            zeros, others = values[values == 0], values[values > 0]
            aside = spread(zeros, dimensions=2)
            lane = pd.DataFrame({"value": zeros, "along": aside[:, 1], "across": aside[:, 0]})
            cloud = pd.DataFrame({"value": others, "along": 0.0, "across": spread(others)[:, 0]})
            part_of_cloud = pd.concat([lane, cloud]).rename_axis("sample").reset_index()
            parts.append(part_of_cloud.assign(cohort=cohort, subject="", stratum=stratum_of(group, level), name=name))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _with_p(tests: pd.DataFrame) -> pd.DataFrame:
    """Each comparison in words; a dagger tells a type that was compared as absent or present."""
    adjusted = tests["p_adjusted"].notna().any()
    p = tests["p_adjusted" if adjusted else "p_value"]
    mark = [f"\N{NO-BREAK SPACE}{DAGGER}" if is_share else "" for is_share in tests["measure"].eq("risk_difference")]
    tests["text"] = [
        (format_p(x) if pd.notna(x) else NOT_ESTIMABLE) + beside for x, beside in zip(p, mark, strict=True)
    ]
    tests["heading"] = ADJUSTED if adjusted else UNADJUSTED
    return tests


def _drawn(
    dots: pd.DataFrame,
    tests: pd.DataFrame,
    places: pd.DataFrame,
    labels: Mapping[str, str] | None,
    left_out: str,
    width_mm: float,
    title: str,
) -> ggplot:
    limits = abundance_limits(dots["value"].max())
    heading = tests["heading"].iloc[0] if len(tests) else UNADJUSTED
    columns = {ZEROS: ["100%"], heading: list(tests["text"])} if len(tests) else {ZEROS: ["100%"]}
    cohorts = dots["cohort"].nunique()
    geometry = row_panel(width_mm, cohorts, list(places["label"]), columns, limits)
    titles = panel_titles(dots, labels)
    dots = placed(dots, places, titles)
    strata = dots["Stratum"].cat.categories.size
    dots["y"] += dots["across"] * 0.72 / strata
    dots["x"] = abundance_place(dots["value"], limits[0]) + dots["along"] * 0.7 * abs(limits[0])
    boxes = placed(_boxes(dots, limits[0]), places, titles)
    tests = placed(tests, places, titles)
    return row_figure(
        dots,
        places,
        geometry,
        _marks(dots, boxes),
        width_mm=width_mm,
        ticks=abundance_ticks(limits),
        columns={ZEROS: boxes, **({heading: tests} if len(tests) else {})},
        title=title,
        caption=_caption(tests, labels, left_out),
        legends=stratum_legend(dots),
        backdrop=[_lane_of_zeros(places, limits[0])],
        counted=boxes,
        symbol_size=1.8,
    )


def _boxes(dots: pd.DataFrame, low: float) -> pd.DataFrame:
    """Median, quartiles and share of zeros of each group; n is that of its panel."""
    keys = ["cohort", "subject", "stratum", "Stratum", "name"]
    values = dots.groupby(keys, observed=True)["value"]
    boxes = quartiles(values).apply(abundance_place, low=low).reset_index()
    zeros = values.agg(lambda part: (part == 0).mean()).to_numpy()
    boxes["text"] = [f"{share:.0%}" for share in zeros]
    boxes["n"] = values.count().to_numpy()
    return boxes


def _lane_of_zeros(places: pd.DataFrame, low: float) -> Any:
    top, bottom = places["y"].max() + 0.5, places["y"].min() - 0.5
    return annotate("rect", xmin=low, xmax=0, ymin=bottom, ymax=top, fill=STRIPE)


def _marks(dots: pd.DataFrame, boxes: pd.DataFrame) -> list[Any]:
    box = aes(xmin="lower", xmax="upper", ymin="y - half", ymax="y + half", color="Stratum")
    middle = aes(x="middle", xend="middle", y="y - half", yend="y + half", color="Stratum")
    boxes = boxes.assign(half=0.34 / dots["Stratum"].cat.categories.size)
    raster = len(dots) > MANY_DOTS
    return [
        geom_point(aes(color="Stratum", shape="Stratum"), dots, size=0.75, stroke=0, alpha=0.5, raster=raster),
        geom_rect(box, boxes, fill="none", size=0.45, inherit_aes=False, show_legend=False),
        geom_segment(middle, boxes, size=1.1, inherit_aes=False, show_legend=False),
    ]


def _caption(tests: pd.DataFrame, labels: Mapping[str, str] | None, left_out: str) -> str:
    parts = ["Box: quartiles and median."]
    if tests["text"].str.contains(DAGGER).any():
        parts.append(f"{DAGGER} absent against present, chi-squared; others Wilcoxon.")
    missing = tests[tests["text"].str.startswith(NOT_ESTIMABLE)]
    if len(missing):
        names = [display_name(name, labels) for name in missing["name"]]
        reasons = [f"{name} ({flag_reason(flag)})" for name, flag in zip(names, missing["flag"], strict=True)]
        parts.append(f"{NOT_ESTIMABLE}: not estimable: {', '.join(dict.fromkeys(reasons))}.")
    return " ".join([*parts, left_out]).rstrip()
