"""Names inside figures are the reader's, and what is text is never taken for a formula."""

from __future__ import annotations

from her2stats.figures.style.wording import (
    axis_numbers,
    display_name,
    flag_reason,
    not_estimable,
    p_equals,
    plain,
    stratum_name,
)


def test_p_in_running_text_has_one_sign_and_can_be_broken_into_lines() -> None:
    assert p_equals(1e-5) == "p < 0.001"
    assert p_equals(0.2, "adj. p") == "adj. p = 0.20"


def test_axis_numbers_share_their_decimals() -> None:
    assert axis_numbers([-0.25, 0, 0.1, float("nan")]) == ["−0.25", "0.00", "0.10", ""]
    assert axis_numbers([-2.0, 4.0]) == ["−2", "4"]
    assert axis_numbers([]) == []


def test_names_for_a_reader() -> None:
    assert display_name("ERBB2") == r"$\mathit{ERBB2}$"
    assert display_name("T_cells") == "T cells"
    assert display_name("x", {"x": "a $ sign"}) == r"a \$ sign"
    assert stratum_name("hr=negative") == "HR-negative"
    assert stratum_name("grade=III=b") == "Grade III=b"
    assert stratum_name("cost=5$") == r"cost: 5\$"
    assert plain("5$") == r"5\$"


def test_flags_are_shown_by_their_code() -> None:
    assert flag_reason("separation: score > 1.2 always high") == "separation"
    assert not_estimable("empty level: HER2 2+: none") == "n.e. (empty level)"
    assert not_estimable("") == "n.e. (no estimate)"
