"""Composition: shares that add up, tumours that are left out counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.figures import plot_composition
from her2stats.figures.cell_types import lineage
from her2stats.figures.composition import type_colours

from . import examples as e
from .extents import misplaced_texts
from .layers import caption_of, data_of, layers_with, texts_of


def test_means_of_a_group_add_up_to_the_whole(abim: pd.DataFrame) -> None:
    means = plot_composition(abim, e.LM22).data
    np.testing.assert_allclose(means.groupby("group")["share"].sum(), 1)
    np.testing.assert_allclose(means["high"] - means["low"], means["share"], atol=1e-12)
    shares = abim[e.LM22].div(abim[e.LM22].sum(axis=1), axis=0)
    expected = shares[abim["hr"] == "positive"].mean()
    drawn = means[means["group"] == "HR-positive"].set_index("type")["share"]
    np.testing.assert_allclose(drawn[e.LM22].astype(float), expected)


def test_each_tumour_is_one_step_of_every_band(abim: pd.DataFrame) -> None:
    plot = plot_composition(abim, e.LM22)
    bands = data_of(layers_with(plot, "geom_ribbon")[0], plot)
    positive = bands[bands["panel"] == f"HR-positive\nn = {(abim['hr'] == 'positive').sum()}"]
    assert positive.groupby("type", observed=True).size().eq(2 * (abim["hr"] == "positive").sum()).all()
    np.testing.assert_allclose(bands.groupby(["panel", "x"], observed=True)["high"].max(), 1)


def test_amounts_as_they_are(abim: pd.DataFrame) -> None:
    means = plot_composition(abim, e.LM22, relative=False).data
    expected = abim.loc[abim["hr"] == "negative", e.LM22].mean().sum()
    assert means.loc[means["group"] == "HR-negative", "share"].sum() == pytest.approx(expected)


def test_tumours_without_a_composition_are_counted(abim: pd.DataFrame) -> None:
    frame = abim.copy()
    frame.iloc[:3, frame.columns.get_loc("Monocytes")] = np.nan
    frame.loc[frame.index[3:5], e.LM22] = 0.0
    frame["hr"] = frame["hr"].where(np.arange(318) != 10)
    words = "Not shown: 5 tumours without a full composition, 1 tumour with unknown hormone receptor."
    assert caption_of(plot_composition(frame, e.LM22)) == words


def test_types_of_a_lineage_are_shades_of_one_colour() -> None:
    colours = type_colours(e.LM22)
    assert len(set(colours.values())) == 22
    assert lineage("Plasma cells") == lineage("B cells naive")
    assert type_colours(e.LM22[::-1]) == colours


def test_without_groups_there_is_one_panel_and_one_mean(abim: pd.DataFrame) -> None:
    plot = plot_composition(abim[e.LM22], e.LM22)
    assert plot.data["group"].unique().tolist() == ["All tumours"]
    assert misplaced_texts(plot) == []


def test_negative_amounts_are_refused_by_name(abim: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="'Monocytes' is negative in 318"):
        plot_composition(abim.assign(Monocytes=-1.0), e.LM22)


def test_no_tumour_at_all(abim: pd.DataFrame) -> None:
    assert "No composition" in texts_of(plot_composition(abim.head(0), e.LM22))[0]
