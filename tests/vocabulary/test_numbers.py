"""Numbers as journals print them."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.vocabulary.numbers import (
    count_range,
    format_count,
    format_estimate,
    format_number,
    format_p,
    format_percent,
    p_phrase,
)

probabilities = st.floats(0, 1, allow_nan=False)


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "<0.001"),
        (0.000999, "<0.001"),
        (0.001, "0.001"),
        (0.0049, "0.005"),
        (0.0123, "0.012"),
        (0.0994, "0.099"),
        (0.0996, "0.10"),
        (0.317, "0.32"),
        (0.99, "0.99"),
        (0.9999, ">0.99"),
        (1.0, ">0.99"),
        (float("nan"), ""),
    ],
)
def test_p_values(p: float, text: str) -> None:
    assert format_p(p) == text


@pytest.mark.parametrize(("p", "text"), [(0.0496, "0.0496"), (0.04996, "0.04996"), (0.0504, "0.050"), (0.05, "0.050")])
def test_a_rounded_p_stays_on_its_side_of_alpha(p: float, text: str) -> None:
    assert format_p(p) == text


@given(probabilities, st.sampled_from([0.01, 0.05, 0.1]))
@settings(deadline=None)
def test_no_printed_p_contradicts_its_value(p: float, alpha: float) -> None:
    text = format_p(p, alpha=alpha)
    if text[0] == "<":
        assert p < 0.001
    elif text[0] == ">":
        assert p > 0.99
    else:
        assert abs(float(text) - p) <= 0.005 + 1e-12
        if abs(p - alpha) > 1e-6:
            assert (float(text) < alpha) == (p < alpha)


def test_p_in_running_text_never_breaks_over_a_line() -> None:
    assert p_phrase(0.0123) == "p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}0.012"
    assert p_phrase(1e-9).endswith("<\N{NO-BREAK SPACE}0.001")


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((0.61, 0.42, 0.89), "0.61 (0.42–0.89)"),
        ((5.29, 1.16, 24.0), "5.29 (1.16–24.0)"),
        ((0.0042, 0.0004, 0.07), "0.004 (<0.001–0.07)"),
        ((9.996, 2.0, 318.4), "10.0 (2.00–318)"),
        ((3.1, 1.2, 54321.0), "3.10 (1.20 to >1000)"),
        ((2.0, 0.5, math.inf), "2.00 (0.50–∞)"),
        ((2.0, math.nan, 8.0), "2.00 (n.e.–8.00)"),
        ((math.nan, math.nan, math.nan), ""),
    ],
)
def test_odds_ratios(numbers: tuple[float, float, float], text: str) -> None:
    assert format_estimate(*numbers, measure="odds_ratio") == text


def test_a_limit_is_not_rounded_onto_one() -> None:
    assert format_estimate(0.65, 0.42, 0.9964, measure="odds_ratio") == "0.65 (0.42–0.996)"
    assert format_estimate(0.65, 0.42, 1.0021, measure="odds_ratio") == "0.65 (0.42–1.002)"
    assert format_estimate(0.65, 0.42, 1.0, measure="odds_ratio") == "0.65 (0.42–1.00)"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((-0.44, -0.53, -0.34), "−0.44 (−0.53 to −0.34)"),
        ((-0.11, -0.23, -0.0012), "−0.11 (−0.23 to −0.001)"),
        ((0.21, 0.10, 0.31), "0.21 (0.10 to 0.31)"),
    ],
)
def test_correlations_are_joined_by_to(numbers: tuple[float, float, float], text: str) -> None:
    assert format_estimate(*numbers, measure="rho") == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((-0.0312, -0.0519, -0.0104), "−0.031 (−0.052 to −0.010)"),
        ((12.34, 10.2, 14.5), "12.3 (10.2 to 14.5)"),
        ((1234.0, 1100.0, 1368.0), "1,234 (1,100 to 1,368)"),
        ((3.1e-9, 1.1e-9, 5.1e-9), "3.1e−9 (1.1e−9 to 5.1e−9)"),
        ((0.0, 0.0, 0.0), "0.00 (0.00 to 0.00)"),
    ],
)
def test_slopes_show_two_digits_of_their_interval(numbers: tuple[float, float, float], text: str) -> None:
    assert format_estimate(*numbers, measure="slope") == text


@given(st.floats(1e-4, 900), st.floats(0.01, 3))
@settings(deadline=None)
def test_the_interval_never_seems_to_miss_or_hold_one(estimate: float, width: float) -> None:
    low, high = estimate * math.exp(-width), estimate * math.exp(width)
    text = format_estimate(estimate, low, high, measure="odds_ratio")
    printed = [
        float(end.replace(">", "").replace("<", "")) for end in re.split("–| to ", text[text.index("(") + 1 : -1])
    ]
    for value, end in zip((low, high), printed, strict=True):
        if abs(value - 1) > 1e-4:
            assert (end < 1) == (value < 1)


def test_percentages_are_rounded_half_up_from_the_fraction() -> None:
    assert [format_percent(n, 81) for n in (39, 68, 13, 45)] == ["48.1", "84.0", "16.0", "55.6"]
    assert format_percent(14, 104) == "13.5"
    assert format_percent(1, 16) == "6.3", "6.25 exactly"
    assert format_percent(0, 0) == ""


def test_missing_counts_and_numbers_print_nothing() -> None:
    assert format_count(pd.NA) == format_count(None) == format_count(float("nan")) == ""
    assert format_number(float("nan"), 2) == ""
    assert format_number(-0.0001, 2) == "0.00"


@given(st.floats(-1e6, 1e6, allow_nan=False))
@settings(deadline=None)
def test_there_is_no_negative_zero_and_no_hyphen_for_a_minus(value: float) -> None:
    text = format_number(value, 2)
    assert "-" not in text
    assert text != "−0.00"


def test_the_tumours_of_several_models_are_one_number_or_a_range() -> None:
    assert count_range(pd.Series([104, 98, pd.NA], dtype="Int64")) == "n = 98–104"
    assert count_range(pd.Series([343, 343])) == "n = 343"
    assert count_range(pd.Series([], dtype="Int64")) == "n = 0"
