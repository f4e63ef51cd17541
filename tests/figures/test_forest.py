"""The forest: every row is there, as a symbol or as the reason why not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plotnine import ggplot

from her2stats.errors import DataError
from her2stats.figures import plot_forest
from her2stats.figures.panel.row_marks import BEYOND_SIZE
from her2stats.figures.style.theme import GREY, HR_COLOURS
from her2stats.statistics.result import as_result_table

from . import examples as e
from .extents import misplaced_texts
from .layers import caption_of, colour_of, data_of, layers_with, texts_of

Cohorts = dict[str, pd.DataFrame]


def odds(*rows: dict[str, object]) -> pd.DataFrame:
    """Result table with a few rows."""
    base = {"cohort": "A", "stratum": "hr=positive", "term": "her2", "n": 250}
    base |= {"role": "exposure", "measure": "odds_ratio", "conf_level": 0.95}
    return as_result_table(pd.DataFrame([{**base, **row} for row in rows]))


def estimate(outcome: str, low: float, value: float, high: float, **more: object) -> dict[str, object]:
    return {"outcome": outcome, "conf_low": low, "estimate": value, "conf_high": high, "p_value": 0.5, **more}


def test_every_row_of_the_table_has_its_line(abim: pd.DataFrame) -> None:
    table = e.odds_ratios(abim)
    drawn = plot_forest(table, e.interaction(abim)).data
    assert len(drawn) == len(table.table)
    assert set(drawn["outcome"]) == set(e.LM22)


def test_types_stand_in_the_order_of_their_lineages_from_the_top(abim: pd.DataFrame) -> None:
    drawn = plot_forest(e.odds_ratios(abim)).data
    positive = drawn[drawn["stratum"] == "hr=positive"]
    assert positive.sort_values("y", ascending=False)["name"].tolist() == e.LM22


def test_the_order_of_the_rows_in_the_table_changes_nothing(abim: pd.DataFrame) -> None:
    table = e.odds_ratios(abim).table
    first, second = (
        plot_forest(rows).data.set_index(["stratum", "outcome"])[["x", "y", "text"]].sort_index()
        for rows in (table, table.sample(frac=1, random_state=3))
    )
    pd.testing.assert_frame_equal(first, second)


def test_positive_stands_above_negative_on_the_line_of_a_type(abim: pd.DataFrame) -> None:
    y = plot_forest(e.odds_ratios(abim)).data.set_index(["stratum", "outcome"])["y"]
    assert (y["hr=positive"] > y["hr=negative"]).all()


def test_strata_have_the_colours_they_have_everywhere(abim: pd.DataFrame) -> None:
    plot = plot_forest(e.odds_ratios(abim))
    assert colour_of(plot, "HR-positive") == HR_COLOURS["positive"]
    assert colour_of(plot, "HR-negative") == HR_COLOURS["negative"]


def test_estimates_stand_beside_as_text() -> None:
    plot = plot_forest(odds(estimate("T cells CD8", 0.42, 0.61, 0.89)))
    assert "0.61 (0.42–0.89)" in texts_of(plot)
    assert "OR (95% CI)" in texts_of(plot)


def test_the_level_of_the_interval_is_the_one_of_the_rows() -> None:
    row = estimate("Monocytes", 0.5, 0.8, 1.2)
    assert "OR (90% CI)" in texts_of(plot_forest(odds(row | {"conf_level": 0.9})))
    assert "OR (CI)" in texts_of(plot_forest(odds(row | {"conf_level": np.nan})))


@pytest.mark.parametrize(("side", "arrow"), [("low", "<"), ("high", ">")])
def test_a_clipped_end_carries_an_arrow_inside_the_axis(side: str, arrow: str) -> None:
    row = estimate("Monocytes", *((0.001, 0.8, 1.2) if side == "low" else (0.9, 1.2, 900.0)))
    plot = plot_forest(odds(row), limits=(0.1, 10))
    (layer,) = layers_with(plot, "geom_point", shape=arrow)
    assert len(data_of(layer, plot)) == 1
    assert abs(data_of(layer, plot)["end"].iloc[0]) <= 1
    assert not layers_with(plot, "geom_point", shape="<" if arrow == ">" else ">")


def test_an_interval_that_fits_has_no_arrow() -> None:
    plot = plot_forest(odds(estimate("Monocytes", 0.5, 0.8, 1.2)))
    assert not layers_with(plot, "geom_point", shape="<")
    assert not layers_with(plot, "geom_point", shape=">")


@pytest.mark.parametrize(("p_adjusted", "fill"), [(0.01, None), (0.5, "white")])
def test_an_estimate_beyond_the_axis_has_a_large_arrow_filled_as_its_symbol_would_be(
    p_adjusted: float, fill: str | None
) -> None:
    inside = estimate("Neutrophils", 0.5, 0.8, 1.2, p_adjusted=0.9)
    plot = plot_forest(odds(estimate("Monocytes", 12.0, 40.0, 90.0, p_adjusted=p_adjusted), inside), limits=(0.1, 10))
    (arrow,) = layers_with(plot, "geom_point", shape=">", size=BEYOND_SIZE)
    assert arrow.geom.aes_params.get("fill") == fill
    assert data_of(arrow, plot)["outcome"].tolist() == ["Monocytes"]
    assert data_of(arrow, plot)["end"].iloc[0] < 1
    assert "Large arrow: the estimate itself lies beyond it." in caption_of(plot)
    assert not layers_with(plot, "geom_point", shape="<")
    assert "Large arrow" not in caption_of(plot_forest(odds(inside), limits=(0.1, 10)))


def test_no_estimate_is_cut_while_its_interval_says_something() -> None:
    far = estimate("Monocytes", 9.0, 30.0, 100.0)
    plot = plot_forest(odds(far, *[estimate(name, 0.5, 0.8, 1.2) for name in e.LM22[:11]]))
    assert not plot.data["off_scale"].any()
    assert "Grey" not in caption_of(plot)


def test_an_interval_over_more_than_two_decades_is_grey_and_open_and_does_not_stretch_the_axis() -> None:
    rows = odds(estimate("Monocytes", 0.02, 8.0, 900.0, p_adjusted=0.001), estimate("Neutrophils", 0.5, 0.8, 1.2))
    plot = plot_forest(rows)
    (symbol,) = layers_with(plot, "geom_point", color=GREY, size=BEYOND_SIZE)
    assert data_of(symbol, plot)["outcome"].tolist() == ["Monocytes"]
    assert symbol.geom.aes_params["fill"] == "white"
    assert "Grey: the interval spans more than 100-fold" in caption_of(plot)
    assert abs(plot.data["xmin"]).max() <= np.log10(2)


def test_how_many_are_high_stands_in_the_row_of_each_stratum(abim: pd.DataFrame) -> None:
    table = e.odds_ratios(abim)
    n = table.table.groupby("stratum")["n"].first()
    assert {f"{half // 2}/{half}" for half in n} <= set(texts_of(plot_forest(table)))
    assert "250" in texts_of(plot_forest(odds(estimate("Monocytes", 0.5, 0.8, 1.2))))
    assert "high/n" not in texts_of(plot_forest(table, e.interaction(abim), width_mm=70))


def test_an_enormous_estimate_is_an_arrow_and_its_number() -> None:
    plot = plot_forest(odds(estimate("Monocytes", 2.15, 4.9e7, np.inf)), limits=(0.1, 10))
    assert plot.data["off_scale"].tolist() == [True]
    assert ">1000 (2.15–∞)" in texts_of(plot)
    assert misplaced_texts(plot) == []


def test_a_row_that_cannot_be_estimated_stays_with_its_reason(abim: pd.DataFrame) -> None:
    plot = plot_forest(e.odds_ratios(abim))
    flagged = plot.data[~plot.data["estimable"]]
    assert sorted(flagged["reason"]) == ["constant outcome", "separation"]
    assert set(flagged["text"]) == {"n.e."}
    assert {"separation", "constant outcome", "n.e."} <= set(texts_of(plot))


def test_a_reason_longer_than_the_axis_is_still_readable(cohorts: Cohorts) -> None:
    plot = plot_forest(
        [e.odds_ratios(frame) for frame in cohorts.values()], [e.interaction(f) for f in cohorts.values()], width_mm=70
    )
    assert "n.e. (constant outcome)" in texts_of(plot)


def test_all_rows_flagged_is_still_a_figure() -> None:
    row = {"outcome": "Monocytes", "flag": "too few observations: n = 3", "n": 3}
    plot = plot_forest(odds(row, {**row, "stratum": "hr=negative"}))
    assert texts_of(plot).count("too few observations") == 2
    assert misplaced_texts(plot) == []


def test_interaction_p_stands_once_a_type(abim: pd.DataFrame) -> None:
    plot = plot_forest(e.odds_ratios(abim), e.interaction(abim))
    shown = texts_of(plot)
    assert "p int." in shown
    wald = e.interaction(abim).table.query("term == 'her2:hr[positive]'").set_index("outcome")["p_value"]
    column = next(frame for frame in (data_of(layer, plot) for layer in plot.layers) if "exposure" in frame)
    assert len(column) == len(e.LM22)
    assert (column.set_index("outcome")["p_value"].dropna() == wald.dropna()).all()
    assert column.set_index("outcome").loc["Eosinophils", "text"] == "n.e."


def test_interaction_results_alone_hold_both(abim: pd.DataFrame) -> None:
    plot = plot_forest(e.interaction(abim))
    assert set(plot.data["stratum"]) == {"hr=positive", "hr=negative"}
    assert "p int." in texts_of(plot)


def test_a_type_whose_name_ends_in_a_bracket_is_no_second_test() -> None:
    clinical = odds(
        estimate("age > 50", 0.5, 0.8, 1.2, term="T cells regulatory (Tregs)"),
        estimate("age > 50", 0.5, 0.8, 1.2, term="Monocytes"),
        estimate("age > 50", 0.5, 0.8, 1.2, term="Monocytes:hr[positive]", stratum="all", role="interaction"),
        {
            **{"outcome": "age > 50", "term": "Monocytes:hr[positive] (likelihood ratio)", "stratum": "all"},
            **{"role": "interaction", "measure": "second_test"},
        },
    )
    assert plot_forest(clinical).data["name"].tolist() == ["T cells regulatory (Tregs)", "Monocytes"]


def test_n_stands_in_every_panel(cohorts: Cohorts) -> None:
    shown = texts_of(plot_forest([e.odds_ratios(frame) for frame in cohorts.values()]))
    for frame in cohorts.values():
        for level, name in (("positive", "HR-positive"), ("negative", "HR-negative")):
            assert f"{name} n = {(frame['hr'] == level).sum()}" in shown


def test_one_model_of_all_tumours_has_one_n() -> None:
    rows = [
        estimate("Monocytes", 0.5, 0.8, 1.2, stratum=f"hr={level}", exposure="her2")
        for level in ("positive", "negative")
    ]
    assert [text for text in texts_of(plot_forest(odds(*rows))) if "n = " in text] == ["n = 250"]


def test_filled_symbols_are_significant_after_adjustment() -> None:
    plot = plot_forest(
        odds(
            estimate("Monocytes", 0.5, 0.8, 0.9, p_adjusted=0.04, term="her2") | {"p_value": 0.001},
            estimate("Neutrophils", 0.5, 0.8, 0.9, p_adjusted=0.06) | {"p_value": 0.002},
        )
    )
    assert plot.data.set_index("outcome")["significant"].to_dict() == {"Monocytes": True, "Neutrophils": False}
    assert "adjusted p < 0.05" in caption_of(plot)


def test_a_pooled_cohort_is_drawn_with_diamonds() -> None:
    rows = [estimate("Monocytes", 0.5, 0.8, 1.2, cohort=cohort) for cohort in ("A", "B", "pooled")]
    plot = plot_forest(odds(*rows))
    (diamond,) = layers_with(plot, "geom_polygon")
    assert data_of(diamond, plot)["corner_x"].agg(["min", "max"]).tolist() == pytest.approx(np.log10([0.5, 1.2]))
    assert "its p is not adjusted" in caption_of(plot)
    assert misplaced_texts(plot) == []


def test_a_line_that_is_empty_in_one_panel_is_explained() -> None:
    both = [estimate("Monocytes", 0.5, 0.8, 1.2, cohort=cohort) for cohort in ("A", "B")]
    only = estimate("Neutrophils", 0.5, 0.8, 1.2, cohort="A")
    assert caption_of(plot_forest(odds(*both, only))).endswith("Empty line: not analysed in that cohort.")
    assert "Empty line" not in caption_of(plot_forest(odds(*both)))
    with_pooled = plot_forest(odds(*both, only, estimate("Monocytes", 0.5, 0.8, 1.2, cohort="pooled")))
    assert caption_of(with_pooled).endswith("or in too few cohorts to pool.")


def test_a_clipped_diamond_carries_an_arrow_too() -> None:
    plot = plot_forest(odds(estimate("Monocytes", 0.01, 0.8, 1.2, cohort="pooled")), limits=(0.1, 10))
    assert len(layers_with(plot, "geom_point", shape="<")) == 1


def test_diamonds_of_two_strata_do_not_touch() -> None:
    rows = [estimate("Monocytes", 0.5, 0.8, 1.2, cohort="pooled", stratum=f"hr={level}") for level in HR_COLOURS]
    plot = plot_forest(odds(*rows))
    (diamond,) = layers_with(plot, "geom_polygon")
    ends = data_of(diamond, plot).groupby("stratum")["corner_y"].agg(["min", "max"])
    assert ends.loc["hr=positive", "min"] > ends.loc["hr=negative", "max"]


@pytest.mark.parametrize("nothing", [[], pd.DataFrame(), as_result_table(pd.DataFrame())])
def test_nothing_to_show_is_said(nothing: object) -> None:
    plot = plot_forest(nothing)
    assert isinstance(plot, ggplot)
    assert any("No odds ratio" in text for text in texts_of(plot))


def test_one_type_one_stratum() -> None:
    plot = plot_forest(odds(estimate("Monocytes", 0.5, 0.8, 1.2)), width_mm=89)
    assert misplaced_texts(plot) == []


def test_very_long_names_are_shortened_not_cut() -> None:
    name = "Some cell type of an atlas with names as long as this one, subset 17"
    assert misplaced_texts(plot_forest(odds(estimate(name, 0.5, 0.8, 1.2)), width_mm=89)) == []


def test_a_frame_that_is_no_result_is_refused() -> None:
    with pytest.raises(DataError, match="no column 'outcome'"):
        plot_forest(pd.DataFrame({"or": [0.5]}))


def test_a_frame_that_does_not_say_what_its_rows_are_is_refused_with_all_that_is_missing() -> None:
    with pytest.raises(DataError) as caught:
        plot_forest(odds(estimate("Monocytes", 0.5, 0.8, 1.2)).drop(columns=["measure", "role"]))
    said = str(caught.value)
    assert "1 rows do not say what their estimate is -> add the column measure: rho, odds_ratio, shift" in said
    assert "1 rows do not say what their term is to the model -> add the column role: exposure, moderator" in said


@pytest.mark.parametrize(
    ("per", "title"), [("sd", "Odds ratio per SD of HER2 score"), ("unit", "Odds ratio per HER2 score")]
)
def test_the_axis_says_what_an_odds_ratio_is_per(per: str, title: str) -> None:
    plot = plot_forest(odds(estimate("Monocytes", 0.5, 0.8, 1.2, per=per)))
    assert str(plot.labels.get("x", "")).replace("\n", " ") == f"{title} (logarithmic scale)"


def test_the_plot_can_be_changed_further() -> None:
    from plotnine import labs

    plot = plot_forest(odds(estimate("Monocytes", 0.5, 0.8, 1.2))) + labs(title="Mine")
    assert misplaced_texts(plot) == []
