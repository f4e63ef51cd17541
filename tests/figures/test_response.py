"""Response bars: the paper's counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from her2stats.errors import TableError
from her2stats.figures import plot_response
from her2stats.figures.style.theme import HER2_COLOURS

from . import examples as e
from .extents import misplaced_texts
from .layers import caption_of, colour_of, texts_of


def test_table_2_of_the_paper() -> None:
    plot = plot_response(e.response())
    shown = texts_of(plot)
    assert {"44%\n(17/39)", "28%\n(9/32)", "72%\n(36/50)", "64%\n(23/36)"} <= set(shown)
    assert "OR 0.51 (0.19–1.37)\np = 0.18" in shown


def test_bars_carry_wilsons_interval() -> None:
    bars = plot_response(e.response()).data
    for bar in bars.itertuples():
        low, high = proportion_confint(bar.events, bar.n, method="wilson")
        assert (bar.low, bar.high) == pytest.approx((low, high))


def test_groups_have_the_colours_of_her2() -> None:
    assert colour_of(plot_response(e.response()), "HER2-low", "fill") == HER2_COLOURS["HER2-low"]


def test_the_reference_comes_from_the_rows() -> None:
    assert plot_response(e.response()).data["group"].cat.categories[0] == "HER2-0"
    table = e.response().table.assign(reference="IHC 0")
    assert plot_response(table).data["group"].cat.categories[0] == "IHC 0"


def test_the_caption_says_the_level_of_both_intervals() -> None:
    table = e.response().table.assign(conf_level=0.9)
    said = caption_of(plot_response(table))
    assert said == "Vertical lines: 95% confidence interval of the share (Wilson). OR (90% CI): odds ratio."
    assert "OR (90% CI): exact, conditional." in caption_of(plot_response(table.assign(method="exact, conditional")))


def test_several_levels_share_one_reference() -> None:
    row = e.response().table.iloc[[1]]
    both = pd.concat([row.assign(comparison="1+"), row.assign(comparison="2+", n_comparison=10)])
    plot = plot_response(both.assign(n_events_comparison=5, reference="0"))
    assert plot.data["group"].tolist() == ["0", "1+", "2+"]
    assert misplaced_texts(plot) == []


def test_separation_is_said_and_the_bars_stay() -> None:
    numbers = ["estimate", "conf_low", "conf_high", "p_value"]
    table = e.response().table.assign(flag="separation: no event", n_events_comparison=0)
    table[numbers] = np.nan
    plot = plot_response(table)
    assert "OR n.e. (separation)" in texts_of(plot)
    assert "0%\n(0/32)" in texts_of(plot)
    assert misplaced_texts(plot) == []


def test_an_empty_group_has_no_bar() -> None:
    table = e.response().table.assign(n_comparison=0, n_events_comparison=0)
    assert texts_of(plot_response(table)).count("n = 0") == 2


def test_full_response_leaves_room_for_the_texts() -> None:
    table = e.response().table.assign(n_events_reference=[39, 50], n_events_comparison=[32, 36])
    assert misplaced_texts(plot_response(table)) == []


def test_a_table_without_counts_is_refused_and_nothing_is_said() -> None:
    with pytest.raises(TableError, match="no column reference, n_reference -> pass a result of response_odds"):
        plot_response(e.response().table.drop(columns=["n_reference", "reference"]))
    assert "No response" in texts_of(plot_response([]))[0]
