"""The interval of the superiority of one group over another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.statistics.fits.rank_tests.wilcoxon import rank_sum, superiority_limits

SIZES = st.integers(2, 400)


@settings(deadline=None)
@given(st.integers(0, 1000).map(lambda k: k / 1000), SIZES, SIZES)
def test_the_other_group_has_the_mirrored_limits_and_the_value_lies_between(chance: float, m: int, n: int) -> None:
    low, high = superiority_limits(chance, m, n, conf_level=0.95)
    assert 0 <= low <= chance <= high <= 1
    mirrored = superiority_limits(1 - chance, n, m, conf_level=0.95)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_each_limit_is_the_value_that_the_data_just_do_not_refute() -> None:
    """By Hanley and McNeil's variance with the mean size of the groups in place of each."""
    m, n, chance = 40, 60, 0.7
    mean = (m + n) / 2
    for at in superiority_limits(chance, m, n, conf_level=0.95):
        first, second = at / (2 - at) - at**2, 2 * at**2 / (1 + at) - at**2
        variance = (at * (1 - at) + (mean - 1) * (first + second)) / (m * n)
        assert abs(chance - at) / math.sqrt(variance) == pytest.approx(1.959964, abs=1e-5)


@pytest.mark.parametrize(("shift", "m", "n"), [(0.0, 15, 40), (0.8, 25, 25), (1.5, 60, 20)])
def test_nineteen_of_twenty_intervals_hold_the_truth(shift: float, m: int, n: int) -> None:
    rng = np.random.default_rng(7)
    truth = 0.5 * math.erfc(-shift / 2)  # of two normal values of variance 1
    held = 0
    for _ in range(800):
        drawn = rank_sum(rng.normal(size=m), rng.normal(shift, size=n))
        low, high = superiority_limits(drawn.superiority, m, n, conf_level=0.95)
        held += low <= truth <= high
    assert 0.93 <= held / 800 <= 0.975


def test_groups_that_do_not_overlap_keep_an_interval() -> None:
    low, high = superiority_limits(1.0, 5, 5, conf_level=0.95)
    assert (0.3 < low < 0.9, high) == (True, 1.0)


def test_without_a_value_there_are_no_limits() -> None:
    assert all(map(math.isnan, superiority_limits(math.nan, 3, 4, conf_level=0.95)))
