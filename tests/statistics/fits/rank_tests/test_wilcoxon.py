"""Wilcoxon's test as R's wilcox.test: which p, which limits, which W."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from her2stats.statistics.fits.rank_tests.wilcoxon import rank_sum

RNG = np.random.default_rng(4)


def distinct(n: int, shift: float = 0.0) -> np.ndarray:
    return RNG.normal(size=n) + shift


@pytest.mark.parametrize(
    ("m", "n", "exact"), [(49, 49, True), (50, 49, False), (49, 50, False), (2, 200, False), (5, 6, True)]
)
def test_exact_below_fifty_in_both_groups(m, n, exact):
    assert rank_sum(distinct(m), distinct(n)).exact is exact


def test_one_tie_is_enough_for_the_normal_approximation():
    first, second = np.array([1.0, 2, 3, 4]), np.array([2.5, 3.5, 4.5, 4.0])
    test = rank_sum(first, second)
    assert not test.exact
    assert test.p_value == pytest.approx(stats.mannwhitneyu(second, first, method="asymptotic").pvalue, rel=1e-12)


def test_scipys_own_choice_is_another_one():
    # 9 and 40 without ties: R is exact, scipy's "auto" is not
    first, second = distinct(9), distinct(40, 0.7)
    assert rank_sum(first, second).p_value == pytest.approx(
        stats.mannwhitneyu(second, first, method="exact").pvalue, rel=1e-12
    )
    assert rank_sum(first, second).p_value != pytest.approx(stats.mannwhitneyu(second, first).pvalue, rel=1e-6)


@pytest.mark.parametrize(("m", "n"), [(1, 7), (4, 4), (12, 30), (49, 49)])
def test_exact_p_is_scipys_exact_p(m, n):
    first, second = distinct(m), distinct(n, 0.4)
    expected = stats.mannwhitneyu(second, first, method="exact")
    test = rank_sum(first, second)
    assert test.statistic == expected.statistic
    assert test.p_value == pytest.approx(expected.pvalue, rel=1e-12)


def test_w_counts_pairs_in_which_the_second_is_larger():
    first, second = np.array([1.0, 2, 2, 5]), np.array([2.0, 6])
    assert rank_sum(first, second).statistic == 1 + 0.5 + 0.5 + 0 + 4
    assert rank_sum(first, second).superiority == 6 / 8


def test_the_shift_is_the_median_of_all_differences():
    first, second = distinct(13), distinct(20, 1)
    assert rank_sum(first, second).shift == np.median(np.subtract.outer(second, first))


def test_exact_limits_hold_the_level_by_enumeration():
    first, second = distinct(5), distinct(6, 0.5)
    test = rank_sum(first, second, conf_level=0.9)
    differences = np.sort(np.subtract.outer(second, first).ravel())
    place = int(np.searchsorted(differences, test.conf_low)) + 1
    assert differences[30 - place] == test.conf_high
    w = np.array([sum(chosen) - 10 for chosen in combinations(range(11), 5)])  # W of five values among eleven
    assert np.mean(w <= place - 1) <= 0.05 < np.mean(w <= place)


def test_moses_limits_by_their_formula():
    first, second = np.round(distinct(60), 1), np.round(distinct(80, 0.3), 1)
    test = rank_sum(first, second)
    place = math.floor(60 * 80 / 2 - stats.norm.ppf(0.975) * math.sqrt(60 * 80 * 141 / 12))
    differences = np.sort(np.round(np.subtract.outer(second, first).ravel(), 12))
    assert (test.conf_low, test.conf_high) == pytest.approx((differences[place - 1], differences[-place]), abs=1e-9)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (3, 3), (2, 7), (1, 30)])
def test_groups_too_small_for_the_level_have_no_limits(m, n):
    # the widest interval there is, from smallest to largest difference, covers less than 95 %
    test = rank_sum(distinct(m), distinct(n))
    assert 1 - 2 / math.comb(m + n, m) < 0.95
    assert math.isnan(test.conf_low)
    assert math.isnan(test.conf_high)
    assert 0 < test.p_value <= 1


@pytest.mark.parametrize(("m", "n"), [(4, 4), (3, 5), (2, 8)])
def test_the_smallest_groups_with_limits_take_the_whole_range(m, n):
    test = rank_sum(distinct(m), distinct(n))
    assert test.conf_low < test.shift < test.conf_high


def test_a_level_that_is_reached_exactly_has_limits():
    # three against three: the whole range covers 1 - 2 / 20, and 1 - 0.9 is not quite 0.1 in binary
    first, second = distinct(3), distinct(3)
    test = rank_sum(first, second, conf_level=0.9)
    assert (test.conf_low, test.conf_high) == (second.min() - first.max(), second.max() - first.min())


@settings(deadline=None, max_examples=60)
@given(
    first=st.lists(st.integers(-5, 5), min_size=2, max_size=12),
    second=st.lists(st.integers(-5, 5), min_size=2, max_size=12),
)
def test_swapping_the_groups_turns_everything_round(first, second):
    left, right = np.array(first, float), np.array(second, float)
    one, other = rank_sum(left, right), rank_sum(right, left)
    assert one.shift == -other.shift
    assert one.statistic + other.statistic == len(first) * len(second)
    np.testing.assert_array_equal([one.conf_low, one.conf_high], [-other.conf_high, -other.conf_low])
    np.testing.assert_array_equal(one.p_value, other.p_value)
