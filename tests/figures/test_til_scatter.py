"""The TIL scatter: dots from the samples, numbers from the result."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from her2stats.errors import TableError
from her2stats.figures import plot_til_scatter
from her2stats.figures.style.theme import HR_COLOURS

from . import examples as e
from .extents import misplaced_texts
from .layers import caption_of, colour_of, data_of, layers_with, texts_of

SCORES = ["her2", "ESR1", "ERBB2"]


def test_a_panel_for_each_score_in_the_order_of_the_table(abim: pd.DataFrame) -> None:
    plot = plot_til_scatter(e.correlation(abim, "til", SCORES))
    assert plot.data.groupby("score", sort=False).size().to_dict() == dict.fromkeys(SCORES, 318)
    assert list(plot.data["panel"].cat.categories)[1:] == [
        f"{gene} (log2 expression)" for gene in (r"$\mathit{ESR1}$", r"$\mathit{ERBB2}$")
    ]


def test_rho_is_the_one_of_the_result_and_n_the_one_of_the_dots(abim: pd.DataFrame) -> None:
    result = e.correlation(abim, "til", ["her2"])
    table = result.table.assign(estimate=-0.44, conf_low=-0.53, conf_high=-0.34, p_value=1e-6)
    gaps = abim.assign(til=abim["til"].mask(np.arange(318) < 18))
    plain = table.assign(p_adjusted=np.nan)
    assert texts_of(plot_til_scatter(plain, gaps)) == ["ρ = −0.44 (−0.53 to −0.34)\np < 0.001, n = 300"]
    adjusted = table.assign(p_adjusted=0.02)
    assert texts_of(plot_til_scatter(adjusted, gaps)) == ["ρ = −0.44 (−0.53 to −0.34)\nadj. p = 0.020, n = 300"]
    assert "its 90% confidence interval" in caption_of(plot_til_scatter(table.assign(conf_level=0.9), gaps))


def test_the_score_may_stand_on_either_side(abim: pd.DataFrame) -> None:
    one, other = (plot_til_scatter(e.correlation(abim, *pair)) for pair in (("til", ["her2"]), ("her2", ["til"])))
    assert one.data["x"].tolist() == other.data["x"].tolist()
    assert other.data["score"].unique().tolist() == ["her2"]


def test_dots_are_coloured_by_hr(abim: pd.DataFrame) -> None:
    plot = plot_til_scatter(e.correlation(abim, "til", ["her2"]))
    assert colour_of(plot, "HR-negative") == HR_COLOURS["negative"]
    assert (plot.data["Stratum"] == "HR-positive").sum() == (abim["hr"] == "positive").sum()


def test_unknown_hr_is_shown_as_unknown_and_no_hr_without_colours(abim: pd.DataFrame) -> None:
    table = e.correlation(abim, "til", ["her2"]).table
    unknown = abim.assign(hr=abim["hr"].astype("object").mask(np.arange(318) < 5))
    assert (plot_til_scatter(table, unknown).data["Stratum"] == "HR unknown").sum() == 5
    plain = plot_til_scatter(table, abim.drop(columns="hr"))
    assert plain.data["Stratum"].unique().tolist() == ["All tumours"]
    assert misplaced_texts(plain) == []


def test_each_group_has_its_line_and_all_tumours_a_dashed_one(abim: pd.DataFrame) -> None:
    gaps = abim.assign(hr=abim["hr"].astype("object").mask(np.arange(318) < 5))
    plot = plot_til_scatter(e.correlation(abim, "til", ["her2"]).table, gaps)
    grouped, overall = layers_with(plot, "geom_line")
    drawn = data_of(grouped, plot)
    assert set(drawn["Stratum"]) == {"HR-positive", "HR-negative"}
    for name, level in (("HR-positive", "positive"), ("HR-negative", "negative")):
        line, own = drawn[drawn["Stratum"] == name], gaps[gaps["hr"] == level]
        fit = stats.linregress(own["her2"], own["til"])
        np.testing.assert_allclose(line["y"], fit.intercept + fit.slope * line["x"])
        assert (line["x"].min(), line["x"].max()) == pytest.approx((own["her2"].min(), own["her2"].max()))
    assert overall.geom.aes_params["linetype"] == "dashed"
    fit, line = stats.linregress(gaps["her2"], gaps["til"]), data_of(overall, plot)
    np.testing.assert_allclose(line["y"], fit.intercept + fit.slope * line["x"])
    assert "dashed: over all tumours" in caption_of(plot)


def test_a_group_of_two_has_no_line(abim: pd.DataFrame) -> None:
    few = pd.concat([abim[abim["hr"] == "positive"], abim[abim["hr"] == "negative"].head(2)])
    plot = plot_til_scatter(e.correlation(abim, "til", ["her2"]).table, few)
    assert set(data_of(layers_with(plot, "geom_line")[0], plot)["Stratum"]) == {"HR-positive"}


def test_the_line_is_least_squares_with_the_t_band_of_its_mean(abim: pd.DataFrame) -> None:
    plot = plot_til_scatter(e.correlation(abim, "til", ["her2"]).table, abim.drop(columns="hr"))
    (layer,) = layers_with(plot, "geom_line")
    line = data_of(layer, plot)
    assert "dashed" not in caption_of(plot)
    fit = stats.linregress(abim["her2"], abim["til"])
    np.testing.assert_allclose(line["y"], fit.intercept + fit.slope * line["x"])
    # At x = 0 the interval of the mean is the interval of the intercept.
    at_zero = pd.concat([abim[["her2", "til"]]])
    half = stats.t.ppf(0.975, len(at_zero) - 2) * fit.intercept_stderr
    low = np.interp(0, line["x"], line["low"])
    assert low == pytest.approx(fit.intercept - half, abs=2e-3)


def test_the_order_of_the_tumours_changes_nothing(abim: pd.DataFrame) -> None:
    table = e.correlation(abim, "til", ["her2"]).table
    first, second = (plot_til_scatter(table, f).data for f in (abim, abim.sample(frac=1, random_state=0)))
    pd.testing.assert_frame_equal(first, second)


def test_a_flagged_correlation_says_so(abim: pd.DataFrame) -> None:
    table = e.correlation(abim, "til", ["her2"]).table.assign(estimate=np.nan, flag="constant outcome: all 5")
    assert texts_of(plot_til_scatter(table, abim.assign(til=5.0))) == ["n.e. (constant outcome)\nn = 318"]


def test_several_cohorts_have_a_line_of_panels_each(cohorts: dict[str, pd.DataFrame]) -> None:
    results = [e.correlation(frame, "til", SCORES[:2]) for frame in cohorts.values()]
    plot = plot_til_scatter((result for result in results), cohorts)
    assert plot.data["panel"].cat.categories[0] == "discovery, HER2 score (score units)"
    assert plot.data["panel"].nunique() == 6
    assert misplaced_texts(plot) == []


def test_missing_columns_are_named_together(abim: pd.DataFrame) -> None:
    with pytest.raises(TableError, match=r"(?s)'til'.*'her2'"):
        plot_til_scatter(e.correlation(abim, "til", ["her2"]).table, abim[["hr"]])


def test_nothing_to_show_is_said(abim: pd.DataFrame) -> None:
    assert "no correlation with til" in texts_of(plot_til_scatter([], abim))[0].replace("\n", " ")
