"""Composition: shares that add up, tumours that are left out counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.figures import plot_composition
from her2stats.figures.composition import REST, type_colours

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
    overall = shares.sum().sort_values(ascending=False)
    shown, rest = list(overall.index[:10]), list(overall.index[10:])
    np.testing.assert_allclose(drawn[shown].astype(float), expected[shown])
    assert drawn["Other types: 12"] == pytest.approx(expected[rest].sum())


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
    complete = frame[e.LM22].drop(frame.index[:5])
    most = complete.div(complete.sum(axis=1), axis=0).sum().idxmax()
    words = (
        f"From left to right: tumours by falling share of {most}. "
        "Not shown: 5 tumours without a full composition, 1 tumour with unknown hormone receptor."
    )
    assert caption_of(plot_composition(frame, e.LM22)) == words


def test_tumours_fall_by_the_type_that_the_caption_names(abim: pd.DataFrame) -> None:
    plot = plot_composition(abim, e.LM22)
    bands = data_of(layers_with(plot, "geom_ribbon")[0], plot)
    named = caption_of(plot).removeprefix("From left to right: tumours by falling share of ").rstrip(".")
    assert named in e.LM22
    for _, band in bands[bands["type"] == named].groupby("panel", observed=True):
        width = (band["high"] - band["low"]).to_numpy()
        assert (np.diff(width) <= 1e-12).all()


@pytest.mark.parametrize("types", [8, 10, 11, 22])
def test_at_most_ten_types_are_shown_and_the_others_added_up(abim: pd.DataFrame, types: int) -> None:
    shown = list(plot_composition(abim, e.LM22[:types]).data["type"].cat.categories)
    assert len(shown) == min(types, 10) + (types > 10)
    assert (f"Other types: {types - 10}" in shown) == (types > 10)


def test_every_matrix_has_colours_of_its_own_and_a_type_keeps_its_colour_where_it_can() -> None:
    types = [f"type {at:02d}" for at in range(17)]
    first = type_colours(types, [*types[:10], "Other types: 7"])
    assert len(set(first.values())) == 11
    assert first["Other types: 7"] == REST
    second = type_colours(types, types[1:11])
    assert {name: second[name] for name in types[1:10]} == {name: first[name] for name in types[1:10]}


def test_tumours_whose_receptors_are_all_unknown_are_one_group(abim: pd.DataFrame) -> None:
    plot = plot_composition(abim.assign(hr=np.nan), e.LM22)
    assert plot.data["group"].unique().tolist() == ["All tumours"]


def test_without_groups_there_is_one_panel_and_one_mean(abim: pd.DataFrame) -> None:
    plot = plot_composition(abim[e.LM22], e.LM22)
    assert plot.data["group"].unique().tolist() == ["All tumours"]
    assert misplaced_texts(plot) == []


def test_negative_amounts_are_refused_by_name(abim: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="'Monocytes' is negative in 318"):
        plot_composition(abim.assign(Monocytes=-1.0), e.LM22)


def test_no_tumour_at_all(abim: pd.DataFrame) -> None:
    assert "No composition" in texts_of(plot_composition(abim.head(0), e.LM22))[0]
