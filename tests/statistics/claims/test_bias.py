"""Misread groups: printed corrections, closed forms, and a truth that is known and comes back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import bias_ihc, compare_groups, response_odds
from her2stats.statistics.result import Result


def odds(a: int, b: int, c: int, d: int, **how: Any) -> Result:
    """Responders read low and 0, others read low and 0."""
    group = np.repeat(["HER2-low", "HER2-0", "HER2-low", "HER2-0"], (a, b, c, d))
    pcr = np.repeat([1.0, 1.0, 0.0, 0.0], (a, b, c, d))
    return response_odds(pd.DataFrame({"group": group, "pcr": pcr}), "pcr", "group", reference="HER2-0", **how)


def assumed(found: pd.DataFrame, how: str) -> list[float]:
    row = found[found["assumed"] == how].iloc[0]
    return [float(row[name]) for name in ("estimate", "conf_low", "conf_high")]


FINK = (215, 1449, 668, 4296)  # Fink and Lash 2003, Cancer Causes Control 14, 497-503
CHU = (126, 92, 71, 224)  # Chu et al. 2006, Annals of Epidemiology 16, 834-841


def test_printed_corrections_come_out() -> None:
    """As the R package episensr 1.3 has them in its tests, to within its own 1e-4."""
    found = bias_ihc(odds(*FINK), sensitivity=[0.78], specificity=[0.99])
    assert assumed(found, "as read") == pytest.approx([0.9542, 0.8093, 1.1252], abs=1e-4)
    assert assumed(found, "given") == pytest.approx([0.9491, 0.7896, 1.1408], abs=1e-4)
    found = bias_ihc(odds(*CHU), sensitivity=[0.94], specificity=[0.97])
    assert assumed(found, "given")[1:] == pytest.approx([3.2825, 7.6909], abs=1e-4)


def test_a_printed_probabilistic_analysis_comes_out() -> None:
    """The example of Fox, MacLehose and Lash's book, chapter 8, as episensr has it; within 3 Monte Carlo errors."""
    found = bias_ihc(odds(*FINK), priors=((50.6, 14.3), (70, 1)), draws=100_000, seed=1)
    assert assumed(found, "priors") == pytest.approx([0.9471, 0.8439, 1.0508], abs=3e-3)
    assert assumed(found, "priors and chance") == pytest.approx([0.9472, 0.7796, 1.1402], abs=4e-3)


def test_a_known_truth_comes_back() -> None:
    """Counts that a sensitivity of 0.8 and a specificity of 0.9 make of 400 and 600 true low ones of 1,000 each."""
    read = [int(0.8 * low + 0.1 * (1000 - low)) for low in (400, 600)]
    found = bias_ihc(odds(read[0], 1000 - read[0], read[1], 1000 - read[1]), sensitivity=[0.8], specificity=[0.9])
    assert assumed(found, "given")[0] == pytest.approx((400 / 600) / (600 / 400))
    assert abs(math.log(assumed(found, "as read")[0])) < abs(math.log(assumed(found, "given")[0]))


def test_a_perfect_reading_changes_nothing() -> None:
    found = bias_ihc(odds(*CHU), sensitivity=[1], specificity=[1], kappa=1.0)
    assert assumed(found, "given") == pytest.approx(assumed(found, "as read"), rel=1e-12)
    assert assumed(found, "kappa") == pytest.approx(assumed(found, "as read"), rel=1e-12)
    row = odds(*CHU).table.iloc[0]
    assert assumed(found, "as read") == pytest.approx([row["estimate"], row["conf_low"], row["conf_high"]], rel=1e-9)


def test_kappa_is_that_of_two_readers_who_err_alike() -> None:
    """Two readers of the sensitivity found, on the share of true ones behind the counts, agree by that kappa."""
    row = bias_ihc(odds(*CHU), kappa=0.49).query("assumed == 'kappa'").iloc[0]
    right = row["sensitivity"]
    assert right == row["specificity"]
    read = (CHU[0] + CHU[2]) / sum(CHU)
    true = (read - (1 - right)) / (2 * right - 1)
    both = true * right**2 + (1 - true) * (1 - right) ** 2  # both readers say low
    neither = true * (1 - right) ** 2 + (1 - true) * right**2
    chance = read**2 + (1 - read) ** 2
    assert (both + neither - chance) / (1 - chance) == pytest.approx(0.49)


