"""Agreement with stored outputs of CIBERSORT's R code (v1.04) and of the CIBERSORTx web service.

The exact optimum differs from these outputs by what libsvm's stop at 1e-3 leaves open. That nothing else differs is
shown by ``solver="libsvm"``, which reproduces the R code to rounding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import Deconvolution, deconvolve, read_signature_matrix

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "oracle_exact_rel_perm0": ("mixture", {"mode": "relative"}),
    "oracle_noisy_rel_perm100_seed1": ("mixture_noisy", {"mode": "relative"}),
    "oracle_noisy_qn_rel_perm100": ("mixture_noisy", {"mode": "relative", "quantile_normalise": True}),
    "oracle_noisy_abs_perm100": ("mixture_noisy", {"mode": "absolute"}),
    "oracle_noisy_absnosum_perm100": ("mixture_noisy", {"mode": "no.sumto1"}),
}


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.tsv", sep="\t", index_col=0)


def run(shared: Path, name: str, **options: Any) -> tuple[pd.DataFrame, Deconvolution]:
    folder = shared / "cibersort_r_oracle"
    mixture, asked = CASES[name]
    signature = read_signature_matrix(folder / "signature_matrix.tsv")
    return table(folder, name), deconvolve(table(folder, mixture), signature, **asked, **options)


@pytest.mark.parametrize("name", CASES)
def test_exact_fractions_are_as_near_as_libsvm_came(shared: Path, name: str) -> None:
    stored, ours = run(shared, name)
    apart = (stored[ours.fractions.columns] - ours.fractions).abs().to_numpy()
    assert apart.max() < 0.02
    assert apart.mean() < 1e-3
    assert (stored["Correlation"] - ours.quality["r"]).abs().max() < 1e-3
    error = (stored["RMSE"] - ours.quality["rmse"]).abs()
    assert error.median() < 1e-3
    assert error.max() < 1.1e-3  # one sample of eighteen is 1.05e-3 off, by libsvm's stop: see below


def test_where_the_r_code_is_farthest_off_libsvm_at_a_tight_tolerance_comes_to_our_optimum(shared: Path) -> None:
    """What stands between us and the stored RMSE is the tolerance at which libsvm stopped, and nothing else."""
    stored, ours = run(shared, "oracle_noisy_rel_perm100_seed1")
    worst = (stored["RMSE"] - ours.quality["rmse"]).abs().idxmax()
    tight = deconvolve(
        table(shared / "cibersort_r_oracle", "mixture_noisy")[[worst]],
        read_signature_matrix(shared / "cibersort_r_oracle" / "signature_matrix.tsv"),
        mode="relative",
        solver="libsvm",
        libsvm_tolerance=1e-8,
    )
    assert (tight.fractions - ours.fractions.loc[[worst]]).abs().to_numpy().max() < 1e-5
    assert abs(tight.quality["rmse"] - ours.quality["rmse"].loc[[worst]]).max() < 1e-5
    assert abs(stored.loc[worst, "RMSE"] - tight.quality["rmse"].iloc[0]) > 1e-3


@pytest.mark.parametrize("name", ["oracle_noisy_rel_perm100_seed1", "oracle_noisy_abs_perm100"])
def test_libsvm_reproduces_the_r_code_to_rounding(shared: Path, name: str) -> None:
    folder = shared / "cibersort_r_oracle"
    mixture, asked = CASES[name]
    whole = table(folder, mixture)
    stored = table(folder, name).iloc[:2]
    ours = deconvolve(
        whole.iloc[:, :2],
        read_signature_matrix(folder / "signature_matrix.tsv"),
        solver="libsvm",
        reference_median=max(float(np.median(whole)), 1),
        **asked,
    )
    assert (stored[ours.fractions.columns] - ours.fractions).abs().to_numpy().max() < 1e-9
    assert (stored["Correlation"] - ours.quality["r"]).abs().max() < 1e-9
    assert (stored["RMSE"] - ours.quality["rmse"]).abs().max() < 1e-9


def test_quantile_normalisation_is_that_of_the_r_code(shared: Path) -> None:
    """With R's solver and its tolerance, normalised samples give R's numbers to rounding."""
    stored, ours = run(shared, "oracle_noisy_qn_rel_perm100", solver="libsvm")
    assert (stored[ours.fractions.columns] - ours.fractions).abs().to_numpy().max() < 1e-9
    assert (stored["RMSE"] - ours.quality["rmse"]).abs().max() < 1e-9


@pytest.mark.parametrize("name", ["oracle_noisy_abs_perm100", "oracle_noisy_absnosum_perm100"])
def test_absolute_score(shared: Path, name: str) -> None:
    stored, ours = run(shared, name)
    (column,) = [column for column in stored.columns if column.startswith("Absolute score")]
    assert (stored[column] - ours.quality["score"]).abs().max() < 5e-3


def test_permutation_p_of_explained_samples(shared: Path) -> None:
    """Every sample of the fixture is far above any random mixture."""
    stored, ours = run(shared, "oracle_noisy_rel_perm100_seed1", permutations=100)
    assert (stored["P-value"] == 0).all()
    assert (ours.quality["p_value"] == 0).all()
    assert (ours.quality["p_value_unbiased"] == 1 / 101).all()


@pytest.fixture(scope="module")
def web(shared: Path) -> tuple[pd.DataFrame, Deconvolution]:
    """Job 14 of the web service: ten samples that share 17 genes with LM22."""
    folder = shared / "cibersortx_web"
    mixture = pd.read_csv(folder / "mixture_rnaseq.txt", sep="\t", index_col=0)
    stored = pd.read_csv(folder / "CIBERSORTx_Job14_Results.csv", index_col=0)
    signature = read_signature_matrix(shared / "signatures" / "LM22.txt")
    return stored, deconvolve(mixture, signature, mode="relative", min_overlap=0, permutations=400, seed=1)


def test_fractions_of_the_web_service(web: tuple[pd.DataFrame, Deconvolution]) -> None:
    stored, ours = web
    assert (stored[ours.fractions.columns] - ours.fractions).abs().to_numpy().max() < 1e-3
    assert (stored["Correlation"] - ours.quality["r"]).abs().max() < 1e-3
    assert (stored["RMSE"] - ours.quality["rmse"]).abs().max() < 1e-3


def test_permutation_p_of_the_web_service_within_monte_carlo_error(web: tuple[pd.DataFrame, Deconvolution]) -> None:
    stored, ours = web
    p = ours.quality["p_value"].to_numpy()
    spread = np.sqrt(p * (1 - p) * (1 / 100 + 1 / 400))  # 100 permutations there, 400 here
    assert (np.abs(stored["P-value"].to_numpy() - p) < 4 * spread).all()
