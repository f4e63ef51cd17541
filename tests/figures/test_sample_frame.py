"""Clouds of dots depend on the values alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from her2stats.figures.panel.row_axis import abundance_limits, abundance_place, abundance_ticks
from her2stats.figures.sample_frame import spread


def test_a_dot_has_its_place_in_whatever_order_the_tumours_come() -> None:
    values = pd.Series(np.random.default_rng(0).normal(size=50).round(1), index=[f"s{i}" for i in range(50)])
    shuffled = values.sample(frac=1, random_state=1)
    first = pd.DataFrame(spread(values, dimensions=2), values.index)
    second = pd.DataFrame(spread(shuffled, dimensions=2), shuffled.index)
    assert (first == second.loc[first.index]).all(axis=None)


def test_neighbours_in_value_are_apart() -> None:
    offsets = spread(pd.Series(np.arange(32.0), index=[f"{i:02d}" for i in range(32)])).ravel()
    assert np.abs(np.diff(offsets)).min() > 0.2
    assert offsets.min() >= -0.5
    assert offsets.max() <= 0.5


def test_no_values_no_dots() -> None:
    assert spread(pd.Series([], dtype=float)).shape == (0, 1)


def test_exact_zeros_stand_apart_from_the_smallest_amounts() -> None:
    low, high = abundance_limits(0.4)
    places = abundance_place(pd.Series([0.0, 1e-9, 0.4]), low)
    assert places.iloc[0] < 0 < places.iloc[1] < places.iloc[2] < high


def test_ticks_say_zero_on_the_lane_of_zeros() -> None:
    limits = abundance_limits(0.4)
    assert abundance_ticks(limits)[0][limits[0] / 2] == "0"
    assert abundance_limits(0.0)[1] > 0
