"""Intervals are cut where the axis ends, and every cut is marked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.figures.panel.odds_axis import clip, odds_limits, odds_ticks

LOGS = st.floats(-30, 30, allow_nan=False)


def rows(*values: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(values, columns=["conf_low", "estimate", "conf_high"])


def test_the_papers_odds_ratios_fit_on_a_short_axis_but_for_the_widest() -> None:
    printed = rows((0.27, 0.41, 0.61), (0.42, 0.61, 0.89), (0.44, 0.64, 0.94), (1.07, 1.6, 2.39), (1.16, 5.29, 24.0))
    assert odds_limits(printed) == (0.1, 10.0)
    cut = clip(printed, (0.1, 10.0))
    assert cut["clipped_high"].tolist() == [False, False, False, False, True]
    assert not cut["clipped_low"].any()
    assert not cut["off_scale"].any()


@given(st.lists(st.tuples(LOGS, LOGS, LOGS).map(sorted), min_size=1, max_size=12))
@settings(deadline=None, max_examples=60)
def test_nothing_leaves_the_axis_and_every_cut_is_marked(triples: list[list[float]]) -> None:
    table = rows(*[tuple(np.exp(triple)) for triple in triples])
    limits = odds_limits(table)
    assert limits[0] == pytest.approx(1 / limits[1])
    low, high = np.log10(limits)
    cut = clip(table, limits)
    assert cut[["x", "xmin", "xmax"]].to_numpy().min() >= low - 1e-12
    assert cut[["x", "xmin", "xmax"]].to_numpy().max() <= high + 1e-12
    assert (cut["clipped_low"] == (np.log10(table["conf_low"]) < low - 1e-12)).all()
    assert (cut["clipped_high"] == (np.log10(table["conf_high"]) > high + 1e-12)).all()


@pytest.mark.parametrize("low", [0.0, 1e-320])
def test_limits_of_zero_and_infinity_are_cut_like_others(low: float) -> None:
    cut = clip(rows((low, 3.0, np.inf)), (0.1, 10))
    assert cut[["clipped_low", "clipped_high", "off_scale"]].iloc[0].tolist() == [True, True, False]


def test_a_missing_estimate_has_no_place() -> None:
    cut = clip(rows((np.nan, np.nan, np.nan)), (0.1, 10))
    assert cut[["x", "xmin", "xmax"]].isna().all(axis=None)
    assert not cut[["clipped_low", "clipped_high", "off_scale"]].any(axis=None)


def test_an_axis_without_any_number_is_short() -> None:
    assert odds_limits(rows((np.nan, np.nan, np.nan))) == (0.5, 2.0)


def test_ticks_are_odds_ratios_at_their_logarithms() -> None:
    for limits in [(0.25, 4.0), (0.05, 20.0), (0.001, 1000.0)]:
        for ticks in odds_ticks(limits):
            assert all(10**at == pytest.approx(float(label)) for at, label in ticks.items())
