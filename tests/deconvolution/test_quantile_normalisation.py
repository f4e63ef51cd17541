"""Quantile normalisation as preprocessCore does it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from her2stats.deconvolution.quantile_normalisation import quantile_normalise, target_distribution


@settings(deadline=None)
@given(arrays(float, st.tuples(st.integers(2, 20), st.integers(2, 6)), elements=st.floats(0, 1e6), unique=True))
def test_every_sample_gets_the_same_values_in_its_own_order(values: np.ndarray) -> None:
    normal = quantile_normalise(values)
    target = target_distribution(values)
    assert np.sort(normal, axis=0) == pytest.approx(np.repeat(target[:, None], values.shape[1], axis=1))
    assert (np.argsort(normal, axis=0, kind="stable") == np.argsort(values, axis=0, kind="stable")).all() or len(
        np.unique(target)
    ) < len(target)


def test_equal_values_stay_equal() -> None:
    normal = quantile_normalise(np.array([[1.0, 5.0], [1.0, 6.0], [4.0, 9.0], [1.0, 7.0]]))
    assert normal[0, 0] == normal[1, 0] == normal[3, 0]


def test_a_frozen_target() -> None:
    values = np.random.default_rng(0).lognormal(size=(20, 4))
    target = target_distribution(values)
    assert (quantile_normalise(values[:, :1], target) == quantile_normalise(values)[:, :1]).all()


def test_stored_output_of_preprocesscore() -> None:
    """Written by reference/generate.R; many values are tied."""
    folder = Path(__file__).parent / "reference"
    values, theirs = (np.loadtxt(folder / name, delimiter=",") for name in ("quantiles_data.csv", "quantiles.csv"))
    assert np.abs(theirs - quantile_normalise(values)).max() < 1e-9


@pytest.mark.r
def test_live_preprocesscore(tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    rng = np.random.default_rng(1)
    values = np.round(rng.lognormal(2, 1, (200, 7)), rng.integers(0, 3))
    values[:40] = np.round(values[:40])  # ties
    values[40:60, :3] = 0
    np.savetxt(tmp_path / "x.tsv", values, fmt="%.17g")
    script = (
        "library(preprocessCore); x <- as.matrix(read.table('x.tsv'));"
        "write.table(format(normalize.quantiles(x), digits = 17), 'y.tsv',"
        "quote = FALSE, row.names = FALSE, col.names = FALSE)"
    )
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    if "no package called" in done.stderr:
        pytest.skip("preprocessCore is not installed")
    assert done.returncode == 0, done.stderr
    assert np.abs(np.loadtxt(tmp_path / "y.tsv") - quantile_normalise(values)).max() < 1e-9
