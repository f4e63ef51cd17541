"""Every measure has its words, its scale and its null value; an unknown one is refused."""

from __future__ import annotations

import math
import unicodedata

import pytest

from her2stats.errors import DataError, near
from her2stats.vocabulary.measures import MEASURES, measure
from her2stats.vocabulary.numbers import format_estimate


def test_only_odds_ratios_live_on_the_log_scale_around_one() -> None:
    assert [name for name, one in MEASURES.items() if one.log_scale] == ["odds_ratio"]
    assert {name: one.null for name, one in MEASURES.items()} == {
        "rho": 0.0,
        "odds_ratio": 1.0,
        "shift": 0.0,
        "risk_difference": 0.0,
        "rank_difference": 0.0,
        "slope": 0.0,
        "mean": None,
        "test": None,
        "second_test": None,
        "median_z": 0.0,
    }


def test_a_measure_is_found_by_the_name_it_has() -> None:
    assert all(measure(name) is one and one.name == name and one.words for name, one in MEASURES.items())


def test_an_unknown_measure_is_refused_with_the_nearest_or_all() -> None:
    with pytest.raises(DataError, match="measure='slopes' is not a choice -> did you mean 'slope'"):
        measure("slopes")
    with pytest.raises(DataError, match="use one of 'rho', 'odds_ratio', 'shift'"):
        measure("xyz")
    with pytest.raises(DataError, match="did you mean 'odds_ratio'"):
        format_estimate(math.nan, measure="odds ratio")


def test_nothing_is_near_to_another_thing() -> None:
    assert near(3, ["wald"]) == ""
    assert near("profil", ["wald", "profile"]) == "did you mean 'profile'?"


def test_what_looks_the_same_is_named_with_the_sign_that_differs() -> None:
    composed, taken_apart = (
        unicodedata.normalize(form, "na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve") for form in ("NFC", "NFD")
    )
    assert near(taken_apart, [composed]) == (
        f"{composed!r} looks the same: it has U+00EF LATIN SMALL LETTER I WITH DIAERESIS for "
        "U+0069 LATIN SMALL LETTER I with U+0308 COMBINING DIAERESIS"
    )


@pytest.mark.parametrize("name", ["shift", "risk_difference", "slope", "mean"])
def test_what_has_a_unit_is_printed_to_two_digits_of_its_half_width(name: str) -> None:
    assert format_estimate(0.0312, 0.0104, 0.0519, measure=name) == "0.031 (0.010 to 0.052)"


def test_a_mean_has_no_null_value_to_stay_off() -> None:
    assert format_estimate(10.0, 0.004, 20.0, measure="mean") == "10.0 (0.0 to 20.0)"
    assert format_estimate(10.0, 0.004, 20.0, measure="shift") == "10.0 (0.004 to 20.0)"
