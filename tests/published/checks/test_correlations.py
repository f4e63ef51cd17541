"""Printed correlations, their intervals and the sample sizes behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from her2stats.published import audit_common_sample, audit_correlation, implied_sample_size
from her2stats.published.exact.fisher_z import METHODS, _edgeworth, limits, possible
from her2stats.statistics.correlation_interval import z_interval

HERE = Path(__file__).parent
DRAWS = 10_000
TIL = {"HER2": ("-0.44", "-0.53", "-0.34"), "ESR1": ("-0.34", "-0.44", "-0.23"), "ERBB2": ("-0.28", "-0.38", "-0.17")}
HR_POSITIVE = {
    "Plasma cells": ("-0.27", "-0.38", "-0.15"),
    "T cells CD8": ("-0.25", "-0.37", "-0.12"),
    "B cells naive": ("-0.15", "-0.28", "-0.03"),
    "NK cells activated": ("-0.19", "-0.31", "-0"),
    "Macrophages M0": ("-0.11", "-0.23", "-0.001"),
    "Macrophages M1": ("-0.19", "-0.30", "-0.06"),
}


@given(
    st.floats(-0.99, 0.99), st.integers(4, 5000), st.sampled_from(sorted(METHODS)), st.sampled_from([0.9, 0.95, 0.99])
)
@settings(deadline=None)
def test_limits_are_those_of_the_statistics_room(rho: float, n: int, method: str, level: float) -> None:
    low, high = limits(np.array([rho]), np.array([float(n)]), method, level)
    expected = z_interval(rho, n, method, level)  # type: ignore[arg-type]
    np.testing.assert_allclose([low[0], high[0]], expected, rtol=1e-10, atol=1e-14)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_possible_is_what_a_fine_grid_of_correlations_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, method = float(rng.integers(4, 400)), str(rng.choice(list(METHODS)))
    rho, places = rng.uniform(-0.98, 0.98), int(rng.integers(1, 4))
    low, high = limits(np.array([rho]), np.array([n]), method, 0.95)
    half = 10.0**-places / 2
    ends = [(np.array([v - half]), np.array([v + half])) for v in np.round([rho, low[0], high[0]], places)]
    tried = np.array([max(4.0, n + rng.integers(-6, 7))])
    grid = np.linspace(max(ends[0][0][0], -0.999999), min(ends[0][1][0], 0.999999), 4001)
    below, above = limits(grid, np.full(4001, tried[0]), method, 0.95)
    inside = (below >= ends[1][0]) & (below <= ends[1][1]) & (above >= ends[2][0]) & (above <= ends[2][1])
    found = possible(ends[0], ends[1], ends[2], tried, method, 0.95)[0]
    assert found or not inside.any()
    wider = [(low - 1e-3 * half, high + 1e-3 * half) for low, high in ends]
    if not inside.any() and found:  # the grid may step over a sliver, no more than that
        assert possible(*wider, tried, method, 0.95)[0]  # type: ignore[arg-type]


def test_ten_thousand_rounded_correlations_are_never_called_inconsistent() -> None:
    rng = np.random.default_rng(30)
    n = rng.integers(10, 3000, DRAWS).astype(float)
    rho = np.clip(rng.uniform(-0.97, 0.97, DRAWS), -0.97, 0.97)
    names = list(METHODS)
    method = rng.integers(0, len(names), DRAWS)
    both = [np.stack(limits(rho, n, name, 0.95)) for name in names]
    low, high = np.stack(both)[method, :, np.arange(DRAWS)].T
    places = rng.integers(1, 4, DRAWS)
    printed = [[f"{v:.{d}f}" for v, d in zip(values, places, strict=True)] for values in (rho, low, high)]
    p = 2 * student.sf(np.abs(rho) * np.sqrt((n - 2) / (1 - rho**2)), n - 2)
    p_printed = ["<0.001" if v < 0.001 else f"{v:.3f}" for v in p]
    audit = audit_correlation(*printed, n=n.astype(int), p=p_printed)
    wrong = audit[audit["verdict"] == "inconsistent"]
    assert wrong.empty, wrong.to_string()
    assert len(audit) == 2 * DRAWS


def test_p_values_of_spearmans_rho_as_r_gives_them_are_never_called_inconsistent() -> None:
    reference = pd.read_csv(HERE / "reference_spearman.csv")
    for places in (2, 3):
        rho = reference["rho"].map(f"{{:.{places}f}}".format)
        p = reference["p"].map("{:.4f}".format).where(reference["p"] >= 1e-4, "<0.0001")
        audit = audit_correlation(rho, n=reference["n"], p=p)
        assert audit["verdict"].tolist() == ["consistent"] * len(reference)


def test_the_edgeworth_series_is_that_of_r() -> None:
    reference = pd.read_csv(HERE / "reference_spearman.csv")
    ours = _edgeworth(reference["rho"].abs().to_numpy(), reference["n"].to_numpy(dtype=float))
    np.testing.assert_allclose(ours, reference["p"], rtol=1e-8)


def test_without_n_the_true_sample_size_is_among_the_implied_ones() -> None:
    rng = np.random.default_rng(31)
    for name, label in METHODS.items():
        for _ in range(12):
            n, rho = int(rng.integers(8, 2000)), rng.uniform(-0.9, 0.9)
            low, high = limits(np.array([rho]), np.array([float(n)]), name, 0.95)
            implied = implied_sample_size(f"{rho:.2f}", f"{low[0]:.2f}", f"{high[0]:.2f}").set_index("method")
            assert implied.loc[label, "n_min"] <= n <= implied.loc[label, "n_max"]
            audit = audit_correlation(f"{rho:.2f}", f"{low[0]:.2f}", f"{high[0]:.2f}")
            assert audit["verdict"].item() == "consistent"


def test_the_printed_intervals_at_318_exclude_plain_fisher_and_fit_three_others() -> None:
    rows = pd.DataFrame(TIL, index=["rho", "low", "high"]).T
    audit = audit_correlation(rows["rho"], rows["low"], rows["high"], n=318, item=rows.index)
    assert audit["verdict"].tolist() == ["consistent"] * 3
    for word in ("Bonett-Wright", "Fieller", "Caruso-Cliff"):
        assert word in audit["arithmetic"].iloc[0].split("; not ")[0]
    assert "Fisher z" in audit["arithmetic"].iloc[0].split("; not ")[1]
    plain = audit_correlation(rows["rho"], rows["low"], rows["high"], n=318, ci="fisher")
    assert plain["verdict"].tolist() == ["inconsistent", "inconsistent", "consistent"]


@pytest.mark.parametrize(
    ("printed", "options", "check"),
    [
        (("-0.44", "-0.53", "-0.34"), {"n": 104}, "interval"),
        (("-0.44", "-0.53", "-0.30"), {"n": 318}, "interval"),
        (("-0.44", "-0.53", "-0.30"), {}, "interval"),
        (("-0.44", "-0.34", "-0.53"), {"n": 318}, "order"),
        (("-0.64", "-0.53", "-0.34"), {"n": 318}, "order"),
        (("1.44", "0.3", "1.9"), {"n": 318}, "range"),
        (("-0.28", "-0.38", "-0.17"), {"n": 318, "p": "0.02"}, "p"),
        (("-0.08", "-0.19", "0.03"), {"n": 318, "p": "0.015"}, "p"),
    ],
)
def test_planted_errors_are_found(printed: tuple[str, str, str], options: dict[str, object], check: str) -> None:
    audit = audit_correlation(*printed, **options)  # type: ignore[arg-type]
    assert check in audit[audit["verdict"] == "inconsistent"]["check"].tolist()


def test_a_bootstrap_interval_is_never_called_wrong() -> None:
    audit = audit_correlation("-0.44", "-0.53", "-0.30", n=318, ci="bootstrap")
    assert audit["verdict"].item() == "not determinable"


@pytest.mark.parametrize("n", [2, 3])
def test_too_few_pairs_for_an_interval(n: int) -> None:
    assert audit_correlation("0.5", "-0.5", "0.9", n=n)["verdict"].item() == "not determinable"


@pytest.mark.parametrize(
    ("n", "words"),
    [("-5", "n = -5 is fewer than 2"), ("31.5", "no whole number"), ("0", "fewer than 2"), ("1", "fewer")],
)
def test_a_number_of_pairs_that_cannot_be_is_inconsistent_and_what_the_interval_implies_is_said(n, words) -> None:
    (row,) = audit_correlation("-0.31", "-0.41", "-0.20", n=n, p="0.001").to_dict("records")
    assert (row["check"], row["verdict"]) == ("sample size", "inconsistent")
    assert words in row["arithmetic"]
    assert "implies n 274 to 330 (Bonett-Wright)" in row["arithmetic"]


@pytest.mark.parametrize("p", ["1.2", "-0.1", "<0"])
@pytest.mark.parametrize("n", ["318", "4", None])
def test_a_p_value_that_cannot_be_is_inconsistent_whatever_n(p, n) -> None:
    audit = audit_correlation("-0.31", "-0.41", "-0.20", n=n, p=p)
    (row,) = audit[audit["check"] == "p"].to_dict("records")
    assert row["verdict"] == "inconsistent"
    assert "between 0 and 1" in row["arithmetic"]


def test_no_sentence_begins_with_a_minus_that_a_csv_file_would_have_to_guard() -> None:
    columns = [["-0.31", "-1.31", "-0.3"], ["-0.41", "-1.41", ""], ["-0.20", "-1.20", ""]]
    audit = audit_correlation(*columns, n=[None, "9", "-5"])
    assert len(audit) == 3
    assert not audit["arithmetic"].str.startswith("-").any()
    assert not audit_correlation("-0.31", n=318, p="-0.1")["arithmetic"].str.startswith("-").any()


def test_a_correlation_that_stands_alone_is_not_passed_over() -> None:
    (row,) = audit_correlation("-0.31", n=318).to_dict("records")
    assert (row["verdict"], row["arithmetic"]) == (
        "not determinable",
        "both limits would be needed, and are not printed",
    )


def test_limits_printed_without_decimals_leave_n_wide_open() -> None:
    implied = implied_sample_size("0", "0", "0").set_index("method")
    assert np.isinf(implied["n_max"]).all()


def test_one_sample_size_does_not_fit_all_six_and_the_odd_one_out_is_named() -> None:
    names = list(HR_POSITIVE)
    columns = list(zip(*HR_POSITIVE.values(), strict=True))
    audit = audit_common_sample(*columns, item=names)
    assert audit["verdict"].item() == "not determinable"
    assert "Without Macrophages M0 one would do: n 242 (Bonett-Wright)" in audit["arithmetic"].item()
    five = [column[:4] + column[5:] for column in columns]
    assert audit_common_sample(*five, item=names[:4] + names[5:])["verdict"].item() == "consistent"
