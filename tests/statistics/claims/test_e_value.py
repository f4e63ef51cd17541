"""E-values: the numbers that the source prints, closed forms, and what cannot be."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2stats.errors import DataError
from her2stats.statistics import e_value

# VanderWeele and Ding 2017 (7.26, 3.0; 1.81, 1.43), and to five decimals the vignette of the R package EValue.
PRINTED = [
    ((10.73, 8.02, 14.36), {"measure": "risk_ratio"}, (20.94777, 15.52336), 6e-6),
    ((0.80, 0.71, 0.91), {"measure": "risk_ratio"}, (1.81, 1.43), 5e-3),
    ((3.9, 1.8, 8.7), {"share": 0.1}, (7.26, 3.0), 5e-3),
]


@pytest.mark.parametrize(("numbers", "how", "printed", "to"), PRINTED)
def test_the_printed_e_values_come_out(
    numbers: tuple[float, float, float], how: dict[str, Any], printed: tuple[float, float], to: float
) -> None:
    found = e_value(*numbers, **how)
    assert (found["e_value"], found["e_value_limit"]) == pytest.approx(printed, abs=to)


def test_a_common_outcome_takes_the_root_of_its_odds_ratio_and_a_rare_one_itself() -> None:
    assert e_value(4.0, share=0.16)["risk_ratio"] == 2.0
    assert e_value(4.0, share=0.15)["risk_ratio"] == 4.0
    assert e_value(4.0, share=0.4)["e_value"] == pytest.approx(2 + math.sqrt(2))


def test_a_correlation_becomes_the_difference_of_tumours_a_standard_deviation_apart() -> None:
    r = 2 * math.sin(math.pi * -0.3 / 6)
    found = e_value(-0.3, -0.4, -0.19, measure="rho")
    assert found["risk_ratio"] == pytest.approx(math.exp(0.91 * r / math.sqrt(1 - r**2)))
    assert found["e_value_limit"] == e_value(-0.19, measure="rho")["e_value"]


def test_an_interval_that_holds_no_association_has_an_e_value_of_1() -> None:
    assert e_value(1.019, 0.696, 1.491)["e_value_limit"] == 1
    assert e_value(-0.1, -0.3, 0.1, measure="rho")["e_value_limit"] == 1
    assert math.isnan(e_value(2.0)["e_value_limit"])


@given(st.floats(0.01, 100), st.sampled_from([0.1, 0.5]))
def test_an_odds_ratio_and_its_inverse_are_the_same_and_bound_is_reached(ratio: float, share: float) -> None:
    found = e_value(ratio, share=share)
    assert found["e_value"] == pytest.approx(e_value(1 / ratio, share=share)["e_value"], rel=1e-12)
    # Ding and VanderWeele's bounding factor of two associations of that size is the risk ratio itself
    strength, risk_ratio = found["e_value"], max(found["risk_ratio"], 1 / found["risk_ratio"])
    assert strength**2 / (2 * strength - 1) == pytest.approx(risk_ratio, rel=1e-9)


@pytest.mark.parametrize(
    ("numbers", "how", "told"),
    [
        ((-2.0,), {}, "-2.0 is no odds_ratio"),
        ((1.0,), {"measure": "rho"}, "1.0 is no rho"),
        ((2.0, 3.0, 1.0), {}, "outside its interval"),
        ((2.0,), {"share": 0.0}, "share=0.0"),
        ((2.0,), {"measure": "hazard"}, "measure='hazard' is not a choice"),
    ],
)
def test_what_cannot_be_is_refused_in_words(numbers: Any, how: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError) as caught:
        e_value(*numbers, **how)
    assert told in str(caught.value)
