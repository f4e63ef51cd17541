"""Power: against statsmodels, against the verbs on simulated studies, and by what has to hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit, ndtri
from statsmodels.stats.power import NormalIndPower

from her2stats.errors import DataError
from her2stats.statistics import (
    fit_interaction,
    fit_logistic,
    power_correlation,
    power_interaction,
    power_odds_ratio,
    power_response,
    response_odds,
)
from her2stats.statistics.fits import power as fits


def value(found: pd.DataFrame, column: str) -> float:
    return float(found[column].iloc[0])


@pytest.mark.parametrize(("n", "rho", "alpha"), [(20, 0.5, 0.05), (81, -0.2, 0.01), (318, 0.1, 0.05), (318, 0.01, 0.2)])
def test_a_correlations_power_is_statsmodels_normal_power(n: int, rho: float, alpha: float) -> None:
    """As a one-sample z test with the effect atanh(rho) and (n - 3) / 1.06 observations; the same formula twice."""
    theirs = NormalIndPower().power(math.atanh(abs(rho)), (n - 3) / 1.06, alpha, ratio=0)
    assert value(power_correlation(n, rho, alpha=alpha), "power") == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("n", [10, 63, 81, 104, 318])
def test_the_least_correlation_is_the_printed_rule(n: int) -> None:
    """tanh(2.80 sqrt(1.06 / (n - 3))), 2.80 being z(0.975) + z(0.8) to two decimals: the other tail is below 1e-6."""
    rule = math.tanh(float(ndtri(0.975) + ndtri(0.8)) * math.sqrt(1.06 / (n - 3)))
    assert value(power_correlation(n), "effect") == pytest.approx(rule, abs=1e-6)
    assert rule == pytest.approx(math.tanh(2.80 * math.sqrt(1.06 / (n - 3))), abs=1e-3)


def test_strata_and_covariates_cost_what_they_take() -> None:
    assert value(power_correlation(100, strata=2, covariates=1), "effect") == pytest.approx(
        value(power_correlation(98), "effect")
    )


def test_a_rank_correlation_is_found_as_often_as_said() -> None:
    """2,000 samples of 60: Monte Carlo error of a share of 0.8 is 0.009; the formula itself is good to 0.02."""
    rng, rho = np.random.default_rng(4), value(power_correlation(60), "effect")
    r = 2 * math.sin(math.pi * rho / 6)  # the normal correlation of that rank correlation
    x = rng.standard_normal((2000, 60))
    y = r * x + math.sqrt(1 - r**2) * rng.standard_normal((2000, 60))
    ranks = [np.argsort(np.argsort(values, axis=1), axis=1) - 29.5 for values in (x, y)]
    found = (ranks[0] * ranks[1]).sum(axis=1) / (ranks[0] ** 2).sum(axis=1)
    t = np.abs(found) * np.sqrt(58 / (1 - found**2))
    assert (t > 2.0017).mean() == pytest.approx(0.8, abs=0.045)


def test_simulated_fits_are_those_of_the_logistic_model() -> None:
    """The slopes of 40 samples at once and those of the verb: both are the maximum, to the steps' tolerance."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal((40, 70))
    y = rng.random((40, 70)) < expit(0.3 + 0.9 * x)
    slopes, variances = fits._slopes(x, y)
    for one, other, slope, variance in zip(x, y, slopes, variances, strict=True):
        frame = pd.DataFrame({"x": one, "y": other.astype(float)})
        row = fit_logistic(frame, "y", "x", per_sd=False).table.iloc[0]
        assert math.exp(slope) == pytest.approx(row["estimate"], rel=1e-9)
        assert math.sqrt(variance) == pytest.approx(row["std_error"], rel=1e-7)


def test_what_separates_finds_nothing() -> None:
    x = np.sort(np.random.default_rng(0).standard_normal((1, 30)))
    slope, variance = fits._slopes(x, x > 0)
    assert np.isfinite(slope[0])
    assert np.isinf(variance[0])


