"""The correlation matrix: every pair once, in one order, whatever way round it was asked."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import Collection
from matplotlib.offsetbox import AuxTransformBox
from matplotlib.text import Text
from PIL import Image, ImageColor

from her2stats.figures import plot_heatmap, save_figure
from her2stats.figures.heatmap_cells import clustered, correlation_pairs, variable_order
from her2stats.figures.style.save import drawn
from her2stats.figures.style.theme import DIVERGING
from her2stats.statistics import adjust
from her2stats.statistics.result import as_result_table
from her2stats.statistics.rows import result_rows

from . import examples as e
from .layers import caption_of, data_of, layers_with, texts_of

VARIABLES = ["her2", "ERBB2", "ESR1", *e.LM22[:8], "T cells regulatory (Tregs)"]


@pytest.fixture(scope="module")
def matrix(cohorts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return result_rows(e.correlation_matrix(cohorts["ABiM"], VARIABLES))


def test_every_pair_of_every_stratum_has_one_cell(matrix: pd.DataFrame) -> None:
    pairs = len(VARIABLES) * (len(VARIABLES) - 1) // 2
    cells = plot_heatmap(matrix).data
    assert cells.groupby("panel", observed=True).size().tolist() == [pairs, pairs]
    assert not cells.duplicated(["panel", "x", "y"]).any()


def test_a_pair_asked_the_other_way_round_is_the_same_pair(matrix: pd.DataFrame) -> None:
    turned = matrix.rename(columns={"term": "outcome", "outcome": "term"})
    both = pd.concat([matrix, as_result_table(turned)], ignore_index=True)
    assert len(correlation_pairs(both)) == len(correlation_pairs(matrix))


def test_scores_stand_first_then_types_by_lineage(matrix: pd.DataFrame) -> None:
    pairs = correlation_pairs(matrix)
    assert variable_order(pairs, None) == ["her2", "ERBB2", "ESR1", *e.LM22[:8], "T cells regulatory (Tregs)"]
    assert variable_order(pairs, ["ESR1"])[0] == "ESR1"


def test_rho_stands_in_the_cell_and_stars_follow_the_adjusted_p() -> None:
    base = {"stratum": "hr=positive", "term": "her2", "measure": "rho", "n": 50, "p_value": 1e-9}
    given = [
        ("Monocytes", -0.314, 0.0004),
        ("Neutrophils", 0.999, 0.004),
        ("Eosinophils", -0.001, 0.04),
        ("DC", 0.2, 0.9),
    ]
    rows = [{**base, "outcome": name, "estimate": rho, "p_adjusted": p} for name, rho, p in given]
    cells = plot_heatmap(pd.DataFrame(rows)).data.set_index("outcome")
    assert cells["text"].to_dict() == {"Monocytes": "–.31", "Neutrophils": "1", "Eosinophils": ".00", "DC": ".20"}
    assert cells["stars"].to_dict() == {"Monocytes": "***", "Neutrophils": "**", "Eosinophils": "*", "DC": ""}


def test_the_caption_says_over_how_many_pairs_p_was_adjusted(
    matrix: pd.DataFrame, cohorts: dict[str, pd.DataFrame]
) -> None:
    pairs = (matrix["stratum"] == "hr=positive").sum()  # those that could not be estimated were looked at, too
    adjusted = adjust(e.correlation_matrix(cohorts["ABiM"], VARIABLES), by=("cohort", "stratum"))
    assert f"Adjusted p (Bonferroni over {pairs} pairs in each group): *" in caption_of(plot_heatmap(adjusted))
    assert "pairs in each group" not in caption_of(plot_heatmap(matrix))


def test_without_adjusted_p_the_caption_says_so() -> None:
    row = {"stratum": "all", "term": "her2", "measure": "rho", "outcome": "Monocytes", "estimate": 0.1, "p_value": 0.01}
    assert "not adjusted" in caption_of(plot_heatmap(pd.DataFrame([row])))


def test_a_pair_without_estimate_says_so(cohorts: dict[str, pd.DataFrame]) -> None:
    plot = plot_heatmap(e.correlation_matrix(cohorts["ABiM"], ["her2", "T cells CD4 naive", "Monocytes"]))
    assert texts_of(plot).count("n.e.") == 4
    assert "n.e.: not estimable" in caption_of(plot)


def test_n_stands_in_every_panel(matrix: pd.DataFrame, abim: pd.DataFrame) -> None:
    positive = (abim["hr"] == "positive").sum()
    titles = list(plot_heatmap(matrix).data["panel"].cat.categories)
    assert titles == [f"HR-positive (n = {positive})", f"HR-negative (n = {318 - positive})"]


def test_too_many_variables_for_two_triangles_stand_on_both_sides_of_one_diagonal(abim: pd.DataFrame) -> None:
    plot = plot_heatmap(e.correlation_matrix(abim, ["her2", *e.LM22]))
    cells = plot.data
    assert (
        cells.loc[cells["stratum"] == "hr=positive", "x"] < -cells.loc[cells["stratum"] == "hr=positive", "y"]
    ).all()
    assert (
        cells.loc[cells["stratum"] == "hr=negative", "x"] > -cells.loc[cells["stratum"] == "hr=negative", "y"]
    ).all()
    assert "below the diagonal" in cells["panel"].cat.categories[0]


def test_clustering_does_not_hang_on_the_order_of_the_variables(matrix: pd.DataFrame) -> None:
    pairs = correlation_pairs(matrix)
    assert clustered(pairs, VARIABLES) == clustered(pairs, VARIABLES[::-1])
    assert sorted(clustered(pairs, VARIABLES)) == sorted(VARIABLES)
    assert set(plot_heatmap(matrix, cluster=True).data["panel"]) == set(plot_heatmap(matrix).data["panel"])


def test_clustering_brings_together_what_goes_together() -> None:
    strong = {("a", "b"): 0.9, ("c", "d"): 0.8}
    names = ["a", "c", "b", "d"]
    rows = [
        {"measure": "rho", "term": x, "outcome": y, "estimate": strong.get((x, y), strong.get((y, x), 0.0))}
        for place, x in enumerate(names)
        for y in names[place + 1 :]
    ]
    order = clustered(correlation_pairs(result_rows(pd.DataFrame(rows))), names)
    assert abs(order.index("a") - order.index("b")) == abs(order.index("c") - order.index("d")) == 1


def test_other_tests_are_no_cells() -> None:
    row = {"stratum": "all", "term": "Plasma cells", "outcome": "her2", "estimate": 0.1, "measure": "shift"}
    assert any("No correlation matrix" in text for text in texts_of(plot_heatmap(pd.DataFrame([row]))))


@pytest.mark.parametrize("layout", ["columns", "rows", "mirrored"])
def test_the_numbers_of_the_legend_stand_below_its_bar(matrix: pd.DataFrame, layout: str) -> None:
    with drawn(plot_heatmap(matrix, layout=layout)) as figure:
        figure.draw_without_rendering()
        renderer = figure.canvas.get_renderer()
        (bar,) = [box for box in figure.findobj(AuxTransformBox) if box.get_children()]
        parts = bar.get_children()
        colours = next(part for part in parts if isinstance(part, Collection)).get_window_extent(renderer)
        numbers = [part.get_window_extent(renderer) for part in parts if isinstance(part, Text)]
    assert len(numbers) == 5
    assert max(number.y1 for number in numbers) <= colours.y0


def test_the_bar_of_the_legend_has_the_same_size_in_every_format(matrix: pd.DataFrame, tmp_path: Path) -> None:
    plot = plot_heatmap(matrix)
    svg, png = save_figure(plot, tmp_path / "heatmap", formats=("svg", "png"))
    strong = DIVERGING[0].lower()  # the left end of the bar; no cell has rho -1
    shapes = re.findall(rf'<path d="([^"]+)"[^>]*fill: {strong}', svg.read_text())
    left = min(float(x) for shape in shapes for x in re.findall(r"M ([\d.]+)", shape))
    pixels = np.asarray(Image.open(png).convert("RGB"))
    found = np.abs(pixels.astype(int) - np.array(ImageColor.getrgb(strong))).max(axis=2) <= 1
    rows, columns = np.nonzero(found)
    assert left / 72 == pytest.approx(columns.min() / 300, abs=0.01)  # inches
    ys = [float(y) for shape in shapes for y in re.findall(r"[ML] [\d.]+ ([\d.]+)", shape)]
    assert (max(ys) - min(ys)) / 72 == pytest.approx((rows.max() - rows.min() + 1) / 300, abs=0.01)


def test_cells_of_few_tumours_are_hatched_and_the_caption_says_how_few(abim: pd.DataFrame) -> None:
    pairs = e.correlation(abim, "her2", e.LM22[:3], by="hr").table
    pairs.loc[pairs["stratum"] == "hr=negative", "n"] = 19
    plot = plot_heatmap(pairs)
    (hatch,) = layers_with(plot, "geom_segment")
    assert set(data_of(hatch, plot)["stratum"]) == {"hr=negative"}
    assert "Hatched: fewer than 20 tumours." in caption_of(plot)
    assert not layers_with(plot_heatmap(pairs, few=19), "geom_segment")
    assert "Hatched" not in caption_of(plot_heatmap(pairs, few=19))
