"""Cells carry text and floats without losing a bit, and never look like a formula."""

from __future__ import annotations

import csv
import io
import math

from hypothesis import given
from hypothesis import strategies as st

from her2stats.r_engine.exchange.cells import decimal, escape, hexadecimal, number, unescape


@given(st.text())
def test_text_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text())
def test_a_cell_is_never_empty_a_formula_or_two_lines(text: str) -> None:
    cell = escape(text)
    assert cell
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert not {"\n", "\r", "\t"} & set(cell)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_text_comes_back_through_a_csv_file(text: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerow([escape(text), "end"])
    file.seek(0)
    assert [unescape(cell) for cell in next(csv.reader(file))] == [text, "end"]


@given(st.floats(allow_nan=False))
def test_floats_come_back_bit_by_bit(value: float) -> None:
    for write in (decimal, hexadecimal):
        again = number(write(value))
        assert again == value
        assert math.copysign(1, again) == math.copysign(1, value)


def test_missing_is_an_empty_cell() -> None:
    assert decimal(math.nan) == hexadecimal(math.nan) == ""
    assert math.isnan(number(""))
