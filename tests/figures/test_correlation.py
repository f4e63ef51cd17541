"""Correlations: points, bands of strength, and types that have no correlation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.figures import plot_correlation
from her2stats.figures.style.theme import HR_COLOURS
from her2stats.statistics.fits.rank_tests.wilcoxon import superiority_limits
from her2stats.statistics.result import as_result_table

from . import examples as e
from .extents import misplaced_texts
from .layers import caption_of, colour_of, data_of, layers_with, texts_of


def table(*rows: dict[str, object]) -> pd.DataFrame:
    base = {"cohort": "A", "stratum": "all", "term": "her2", "n": 100, "measure": "rho", "conf_level": 0.95}
    return as_result_table(pd.DataFrame([{**base, **row} for row in rows]))


RHO = {"outcome": "Monocytes", "estimate": -0.2, "conf_low": -0.4, "conf_high": 0.01, "p_value": 0.06}


def test_a_panel_for_each_cohort_with_its_n(cohorts: dict[str, pd.DataFrame]) -> None:
    plot = plot_correlation([e.correlation(frame, "her2", e.LM22) for frame in cohorts.values()])
    assert list(plot.data["panel"].cat.categories) == ["discovery", "confirmatory", "ABiM"]
    assert {"n = 104", "n = 81", "n = 318"} <= set(texts_of(plot))
    assert plot.data.groupby("panel", observed=True).size().eq(22).all()


def test_bands_are_the_papers(abim: pd.DataFrame) -> None:
    plot = plot_correlation(e.correlation(abim, "her2", e.LM22))
    (bands,) = layers_with(plot, "geom_rect")
    drawn = data_of(bands, plot)
    edges = drawn[drawn["xmin"] >= 0].set_index("Band")[["xmin", "xmax"]]
    assert edges.loc["weak (0.1–0.3)"].tolist() == [0.1, 0.3]
    assert edges.loc["moderate (0.3–0.5)"].tolist() == [0.3, 0.5]
    assert edges.loc["strong (>0.5)", "xmin"] == 0.5
    assert drawn["xmin"].min() == -drawn["xmax"].max()


def test_strata_have_their_colours(abim: pd.DataFrame) -> None:
    plot = plot_correlation(e.correlation(abim, "her2", e.LM22, by="hr"))
    assert colour_of(plot, "HR-positive") == HR_COLOURS["positive"]


def test_a_constant_type_keeps_its_line(abim: pd.DataFrame) -> None:
    plot = plot_correlation(e.correlation(abim, "her2", e.LM22))
    assert "constant outcome" in texts_of(plot)
    assert "T cells CD4 naive" in set(plot.data["name"])


def test_without_text_columns_the_reason_says_n_e(cohorts: dict[str, pd.DataFrame]) -> None:
    plot = plot_correlation([e.correlation(frame, "her2", e.LM22) for frame in cohorts.values()])
    assert "n.e. (constant outcome)" in texts_of(plot)


WILCOXON = {"outcome": "her2", "term": "Plasma cells", "measure": "shift", "n_reference": 40, "n_comparison": 60}
SHIFT = {"estimate": 0.9, "conf_low": 0.8, "conf_high": 0.95, "p_value": 0.03}


def test_a_dichotomised_type_is_a_rank_biserial_correlation_never_the_shift() -> None:
    plot = plot_correlation(table(RHO, {**WILCOXON, **SHIFT, "superiority": 0.7}))
    plasma = plot.data.set_index("name").loc["Plasma cells"]
    assert plasma["x"] == pytest.approx(0.4)
    low, high = superiority_limits(0.7, 40, 60, conf_level=0.95)
    assert plasma[["xmin", "xmax"]].tolist() == pytest.approx([2 * low - 1, 2 * high - 1])
    assert plasma["text"].endswith("\N{DOUBLE DAGGER}")
    (triangles,) = layers_with(plot, "geom_point", shape="^")
    assert data_of(triangles, plot)["name"].tolist() == ["Plasma cells"]
    assert "Triangle" in caption_of(plot)
    assert "rank-biserial" in caption_of(plot)
    assert misplaced_texts(plot) == []


def test_a_comparison_that_does_not_say_the_superiority_is_not_estimable() -> None:
    plot = plot_correlation(table(RHO, {**WILCOXON, **SHIFT}))
    plasma = plot.data.set_index("name").loc["Plasma cells"]
    assert np.isnan(plasma["x"])
    assert plasma["text"] == "n.e."
    assert "Triangle" not in caption_of(plot)


def test_pooled_correlations_are_diamonds_beside_their_cohorts() -> None:
    rows = [RHO, {**RHO, "cohort": "B"}, {**RHO, "cohort": "pooled", "p_adjusted": np.nan}]
    plot = plot_correlation(table(*rows))
    (diamonds,) = layers_with(plot, "geom_polygon")
    drawn = data_of(diamonds, plot)
    assert set(drawn["cohort"]) == {"pooled"}
    assert sorted(drawn["corner_x"]) == [-0.4, -0.2, -0.2, 0.01]
    assert "Diamond" in caption_of(plot)
    assert "Diamond" not in caption_of(plot_correlation(table(*rows[:2])))


def test_the_caption_says_the_level_of_the_interval() -> None:
    assert "Line: 90% confidence interval." in caption_of(plot_correlation(table({**RHO, "conf_level": 0.9})))


def test_only_one_score_is_shown() -> None:
    both = table(RHO, {**RHO, "term": "ESR1", "estimate": 0.5})
    assert plot_correlation(both).data["estimate"].tolist() == [-0.2]
    assert plot_correlation(both, exposure="ESR1").data["estimate"].tolist() == [0.5]


def test_types_can_be_chosen_and_ordered() -> None:
    both = table(RHO, {**RHO, "outcome": "Neutrophils"}, {**RHO, "outcome": "Eosinophils"})
    plot = plot_correlation(both, types=["Neutrophils", "Monocytes"], order=["Neutrophils", "Monocytes"])
    assert plot.data.sort_values("y", ascending=False)["name"].tolist() == ["Neutrophils", "Monocytes"]


def test_cohorts_side_by_side_share_one_panel(cohorts: dict[str, pd.DataFrame]) -> None:
    results = [e.correlation(frame, "her2", e.LM22[:3]) for frame in cohorts.values()]
    plot = plot_correlation(results, cohorts="dodge")
    assert list(plot.data["Stratum"].cat.categories) == ["discovery", "confirmatory", "ABiM"]
    assert plot.data["y"].nunique() == 9


@pytest.mark.parametrize("width", [89.0, 120.0, 183.0])
def test_all_flagged(width: float) -> None:
    flagged = {"outcome": "Monocytes", "flag": "too few observations: n = 3", "n": 3}
    plot = plot_correlation(table(flagged), width_mm=width)
    assert any("too few observations" in text for text in texts_of(plot))
    assert misplaced_texts(plot) == []


def test_nothing_to_show_is_said() -> None:
    assert any("No correlation" in text for text in texts_of(plot_correlation([])))


def test_perfect_correlation_reaches_the_end_of_the_axis() -> None:
    plot = plot_correlation(table({**RHO, "estimate": -1.0, "conf_low": -1.0, "conf_high": -1.0}))
    assert plot.data["x"].tolist() == [-1.0]
    assert misplaced_texts(plot) == []
