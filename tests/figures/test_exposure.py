"""The exposure by group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import TableError
from her2stats.figures import plot_exposure
from her2stats.figures.style.theme import HR_COLOURS

from .extents import misplaced_texts
from .layers import caption_of, colour_of, data_of, layers_with, texts_of


def test_groups_stand_in_their_order(abim: pd.DataFrame) -> None:
    places = plot_exposure(abim, "her2").data.groupby("group")["x"].mean().sort_values()
    assert places.index.tolist() == ["her2_ihc=0", "her2_ihc=1+", "her2_ihc=2+", "hr=positive", "hr=negative"]


def test_ihc_and_receptors_stand_in_panels_of_their_own(abim: pd.DataFrame) -> None:
    panels = plot_exposure(abim, "her2").data.groupby("factor")["panel"].unique()
    assert {factor: list(names) for factor, names in panels.items()} == {
        "her2_ihc": ["HER2 IHC"],
        "hr": ["Hormone receptor"],
    }
    several = plot_exposure({"A": abim, "B": abim.drop(columns="her2_ihc")}, "her2")
    titles = ["A, HER2 IHC", "A, Hormone receptor", "B, Hormone receptor"]
    assert list(several.data["panel"].cat.categories) == titles
    assert misplaced_texts(several) == []


def test_n_stands_above_each_group(abim: pd.DataFrame) -> None:
    shown = texts_of(plot_exposure(abim, "her2"))
    for column in ("her2_ihc", "hr"):
        assert {f"n = {count}" for count in abim[column].value_counts()} <= set(shown)


def test_the_p_of_a_comparison_is_printed_over_its_groups(abim: pd.DataFrame) -> None:
    table = pd.DataFrame([{"outcome": "her2", "term": "hr", "measure": "shift", "p_value": 0.002}])
    assert "p = 0.002" in texts_of(plot_exposure(abim, "her2", table))
    assert "adj. p = 0.004" in texts_of(plot_exposure(abim, "her2", table.assign(p_adjusted=0.004)))
    flagged = table.assign(p_value=np.nan, flag="empty level: hr=negative")
    assert "n.e. (empty level)" in texts_of(plot_exposure(abim, "her2", flagged))


def test_colours_are_those_of_hr(abim: pd.DataFrame) -> None:
    assert colour_of(plot_exposure(abim, "her2"), "HR-positive") == HR_COLOURS["positive"]


def test_a_cohort_without_ihc_is_shown_by_hr_alone(abim: pd.DataFrame) -> None:
    plot = plot_exposure(abim.drop(columns="her2_ihc"), "her2")
    assert set(plot.data["factor"]) == {"hr"}
    assert misplaced_texts(plot) == []


def test_tumours_of_no_group_are_counted(abim: pd.DataFrame) -> None:
    gaps = abim.assign(her2_ihc=abim["her2_ihc"].where(np.arange(318) >= 39))
    words = "Box: quartiles and median. Not shown: 39 tumours with unknown HER2 IHC."
    assert caption_of(plot_exposure(gaps, "her2")) == words


def test_a_factor_that_nobody_has_is_named(abim: pd.DataFrame) -> None:
    assert caption_of(plot_exposure(abim.drop(columns="her2_ihc"), "her2")).endswith("No tumour has a known HER2 IHC.")
    assert caption_of(plot_exposure(abim.drop(columns="hr"), "her2")).endswith(
        "No tumour has a known hormone receptor."
    )


def test_two_tumours_have_no_box(abim: pd.DataFrame) -> None:
    few = abim.assign(her2_ihc=["2+"] * 2 + ["0"] * 316)
    plot = plot_exposure(few, "her2", by=["her2_ihc"])
    (boxes,) = layers_with(plot, "geom_rect")
    assert data_of(boxes, plot)["group"].tolist() == ["her2_ihc=0"]
    assert {"n = 2", "n = 316"} <= set(texts_of(plot))


def test_no_group_at_all_and_no_exposure(abim: pd.DataFrame) -> None:
    assert "no group is known" in texts_of(plot_exposure(abim[["her2"]], "her2"))[0]
    with pytest.raises(TableError, match="'her2'"):
        plot_exposure(abim[["hr"]], "her2")
