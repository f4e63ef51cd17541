"""Numbers inside figures are printed as journals want them and never say more or less than they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.figures.wording import (
    axis_numbers,
    count_label,
    display_name,
    flag_reason,
    interval,
    not_estimable,
    number,
    p_equals,
    p_value,
    plain,
    ratio,
    ratio_interval,
    slope_interval,
    stratum_name,
)


@given(st.floats(0, 1, allow_nan=False))
@settings(deadline=None)
def test_a_printed_p_is_never_on_the_other_side_of_a_threshold(p: float) -> None:
    text = p_value(p)
    shown = float(text.lstrip("<>"))
    for threshold in (0.05, 0.01):
        if text[0] not in "<>" and p < threshold:
            assert shown <= threshold
            assert text != "0.05"
    assert (text == "<0.001") == (p < 0.001)


@pytest.mark.parametrize(
    ("p", "text"), [(0, "<0.001"), (0.0496, "0.050"), (0.052, "0.052"), (0.31, "0.31"), (1, ">0.99")]
)
def test_p_values(p: float, text: str) -> None:
    assert p_value(p) == text


def test_p_in_running_text_has_one_sign() -> None:
    assert p_equals(1e-5) == "p < 0.001"
    assert p_equals(0.2, "adj. p") == "adj. p = 0.20"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.61, "0.61"),
        (24.0, "24.0"),
        (0.0042, "0.004"),
        (1e-9, "<0.001"),
        (1e9, ">1000"),
        (9.996, "10.0"),
        (131.2, "131"),
    ],
)
def test_odds_ratios_keep_the_digits_that_matter(value: float, text: str) -> None:
    assert ratio(value) == text


def test_intervals_read_like_the_paper() -> None:
    assert ratio_interval(0.61, 0.42, 0.89) == "0.61 (0.42–0.89)"
    assert ratio_interval(49.4, 2.15, np.inf) == "49.4 (2.15 to >1000)"
    assert interval(-0.44, -0.53, -0.34) == "−0.44 (−0.53 to −0.34)"
    assert slope_interval(0.5, 0.5, 0.5) == "0.500 (0.500 to 0.500)"


@given(st.floats(-1e6, 1e6, allow_nan=False))
@settings(deadline=None)
def test_there_is_no_negative_zero_and_no_hyphen_for_a_minus(value: float) -> None:
    text = number(value)
    assert "-" not in text
    assert text not in ("−0.00", "−0")


def test_axis_numbers_share_their_decimals() -> None:
    assert axis_numbers([-0.25, 0, 0.1, float("nan")]) == ["−0.25", "0.00", "0.10", ""]
    assert axis_numbers([-2.0, 4.0]) == ["−2", "4"]
    assert axis_numbers([]) == []


def test_names_for_a_reader() -> None:
    assert display_name("ERBB2") == r"$\mathit{ERBB2}$"
    assert display_name("T_cells") == "T cells"
    assert display_name("x", {"x": "a $ sign"}) == r"a \$ sign"
    assert stratum_name("hr=negative") == "HR-negative"
    assert stratum_name("grade=III=b") == "grade: III=b"
    assert plain("5$") == r"5\$"


def test_flags_are_shown_by_their_code() -> None:
    assert flag_reason("separation: score > 1.2 always high") == "separation"
    assert not_estimable("empty level: HER2 2+: none") == "n.e. (empty level)"
    assert not_estimable("") == "n.e. (no estimate)"


def test_counts_of_a_panel() -> None:
    assert count_label(pd.Series([104, 98, pd.NA], dtype="Int64")) == "n = 98–104"
    assert count_label(pd.Series([], dtype="Int64")) == "n = 0"
