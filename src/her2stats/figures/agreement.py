"""How far Python's numbers lie from R's: relative differences on a log scale, with the tolerance of each quantity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    annotate,
    geom_point,
    geom_segment,
    geom_text,
    ggplot,
    labs,
    scale_color_manual,
    scale_shape_manual,
)

from her2stats.errors import Problem, TableError
from her2stats.figures.panel.legend import legend_box
from her2stats.figures.panel.measure import wrapped
from her2stats.figures.panel.row_axis import axis_title, fitting_ticks, row_scales, title_layers
from her2stats.figures.panel.row_marks import column_texts
from her2stats.figures.panel.row_panel import room_above, row_layers, row_panel
from her2stats.figures.placeholder import placeholder
from her2stats.figures.sample_frame import spread
from her2stats.figures.style.axis_words import axis_words
from her2stats.figures.style.theme import GREY, INK, MARGIN, SMALL_SIZE, STRIPE, figure_theme
from her2stats.figures.style.wording import plain
from her2stats.vocabulary.numbers import MINUS

NEEDED = ("model", "quantity", "rel_diff", "tolerance", "verdict")
AGREE, DISAGREE, NOT_CHECKED = "agree", "disagree", "not checked"
COLOURS = {AGREE: "#3B6E8F", DISAGREE: "#B5305F", NOT_CHECKED: GREY}
SHAPES = {AGREE: "o", DISAGREE: "X", NOT_CHECKED: "o"}
SMALLEST = -17.0  # log10; below the spacing of double precision, 2.2e-16
ROW_MM, GAP = 2.6, 0.9
CHECKED = "agree"
MOST_DOTS = 60  # in a line; more cannot be told apart, and a study has a hundred thousand numbers
COUNTS = "counts"
NAMES = {
    "correlate": "Spearman correlation",
    "compare_groups": "Group comparison",
    "fit_logistic": "Logistic regression",
    "fit_interaction": "Interaction",
    "fit_clinical": "Clinical models",
    "fit_ancova": "ANCOVA",
    "response_odds": "Response",
    "adjust": "Correction for multiple tests",
    "study_wide": "Whole study",
    "specification_curve": "Specification curves",
    "correlate_draws": "Correlation in draws",
    "p_study": "p of the whole study",
    "p_primary": "p of the primary question",
    "std_error": "standard error",
    "conf_low": "lower limit",
    "conf_high": "upper limit",
    "p_value": "p",
    "p_adjusted": "adjusted p",
    "p_bh": "Benjamini-Hochberg p",
}


class CrosscheckLike(Protocol):
    """What `crosscheck_r` returns, as far as the figure reads it."""

    @property
    def table(self) -> pd.DataFrame:
        """One row a quantity."""


def plot_agreement(
    crosscheck: CrosscheckLike | pd.DataFrame, *, labels: Mapping[str, str] | None = None, width_mm: float = 183.0
) -> ggplot:
    """Draw relative differences between Python and R: a line a kind of quantity, a dot a number.

    Parameters
    ----------
    crosscheck : Crosscheck or DataFrame
        From `crosscheck_r`: columns model, quantity, rel_diff, tolerance, verdict ("agree", "disagree", or "not
        checked", with or without a reason); with a column verb, models of one verb share their lines.
    labels : mapping, optional
        Name of a verb, model or quantity to its name on paper.
    width_mm : float
        Width on paper.

    Returns
    -------
    ggplot
        `.data` holds one row a number that was compared.

    Raises
    ------
    TableError
        A needed column is missing.

    Notes
    -----
    Equal numbers (difference 0) stand in a lane of their own. Numbers of tumours share one line. Of a line with more
    than 60 numbers that agree 60 are drawn, evenly spaced by rank, the largest difference among them; every number
    that disagrees is drawn. Numbers that were not checked are counted with their reason and never drawn as if they
    agreed.

    Examples
    --------
    >>> table = pd.DataFrame([("fit_logistic", "estimate", 3e-13, 1e-8, "agree")],
    ...                      columns=["model", "quantity", "rel_diff", "tolerance", "verdict"])
    >>> plot_agreement(table).data["line"].tolist()
    ['estimate']
    """
    table = crosscheck if isinstance(crosscheck, pd.DataFrame) else crosscheck.table
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise TableError(Problem(f"no column {', '.join(missing)}", remedy="pass the table of crosscheck_r"))
    numbers = _compared(table, labels)
    if not len(numbers):
        return placeholder("Nothing to compare with R: no number was crosschecked.", width_mm=width_mm)
    lines = _lines(numbers)
    numbers = numbers.merge(lines[["section", "line", "y"]], on=["section", "line"])
    checked = numbers[numbers["verdict"] != NOT_CHECKED]
    geometry_columns = {CHECKED: list(lines["text"])}
    limits = _limits(checked)
    geometry = row_panel(width_mm, 1, list(lines["label"]), geometry_columns, limits)
    places = lines.assign(striped=False)
    ticks = fitting_ticks(_ticks(limits), geometry)
    head = 0.9
    title = axis_title(axis_words("agreement"), geometry)
    caption = wrapped(_caption(numbers), width_mm - 2 * MARGIN, SMALL_SIZE)
    verdicts = [verdict for verdict in (AGREE, DISAGREE) if (checked["verdict"] == verdict).any()]
    legends = legend_box({"color": verdicts, "shape": verdicts}, room_above(geometry, width_mm), symbol_size=1.8)
    rows = places["y"].max() - places["y"].min() + 1 + head
    height = rows * ROW_MM + legends.height_mm + 2 * MARGIN + 10 + 2.6 * len(f"{title}\n{caption}".split("\n"))
    top = places["y"].max() + 0.5
    return (
        ggplot(checked, aes("x", "y"))
        + figure_theme(width_mm, height)
        + annotate("rect", xmin=limits[0], xmax=limits[0] + 1, ymin=places["y"].min() - 0.5, ymax=top, fill=STRIPE)
        + row_layers(places, geometry, ticks, stripes=False)
        + _marks(_thinned(checked), lines, limits[1])
        + _sections(lines, limits[0])
        + column_texts({CHECKED: lines.assign(panel="")}, top + 0.45, geometry)
        + row_scales(places, geometry, ticks, head=head)
        + scale_color_manual(values=COLOURS, name="", breaks=verdicts)
        + scale_shape_manual(values=SHAPES, name="", breaks=verdicts)
        + legends.layers()
        + title_layers(title, geometry)
        + labs(caption=caption)
    )


def _compared(table: pd.DataFrame, labels: Mapping[str, str] | None) -> pd.DataFrame:
    """Rows that hold numbers, with their section (verb or model), line (quantity) and short verdict."""
    numbers = table[table["tolerance"].notna() | table["verdict"].str.startswith(NOT_CHECKED)].copy()
    section = numbers["verb"] if "verb" in numbers else numbers["model"]
    named = {**NAMES, **(labels or {})}
    numbers["section"] = [plain(named.get(name, name)) for name in section.astype(str)]
    numbers["line"] = [plain(named.get(name, _quantity(name))) for name in numbers["quantity"].astype(str)]
    given = numbers["verdict"].astype(str)
    numbers["why"] = [verdict.partition(": ")[2] for verdict in given]
    if "reason" in numbers:
        numbers["why"] = numbers["why"].where(numbers["why"] != "", numbers["reason"].fillna("").astype(str))
    agreed = given.str.startswith("agree")
    numbers["verdict"] = np.where(given.str.startswith(NOT_CHECKED), NOT_CHECKED, np.where(agreed, AGREE, DISAGREE))
    return numbers.reset_index(drop=True)


def _quantity(name: str) -> str:
    return COUNTS if name == "n" or name.startswith("n_") else name.replace("_", " ")


def _thinned(numbers: pd.DataFrame) -> pd.DataFrame:
    """Numbers that get a dot: all that disagree, of the others at most `MOST_DOTS` a line, by evenly spaced ranks."""
    agree = numbers[numbers["verdict"] == AGREE].sort_values("rel_diff", kind="stable")
    parts = [numbers[numbers["verdict"] != AGREE]]
    for _, line in agree.groupby("y"):
        ranks = np.unique(np.linspace(0, len(line) - 1, min(len(line), MOST_DOTS)).round().astype(int))
        parts.append(line.iloc[ranks])
    return pd.concat(parts).sort_index()


def _lines(numbers: pd.DataFrame) -> pd.DataFrame:
    """One line a section and quantity: its y, tolerance, and how many of its numbers agree."""
    rows: list[tuple[str, str, float, float, str, bool]] = []
    y = 0.0
    for section in dict.fromkeys(numbers["section"]):
        own = numbers[numbers["section"] == section]
        y -= GAP if rows else 0.0
        for at, line in enumerate(dict.fromkeys(own["line"])):
            part = own[own["line"] == line]
            done = part[part["verdict"] != NOT_CHECKED]
            text = f"{(done['verdict'] == AGREE).sum()} of {len(done)}" if len(done) else NOT_CHECKED
            tolerance = done["tolerance"].min() if len(done) else math.nan
            rows.append((section, line, y, tolerance, text, at == 0))
            y -= 1.0
    lines = pd.DataFrame(rows, columns=["section", "line", "y", "tolerance", "text", "first"])
    return lines.assign(label=lines["line"], name=lines["section"] + lines["line"])


def _limits(checked: pd.DataFrame) -> tuple[float, float]:
    largest = pd.concat([checked["rel_diff"], checked["tolerance"]]).replace(np.inf, np.nan).max()
    return SMALLEST - 1, max(-5.0, math.ceil(math.log10(largest)) + 0.5) if largest > 0 else -5.0


def _ticks(limits: tuple[float, float]) -> list[dict[float, str]]:
    whole = range(int(SMALLEST) + 1, math.floor(limits[1]) + 1)
    zero = {limits[0] + 0.5: "0"}
    return [
        {**zero, **{float(at): rf"$10^{{{at}}}$".replace("-", MINUS) for at in whole if at % step == 0}}
        for step in (1, 2, 4, 8)
    ]


def _marks(checked: pd.DataFrame, lines: pd.DataFrame, high: float) -> list[Any]:
    marks: list[Any] = []
    bars = lines[lines["tolerance"] > 0].assign(x=lambda part: np.log10(part["tolerance"]))
    if len(bars):
        mapping = aes(x="x", xend="x", y="y - 0.42", yend="y + 0.42")
        marks.append(geom_segment(mapping, bars, color=INK, size=0.8, inherit_aes=False))
    if not len(checked):
        return marks
    parts = []
    for _, part in checked.groupby("y"):
        size = part["rel_diff"].fillna(np.inf)
        lane = spread(pd.Series(size.to_numpy(), index=[f"{at:09d}" for at in range(len(part))]), dimensions=2)
        x = np.log10(size.clip(lower=10.0**SMALLEST)).clip(upper=high - 0.15)
        x = x.where(size > 0, SMALLEST - 0.5 + 0.7 * lane[:, 1])
        parts.append(part.assign(x=x, y=part["y"] + 0.6 * lane[:, 0]))
    dots = pd.concat(parts, ignore_index=True)
    mapping = aes("x", "y", color="verdict", shape="verdict")
    agree, other = dots[dots["verdict"] == AGREE], dots[dots["verdict"] != AGREE]
    if len(agree):
        marks.append(geom_point(mapping, agree, size=0.8, stroke=0, alpha=0.6))
    if len(other):
        marks.append(geom_point(mapping, other, size=1.6, stroke=0.3))
    return marks


def _sections(lines: pd.DataFrame, left: float) -> list[Any]:
    heads = lines[lines["first"]].assign(x=left, y=lambda part: part["y"] + 0.5 + GAP / 2)
    style = {"size": SMALL_SIZE, "fontweight": "bold", "ha": "left", "color": INK, "inherit_aes": False}
    return [geom_text(aes("x", "y", label="section"), heads, **style)]


def _caption(numbers: pd.DataFrame) -> str:
    parts = ["Bar: tolerance (the smallest of its line).", "Lane on the left: identical numbers."]
    if (numbers[numbers["verdict"] == AGREE].groupby(["section", "line"]).size() > MOST_DOTS).any():
        parts.append(f"Of more than {MOST_DOTS} numbers that agree, {MOST_DOTS} evenly spaced by rank are drawn.")
    unchecked = numbers[numbers["verdict"] == NOT_CHECKED]
    if len(unchecked):
        reasons = ", ".join(dict.fromkeys(text for text in unchecked["why"] if text))
        parts.append(f"Not checked: {len(unchecked)} numbers{f' ({plain(reasons)})' if reasons else ''}.")
    return " ".join(parts)
