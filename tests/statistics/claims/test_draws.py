"""Amounts that are estimates: Rubin's variance, what a draw is worth, and what cannot be said."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import correlate, correlate_draws
from her2stats.statistics.specs import DrawsSpec

DRAWS = 5
RNG = np.random.default_rng(11)


def with_draws(frame: pd.DataFrame, names: list[str], noise: float, draws: int = DRAWS) -> pd.DataFrame:
    for name in names:
        for draw in range(1, draws + 1):
            frame[f"{name}, draw {draw}"] = frame[name] + noise * RNG.normal(size=len(frame))
    return frame


def tumours(n: int = 60) -> pd.DataFrame:
    her2 = RNG.normal(size=n)
    frame = pd.DataFrame(
        {"her2": her2, "cd8": 3 - 0.5 * her2 + RNG.normal(size=n), "hr": ["negative", "positive"] * (n // 2)}
    )
    return frame


def test_the_interval_is_rubins() -> None:
    frame = with_draws(tumours(), ["cd8"], 0.5)
    (row,) = correlate_draws(frame, "her2", "cd8", draws=DRAWS, within="hr").table.to_dict("records")
    (plain,) = correlate(frame, "her2", "cd8", within="hr").table.to_dict("records")
    drawn = [
        correlate(frame, "her2", f"cd8, draw {draw}", within="hr").table["estimate"].item()
        for draw in range(1, DRAWS + 1)
    ]
    variance = plain["std_error"] ** 2 + (1 + 1 / DRAWS) * np.var(np.arctanh(drawn), ddof=1)
    assert row["estimate"] == pytest.approx(plain["estimate"], rel=1e-13)
    assert row["std_error"] == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert row["conf_low"] == pytest.approx(
        math.tanh(math.atanh(row["estimate"]) - 1.959963984540054 * math.sqrt(variance))
    )
    assert row["sd_draws"] == pytest.approx(np.std(drawn, ddof=1), rel=1e-12)
    assert (row["draws"], row["kind_changes"], row["given"], row["n"]) == (DRAWS, 0.0, "hr", 60)
    assert row["method"] == (
        "Spearman given hr, variance by Rubin's rules over draws of signature genes; 95% CI Bonett-Wright"
    )
    assert pd.isna(row["p_value"]), "the test of no association is that of correlate"


def test_draws_that_are_alike_leave_the_usual_interval() -> None:
    frame = with_draws(tumours(), ["cd8"], 0.0)
    found, plain = correlate_draws(frame, "her2", "cd8", draws=DRAWS).table, correlate(frame, "her2", "cd8").table
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    np.testing.assert_allclose(found[columns].to_numpy(float), plain[columns].to_numpy(float), rtol=1e-12)


def test_a_type_with_a_quarter_of_zeros_counts_as_present_in_its_draws_too() -> None:
    frame = tumours(40)
    amounts = np.where(np.arange(40) < 10, 0.0, frame["cd8"].clip(lower=0.1))
    frame["cd8"] = amounts
    for draw, zeros in ((1, 10), (2, 9), (3, 31), (4, 30)):
        frame[f"cd8, draw {draw}"] = np.where(np.arange(40) < zeros, 0.0, amounts + 0.1)
    (row,) = correlate_draws(frame, "her2", "cd8", draws=4).table.to_dict("records")
    assert row["kind_changes"] == 0.5, "9 zeros of 40 are continuous, 31 excluded; 10 and 30 are dichotomised"
    present = frame.filter(like="cd8").gt(0).astype(float).assign(her2=frame["her2"], one="all")
    expected = [
        correlate(present, "her2", name, within="one").table["estimate"].item() for name in present if "cd8" in name
    ]
    assert row["estimate"] == pytest.approx(expected[0], rel=1e-12)
    assert row["sd_draws"] == pytest.approx(np.std(expected[1:], ddof=1), rel=1e-12)


def test_what_cannot_be_said_is_flagged_and_a_draw_without_a_correlation_left_out() -> None:
    frame = with_draws(tumours(), ["cd8"], 0.5)
    one_gone = frame.assign(**{"cd8, draw 2": 1.0})
    (row,) = correlate_draws(one_gone, "her2", "cd8", draws=DRAWS).table.to_dict("records")
    assert (row["draws"], row["flag"]) == (DRAWS - 1, "")
    flags = {
        "not estimable: fewer than two draws have a correlation": {f"cd8, draw {one}": 1.0 for one in range(1, DRAWS)},
        "constant outcome: 'cd8' does not vary": {"cd8": 1.0},
        "constant exposure: 'her2' does not vary": {"her2": 1.0},
        "missing variable: 'her2' has no value": {"her2": np.nan},
        "perfect correlation: every rank is matched": {"her2": frame["cd8"]},
    }
    for flag, columns in flags.items():
        (row,) = correlate_draws(frame.assign(**columns), "her2", "cd8", draws=DRAWS).table.to_dict("records")
        assert row["flag"] == flag
        assert pd.isna(row["conf_low"])


@pytest.mark.parametrize(("n", "flag"), [(5, ""), (4, "too few observations: 4 pairs, 5 are needed")])
def test_four_pairs_are_needed_beyond_the_strata(n: int, flag: str) -> None:
    frame = with_draws(
        pd.DataFrame({"her2": [1.0, 4, 2, 3, 5], "cd8": [1.0, 2, 4, 3, 5], "hr": list("ababa")}), ["cd8"], 0.1
    )
    assert correlate_draws(frame.head(n), "her2", "cd8", draws=DRAWS, within="hr").table["flag"].item() == flag


def test_the_order_of_rows_is_nothing() -> None:
    frame = with_draws(tumours(), ["cd8"], 0.5)
    here, there = (
        correlate_draws(one, "her2", "cd8", draws=DRAWS, within="hr")
        for one in (frame, frame.sample(frac=1, random_state=1))
    )
    pd.testing.assert_frame_equal(here.table, there.table, check_exact=True)


def test_wrong_questions_are_told_at_once() -> None:
    with pytest.raises(DataError, match=r"draws=1 says nothing of how draws differ.*50 are usual"):
        DrawsSpec(x="her2", y=("cd8",), draws=1)
    with pytest.raises(DataError, match="column 'cd8, draw 6'"):
        correlate_draws(with_draws(tumours(), ["cd8"], 0.5), "her2", "cd8", draws=6)
    with pytest.raises(DataError, match="cd8"):
        correlate_draws(tumours(), "cd8", "cd8", draws=2)
    with pytest.raises(DataError, match="bootstrap"):
        DrawsSpec(x="her2", y=("cd8",), draws=2, ci="bootstrap")
