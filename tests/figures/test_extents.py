"""No text leaves its figure, is cut by its panel, or lies on another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from plotnine import element_rect, ggplot, labs, theme

from her2stats.figures import (
    plot_agreement,
    plot_composition,
    plot_correlation,
    plot_distribution,
    plot_exposure,
    plot_flow,
    plot_forest,
    plot_heatmap,
    plot_marginal,
    plot_response,
    plot_til_scatter,
    save_figure,
)

from . import examples as e
from .extents import misplaced_texts

Cohorts = dict[str, pd.DataFrame]
LABELS = {"her2": "HER2 20-gene score", "til": "Total TIL (Danaher score, log2)"}
VARIABLES = ["her2", "ERBB2", "ESR1", "til", *e.LM22]


def forest(cohorts: Cohorts, names: list[str], width: float) -> ggplot:
    frames = [cohorts[name] for name in names]
    odds, tests = [e.odds_ratios(frame) for frame in frames], [e.interaction(frame) for frame in frames]
    return plot_forest(odds, tests, labels=LABELS, width_mm=width)


FIGURES: dict[str, Callable[[Cohorts], ggplot]] = {
    "correlation, 3 cohorts": lambda c: plot_correlation(
        [e.correlation(frame, "her2", e.LM22) for frame in c.values()], labels=LABELS
    ),
    "correlation by HR, 183 mm": lambda c: plot_correlation(
        e.correlation(c["ABiM"], "her2", e.LM22, by="hr"), labels=LABELS
    ),
    "correlation by HR, 120 mm": lambda c: plot_correlation(
        e.correlation(c["ABiM"], "her2", e.LM22, by="hr"), labels=LABELS, width_mm=120
    ),
    "correlation, cohorts side by side, 89 mm": lambda c: plot_correlation(
        [e.correlation(frame, "her2", e.LM22) for frame in c.values()], labels=LABELS, cohorts="dodge", width_mm=89
    ),
    "TIL scatter": lambda c: plot_til_scatter(
        e.correlation(c["ABiM"], "til", ["her2", "ESR1", "ERBB2"]), labels=LABELS
    ),
    "flow, 1 cohort": lambda _: plot_flow(e.flow("ours")),
    "flow, 5 cohorts": lambda _: plot_flow(e.flow("a", "b", "a cohort with a long name", "d", "e")),
    "heatmap, mirrored": lambda c: plot_heatmap(e.correlation_matrix(c["ABiM"], VARIABLES), labels=LABELS),
    "heatmap, side by side": lambda c: plot_heatmap(
        e.correlation_matrix(c["discovery"], VARIABLES[:14]), labels=LABELS
    ),
    "forest, 3 cohorts, 183 mm": lambda c: forest(c, list(c), 183),
    "forest, 120 mm": lambda c: forest(c, ["ABiM"], 120),
    "forest, 89 mm": lambda c: forest(c, ["confirmatory"], 89),
    "marginal": lambda c: plot_marginal(e.ancova(c["ABiM"], e.LM22[:6]), labels=LABELS),
    "marginal, 1 panel": lambda c: plot_marginal(e.ancova(c["ABiM"], e.LM22[:1]), labels=LABELS),
    "marginal, 89 mm": lambda c: plot_marginal(e.ancova(c["ABiM"], e.LM22[:2]), labels=LABELS, width_mm=89),
    "distribution": lambda c: plot_distribution(e.comparison(c["ABiM"]), c["ABiM"]),
    "distribution, 3 cohorts": lambda c: plot_distribution([e.comparison(frame) for frame in c.values()], c),
    "exposure": lambda c: plot_exposure(c["ABiM"], "her2", labels=LABELS),
    "exposure, 3 cohorts": lambda c: plot_exposure(c, "her2", labels=LABELS, width_mm=183),
    "composition": lambda c: plot_composition(c["ABiM"], e.LM22),
    "response": lambda c: plot_response(e.response()),
    "agreement": lambda c: plot_agreement(e.crosscheck()),
    "agreement, 89 mm": lambda c: plot_agreement(e.crosscheck(), width_mm=89),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_text_has_its_place(name: str, cohorts: Cohorts) -> None:
    assert misplaced_texts(FIGURES[name](cohorts)) == []


def test_the_check_itself_finds_a_text_that_is_too_long(cohorts: Cohorts) -> None:
    plot = forest(cohorts, ["ABiM"], 183)
    assert any("lies on" in problem or "cut" in problem for problem in misplaced_texts(plot, width_mm=89))


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_a_plot_that_a_user_can_go_on_changing(name: str, cohorts: Cohorts, tmp_path: Path) -> None:
    plot = FIGURES[name](cohorts)
    assert isinstance(plot, ggplot)
    changed = plot + labs(title="My title") + theme(plot_background=element_rect(fill="#ABCDEF"))
    (file,) = save_figure(changed, tmp_path / "mine", formats=("svg",))
    assert "#abcdef" in file.read_text().lower()
    assert "My title" not in str(plot.labels)
