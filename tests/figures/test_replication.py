"""Printed estimates and those of a run in pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import TableError
from her2stats.figures import plot_published, save_figure
from her2stats.figures.panel.row_marks import BEYOND_SIZE
from her2stats.published import compare_published

from .layers import data_of, layers_with


def rows(
    *effects: tuple[str, str, str, float, float, float], cohort: str = "mine", measure: str = "rho"
) -> pd.DataFrame:
    names = ["stratum", "outcome", "term", "estimate", "conf_low", "conf_high"]
    found = pd.DataFrame(effects, columns=names).assign(cohort=cohort, p_value=0.01, n=300, flag="")
    kinds = [measure if term != "Plasma cells" else "shift" for term in found["term"]]
    return found.assign(measure=kinds, role="exposure")


@pytest.fixture
def comparison() -> pd.DataFrame:
    correlation = rows(
        ("all", "Total TIL", "ERBB2", -0.3, -0.4, -0.2),
        ("hr=positive", "T cells CD8", "ERBB2", -0.05, -0.2, 0.1),
        ("hr=positive", "ERBB2", "Plasma cells", -0.4, -0.6, 0.2),  # dichotomised here: a difference of scores
    )
    odds = rows(
        ("hr=positive", "T cells CD4 memory resting", "ERBB2", 0.8, 0.6, 1.1),
        ("hr=positive", "T cells CD4 memory activated", "ERBB2", 0.5, 0.001, 90.0),
        measure="odds_ratio",
    )
    return compare_published({"correlation_by_hr": correlation, "odds_ratios": odds})


def test_every_pair_has_a_printed_and_an_own_side(comparison):
    drawn = plot_published(comparison).data
    assert set(drawn["line"]) == {"Total TIL, HER2 score", "Total TIL, ERBB2", "T cells CD8, HER2 score, HR-positive"}
    sides = drawn.groupby("line")["Source"].agg(list)
    assert (sides.map(len) == 2).all()
    own = drawn[drawn["Source"] == "this run"].set_index("line")
    assert own.loc["T cells CD8, HER2 score, HR-positive", "estimate"] == -0.05
    assert not own.loc["T cells CD8, HER2 score, HR-positive", "significant"]
    assert (drawn["Source"] == "printed in the paper").sum() == 3


def test_a_difference_of_scores_is_not_drawn_as_a_correlation(comparison):
    assert comparison["our_estimate"].eq(-0.4).any()
    assert not plot_published(comparison).data["estimate"].eq(-0.4).any()


def test_types_that_share_a_printed_name_have_a_line_each_and_long_intervals_are_cut(comparison):
    drawn = plot_published(comparison, measure="odds ratio").data
    assert set(drawn["line"]) == {
        "T cells CD4 memory resting, HR-positive",
        "T cells CD4 memory activated, HR-positive",
    }
    wide = drawn[drawn["conf_high"] == 90.0].iloc[0]
    assert wide["clipped_low"]
    assert wide["clipped_high"]
    assert wide["xmax"] < np.log10(90.0)


def test_an_estimate_beyond_the_axis_is_a_large_arrow(comparison):
    far = comparison.assign(our_estimate=comparison["our_estimate"].where(comparison["our_low"] != 0.001, 60.0))
    plot = plot_published(far, measure="odds ratio")
    (arrow,) = layers_with(plot, "geom_point", shape=">", size=BEYOND_SIZE)
    assert data_of(arrow, plot)["estimate"].tolist() == [60.0]
    assert "Large arrow" in plot.labels.caption.replace("\n", " ")


def test_the_stand_in_is_named(comparison):
    assert "ERBB2 stands in for the paper's HER2 20-gene score" in plot_published(comparison).labels.caption.replace(
        "\n", " "
    )


def test_several_cohorts_stand_side_by_side_in_their_order(tmp_path):
    effects = [("all", "Total TIL", "HER2_20", -0.3, -0.4, -0.2)]
    both = pd.concat([rows(*effects, cohort=name) for name in ("zeta", "alpha")])
    plot = plot_published(compare_published({"correlation": both}))
    assert list(plot.data["panel"].cat.categories) == ["zeta", "alpha"]
    [path] = save_figure(plot, tmp_path / "figure", formats=["png"])
    assert path.stat().st_size > 5_000


def test_nothing_to_compare_is_said_on_the_figure(comparison):
    none = comparison.assign(our_estimate=np.nan)
    assert plot_published(none).data is not None
    with pytest.raises(TableError, match="compare_published"):
        plot_published(pd.DataFrame({"estimate": [1.0]}))