def test_a_difference_shrinks_by_what_the_two_values_predict() -> None:
    rng = np.random.default_rng(6)
    true = rng.random(12_000) < 0.5
    read = np.where(true, rng.random(12_000) < 0.85, rng.random(12_000) < 0.25)
    frame = pd.DataFrame({"til": true + rng.standard_normal(12_000), "group": np.where(read, "low", "0")})
    found = bias_ihc(compare_groups(frame, "til", group="group"), sensitivity=[0.85], specificity=[0.75])
    predicts = true[read].mean() + (~true[~read]).mean() - 1
    estimate, low, high = assumed(found, "given")
    assert estimate == pytest.approx(assumed(found, "as read")[0] / predicts, rel=0.04)
    assert low < 1 < high
    assert estimate == pytest.approx(1, abs=0.1)  # a shift is near to the difference of means


def test_impossible_corrections_are_said_in_words() -> None:
    found = bias_ihc(odds(*FINK), sensitivity=[0.9, 0.2], specificity=[0.8, 0.3], draws=500)
    given = found[found["assumed"] == "given"].set_index(["sensitivity", "specificity"])
    assert given["estimate"].isna().all()
    assert given.loc[(0.9, 0.8), "flag"] == "not estimable: more 0 tumours would be misread than were read low"
    assert given.loc[(0.2, 0.3), "flag"] == "not estimable: such a reading tells no more than chance"
    mirrored = bias_ihc(odds(1449, 215, 4296, 668), sensitivity=[0.8], specificity=[0.9]).query("assumed == 'given'")
    assert mirrored["flag"].iloc[0] == "not estimable: more low tumours would be misread than were read 0"
    drawn = found[found["assumed"].str.startswith("priors")]
    assert (drawn["share_impossible"] > 0.8).all()  # a specificity of 0.75 refutes 13 % read low
    every = bias_ihc(odds(*FINK), priors=((1e4, 1), (1, 1e4)), draws=100).query("assumed == 'priors'").iloc[0]
    assert every["flag"] == "not estimable: the counts refute every draw"


def test_a_row_without_an_estimate_keeps_its_reason() -> None:
    found = bias_ihc(odds(0, 10, 5, 10))
    assert found["assumed"].tolist() == ["as read"]
    assert found["flag"].iloc[0].startswith("separation")


def test_the_order_of_rows_changes_no_number() -> None:
    frame = pd.DataFrame({"g": ["0", "low"] * 60, "pcr": [0.0, 1, 1, 0, 1, 1] * 20, "hr": ["a"] * 70 + ["b"] * 50})
    table = response_odds(frame, "pcr", "g", reference="0", by="hr").table
    one = bias_ihc(table, draws=200).set_index(["stratum", "assumed", "sensitivity", "specificity"])
    other = bias_ihc(table.iloc[::-1], draws=200).set_index(["stratum", "assumed", "sensitivity", "specificity"])
    pd.testing.assert_frame_equal(one.sort_index(), other.sort_index())


def test_what_is_no_such_comparison_is_refused_all_at_once() -> None:
    frame = pd.DataFrame(
        {"group": ["0", "low"] * 40, "pcr": [0.0, 1, 1, 0, 1, 1, 0, 0] * 10, "hr": ["a", "a", "b", "b"] * 20}
    )
    frame.loc[frame.index[frame["group"].eq("low")][:20], "hr"] = "b"
    adjusted = response_odds(frame, "pcr", "group", reference="0", covariates="hr")
    with pytest.raises(DataError) as caught:
        bias_ihc(adjusted, sensitivity=[1.2], kappa=0.0, draws=3)
    assert len(caught.value.problems) == 4
    assert "no unadjusted comparison" in str(caught.value)


@pytest.mark.parametrize(("low", "zero", "se", "sp"), [(33, 11, 0.75, 0.6), (18, 12, 0.8, 0.4), (13, 87, 0.9, 0.87)])
def test_a_share_read_that_is_all_error_is_refused_whatever_its_last_bit(
    low: int, zero: int, se: float, sp: float
) -> None:
    """33 of 44 read low at a sensitivity of 0.75: all are low, or one bit less, and the difference is no number."""
    group = np.repeat(["HER2-low", "HER2-0"], (low, zero))
    frame = pd.DataFrame({"group": pd.Categorical(group, ["HER2-0", "HER2-low"]), "y": np.arange(low + zero) * 1.0})
    found = bias_ihc(compare_groups(frame, "y", group="group"), sensitivity=[se], specificity=[sp])
    given = found[found["assumed"] == "given"].iloc[0]
    assert np.isnan([given["estimate"], given["conf_low"], given["conf_high"]]).all()
    assert given["flag"].startswith("not estimable: more ")
