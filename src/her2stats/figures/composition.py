"""What the immune infiltrate is made of: a stacked bar for every tumour, and the mean of each HR group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    element_blank,
    element_text,
    facet_grid,
    geom_rect,
    geom_ribbon,
    ggplot,
    guide_legend,
    guides,
    labs,
    scale_fill_manual,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from her2stats.errors import DataError, Problem
from her2stats.figures.panel.measure import wrapped
from her2stats.figures.placeholder import placeholder
from her2stats.figures.sample_frame import sample_frame
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.cell_types import display_order
from her2stats.figures.style.theme import MARGIN, SMALL_SIZE, figure_theme
from her2stats.figures.style.wording import display_name, level_name, not_shown, within_a_sentence

MEANS = "Mean"
MEANS_AT = 1e6  # x of the means: no tumour has that rank, so their tick labels appear in their own panel only
# Ten colours and a grey that stay more than 24 CIELAB units apart, and from white, for every eye (Machado 2009, as the
# colours of HR); neighbours in a stack differ in lightness.
PALETTE = (
    *("#449966", "#FFAAFF", "#114455", "#EE9933", "#8877EE"),
    *("#663322", "#99EE99", "#AA66AA", "#AA4400", "#552288"),
)
REST = "#B8B8B8"


def plot_composition(
    data: pd.DataFrame,
    types: Sequence[str],
    *,
    group: str = "hr",
    relative: bool = True,
    labels: Mapping[str, str] | None = None,
    width_mm: float = 183.0,
    height_mm: float | None = None,
) -> ggplot:
    """Draw the composition of every tumour as stacked columns, by group, with the mean of each group beside.

    Parameters
    ----------
    data : DataFrame
        samples x variables of one cohort, with the cell types and `group` (without it: one group).
    types : sequence of str
        Columns of `data` that make up the whole.
    group : str
        The factor.
    relative : bool
        Shares of each tumour's total; otherwise the amounts as they are.
    labels : mapping, optional
        Name of a variable to its name on paper.
    width_mm, height_mm : float
        Size on paper; the height follows the legend unless given.

    Returns
    -------
    ggplot
        `.data` holds the mean of each group and cell type, as shown.

    Raises
    ------
    TableError
        `data` lacks a column.
    DataError
        An amount is negative.

    Notes
    -----
    Tumours are ordered by the type that is most abundant overall. The ten most abundant types have a colour each, the
    others are added up. Tumours with a missing type, and with `relative` those of total 0, are left out and counted in
    the caption.

    Examples
    --------
    >>> frame = pd.DataFrame({"hr": ["positive", "negative"], "Monocytes": [1.0, 3.0], "Neutrophils": [1.0, 1.0]})
    >>> plot_composition(frame, ["Monocytes", "Neutrophils"]).data["share"].tolist()
    [0.75, 0.25, 0.5, 0.5]
    """
    order = display_order(types)
    amounts, left_out = _amounts(sample_frame(data, None, types), order, relative=relative)
    amounts = _most_abundant(amounts)
    strata, unknown = _strata(data, amounts, group)
    if not strata or not order:
        return placeholder("No composition to show: no tumour has all cell types.", width_mm=width_mm)
    panels = [*strata, MEANS]
    kept = [str(name) for name in amounts]
    leading = str(amounts[kept[: len(PALETTE)]].sum().idxmax())
    columns = _columns(strata, panels, leading)
    means = _means(strata, panels)
    colours = type_colours(order, kept)
    group_name = within_a_sentence(display_name(group, labels))
    shown = [display_name(name, labels) for name in kept]
    caption = f"From left to right: tumours by falling {'share' if relative else 'abundance'} of "
    caption += f"{display_name(leading, labels)}. " + not_shown(
        {"without a full composition": left_out, f"with unknown {group_name}": unknown}
    )
    caption = wrapped(caption.rstrip(), width_mm - 2 * MARGIN, SMALL_SIZE)
    height = height_mm or 72.0
    return (
        ggplot(means)
        + figure_theme(width_mm, height)
        + geom_ribbon(
            aes("x", ymin="low", ymax="high", fill="type"), columns, size=0, outline_type="full", inherit_aes=False
        )
        + geom_rect(aes(xmin="left", xmax="right", ymin="low", ymax="high", fill="type"), means, inherit_aes=False)
        + facet_grid(cols="panel", scales="free_x", space=_widths(strata))
        + scale_fill_manual(values=colours, breaks=kept, labels=shown, name="")
        + _axes(list(strata), relative=relative)
        + guides(fill=guide_legend(ncol=1))
        + labs(x="", y=axis_words("share" if relative else "amount"), caption=caption)
        + theme(axis_title_x=element_blank(), axis_ticks_x=element_blank(), axis_text_x=element_text(size=SMALL_SIZE))
        + theme(legend_position="right", legend_key_size=6, legend_key_spacing_y=1.2)
    )


def type_colours(types: Sequence[str], shown: Sequence[str]) -> dict[str, str]:
    """Colour of each shown type: that of its place among all `types`, or the next free one; grey for the rest."""
    colours: dict[str, str] = {}
    for at, name in enumerate(types):
        if name in shown:
            turned = (*PALETTE[at % len(PALETTE) :], *PALETTE)
            colours[name] = next(colour for colour in turned if colour not in colours.values())
    return {name: colours.get(name, REST) for name in shown}


def _most_abundant(amounts: pd.DataFrame) -> pd.DataFrame:
    """Keep as many types as there are colours, those most abundant over all tumours, and add up the others."""
    kept = amounts.sum().nlargest(len(PALETTE)).index
    shown, rest = amounts.loc[:, amounts.columns.isin(kept)], amounts.loc[:, ~amounts.columns.isin(kept)]
    return shown.assign(**{f"Other types: {rest.shape[1]}": rest.sum(axis=1)}) if rest.shape[1] else shown


def _amounts(frame: pd.DataFrame, order: list[str], *, relative: bool) -> tuple[pd.DataFrame, int]:
    """Complete rows in the order of the types, as shares if wanted, and how many rows were not."""
    amounts = frame[order].astype(float)
    negative = (amounts < 0).sum()
    if negative.any():
        what = [f"'{name}' is negative in {count} samples" for name, count in negative[negative > 0].items()]
        raise DataError(*(Problem(text, remedy="fractions are 0 or more; correct them") for text in what))
    complete = amounts.dropna()
    if relative:
        total = complete.sum(axis=1)
        complete = complete[total > 0].div(total[total > 0], axis=0)
    return complete, len(amounts) - len(complete)


def _columns(strata: Mapping[str, pd.DataFrame], panels: list[str], leading: str) -> pd.DataFrame:
    """Edges of the columns as steps: one band a type across all tumours of a panel, so a panel is few shapes."""
    parts = []
    for panel, amounts in strata.items():
        place = np.lexsort((amounts.index.astype(str), -amounts[leading].to_numpy()))
        ordered = amounts.iloc[place]
        upper = ordered.iloc[:, ::-1].cumsum(axis=1)  # the first type of the legend lies on top
        for name in ordered:
            high, low = upper[name].to_numpy(), (upper[name] - ordered[name]).to_numpy()
            edges = np.repeat(np.arange(len(ordered) + 1), 2)[1:-1].astype(float)
            band = pd.DataFrame({"x": edges, "low": np.repeat(low, 2), "high": np.repeat(high, 2), "type": name})
            parts.append(band.assign(panel=panel))
    columns = pd.concat(parts, ignore_index=True)
    columns["panel"] = pd.Categorical(columns["panel"], panels)
    columns["type"] = pd.Categorical(columns["type"], list(amounts))
    return columns


def _strata(data: pd.DataFrame, amounts: pd.DataFrame, group: str) -> tuple[dict[str, pd.DataFrame], int]:
    """Tumours of each group by the title of its panel, the largest group first; how many have no group."""
    if group not in data or data.loc[amounts.index, group].isna().all():
        return ({f"All tumours\nn = {len(amounts)}": amounts} if len(amounts) else {}), 0
    level = data.loc[amounts.index, group].astype("object")
    values = sorted(level.dropna().unique(), key=lambda value: (-(level == value).sum(), str(value)))
    parts = {value: amounts[level == value] for value in values}
    titles = {value: f"{level_name(group, value)}\nn = {len(part)}" for value, part in parts.items()}
    return {titles[value]: part for value, part in parts.items()}, int(level.isna().sum())


def _means(strata: Mapping[str, pd.DataFrame], panels: list[str]) -> pd.DataFrame:
    parts = []
    for at, (title, amounts) in enumerate(strata.items()):
        mean = amounts.mean()
        high = mean[::-1].cumsum()[::-1].to_numpy()
        part = pd.DataFrame({"type": mean.index, "share": mean.to_numpy(), "low": high - mean.to_numpy(), "high": high})
        left = MEANS_AT + at + 0.1
        parts.append(part.assign(group=title.split("\n")[0], left=left, right=left + 0.8, panel=MEANS))
    means = pd.concat(parts, ignore_index=True)
    means["panel"] = pd.Categorical(means["panel"], panels)
    means["type"] = pd.Categorical(means["type"], list(next(iter(strata.values())).columns))
    return means


def _widths(strata: Mapping[str, pd.DataFrame]) -> dict[str, list[float]]:
    """Relative widths of the panels: by tumours, none below a third of the widest, and the means beside."""
    sizes = [float(len(amounts)) for amounts in strata.values()]
    widest_panel = max(sizes)
    own = [max(size, widest_panel / 3) for size in sizes]
    return {"x": [*own, 0.22 * sum(own)], "y": [1.0]}


def _axes(titles: Sequence[str], *, relative: bool) -> list[Any]:
    names = [title.split("\n")[0].replace("HR-", "HR-\n") for title in titles]
    shares = {"breaks": [0, 0.25, 0.5, 0.75, 1], "labels": ["0%", "25%", "50%", "75%", "100%"]} if relative else {}
    return [
        scale_x_continuous(expand=(0, 0), breaks=[MEANS_AT + at + 0.5 for at in range(len(names))], labels=names),
        scale_y_continuous(expand=(0, 0), **shares),
    ]
