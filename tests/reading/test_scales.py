"""What numbers tell of their scale: floors of zeros, totals that are all the same."""

from __future__ import annotations

import numpy as np
import pytest

from her2stats.reading.scales import BASES, base_by_totals, floor_of, log2_units

RNG = np.random.default_rng(3)
COUNTS = RNG.negative_binomial(0.4, 0.002, (1500, 6)).astype(float)
CPM = COUNTS / COUNTS.sum(axis=0) * 1e6


@pytest.mark.parametrize("scale", BASES)
@pytest.mark.parametrize("offset", [1.0, 0.1, 0.001])
def test_the_offset_is_told_by_the_zeros_in_the_base_that_is_declared(scale, offset):
    values = np.log2(CPM + offset) / log2_units(scale)
    assert floor_of(values, scale) == (offset, (CPM == 0).mean())


def test_a_single_smallest_value_is_no_floor():
    values = np.log2(RNG.lognormal(5, 1, (200, 100)) + 1)
    values[0, 0] = 0
    assert floor_of(values)[0] is None


@pytest.mark.parametrize("scale", BASES)
def test_equal_totals_tell_the_base_whatever_the_offset(scale):
    for offset in (0.01, 1.0):
        assert base_by_totals(np.log2(CPM + offset) / log2_units(scale)) == scale


def test_what_tells_no_base():
    logs = np.log2(CPM + 1)
    assert base_by_totals(np.log2(COUNTS + 1)) == ""  # totals differ in every base
    assert base_by_totals(np.sort(logs, axis=0)[:, [0, 0, 0]]) == ""  # the same in every base: quantile-normalised
    assert base_by_totals(logs[:300]) == ""
    assert base_by_totals(CPM) == ""
