"""Intervals of Spearman's rho, each against its formula and against print."""

from __future__ import annotations

import math

import numpy as np
import pytest

from her2stats.errors import DataError
from her2stats.statistics.correlation_interval import INTERVALS, bootstrap_interval, z_interval, z_std_error

PRINTED = [  # rho and its limits at n = 318, total TIL against HER2, ESR1, ERBB2
    (-0.44, -0.53, -0.34),
    (-0.34, -0.44, -0.23),
    (-0.28, -0.38, -0.17),
]


@pytest.mark.parametrize(("rho", "low", "high"), PRINTED)
@pytest.mark.parametrize("ci", ["bonett-wright", "fieller", "caruso-cliff"])
def test_printed_limits_come_from_a_spearman_interval(rho, low, high, ci):
    # rho is printed to two decimals: some value that rounds to it has to give both limits
    candidates = np.linspace(rho - 0.00499, rho + 0.00499, 201)
    found = [tuple(round(limit, 2) for limit in z_interval(r, 318, ci, 0.95)) for r in candidates]
    assert (low, high) in found


def test_printed_limits_do_not_all_come_from_plain_fisher():
    explained = []
    for rho, low, high in PRINTED:
        candidates = np.linspace(rho - 0.00499, rho + 0.00499, 201)
        explained.append(
            any(np.allclose(np.round(z_interval(r, 318, "fisher", 0.95), 2), (low, high)) for r in candidates)
        )
    assert not all(explained)


@pytest.mark.parametrize(
    ("ci", "variance"),
    [
        ("bonett-wright", (1 + 0.5**2 / 2) / 17),
        ("fieller", 1.06 / 17),
        ("caruso-cliff", 1 / 18 + math.atanh(0.5) / (120 + 4 * math.sqrt(20))),
        ("fisher", 1 / 17),
        ("sas", 1 / 17),
    ],
)
def test_standard_error_of_z(ci, variance):
    assert z_std_error(0.5, 20, ci) == pytest.approx(math.sqrt(variance), rel=1e-14)
    assert z_std_error(-0.5, 20, ci) == z_std_error(0.5, 20, ci)


def test_proc_corr_takes_the_bias_off_z():
    low, high = z_interval(0.5, 20, "sas", 0.95)
    assert (math.atanh(low) + math.atanh(high)) / 2 == pytest.approx(math.atanh(0.5) - 0.5 / 38, rel=1e-12)


@pytest.mark.parametrize("ci", ["bonett-wright", "fieller", "caruso-cliff", "fisher"])
@pytest.mark.parametrize("n", [4, 5, 20])
def test_no_other_interval_takes_anything_off_z(ci, n):
    low, high = z_interval(0.5, n, ci, 0.5)
    assert (math.atanh(low) + math.atanh(high)) / 2 == pytest.approx(math.atanh(0.5), rel=1e-12)


def test_the_bias_of_proc_corr_is_large_where_pairs_are_few():
    low, high = z_interval(0.5, 4, "sas", 0.5)
    assert (math.atanh(low) + math.atanh(high)) / 2 == pytest.approx(math.atanh(0.5) - 0.5 / 6, rel=1e-12)


def test_the_bootstrap_alone_has_no_standard_error():
    assert math.isnan(z_std_error(0.5, 20, "bootstrap"))
    assert [name for name, one in INTERVALS.items() if one.resamples] == ["bootstrap"]


@pytest.mark.parametrize("ask", [lambda ci: z_std_error(0.5, 20, ci), lambda ci: z_interval(0.5, 20, ci, 0.95)])
def test_an_unknown_interval_is_refused_with_the_nearest(ask):
    with pytest.raises(DataError, match="ci='fischer' is not a choice -> did you mean 'fisher'"):
        ask("fischer")


def test_the_bootstrap_counts_what_sorting_each_resample_would_count():
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 6, 25).astype(float), rng.integers(0, 6, 25).astype(float)
    counts = np.random.default_rng(11).multinomial(25, np.full(25, 1 / 25), size=300)
    drawn = [np.repeat(np.arange(25), row) for row in counts]
    import pandas as pd

    rhos = [pd.Series(x[rows]).corr(pd.Series(y[rows]), method="spearman") for rows in drawn]
    expected = np.quantile(rhos, [0.025, 0.975])
    assert bootstrap_interval(x, y, conf_level=0.95, draws=300, seed=11) == pytest.approx(tuple(expected), rel=1e-12)


def test_the_bootstrap_leaves_out_resamples_without_variation():
    low, high = bootstrap_interval(
        np.array([1.0, 1, 1, 2]), np.array([1.0, 2, 3, 4]), conf_level=0.9, draws=200, seed=0
    )
    assert -1 <= low <= high <= 1


def test_the_bootstrap_of_constants_has_no_interval():
    constant = np.ones(5)
    assert np.isnan(bootstrap_interval(constant, constant, conf_level=0.95, draws=10, seed=0)).all()
