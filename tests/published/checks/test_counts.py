"""Percentages and totals."""

from __future__ import annotations

import numpy as np
import pytest

from her2stats.errors import TableError
from her2stats.published import audit_percentage, audit_total

DRAWS = 10_000


def test_ten_thousand_rounded_percentages_are_never_called_inconsistent() -> None:
    rng = np.random.default_rng(20)
    n = rng.integers(1, 2000, DRAWS)
    count = rng.binomial(n, rng.uniform(0, 1, DRAWS))
    places = rng.integers(0, 4, DRAWS)
    printed = [f"{100 * c / m:.{d}f}" for c, m, d in zip(count, n, places, strict=True)]
    assert set(audit_percentage(count, n, printed)["verdict"]) == {"consistent"}


def test_ten_thousand_percentages_without_counts_are_never_called_inconsistent() -> None:
    rng = np.random.default_rng(21)
    n = rng.integers(1, 300, DRAWS)
    count = rng.binomial(n, rng.uniform(0, 1, DRAWS))
    printed = [f"{100 * c / m:.1f}" for c, m in zip(count, n, strict=True)]
    assert set(audit_percentage(None, n, printed)["verdict"]) == {"consistent"}


def test_truncated_percentages_are_right_when_the_table_is_known_to_cut_off() -> None:
    rng = np.random.default_rng(22)
    n = rng.integers(1, 500, 2000)
    count = rng.binomial(n, 0.4)
    printed = [f"{1000 * int(c) // int(m) / 10:.1f}" for c, m in zip(count, n, strict=True)]
    assert set(audit_percentage(count, n, printed, rounding="truncated")["verdict"]) == {"consistent"}
    assert set(audit_percentage(count, n, printed, rounding="either")["verdict"]) == {"consistent"}
    assert "inconsistent" in set(audit_percentage(count, n, printed)["verdict"])


def test_the_arithmetic_says_how_a_wrong_percentage_came_about() -> None:
    audit = audit_percentage([14, 39, 13], [104, 81, 81], ["13.4", "48.4", "16.1"])
    assert audit["arithmetic"].tolist() == [
        "14 of 104 = 13.462 %, which rounds to 13.5; 13.4 is printed: cut off, not rounded",
        "39 of 81 = 48.148 %, which rounds to 48.1; 48.4 is printed: neither rounding nor cutting off gives that",
        "13 of 81 = 16.049 %, which rounds to 16.0; 16.1 is printed: rounded twice",
    ]


@pytest.mark.parametrize(
    ("count", "n", "percent", "verdict"),
    [
        (0, 81, "0", "consistent"),
        (81, 81, "100", "consistent"),
        (1, 1000, "<1", "consistent"),
        (20, 1000, "<1", "inconsistent"),
        (90, 81, "111.1", "inconsistent"),
        (3, 0, "0", "inconsistent"),
        (3, 81, "", "not determinable"),
        (3, None, "3.7", "not determinable"),
        (None, 81, "48.4", "inconsistent"),
        (None, 81, "48.1", "consistent"),
        (13, 104, "12", "consistent"),
        (13, 104, "13", "consistent"),
    ],
)
def test_edges(count: int | None, n: int | None, percent: str, verdict: str) -> None:
    assert audit_percentage(count, n, percent)["verdict"].item() == verdict


@pytest.mark.parametrize(
    ("count", "n", "percent", "verdict", "words"),
    [
        (1, 3, "33.33%", "consistent", "1 of 3 = 33.3333 %, which rounds to 33.33"),
        (None, 3, "33.33 %", "consistent", "1 of 3 gives 33.33 %"),
        (0, 0, "0", "not determinable", "n is 0, so there is no percentage"),
        (0, 0, "", "not determinable", "no percentage is printed"),
        (None, 0, "33.33%", "inconsistent", "n is 0"),
        (3, 0, "100%", "inconsistent", "3 of 0 is more than all"),
        (3, None, "100%", "not determinable", "no denominator is printed"),
        (None, 40, "130%", "inconsistent", "130 % lies outside 0 to 100 %"),
        (None, 40, "-5%", "inconsistent", "-5 % lies outside 0 to 100 %"),
        (1, 3, "0.3333", "inconsistent", "the share of 1, not of 100"),
    ],
)
def test_percentages_of_nobody_and_beyond_all_and_with_their_sign(count, n, percent, verdict, words) -> None:
    (row,) = audit_percentage(count, n, percent).to_dict("records")
    assert row["verdict"] == verdict
    assert words in row["arithmetic"]
    assert "% %" not in row["printed"] + row["arithmetic"]


def test_a_count_that_is_not_whole_is_an_error_of_the_table() -> None:
    with pytest.raises(TableError, match=r"'12\.5' is not a count"):
        audit_percentage("12.5", 100, "12.5")


@pytest.mark.parametrize(
    ("parts", "total", "rounded", "verdict"),
    [
        ([104, 81, 318, 111], 614, False, "consistent"),
        ([104, 81, 318, 112], 614, False, "inconsistent"),
        (["33.3", "33.3", "33.3"], 100, True, "consistent"),
        (["33.3", "33.3", "32.3"], 100, True, "inconsistent"),
        (["33.3", "33.3", "33.3"], 100, False, "inconsistent"),
        ([10, None], 30, False, "not determinable"),
        ([40, None], 30, False, "inconsistent"),
        ([10, 20], None, False, "not determinable"),
    ],
)
def test_totals(parts: list[object], total: object, rounded: bool, verdict: str) -> None:
    found = audit_total(parts, total, rounded=rounded)  # type: ignore[arg-type]
    assert found["verdict"].item() == verdict


def test_rounded_percentages_of_a_whole_are_never_called_inconsistent() -> None:
    rng = np.random.default_rng(23)
    for levels in range(2, 9):
        counts = rng.multinomial(rng.integers(5, 400), rng.dirichlet(np.ones(levels)), size=40)
        for row in counts:
            printed = [f"{100 * c / row.sum():.1f}" for c in row]
            assert audit_total(printed, "100", rounded=True)["verdict"].item() == "consistent"


@pytest.mark.parametrize(
    ("n", "percent", "words"),
    [
        (40, "1", "no whole number of 40 gives 1 %: 0/40 = 0.00 %, 1/40 = 2.50 %"),
        (40, "99", "no whole number of 40 gives 99 %: 39/40 = 97.50 %, 40/40 = 100.00 %"),
        (40, "51", "no whole number of 40 gives 51 %: 19/40 = 47.50 %, 20/40 = 50.00 %, 21/40 = 52.50 %"),
        (40, "0", "0 of 40 gives 0 %"),
        (40, "100", "40 of 40 gives 100 %"),
        (400, "50", "198 to 202 of 400 gives 50 %"),
    ],
)
def test_the_counts_that_were_tried_are_told_to_the_ends(n: int, percent: str, words: str) -> None:
    assert audit_percentage(None, n, percent)["arithmetic"].item() == words