@pytest.mark.parametrize(
    ("odds_ratio", "n", "low", "high"), [(1.5, 191, 0.75, 0.79), (2.0, 66, 0.69, 0.74), (3.0, 27, 0.55, 0.63)]
)
def test_hsiehs_formula_promises_more_than_there_is(odds_ratio: float, n: int, low: float, high: float) -> None:
    """n by Hsieh for 0.80, z^2 / (p (1 - p) log(OR)^2)."""
    assert n == math.ceil((ndtri(0.975) + ndtri(0.8)) ** 2 / (0.25 * math.log(odds_ratio) ** 2))
    found = power_odds_ratio(n, odds_ratio, draws=4000, seed=1)
    assert low < value(found, "power") < high
    assert value(found, "mc_error") == pytest.approx(math.sqrt(0.25 / 4000), rel=0.2)


def test_an_odds_ratio_and_its_inverse_are_found_alike_and_none_at_the_threshold() -> None:
    up, down = (value(power_odds_ratio(150, ratio, draws=4000), "power") for ratio in (1.6, 1 / 1.6))
    assert up == pytest.approx(down, abs=0.03)  # 3 Monte Carlo errors
    assert value(power_odds_ratio(150, 1.0001, draws=4000), "power") == pytest.approx(0.05, abs=0.012)


def test_an_interaction_is_found_as_often_as_the_verb_finds_it() -> None:
    """250 studies fitted by the verb, of other random numbers: 3 Monte Carlo errors of a share of 0.6 are 0.093."""
    rng, sizes = np.random.default_rng(8), (40, 110)
    hr = np.repeat(["negative", "positive"], sizes)
    slope = np.where(hr == "positive", math.log(3.0), 0.0)
    found = []
    for _ in range(250):
        x = rng.standard_normal(150)
        frame = pd.DataFrame({"x": x, "hr": hr, "high": (rng.random(150) < expit(slope * x)).astype(float)})
        rows = fit_interaction(frame, "high", "x", "hr", per_sd=False).table
        row = rows[rows["role"].eq("interaction") & rows["measure"].eq("odds_ratio")].iloc[0]
        found.append(row["p_value"] < 0.05)
    said = value(power_interaction(150, 3.0, split=sizes, draws=4000), "power")
    assert np.mean(found) == pytest.approx(said, abs=0.1)


def test_where_the_reference_has_an_odds_ratio_the_two_sides_differ() -> None:
    found = power_interaction(200, split=(1, 1), odds_ratio=3.0, draws=400)
    assert found["side"].tolist() == ["below", "above"]
    below, above = found["effect"]
    assert below < 1 < above
    assert 1 / below < above  # an odds ratio that is farther still is less well estimated


def simulated_response(sizes: list[tuple[int, int]], shares: list[float], ratio: float, studies: int) -> float:
    """Share of simulated studies that the verb finds significant, given the stratum where there are several."""
    rng, found = np.random.default_rng(3), 0
    for _ in range(studies):
        parts = []
        for number, ((n, m), share) in enumerate(zip(sizes, shares, strict=True)):
            group = np.repeat(["HER2-0", "HER2-low"], (n, m))
            chance = np.where(group == "HER2-low", expit(logit(share) + math.log(ratio)), share)
            events = (rng.random(n + m) < chance).astype(float)
            parts.append(pd.DataFrame({"group": group, "hr": f"s{number}", "pcr": events}))
        asked: dict[str, Any] = {"covariates": "hr"} if len(sizes) > 1 else {}
        row = response_odds(
            pd.concat(parts, ignore_index=True), "pcr", "group", reference="HER2-0", **asked
        ).table.iloc[0]
        found += row["p_value"] < 0.05
    return found / studies


