"""Bland and Altman's plot on ranks: every tumour with both measurements is a dot, lines are the limits of the table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import TableError
from her2stats.figures import plot_rank_agreement
from her2stats.figures.placeholder import Placeholder
from her2stats.statistics import agree_ranks

from .layers import data_of, layers_with


@pytest.fixture(scope="module")
def tumours() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"stil": rng.gamma(1.5, 15, 40).round(), "hr": ["positive", "negative"] * 20})
    frame["Total TIL"] = frame["stil"] / 20 + rng.normal(size=40)
    frame.loc[2, "Total TIL"] = np.nan
    return frame.rename(index=lambda place: f"s{place:02d}")


def test_dots_are_the_differences_and_lines_the_limits(tumours: pd.DataFrame) -> None:
    result = agree_ranks(tumours, "stil", "Total TIL")
    plot = plot_rank_agreement([result, agree_ranks(tumours, "stil", "Total TIL", by="hr")], tumours)
    dots = plot.data
    assert len(dots) == 39
    assert dots["panel"].unique().tolist() == ["Total TIL and Stromal TIL, %, n = 39"]
    row = result.table.iloc[0]
    assert dots["y"].std() == pytest.approx(row["rank_sd"], rel=1e-12)
    assert dots["y"].mean() == pytest.approx(0, abs=1e-9)
    assert set(dots["Stratum"]) == {"HR-positive", "HR-negative"}
    lines = data_of(layers_with(plot, "geom_hline")[0], plot)
    assert sorted(lines["y"]) == pytest.approx([row["loa_low"], 0, row["loa_high"]])
    plot.draw()


def test_without_numbers_there_is_no_panel_and_a_lacking_column_is_told(tumours: pd.DataFrame) -> None:
    few = agree_ranks(tumours.iloc[:3], "stil", "Total TIL")
    assert isinstance(plot_rank_agreement(few, tumours), Placeholder)
    with pytest.raises(TableError, match="no column 'stil'"):
        plot_rank_agreement(agree_ranks(tumours, "stil", "Total TIL"), tumours.drop(columns="stil"))
