"""Flow of tumours: from the clinical table of each cohort to what is analysed, as trials draw it (CONSORT)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotnine as p9
from plotnine import aes, ggplot

from her2stats.errors import DataError, Problem
from her2stats.figures.panel.measure import MM_PER_POINT, wrapped
from her2stats.figures.style.theme import FONT, GREY, INK, MARGIN, STRIPE, TEXT_SIZE, figure_theme
from her2stats.figures.style.wording import cohort_name, plain
from her2stats.vocabulary.names import sentence_case
from her2stats.vocabulary.numbers import format_count

_WIDTHS = (89.0, 120.0, 183.0)  # mm on paper, by how many cohorts stand side by side
_LINE, _PAD, _GAP, _SHIFT = TEXT_SIZE * MM_PER_POINT * 1.27, 1.6, 4.0, 7.0  # mm
_BLANK = ("axis_text", "axis_ticks", "axis_title", "panel_grid", "panel_border")
_INDENT = 2 * "\N{NO-BREAK SPACE}"


def plot_flow(flow: pd.DataFrame) -> ggplot:
    r"""Draw the flow of tumours of each cohort, three side by side at most.

    Parameters
    ----------
    flow : DataFrame
        The table ``flow`` of a results folder: ``cohort``, ``step`` (start, left out, analysed, group, known),
        ``what`` and ``n``, in order.

    Returns
    -------
    ggplot
        A box for the start, one for what was left out, and one for what is analysed.

    Raises
    ------
    DataError
        A column is missing, or there is no row.

    References
    ----------
    Schulz et al., BMJ 340:c332 (2010), CONSORT; doi:10.1136/bmj.c332.

    Examples
    --------
    >>> steps = [("start", "samples", 60), ("left out", "HER2 positive", 12), ("analysed", "tumours", 48)]
    >>> flow = pd.DataFrame([("ours", *step) for step in steps], columns=["cohort", "step", "what", "n"])
    >>> [label.replace("\N{NO-BREAK SPACE}", " ") for label in plot_flow(flow).data["label"]]
    ['Samples (n = 60)', 'Left out (n = 12)\n  HER2 positive (n = 12)', 'Tumours (n = 48)']
    """
    if not len(flow) or not {"cohort", "step", "what", "n"} <= set(flow):
        raise DataError(Problem("this is no flow of tumours", remedy='give the table "flow" of a results folder'))
    parts = [part for _, part in flow.groupby("cohort", sort=False)]
    across = min(len(parts), len(_WIDTHS))
    width, top = _WIDTHS[across - 1], 0.0
    column, drawn = (width - 2 * MARGIN + _GAP) / across, list[pd.DataFrame]()
    for first in range(0, len(parts), across):
        row = [_boxes(part, column * at, top, column - _GAP) for at, part in enumerate(parts[first : first + across])]
        top, drawn = max(boxes["bottom"].max() for boxes in row) + _GAP, [*drawn, *row]
    boxes = pd.concat(drawn, ignore_index=True)
    side, last = boxes[boxes["step"] == "left out"], boxes[boxes["step"] == "analysed"]
    line: dict[str, Any] = {"color": GREY, "size": 0.4, "arrow": p9.arrow(length=0.05, type="closed")}
    text: dict[str, Any] = {"ha": "left", "size": TEXT_SIZE, "family": FONT, "color": INK}
    return (
        ggplot(boxes)
        + p9.geom_segment(aes("spine", "above", xend="spine", yend="top"), data=last, **line)
        + p9.geom_segment(aes("spine", "middle", xend="left", yend="middle"), data=side, **line)
        + p9.geom_rect(aes(xmin="left", xmax="right", ymin="top", ymax="bottom"), fill=STRIPE, color=GREY, size=0.4)
        + p9.geom_text(aes("left + _PAD", "top + _PAD", label="label"), va="top", lineheight=1.2, **text)
        + p9.geom_text(aes("left", "top - _LINE", label="head"), va="top", fontweight="bold", **text)
        + p9.scale_x_continuous(expand=(0, 0))
        + p9.scale_y_reverse(expand=(0, 0))
        + p9.coord_cartesian(xlim=(-0.3, width - 2 * MARGIN + 0.3), ylim=(top - _GAP + 0.5, 0))
        + p9.labs(x="", y="")
        + figure_theme(width, top - _GAP + 2 * MARGIN + 1)
        + p9.theme(**dict.fromkeys(_BLANK, p9.element_blank()))
    )


def _boxes(flow: pd.DataFrame, left: float, top: float, width: float) -> pd.DataFrame:
    """Boxes of one cohort below one another, in millimetres; `spine` and `above` are where its arrows begin."""
    rows, y, above = list[dict[str, Any]](), top + 1.5 * _LINE, top
    head = cohort_name(str(flow["cohort"].iloc[0]))
    for step, behind in (("start", ()), ("left out", ("left out",)), ("analysed", ("group", "known"))):
        own, further = flow[flow["step"] == step], flow[flow["step"].isin(behind)]
        if not len(own):
            continue
        title = step if step == "left out" else own["what"].iloc[0]
        lines = [_counted(sentence_case(title), int(own["n"].sum()))]
        lines += [_INDENT + _counted(what, n) for what, n in further[["what", "n"]].itertuples(index=False)]
        shift = _SHIFT if step == "left out" else 0.0
        label = "\n".join(wrapped(plain(line), width - shift - 2 * _PAD, TEXT_SIZE) for line in lines)
        bottom = y + _LINE * (label.count("\n") + 1) + 2 * _PAD
        box = {"left": left + shift, "right": left + width, "top": y, "bottom": bottom, "middle": (y + bottom) / 2}
        words = {"step": step, "label": label, "head": "" if rows else head}
        rows.append({**box, **words, "spine": left + _SHIFT / 2, "above": above})
        above, y = (bottom if step == "start" else above), bottom + _GAP
    return pd.DataFrame(rows)


def _counted(what: str, n: int) -> str:
    return f"{what} (n = {format_count(n)})".replace("n = ", "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
