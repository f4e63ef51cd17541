"""Marginal means: curves as fitted, reasons where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.figures import plot_marginal
from her2stats.figures.style.save import drawn
from her2stats.figures.style.theme import HER2_COLOURS

from . import examples as e
from .extents import misplaced_texts
from .layers import caption_of, colour_of, data_of, layers_with, texts_of


def test_the_line_and_band_are_those_of_the_table(abim: pd.DataFrame) -> None:
    fitted = e.ancova(abim, e.LM22[:2])
    overall = fitted.curve.table.query("stratum == 'all'")
    pd.testing.assert_series_equal(plot_marginal(fitted.curve.table).data["estimate"], overall["estimate"])
    assert plot_marginal(fitted).data[["conf_low", "conf_high"]].notna().all(axis=None)


def test_curves_and_slopes_may_come_apart(abim: pd.DataFrame) -> None:
    fitted = e.ancova(abim, e.LM22[:2])
    whole = plot_marginal(fitted)
    assert texts_of(plot_marginal(fitted.curve, fitted.slopes)) == texts_of(whole)
    rug = abim[["her2", "her2_ihc"]]
    assert texts_of(plot_marginal(fitted.curve.table, fitted.slopes.table, rug=rug)) == texts_of(whole)
    assert texts_of(plot_marginal(fitted.curve)) == ["n = 318", "n = 318"]


def test_a_line_ends_where_the_central_95_percent_of_its_tumours_end(abim: pd.DataFrame) -> None:
    plot = plot_marginal(e.ancova(abim, e.LM22[:2]))
    lines = data_of(layers_with(plot, "geom_line")[0], plot)
    step = np.ptp(abim["her2"]) / 24
    for name, own in [
        ("Marginal mean", abim),
        *((f"HER2 IHC {level}", part) for level, part in abim.groupby("her2_ihc", observed=True)),
    ]:
        low, high = own["her2"].quantile([0.025, 0.975])
        drawn = lines.loc[lines["Level"] == name, "at"]
        assert low <= drawn.min() <= low + step
        assert high - step <= drawn.max() <= high
    assert "central 95%" in caption_of(plot)
    (bands,) = layers_with(plot, "geom_ribbon")
    assert set(data_of(bands, plot)["Level"]) == set(lines["Level"])


def test_slopes_are_per_sd_where_the_tumours_are_known(abim: pd.DataFrame) -> None:
    fitted = e.ancova(abim, e.LM22[:1])
    slope, sd = fitted.slopes.table["estimate"].iloc[0], abim["her2"].std()
    (known,) = texts_of(plot_marginal(fitted))
    (bare,) = texts_of(plot_marginal(fitted.curve.table, fitted.slopes.table))
    assert known.startswith("slope per SD ")
    assert float(known.split()[3].replace("−", "-")) == pytest.approx(slope * sd, rel=0.05)
    assert float(bare.split()[1].replace("−", "-")) == pytest.approx(slope, rel=0.05)


def test_a_level_that_was_left_out_is_named_and_the_choice_of_panels_counted(abim: pd.DataFrame) -> None:
    fitted = e.ancova(abim, e.LM22[:3])
    without = fitted.curve.table.query("stratum != 'her2_ihc=2+'")
    said = caption_of(plot_marginal(without, rug=abim[["her2", "her2_ihc"]], score="her2", outcomes=e.LM22[:2]))
    assert f"HER2 IHC 2+ is left out (n = {(abim['her2_ihc'] == '2+').sum()})." in said
    assert "2 of 3 cell types." in said
    assert "left out" not in caption_of(plot_marginal(fitted))


def test_slope_and_n_stand_in_every_panel(abim: pd.DataFrame) -> None:
    texts = texts_of(plot_marginal(e.ancova(abim, e.LM22[:3])))
    assert len(texts) == 3
    for text in texts:
        assert text.startswith("slope ")
        assert text.endswith("adj. p = 0.20, n = 318")


def test_a_curve_that_cannot_be_estimated_keeps_its_panel(abim: pd.DataFrame) -> None:
    plot = plot_marginal(e.ancova(abim, e.LM22[:4]))
    assert "n.e. (not estimable)\nn = 318" in texts_of(plot)
    assert e.LM22[3] not in set(plot.data["outcome"])
    assert misplaced_texts(plot) == []


def test_nothing_estimable_at_all(abim: pd.DataFrame) -> None:
    fitted = e.ancova(abim, e.LM22[:4])
    last = fitted.curve.table[fitted.curve.table["outcome"] == e.LM22[3]]
    plot = plot_marginal(last)
    assert len(plot.data) == 0
    assert texts_of(plot) == ["n.e. (not estimable)\nn = 318"]
    assert misplaced_texts(plot) == []


def test_ihc_lines_have_the_colours_of_ihc(abim: pd.DataFrame) -> None:
    plot = plot_marginal(e.ancova(abim, e.LM22[:2]))
    assert colour_of(plot, "HER2 IHC 2+") == HER2_COLOURS["2+"]
    lines = data_of(layers_with(plot, "geom_line")[0], plot)
    assert list(lines["Level"].cat.categories) == ["Marginal mean", "HER2 IHC 0", "HER2 IHC 1+", "HER2 IHC 2+"]


def test_ihc_lines_can_be_left_out(abim: pd.DataFrame) -> None:
    plot = plot_marginal(e.ancova(abim, e.LM22[:2]), lines=None)
    assert data_of(layers_with(plot, "geom_line")[0], plot)["Level"].unique().tolist() == ["Marginal mean"]
    assert misplaced_texts(plot) == []


def test_the_rug_has_a_tick_for_each_tumour_of_the_fit(abim: pd.DataFrame) -> None:
    gaps = abim.assign(her2_ihc=abim["her2_ihc"].where(np.arange(318) >= 40))
    gaps.attrs = abim.attrs
    plot = plot_marginal(e.ancova(gaps, e.LM22[:1]))
    rug = data_of(layers_with(plot, "geom_rug")[0], plot)
    assert len(rug) == 278
    other = plot_marginal(e.ancova(abim, e.LM22[:1]).curve.table, rug=abim[["her2"]].head(9), score="her2")
    assert len(data_of(layers_with(other, "geom_rug")[0], other)) == 9


def test_outcomes_keep_the_order_asked_for(abim: pd.DataFrame) -> None:
    fitted = e.ancova(abim, e.LM22[:3])
    assert list(plot_marginal(fitted).data["panel"].cat.categories) == e.LM22[:3]
    asked = [e.LM22[2], e.LM22[0]]
    assert list(plot_marginal(fitted, outcomes=asked).data["panel"].cat.categories) == asked


def test_only_one_model_is_drawn(abim: pd.DataFrame) -> None:
    table = e.ancova(abim, e.LM22[:1]).curve.table
    both = pd.concat([table.assign(model="unadjusted"), table.assign(model="adjusted for age", estimate=9.0)])
    assert plot_marginal(both).data["estimate"].max() < 1
    adjusted = plot_marginal(both, model="adjusted for age")
    assert adjusted.data["estimate"].eq(9).all()
    assert "Model: adjusted for age" in caption_of(adjusted)


def test_the_caption_names_line_and_band_in_words(abim: pd.DataFrame) -> None:
    table = e.ancova(abim, e.LM22[:1]).curve.table.assign(
        weights="proportional", conf_level=0.9, method="lm, 80% CI", model="adjusted for age, size_cm"
    )
    said = caption_of(plot_marginal(table))
    assert "averaged with proportional weights" in said
    assert "bands: 90% confidence intervals" in said
    assert "Model: adjusted for age, size." in said
    assert "lm," not in said


@pytest.mark.parametrize(("shift", "said"), [(10.0, False), (-10.0, True)])
def test_means_below_zero_are_explained(abim: pd.DataFrame, shift: float, said: bool) -> None:
    table = e.ancova(abim, e.LM22[:1]).curve.table
    for column in ("estimate", "conf_low", "conf_high"):
        table[column] += shift
    assert ("Below zero: the model is linear" in caption_of(plot_marginal(table))) == said


def test_several_cohorts(cohorts: dict[str, pd.DataFrame]) -> None:
    plot = plot_marginal([e.ancova(frame, e.LM22[:2]) for frame in cohorts.values()], columns=3)
    assert plot.data["panel"].nunique() == 6
    assert misplaced_texts(plot) == []


@pytest.mark.parametrize("nothing", [[], pd.DataFrame()])
def test_nothing_to_show_is_said(nothing: object) -> None:
    assert "not fitted" in texts_of(plot_marginal(nothing))[0].replace("\n", " ")


@pytest.mark.parametrize(("panels", "across"), [(2, 2), (4, 4), (5, 3), (6, 3)])
def test_rows_of_panels_are_of_about_equal_length(abim: pd.DataFrame, panels: int, across: int) -> None:
    with drawn(plot_marginal(e.ancova(abim, e.LM22[:panels]))) as figure:
        assert figure.axes[0].get_subplotspec().get_gridspec().ncols == across
