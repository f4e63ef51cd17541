"""What a printed number can stand for."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.errors import TableError
from her2stats.published.columns import read_numerals
from her2stats.published.numerals import bounds, how_shortened, read_numeral


@pytest.mark.parametrize(
    ("printed", "interval"),
    [
        ("13.4", (13.35, 13.45)),
        ("13.4%", (13.35, 13.45)),
        ("1.00", (0.995, 1.005)),
        ("-0.31", (-0.315, -0.305)),
        ("−0.31", (-0.315, -0.305)),  # the minus sign of print
        ("-0", (-0.5, 0.0)),
        ("0", (-0.5, 0.5)),
        ("0,42", (0.415, 0.425)),
        ("0·42", (0.415, 0.425)),
        ("1,234", (1233.5, 1234.5)),
        ("<0.001", (-np.inf, 0.001)),
        ("> 0.05", (0.05, np.inf)),
        ("1.2e-05", (1.15e-05, 1.25e-05)),
        (13.4, (13.35, 13.45)),
        (16.0, (15.5, 16.5)),  # a float has lost its zeros: the wider reading never raises a false alarm
        (614, (613.5, 614.5)),
    ],
)
def test_a_print_stands_for_an_interval(printed: str | float, interval: tuple[float, float]) -> None:
    numeral = read_numeral(printed)
    assert numeral is not None
    assert numeral.interval() == pytest.approx(interval)


@pytest.mark.parametrize("printed", ["", " ", "-", "–", "NA", "n/a", None, float("nan"), np.nan])
def test_nothing_printed_is_no_number(printed: object) -> None:
    assert read_numeral(printed) is None  # type: ignore[arg-type]


def test_every_unreadable_cell_is_named_at_once() -> None:
    with pytest.raises(TableError) as caught:
        read_numerals(["12.1", "4S.4", "12.1.3", "abc"], 4, name="percent", places=["a", "b", "c", ""])
    places = [(problem.row, problem.column, problem.value) for problem in caught.value.problems]
    assert places == [("row 2 (b)", "percent", "4S.4"), ("row 3 (c)", "percent", "12.1.3"), ("row 4", "percent", "abc")]


@pytest.mark.parametrize("strange", ["inf", "-Infinity", "NaN1", "1e999999999", "0x10", "1_000", "--5", "٣,٤,٥"])
def test_strange_text_is_refused_and_never_escapes_as_another_error(strange: str) -> None:
    try:
        numeral = read_numeral(strange)
    except TableError:
        return
    assert numeral is not None  # Decimal reads underscores and other scripts' digits; that is harmless


@pytest.mark.parametrize(
    ("printed", "count", "n", "how"),
    [
        ("13.5", 14, 104, ""),
        ("13.4", 14, 104, "cut off, not rounded"),
        ("83.9", 68, 81, "cut off, not rounded"),
        ("16.1", 13, 81, "rounded twice (16.05, then 16.1)"),
        ("3.8", 3, 81, "rounded up"),
        ("48.4", 39, 81, ""),
    ],
)
def test_rounding_cutting_off_and_rounding_twice_are_told_apart(printed: str, count: int, n: int, how: str) -> None:
    numeral = read_numeral(printed)
    assert numeral is not None
    assert how_shortened(numeral, 100 * count / n) == how


def test_both_neighbours_are_right_at_an_exact_half() -> None:
    half = Fraction(25, 2)
    for printed in ("12", "13"):
        numeral = read_numeral(printed)
        assert numeral is not None
        assert numeral.stands_for(half)


@given(st.decimals(-1000, 1000, places=6), st.integers(0, 5), st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP]))
@settings(deadline=None)
def test_a_rounded_value_lies_in_its_own_interval(value: Decimal, places: int, rounding: str) -> None:
    printed = read_numeral(str(value.quantize(Decimal(1).scaleb(-places), rounding=rounding)))
    assert printed is not None
    assert printed.stands_for(Fraction(value))
    low, high = printed.interval()
    assert low - 1e-9 <= float(value) <= high + 1e-9


@given(st.floats(-1e6, 1e6, allow_nan=False), st.integers(0, 6))
@settings(deadline=None)
def test_formatted_floats_are_read_back(value: float, places: int) -> None:
    ends = bounds([read_numeral(f"{value:.{places}f}")])
    assert ends[0][0] <= value <= ends[1][0]


@given(st.floats(0, 100, allow_nan=False))
@settings(deadline=None)
def test_a_number_that_was_never_shortened_agrees_with_itself(value: float) -> None:
    numeral = read_numeral(value)
    assert numeral is not None
    ends = bounds([numeral])
    assert ends[0][0] - 1e-9 <= value <= ends[1][0] + 1e-9


@pytest.mark.parametrize(
    ("printed", "truncated", "either"),
    [
        ("0.44", (0.44, 0.45), (0.435, 0.45)),
        ("-0.44", (-0.45, -0.44), (-0.45, -0.435)),
        ("1.44", (1.44, 1.45), (1.435, 1.45)),
        ("-1.44", (-1.45, -1.44), (-1.45, -1.435)),
        ("0.00", (-0.01, 0.01), (-0.01, 0.01)),
        ("-0.00", (-0.01, 0.0), (-0.01, 0.0)),
        ("<0.01", (-np.inf, 0.01), (-np.inf, 0.01)),
        (">0.99", (0.99, np.inf), (0.99, np.inf)),
    ],
)
def test_a_print_that_may_have_been_cut_off_reaches_away_from_zero(printed, truncated, either) -> None:
    numeral = read_numeral(printed)
    assert numeral is not None
    assert numeral.interval("truncated") == pytest.approx(truncated, abs=1e-12)
    assert numeral.interval("either") == pytest.approx(either, abs=1e-12)


@pytest.mark.parametrize(("printed", "exact", "stands"), [("<5", 5, False), ("<5", 4, True), (">5", 5, False)])
def test_a_bound_is_not_met_by_itself(printed: str, exact: int, stands: bool) -> None:
    numeral = read_numeral(printed)
    assert numeral is not None
    assert numeral.stands_for(Fraction(exact)) is stands
