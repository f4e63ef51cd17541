"""Intervals and the firmness of zeros from resampled signature genes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import cibersort, deconvolve
from her2stats.deconvolution.bootstrap import bootstrap_samples, resample_genes
from her2stats.deconvolution.settings import Settings
from her2stats.errors import DataError

from .conftest import Planted, plant


def test_a_refit_is_the_whole_estimate_on_the_drawn_genes(planted: Planted) -> None:
    """Counting a gene k times equals writing it k times."""
    profiles = planted.signature.profiles.to_numpy()
    values = planted.expression.loc[list(planted.signature.genes)].to_numpy().T
    times = resample_genes(len(profiles), draw=0, seed=4)
    written = np.repeat(values, times, axis=1)
    fits = cibersort.fit_samples(cibersort.standardise_profiles(np.repeat(profiles, times, axis=0)), written)
    expected = cibersort.fractions_of(fits.weights, written, "absolute", 20.0)
    settings = Settings(mode="absolute", bootstrap=1, seed=4)
    only = bootstrap_samples(np.stack([values, values], axis=1), profiles=profiles, median=20.0, settings=settings)
    assert np.abs(only.low - expected).max() < 1e-9
    assert (only.low == only.high).all()


def test_intervals_hold_most_true_fractions() -> None:
    made = plant(3, genes=200, types=5, samples=30, noise=0.4)
    result = deconvolve(made.expression, made.signature, mode="relative", bootstrap=60, seed=1)
    assert result.intervals is not None
    table = result.intervals.set_index(["sample", "cell_type"])
    truth = made.truth.stack().reindex(table.index)
    assert ((table["conf_low"] <= truth) & (truth <= table["conf_high"])).mean() > 0.7
    assert (table["draws"] == 60).all()
    assert table["fraction"].unstack()[made.truth.columns].to_numpy() == pytest.approx(
        result.fractions.sort_index().to_numpy()
    )


def test_absent_types_have_firm_zeros_and_present_ones_none() -> None:
    made = plant(5, genes=200, types=5, samples=1, noise=0.0)
    profiles = made.signature.profiles
    noise = np.random.default_rng(0).lognormal(0, 0.1, len(profiles))
    tumour = pd.DataFrame({"T": (profiles @ [0.6, 0.4, 0.0, 0.0, 0.0]) * noise})
    result = deconvolve(tumour, made.signature, mode="relative", bootstrap=50)
    assert result.intervals is not None
    share = result.intervals.set_index("cell_type")["zero_share"]
    assert (share[["Type A", "Type B"]] == 0).all()
    assert share[["Type C", "Type D", "Type E"]].mean() > 0.3


def test_intervals_do_not_depend_on_workers_chunks_or_order(planted: Planted) -> None:
    one = deconvolve(planted.expression, planted.signature, bootstrap=8, seed=2).intervals
    other = deconvolve(planted.expression.iloc[::-1, ::-1], planted.signature, bootstrap=8, seed=2, n_jobs=2, chunk=5)
    assert one is not None
    assert other.intervals is not None
    keys = ["sample", "cell_type"]
    pd.testing.assert_frame_equal(
        one.sort_values(keys, ignore_index=True), other.intervals.sort_values(keys, ignore_index=True), atol=1e-10
    )


def test_a_flagged_sample_has_no_interval(planted: Planted) -> None:
    broken = planted.expression.assign(S001=80.0)
    intervals = deconvolve(broken, planted.signature, bootstrap=3).intervals
    assert intervals is not None
    mine = intervals[intervals["sample"] == "S001"]
    assert mine[["fraction", "conf_low", "conf_high", "zero_share"]].isna().all(axis=None)
    assert (mine["draws"] == 0).all()


def test_libsvm_is_not_bootstrapped(planted: Planted) -> None:
    with pytest.raises(DataError, match="bootstrap with solver 'libsvm'"):
        deconvolve(planted.expression, planted.signature, solver="libsvm", bootstrap=10)
