"""Two proportions: chi-squared, the Wald interval, Fisher's test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from her2stats.statistics.fits.proportions import fisher_exact, two_proportions


@pytest.mark.parametrize(("events", "totals"), [((17, 9), (39, 32)), ((36, 23), (50, 36)), ((1, 6), (8, 12))])
def test_chi_squared_is_without_continuity_correction(events, totals):
    table = np.array([events, np.subtract(totals, events)])
    expected = stats.chi2_contingency(table, correction=False)
    test = two_proportions(events, totals)
    assert test.statistic == pytest.approx(expected.statistic, rel=1e-12)
    assert test.p_value == pytest.approx(expected.pvalue, rel=1e-11)
    assert test.smallest_expected == pytest.approx(expected.expected_freq.min(), rel=1e-12)


def test_the_interval_is_walds():
    test = two_proportions((17, 9), (39, 32))
    first, second = 17 / 39, 9 / 32
    error = np.sqrt(first * (1 - first) / 39 + second * (1 - second) / 32)
    assert test.difference == pytest.approx(second - first, rel=1e-12)
    assert test.std_error == pytest.approx(error, rel=1e-12)
    assert test.conf_high - test.conf_low == pytest.approx(2 * 1.959963984540054 * error, rel=1e-12)


@settings(deadline=None, max_examples=100)
@given(st.tuples(*[st.integers(0, 25)] * 4).filter(lambda t: t[0] + t[1] > 0 and t[2] + t[3] > 0))
def test_fishers_p_adds_up_the_tables_that_are_no_likelier(counts):
    a, no_a, b, no_b = counts
    m, n, every = a + no_a, b + no_b, a + b
    chances = stats.hypergeom.pmf(np.arange(max(0, every - n), min(m, every) + 1), m + n, m, every)
    seen = stats.hypergeom.pmf(a, m + n, m, every)
    expected = min(1.0, chances[chances <= seen * (1 + 1e-7)].sum())
    assert fisher_exact((a, b), (m, n)) == pytest.approx(expected, rel=1e-10)


def test_fishers_p_counts_a_mirrored_table_as_equally_likely():
    # symmetric totals: both tails are the same, whatever the last digit of their probabilities
    assert fisher_exact((30, 70), (100, 100)) == pytest.approx(2 * stats.hypergeom.cdf(30, 200, 100, 100), rel=1e-10)