@pytest.mark.parametrize(
    ("sizes", "shares", "ratio"),
    [([(30, 50)], [0.3], 4.0), ([(40, 60), (50, 30)], [0.2, 0.5], 2.5), ([(12, 20)], [0.3], 8.0)],
)
def test_response_is_found_as_often_as_the_verb_finds_it(
    sizes: list[tuple[int, int]], shares: list[float], ratio: float
) -> None:
    """300 studies: 3 Monte Carlo errors of a share of 0.7 are 0.079."""
    said = power_response(sum(map(sum, sizes)), ratio, share=shares, split=sizes)
    assert simulated_response(sizes, shares, ratio, 300) == pytest.approx(value(said, "power"), abs=0.08)


def test_every_table_counts_once() -> None:
    """By hand over all 11 x 9 tables, with loops and the textbook's formula."""
    n, m, p, q = 10, 8, 0.3, 0.7
    power = 0.0
    for a in range(1, n):
        for b in range(1, m):
            error = math.sqrt(1 / a + 1 / (n - a) + 1 / b + 1 / (m - b))
            if abs(math.log(b * (n - a) / (a * (m - b)))) > 1.959963984540054 * error:
                power += math.comb(n, a) * p**a * (1 - p) ** (n - a) * math.comb(m, b) * q**b * (1 - q) ** (m - b)
    ratio = q / (1 - q) / (p / (1 - p))
    assert value(power_response(18, ratio, share=0.3, split=(10, 8)), "power") == pytest.approx(power, rel=1e-9)


def test_what_is_found_gives_back_what_was_asked() -> None:
    for found in (power_correlation(90), power_response(200, share=0.25), power_odds_ratio(90, draws=500)):
        assert found["power"].tolist() == pytest.approx([0.8] * len(found), abs=0.003)
    n = int(value(power_response(odds_ratio=2.0, share=0.3), "n"))
    at = [value(power_response(size, 2.0, share=0.3), "power") for size in (n - 2, n)]
    assert at[0] < 0.8 <= at[1]
    assert [power_response(90, ratio, share=0.3)["side"].item() for ratio in (0.5, 2.0)] == ["below", "above"]
    assert int(value(power_correlation(rho=0.2, power=0.9), "n")) == 274  # (3.2415 / atanh 0.2)^2 1.06 + 3 = 273.99


def test_that_nothing_is_found_is_said_and_no_number() -> None:
    found = power_response(30, share=0.1)
    assert found["effect"].isna().all()
    assert found["flag"].str.startswith("not estimable: no effect on this side").all()
    assert "more than 100000" in power_response(odds_ratio=1.001, share=0.3)["flag"].iloc[0]
    rough = power_response(72, share=[0.1, 0.3], split=[(20, 30), (10, 12)])
    assert rough["flag"].iloc[1] == "too few observations: a count below 5 is expected"


def test_the_seed_decides_and_nothing_else() -> None:
    one, same, other = (value(power_odds_ratio(80, 1.8, draws=1000, seed=seed), "power") for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (lambda: power_correlation(), "two of the three"),
        (lambda: power_correlation(50, 0.2, 0.8), "two of the three"),
        (lambda: power_correlation(3), "n=3"),
        (lambda: power_correlation(50, 1.0), "rho=1.0"),
        (lambda: power_correlation(50, alpha=0), "alpha=0"),
        (lambda: power_correlation(50, strata=0), "strata=0"),
        (lambda: power_correlation(50, power=0.04), "power=0.04"),
        (lambda: power_odds_ratio(50, -1.0), "odds_ratio=-1.0"),
        (lambda: power_odds_ratio(50, draws=0), "draws=0"),
        (lambda: power_odds_ratio(50, share=1.0), "share=1.0"),
        (lambda: power_interaction(50, odds_ratio=0.0), "odds_ratio=0.0"),
        (lambda: power_interaction(50, split=(0, 1)), "split=(0, 1)"),
        (lambda: power_response(50, share=[0.2, 0.3]), "a pair a share"),
    ],
)
def test_what_has_no_meaning_is_refused_in_words(asked: Any, told: str) -> None:
    with pytest.raises(DataError) as caught:
        asked()
    assert told in str(caught.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DataError) as caught:
        power_response(3, share=2.0, split=(0, 1), alpha=0.7)
    assert len(caught.value.problems) == 4
