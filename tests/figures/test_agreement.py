"""Agreement with R: nothing unchecked looks like agreement."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import TableError
from her2stats.figures import plot_agreement
from her2stats.figures.agreement import MOST_DOTS

from . import examples as e
from .extents import misplaced_texts
from .layers import caption_of, data_of, layers_with, texts_of

COLUMNS = ["model", "quantity", "rel_diff", "tolerance", "verdict"]


def frame(*rows: tuple[str, str, float, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def drawn(plot: object) -> pd.DataFrame:
    return pd.concat([data_of(layer, plot) for layer in layers_with(plot, "geom_point")])


def test_counts_of_agreement_stand_beside_each_line() -> None:
    shown = texts_of(plot_agreement(e.crosscheck()))
    assert shown.count("30 of 30") == 19
    assert "30 of 31" in shown


def test_unchecked_numbers_are_counted_with_their_reason_and_not_drawn() -> None:
    plot = plot_agreement(e.crosscheck())
    assert "Not checked: 6 numbers (brglm2 is not installed)." in caption_of(plot)
    assert "not checked" in texts_of(plot)
    assert "not checked" not in set(drawn(plot)["verdict"])


def test_identical_numbers_stand_in_a_lane_of_their_own() -> None:
    plot = plot_agreement(frame(("m", "estimate", 0.0, 1e-8, "agree"), ("m", "estimate", 1e-300, 1e-8, "agree")))
    zero, tiny = drawn(plot).sort_values("rel_diff")["x"]
    assert zero < -17
    assert tiny == -17


@pytest.mark.parametrize("size", [np.inf, np.nan, 1e9])
def test_a_disagreement_of_any_size_is_on_the_figure(size: float) -> None:
    plot = plot_agreement(frame(("m", "estimate", size, 1e-8, "disagree"), ("m", "estimate", 1e-12, 1e-8, "agree")))
    cross = data_of(layers_with(plot, "geom_point")[-1], plot)
    assert cross["verdict"].tolist() == ["disagree"]
    assert np.isfinite(cross["x"]).all()
    assert misplaced_texts(plot) == []


def test_the_tolerance_of_each_line_is_marked() -> None:
    plot = plot_agreement(frame(("m", "estimate", 1e-12, 1e-8, "agree"), ("m", "p_value", 1e-12, 1e-5, "agree")))
    marks = next(data_of(s, plot) for s in layers_with(plot, "geom_segment") if "tolerance" in data_of(s, plot))
    assert sorted(marks["x"]) == pytest.approx([-8, -5])


def test_models_of_a_verb_share_their_lines_and_objects_with_a_table_do() -> None:
    table = frame(("a", "estimate", 1e-12, 1e-8, "agree"), ("b", "estimate", 1e-13, 1e-8, "agree"))
    plot = plot_agreement(SimpleNamespace(table=table.assign(verb="fit_logistic")))
    assert "Logistic regression" in texts_of(plot)
    assert "2 of 2" in texts_of(plot)


def test_of_many_numbers_some_are_drawn_the_largest_difference_and_every_disagreement_among_them() -> None:
    sizes = 10 ** np.random.default_rng(1).uniform(-16, -11, 5000)
    rows = [("m", "estimate", size, 1e-8, "agree") for size in sizes]
    rows += [("m", "estimate", size, 1e-8, "disagree") for size in np.linspace(1e-6, 2e-6, 70)]
    plot = plot_agreement(frame(*rows))
    dots = drawn(plot)
    assert (dots["verdict"] == "agree").sum() == MOST_DOTS
    assert (dots["verdict"] == "disagree").sum() == 70
    agreeing = dots.loc[dots["verdict"] == "agree", "rel_diff"]
    assert agreeing.max() == sizes.max()
    assert np.log10(agreeing).median() == pytest.approx(np.log10(np.median(sizes)), abs=0.1)
    assert "60 evenly spaced by rank" in caption_of(plot)
    assert "5000 of 5070" in texts_of(plot)
    assert len(plot.data) == 5070


def test_numbers_of_tumours_share_a_line() -> None:
    rows = [("m", name, 0.0, 1e-8, "agree") for name in ("n", "n_missing", "n_events", "nu")]
    assert plot_agreement(frame(*rows)).data["line"].tolist() == ["counts", "counts", "counts", "nu"]


def test_nothing_was_checked() -> None:
    plot = plot_agreement(frame(("m", "estimate", np.nan, np.nan, "not checked: no R")))
    assert "Not checked: 1 numbers (no R)." in caption_of(plot)
    assert misplaced_texts(plot) == []
    assert "Nothing to compare" in texts_of(plot_agreement(frame()))[0]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TableError, match="tolerance"):
        plot_agreement(e.crosscheck().drop(columns="tolerance"))
