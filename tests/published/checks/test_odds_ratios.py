"""Printed odds ratios against their counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError, TableError
from her2stats.published import audit_odds_from_percentages, audit_odds_ratio, two_by_two_p_values
from her2stats.published.exact.two_by_two import ESTIMATES, METHODS

DRAWS = 10_000


def _random_tables(seed: int, size: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    n = rng.integers(4, 60, (size, 2))
    events = rng.binomial(n, rng.uniform(0.05, 0.95, (size, 2)))
    return np.stack([events[:, 0], n[:, 0] - events[:, 0], events[:, 1], n[:, 1] - events[:, 1]], axis=1).astype(float)


@pytest.mark.slow
def test_ten_thousand_rounded_odds_ratios_by_any_method_are_never_called_inconsistent() -> None:
    cells = _random_tables(1, DRAWS)
    rng = np.random.default_rng(2)
    method = rng.integers(0, len(METHODS), DRAWS)
    low, high, estimate = (np.full(DRAWS, np.nan) for _ in range(3))
    for number, (name, limits) in enumerate(METHODS.items()):
        rows = method == number
        low[rows], high[rows] = limits(cells[rows], 0.95)
        kind = 1 if name.startswith("exact") else 2 if "0.5" in name or "Firth" in name else 0
        estimate[rows] = list(ESTIMATES.values())[kind](cells[rows])
    places = rng.integers(1, 4, DRAWS)

    def printed(values: np.ndarray) -> list[str]:
        return [f"{v:.{d}f}" if np.isfinite(v) else "" for v, d in zip(values, places, strict=True)]

    p_values = list(two_by_two_p_values(cells).values())
    p = np.array([p_values[k][i] for i, k in enumerate(rng.integers(0, len(p_values), DRAWS))])
    p_printed = ["" if np.isnan(v) else "<0.001" if v < 0.001 else f"{v:.3f}" for v in p]
    audit = audit_odds_ratio(printed(estimate), printed(low), printed(high), cells=cells, p=p_printed)
    assert (audit["verdict"] == "consistent").sum() > 2 * DRAWS
    wrong = audit[audit["verdict"] == "inconsistent"]
    assert wrong.empty, wrong.to_string()


def test_the_interval_that_no_method_gives_comes_out_with_every_method_shown() -> None:
    audit = audit_odds_ratio("0.688", "0.28", "1.74", cells=[23, 13, 36, 14], item="pCR", place="Table 2")
    assert audit["verdict"].tolist() == ["consistent", "inconsistent"]
    arithmetic = audit["arithmetic"].iloc[1]
    assert "Wald 0.275 to 1.724" in arithmetic
    assert all(name in arithmetic for name in METHODS if name != "Wald with 1.96")


@pytest.mark.parametrize(
    ("printed", "method"),
    [
        (("0.51", "0.187", "1.373"), "Wald 0.1868 to 1.3727"),
        (("0.51", "0.181", "1.352"), "profile likelihood"),
        (("0.511", "0.163", "1.521"), "exact conditional (Fisher)"),
        (("0.511", "0.182", "1.386"), "exact conditional, mid-p"),
        (("0.520", "0.195", "1.383"), "Wald with 0.5 added (Haldane)"),
        (("0.506", "0.189", "1.365"), "score with N/(N - 1) (Miettinen-Nurminen)"),
    ],
)
def test_the_method_behind_an_interval_is_named(printed: tuple[str, str, str], method: str) -> None:
    audit = audit_odds_ratio(*printed, cells=[[9, 23], [17, 22]])
    assert set(audit["verdict"]) == {"consistent"}
    assert audit["arithmetic"].iloc[1].startswith(method)


@pytest.mark.parametrize(
    ("cells", "printed", "check", "hint"),
    [
        ([9, 23, 17, 22], ("0.60", "", ""), "odds ratio", ""),
        ([9, 23, 17, 22], ("1.97", "0.73", "5.35"), "odds ratio", "turned round"),
        ([9, 23, 17, 22], ("0.65", "", ""), "odds ratio", "ratio of proportions"),
        ([9, 23, 17, 22], ("0.50", "", ""), "odds ratio", "cut off, not rounded"),
        ([9, 23, 17, 22], ("0.51", "0.19", "1.73"), "interval", "no method gives 0.19 to 1.73"),
        ([9, 23, 17, 22], ("0.51", "0.91", "1.37"), "order", "below its interval"),
        ([23, 13, 36, 14], ("0.69", "0.27", "1.72", "0.042"), "p", "no test gives it"),
    ],
)
def test_planted_errors_are_found_and_explained(
    cells: list[int], printed: tuple[str, ...], check: str, hint: str
) -> None:
    estimate, low, high, *p = printed
    audit = audit_odds_ratio(estimate, low, high, cells=cells, p=p[0] if p else None)
    found = audit[(audit["check"] == check) & (audit["verdict"] == "inconsistent")]
    assert len(found) == 1
    assert hint in found["arithmetic"].item()


def test_many_odds_ratios_in_one_call_keep_their_order() -> None:
    table = pd.DataFrame({"or": ["0.688", "0.506"], "low": ["0.27", "0.19"], "high": ["1.72", "1.37"]})
    cells = [[23, 13, 36, 14], [9, 23, 17, 22]]
    audit = audit_odds_ratio(table["or"], table["low"], table["high"], cells=cells, item=["pCR", "midcourse"])
    assert audit["item"].tolist() == ["pCR", "pCR", "midcourse", "midcourse"]
    assert set(audit["verdict"]) == {"consistent"}


@pytest.mark.parametrize(
    ("cells", "claim", "verdict"),
    [
        ([60, 45, 33, 70], "significant", "consistent"),
        ([60, 45, 33, 70], "not significant", "inconsistent"),
        ([23, 13, 36, 14], "significant", "inconsistent"),
        ([2, 14, 9, 11], "significant", "not determinable"),  # the tests fall on both sides of 0.05
    ],
)
def test_claims_are_held_against_every_test(cells: list[int], claim: str, verdict: str) -> None:
    audit = audit_odds_ratio(None, cells=cells, claim=claim)
    assert audit[audit["check"] == "claim"]["verdict"].item() == verdict


def test_a_zero_cell_is_not_an_error_of_the_paper() -> None:
    audit = audit_odds_ratio("", "", "", cells=[0, 8, 6, 6])
    assert audit.empty
    audit = audit_odds_ratio("0.06", "0.003", "1.24", cells=[0, 8, 6, 6])
    assert set(audit["verdict"]) == {"consistent"}
    audit = audit_odds_ratio("1.0", "0.1", "9.0", cells=[0, 8, 0, 6], ci="wald")
    assert audit["verdict"].tolist()[-1] == "not determinable"


def test_wrong_input_is_reported_in_our_own_errors() -> None:
    with pytest.raises(DataError, match="2 tables of counts for 3 odds ratios"):
        audit_odds_ratio(["1", "2", "3"], cells=[[1, 2, 3, 4], [1, 2, 3, 4]])
    with pytest.raises(TableError, match=r"row 1 \(a\), column 'low'"):
        audit_odds_ratio("1", "one half", "2", cells=[1, 2, 3, 4], item="a")
    with pytest.raises(DataError, match="claim 'big' is not known"):
        audit_odds_ratio("1", "0.5", "2", cells=[1, 2, 3, 4], claim="big")


@pytest.mark.parametrize("empty", [None, float("nan"), "", "NA"])
def test_a_row_without_counts_is_audited_from_its_interval(empty: object) -> None:
    cells = [[23, 13, 36, 14], [empty] * 4, [9, 23, 17, 22]]
    columns = [["0.688", "0.41", "0.506"], ["0.28", "0.25", "0.19"], ["1.74", "0.67", "1.37"]]
    audit = audit_odds_ratio(*columns, cells=cells, p=["0.42", "<0.001", None], item=["pCR", "plasma", "midcourse"])
    by_itself = audit_odds_ratio("0.41", "0.25", "0.67", p="<0.001", item="plasma")
    assert audit["item"].tolist() == ["pCR"] * 3 + ["plasma"] * 2 + ["midcourse"] * 2
    assert audit[audit["item"] == "plasma"].reset_index(drop=True).equals(by_itself)
    assert (audit["verdict"] == "inconsistent").sum() == 1
    assert set(audit_odds_ratio(*columns, cells=[[empty] * 4] * 3)["check"]) == {"Wald symmetry"}


def test_every_cell_that_is_no_count_is_named_with_row_and_column() -> None:
    whole = ["9", "23", "17", "22"]
    cells = [["1.5", "13", "36", "14"], ["9", "-2", "17", "many"], whole]
    with pytest.raises(TableError) as caught:
        audit_odds_ratio(["0.5", "x", "1"], cells=cells, item=["a", "b", "c"])
    found = [(problem.row, problem.column, problem.value) for problem in caught.value.problems]
    expected = [("row 1 (a)", "a", "1.5"), ("row 2 (b)", "b", "-2"), ("row 2 (b)", "d", "many")]
    assert found == [*expected, ("row 2 (b)", "estimate", "x")]
    with pytest.raises(TableError, match="row 2: the counts b and d are missing -> give all four, or none"):
        audit_odds_ratio(["1", "1"], cells=[whole, ["9", "", "17", None]])
    with pytest.raises(DataError, match="shape"):
        audit_odds_ratio("1", cells=[[1, 2, 3], [4]])


@pytest.mark.parametrize(
    ("printed", "check", "verdict"),
    [
        (("-0.5", "0.2", "1.1"), "range", "inconsistent"),
        (("0.5", "-0.20", "1.1"), "range", "inconsistent"),
        (("-0.00", "-0.1", "0.4"), "range", "inconsistent"),
        (("0", "0", "0"), "Wald symmetry", "not determinable"),
        (("0.0", "0.0", "0.3"), "Wald symmetry", "not determinable"),
        (("0.05", "0.00", "0.60"), "Wald symmetry", "consistent"),
        (("0.7", "", "1.1"), "interval", "not determinable"),
    ],
)
def test_a_ratio_that_is_negative_or_nothing_is_told(printed: tuple[str, ...], check: str, verdict: str) -> None:
    (row,) = audit_odds_ratio(*printed).to_dict("records")
    assert (row["check"], row["verdict"]) == (check, verdict)


def test_zero_events_give_a_ratio_of_zero() -> None:
    assert audit_odds_ratio("0", cells=[0, 8, 6, 6])["verdict"].item() == "consistent"


@pytest.mark.parametrize("cells", [[23, 13, 36, 14], [0, 8, 0, 6]])
@pytest.mark.parametrize("p", ["1.2", "-0.03"])
def test_a_p_value_that_cannot_be_is_inconsistent_whatever_the_counts(cells: list[int], p: str) -> None:
    audit = audit_odds_ratio("1", cells=cells, p=p)
    (row,) = audit[audit["check"] == "p"].to_dict("records")
    assert row["verdict"] == "inconsistent"
    assert row["arithmetic"].endswith("a p-value lies between 0 and 1")


def test_odds_ratios_follow_from_two_percentages() -> None:
    audit = audit_odds_from_percentages(["0.51", "0.67"], ["28", "64"], ["44", "70"])
    assert audit["verdict"].tolist() == ["consistent", "inconsistent"]


def test_ten_thousand_odds_ratios_beside_percentages_are_never_called_inconsistent() -> None:
    cells = _random_tables(3, DRAWS)
    cells = cells[(cells > 0).all(axis=1)]
    a, b, c, d = cells.T
    estimate = [f"{v:.2f}" for v in a * d / (b * c)]
    percent = [[f"{v:.0f}" for v in 100 * x / (x + y)] for x, y in ((a, b), (c, d))]
    assert set(audit_odds_from_percentages(estimate, *percent)["verdict"]) == {"consistent"}
