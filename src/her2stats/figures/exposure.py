"""How the exposure is spread over the HER2 IHC categories and over the hormone-receptor groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    facet_wrap,
    geom_point,
    geom_rect,
    geom_segment,
    geom_text,
    ggplot,
    labs,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from her2stats.figures.panel.legend import legend_box
from her2stats.figures.panel.measure import fitting_size, wrapped
from her2stats.figures.placeholder import placeholder
from her2stats.figures.sample_frame import RECEPTORS, Samples, quartiles, receptor_names, sample_frame, spread
from her2stats.figures.style.axis_words import score_words
from her2stats.figures.style.theme import INK, MARGIN, SMALL_SIZE, SMALLEST_SIZE, figure_theme, stratum_scales
from her2stats.figures.style.wording import (
    axis_numbers,
    cohort_name,
    display_name,
    level_name,
    not_estimable,
    not_shown,
    p_of,
    within_a_sentence,
)
from her2stats.statistics.rows import STRATUM_ORDER, Rows, as_list, in_order, is_second_test, records, result_rows
from her2stats.vocabulary.names import stratum_of

HALF_BOX = 0.36
PANEL_MM = 58.0
FEWEST_IN_BOX = 3  # tumours; fewer have no quartiles


def plot_exposure(
    data: Samples,
    exposure: str,
    comparison: Rows | None = None,
    *,
    by: Sequence[str] = ("her2_ihc", "hr"),
    hr: str = "hr",
    labels: Mapping[str, str] | None = None,
    width_mm: float = 120.0,
) -> ggplot:
    """Draw the exposure by HER2 IHC and by HR: dots coloured by HR, quartiles, and n of each group.

    Parameters
    ----------
    data : DataFrame or mapping of cohort to DataFrame
        samples x variables with the exposure and the factors of `by`, as far as there are any.
    exposure : str
        The score.
    comparison : Result, DataFrame, or several, optional
        From `compare_groups` with the exposure as outcome; its p is printed above the groups.
    by : sequence of str
        Factors, from left to right; one that a cohort does not have is left out.
    hr : str
        Factor that colours the dots.
    labels : mapping, optional
        Name of a variable to its name on paper.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds one row a dot and factor.

    Raises
    ------
    TableError
        `data` lacks the exposure.
    DataError
        `comparison` is no result table, or its rows lack ``measure``.

    Examples
    --------
    >>> frame = pd.DataFrame({"her2": [0.1, 0.5, 0.9], "hr": ["negative", "positive", "positive"]})
    >>> plot_exposure(frame, "her2").data["group"].tolist()
    ['hr=negative', 'hr=positive', 'hr=positive']
    """
    frames = {"": data} if isinstance(data, pd.DataFrame) else dict(data)
    checked = {cohort: sample_frame(frames, None, [exposure], cohort=cohort) for cohort in frames}
    clouds = [_cloud(cohort, frame, exposure, by, hr) for cohort, frame in checked.items()]
    clouds = [cloud for cloud in clouds if len(cloud)]
    if not clouds:
        return placeholder(f"{exposure} by group: no group is known.", width_mm=width_mm)
    dots = pd.concat(clouds, ignore_index=True)
    places = _places(dots, by)
    dots["x"] = dots["group"].map(places).astype(float) + dots["across"] * 1.7 * HALF_BOX
    names = in_order(sorted(set(dots["Stratum"])), RECEPTORS)
    dots["Stratum"] = pd.Categorical(dots["Stratum"], names)
    keys = zip(dots["cohort"], dots["factor"], strict=True)
    panels_of = [", ".join(filter(None, (cohort_name(at, labels), display_name(of, labels)))) for at, of in keys]
    dots["panel"] = pd.Categorical(panels_of, list(dict.fromkeys(panels_of)))
    panels = dots["panel"].cat.categories.size
    tick_of = dict(zip(dots["group"], dots["tick"], strict=True))
    ticks = [tick_of[group] for group in places]
    columns = dots["factor"].nunique()
    room = (width_mm - 14) / (len(places) + columns) - 0.5
    width = min(width_mm, 22 * columns + 20 * len(places))
    box = legend_box({"color": names, "shape": names}, width - 20, symbol_size=1.6)
    caption = wrapped(_caption(checked, dots, exposure, by, labels), width - 2 * MARGIN, SMALL_SIZE)
    height = (
        -(-panels // columns) * (PANEL_MM + 14) + box.height_mm + (3.0 * len(caption.split("\n")) if caption else 0)
    )
    return (
        ggplot(dots, aes("x", "y"))
        + figure_theme(width, height)
        + geom_point(aes(color="Stratum", shape="Stratum"), size=1.0, stroke=0.2, alpha=0.7)
        + _boxes(dots, places)
        + _notes(dots, places, result_rows(as_list(comparison), "measure"), exposure, by)
        + stratum_scales(names)
        + box.layers()
        + facet_wrap("panel", ncol=columns, scales="free_x")
        + scale_x_continuous(breaks=list(places.values()), labels=ticks, minor_breaks=[])
        + scale_y_continuous(labels=axis_numbers)
        + labs(x="", y=score_words(exposure, labels), caption=caption)
        + theme(
            axis_title_x=element_blank(),
            axis_ticks_x=element_blank(),
            panel_grid_major_x=element_blank(),
            axis_text_x=element_text(size=fitting_size(ticks, room, SMALL_SIZE)),
        )
    )


def _cloud(cohort: str, frame: pd.DataFrame, exposure: str, by: Sequence[str], hr: str) -> pd.DataFrame:
    colour = receptor_names(frame, hr)
    parts = []
    for factor in by:
        if factor not in frame or frame[factor].nunique() == 0:
            continue
        level = frame[factor].astype("object")
        for value in sorted(level.dropna().unique(), key=str):
            own = frame.loc[(level == value) & frame[exposure].notna(), exposure].astype(float)
            part = pd.DataFrame({"y": own, "across": spread(own)[:, 0], "Stratum": colour[own.index]})
            parts.append(
                part.rename_axis("sample")
                .reset_index()
                .assign(factor=factor, group=stratum_of(factor, value), tick=_tick(factor, value))
            )
    return pd.concat(parts, ignore_index=True).assign(cohort=cohort) if parts else pd.DataFrame()


def _places(dots: pd.DataFrame, by: Sequence[str]) -> dict[str, float]:
    """X of each group, one step apart."""
    groups = [sorted(set(dots.loc[dots["factor"] == factor, "group"])) for factor in by]
    return {group: float(x) for x, group in enumerate(name for own in groups for name in in_order(own, STRATUM_ORDER))}


def _tick(factor: str, level: object) -> str:
    return level_name(factor, level).replace("HER2 IHC ", "IHC\n").replace("HR-", "HR-\n")


def _boxes(dots: pd.DataFrame, places: Mapping[str, float]) -> list[Any]:
    drawn = dots[dots.groupby(["panel", "group"], observed=True)["y"].transform("size") >= FEWEST_IN_BOX]
    if not len(drawn):
        return []
    boxes = quartiles(drawn.groupby(["panel", "group"], observed=True)["y"]).reset_index()
    at = boxes["group"].map(places).astype(float)
    boxes = boxes.assign(left=at - HALF_BOX, right=at + HALF_BOX)
    box = aes(xmin="left", xmax="right", ymin="lower", ymax="upper")
    median = aes(x="left", xend="right", y="middle", yend="middle")
    style = {"color": INK, "inherit_aes": False}
    return [geom_rect(box, boxes, fill="none", size=0.4, **style), geom_segment(median, boxes, size=0.9, **style)]


def _notes(
    dots: pd.DataFrame, places: Mapping[str, float], table: pd.DataFrame, exposure: str, by: Sequence[str]
) -> list[Any]:
    """N above each group, and above those the p of the comparison of two groups."""
    span = dots["y"].max() - dots["y"].min() or 1.0
    groups = dots.groupby(["cohort", "panel", "factor", "group"], observed=True)["y"]
    counts = groups.agg(n="count", top="max").reset_index()
    counts = counts.assign(x=counts["group"].map(places).astype(float), y=dots["y"].max() + 0.06 * span)
    counts["text"] = [f"n = {n}" for n in counts["n"]]
    style = {"size": SMALL_SIZE, "inherit_aes": False, "color": INK}
    mapping = aes("x", "y", label="text")
    layers = [geom_text(mapping, counts, **{**style, "size": SMALLEST_SIZE + 0.5})]
    tests = table[(table["outcome"] == exposure) & ~is_second_test(table) & table["term"].isin(list(by))]
    words = []
    for row in records(tests):
        own = counts[(counts["cohort"] == row["cohort"]) & (counts["factor"] == row["term"])]
        if not len(own):
            continue
        text = p_of(row) or not_estimable(row["flag"])
        words.append({"panel": own["panel"].iloc[0], "x": own["x"].mean(), "text": text})
    if words:
        frame = pd.DataFrame(words).assign(y=dots["y"].max() + 0.13 * span)
        frame["panel"] = pd.Categorical(frame["panel"], dots["panel"].cat.categories)
        layers.append(geom_text(mapping, frame, **style))
    return layers


def _caption(
    frames: Mapping[str, pd.DataFrame],
    dots: pd.DataFrame,
    exposure: str,
    by: Sequence[str],
    labels: Mapping[str, str] | None,
) -> str:
    """What the boxes are, how many tumours are in no group, and which factor nobody has."""
    measured = sum(int(frame[exposure].notna().sum()) for frame in frames.values())
    shown = dots.groupby("factor", sort=False).size()
    names = {factor: within_a_sentence(display_name(factor, labels)) for factor in by}
    unknown = {f"with unknown {names[factor]}": measured - shown[factor] for factor in by if factor in shown}
    absent = [f"No tumour has a known {names[factor]}." for factor in by if factor not in shown]
    return " ".join(part for part in ("Box: quartiles and median.", not_shown(unknown), *absent) if part)
