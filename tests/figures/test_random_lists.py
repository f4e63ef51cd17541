"""A signature among random lists: every list is in the picture, the line is where the score is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.figures import plot_random_lists
from her2stats.signatures import GeneSignature
from her2stats.signatures.random_lists import counted, random_correlations, summarised

from .layers import caption_of, data_of, texts_of


@pytest.fixture(scope="module")
def found() -> list:
    rng = np.random.default_rng(2)
    expression = pd.DataFrame(rng.normal(size=(60, 40)), [f"G{k}" for k in range(60)], [f"s{k}" for k in range(40)])
    outcomes = expression.T[["G1", "G2"]].rename(columns={"G1": "Total TIL", "G2": "b$"})
    asked = {"within": None, "method": "mean-z", "anchor": "ERBB2", "leave_out": (), "lists": 300, "seed": 5}
    return random_correlations(expression, GeneSignature("three", ("G1", "G5", "G6")), outcomes, **asked)


def test_every_list_is_counted_in_the_bin_that_holds_its_correlation(found: list) -> None:
    table = counted(found)
    for one in found:
        bins = table[table["outcome"] == one.outcome]
        theirs = np.array(
            [
                ((one.rho[1:] >= low - 1e-9) & (one.rho[1:] < high - 1e-9)).sum()
                for low, high in bins[["bin_low", "bin_high"]].to_numpy()
            ]
        )
        assert bins["lists"].tolist() == theirs.tolist()
        assert bins["lists"].sum() == 300
        assert np.allclose(bins["bin_high"] - bins["bin_low"], 0.02)


def test_the_line_stands_at_the_score_and_the_caption_counts_what_is_as_far(found: list) -> None:
    places = summarised(found)
    for one in found:
        plot = plot_random_lists(counted(found), places, outcome=one.outcome)
        lines = [float(data_of(layer, plot)["xintercept"].iloc[0]) for layer in plot.layers[1:]]
        assert lines == pytest.approx([np.median(one.rho[1:]), one.rho[0]])
        assert plot.data["lists"].sum() == 300
        share = 100 * (np.abs(one.rho[1:]) >= abs(one.rho[0])).mean()
        assert "300 random lists of 3 genes" in caption_of(plot)
        assert f"{share:.0f}% of the lists" in caption_of(plot).replace("\n", " ")
        plot.draw()


def test_nothing_scored_is_said_and_foreign_tables_are_refused(found: list) -> None:
    places = summarised(found)
    assert "none could be scored" in " ".join(
        texts_of(plot_random_lists(counted(found), places.assign(estimate=np.nan)))
    )
    with pytest.raises(DataError, match="no column genes, random_median"):
        plot_random_lists(counted(found), places.drop(columns=["genes", "random_median"]))
    with pytest.raises(DataError, match="bin_low, bin_high"):
        plot_random_lists(places, places)
