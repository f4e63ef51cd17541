"""Distributions: every tumour a dot, zeros to be seen as zeros."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import TableError
from her2stats.figures import plot_distribution
from her2stats.figures.style.theme import HR_COLOURS

from . import examples as e
from .extents import misplaced_texts
from .layers import caption_of, colour_of, data_of, layers_with, texts_of


def test_every_tumour_has_a_dot_for_every_type(abim: pd.DataFrame) -> None:
    dots = plot_distribution(e.comparison(abim), abim).data
    assert len(dots) == 318 * 22
    assert (dots["value"] == 0).sum() == (abim[e.LM22] == 0).sum().sum()


def test_zeros_stand_left_of_everything_else(abim: pd.DataFrame) -> None:
    dots = plot_distribution(e.comparison(abim), abim).data
    assert (dots.loc[dots["value"] == 0, "x"] < 0).all()
    assert (dots.loc[dots["value"] > 0, "x"] > 0).all()
    np.testing.assert_allclose(dots.loc[dots["value"] > 0, "x"] ** 2, dots.loc[dots["value"] > 0, "value"])


def test_the_share_of_zeros_is_printed_for_each_group(abim: pd.DataFrame) -> None:
    plot = plot_distribution(e.comparison(abim, e.LM22[:1]), abim)
    shares = [f"{(part[e.LM22[0]] == 0).mean():.0%}" for _, part in abim.groupby("hr", observed=True)]
    assert "zeros" in texts_of(plot)
    assert sorted(text for text in texts_of(plot) if text.endswith("%")) == sorted(shares)


def test_boxes_are_quartiles(abim: pd.DataFrame) -> None:
    name = "Monocytes"
    plot = plot_distribution(e.comparison(abim, [name]), abim)
    boxes = next(frame for frame in (data_of(layer, plot) for layer in plot.layers) if "middle" in frame)
    expected = abim[abim["hr"] == "positive"][name].quantile([0.25, 0.5, 0.75])
    box = boxes[boxes["stratum"] == "hr=positive"].iloc[0]
    np.testing.assert_allclose(box[["lower", "middle", "upper"]].astype(float) ** 2, expected)


def test_the_adjusted_p_of_the_table_and_a_dagger_for_chi_squared(abim: pd.DataFrame) -> None:
    table = e.comparison(abim).table
    shown = texts_of(plot_distribution(table, abim))
    assert "adj. p" in shown
    assert any(text.endswith("†") for text in shown)
    assert "† absent against present" in caption_of(plot_distribution(table, abim))


def test_the_fisher_row_is_no_second_line(abim: pd.DataFrame) -> None:
    chi = e.comparison(abim, ["Neutrophils"]).table
    both = pd.concat([chi, chi.assign(term="hr (Fisher exact)", measure="second_test", p_adjusted=0.123)])
    plot = plot_distribution(both, abim)
    assert len(plot.data) == 318
    assert "0.12" not in texts_of(plot)


def test_a_type_without_p_is_named_with_its_reason(abim: pd.DataFrame) -> None:
    table = e.comparison(abim, ["Monocytes"]).table.assign(p_value=np.nan, p_adjusted=np.nan, flag="empty level: hr")
    plot = plot_distribution(table, abim)
    assert "n.e." in texts_of(plot)
    assert "Monocytes (empty level)" in caption_of(plot)


def test_colours_and_n(abim: pd.DataFrame) -> None:
    plot = plot_distribution(e.comparison(abim), abim)
    assert colour_of(plot, "HR-positive") == HR_COLOURS["positive"]
    assert f"HR-negative n = {(abim['hr'] == 'negative').sum()}" in texts_of(plot)


def test_tumours_without_hr_are_counted_in_the_caption(abim: pd.DataFrame) -> None:
    gaps = abim.assign(hr=abim["hr"].where(np.arange(318) >= 7))
    assert "7 tumours with unknown hormone receptor" in caption_of(plot_distribution(e.comparison(abim), gaps))


def test_many_dots_are_an_image_and_few_are_not(abim: pd.DataFrame) -> None:
    for types, raster in ((e.LM22, True), (e.LM22[:3], False)):
        (dots,) = layers_with(plot_distribution(e.comparison(abim, types), abim), "geom_point")
        assert dots.raster is raster


def test_the_order_of_the_tumours_changes_nothing(abim: pd.DataFrame) -> None:
    columns = ["sample", "name", "x", "y"]
    first, second = (
        plot_distribution(e.comparison(abim, e.LM22[:4]).table, frame).data[columns].sort_values(columns[:2])
        for frame in (abim, abim.sample(frac=1, random_state=0))
    )
    pd.testing.assert_frame_equal(first.reset_index(drop=True), second.reset_index(drop=True))


def test_one_type_of_zeros_only(abim: pd.DataFrame) -> None:
    frame = abim.assign(Monocytes=0.0)
    plot = plot_distribution(e.comparison(abim, ["Monocytes"]).table, frame, width_mm=89)
    assert misplaced_texts(plot) == []


def test_missing_columns_and_nothing_at_all(abim: pd.DataFrame) -> None:
    with pytest.raises(TableError, match="'Monocytes'"):
        plot_distribution(e.comparison(abim, ["Monocytes"]).table, abim[["hr"]])
    assert "No abundance" in texts_of(plot_distribution([], abim))[0]
