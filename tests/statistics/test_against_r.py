"""The same frame in base R, MASS and emmeans (against_r.R), without this project's own R package in between."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.statistics import compare_groups, correlate, fit_ancova, fit_interaction, fit_logistic

from .conftest import simulated

pytestmark = pytest.mark.r
LEVELS = {"1": ["all"], "hr": ["hr=negative", "hr=positive"], "her2_ihc": ["her2_ihc=0", "her2_ihc=1+", "her2_ihc=2+"]}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """What R says, by key."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("Rscript is not on the path")
    place = tmp_path_factory.mktemp("r") / "tumours.csv"
    simulated().to_csv(place, index=False, float_format="%.17g")
    script = Path(__file__).with_name("against_r.R")
    done = subprocess.run([rscript, "--vanilla", str(script), str(place)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    values: dict[str, list[float]] = defaultdict(list)
    for line in done.stdout.splitlines():
        key, value = line.split("\t")
        values[key.rstrip("0123456789").strip()].append(float(value) if value != "NA" else np.nan)
    return {key: np.array(numbers) for key, numbers in values.items()}


def numbers(table: pd.DataFrame, *columns: str) -> np.ndarray:
    """Columns one after another."""
    return table[list(columns)].to_numpy(float).T.ravel()


def test_spearman(said, tumours):
    table = correlate(tumours, "her2", "cd8").table
    np.testing.assert_allclose(numbers(table, "estimate", "p_value"), said["spearman"], rtol=1e-10)


@pytest.mark.parametrize("part", ["all", "few"])
@pytest.mark.parametrize("outcome", ["plasma", "cd8"])
def test_wilcoxon(said, tumours, outcome, part):
    row = compare_groups(tumours if part == "all" else tumours.iloc[:60], outcome, group="hr").table.iloc[0]
    statistic, p_value, exact, *interval = said[f"wilcoxon {outcome} {part}"]
    np.testing.assert_allclose([row["statistic"], row["p_value"]], [statistic, p_value], rtol=1e-10)
    assert row["method"].startswith("Wilcoxon, exact") == bool(exact)
    if exact:
        np.testing.assert_allclose(row[["conf_low", "conf_high", "estimate"]].astype(float), interval, rtol=1e-10)


def test_chi_squared_and_fisher(said, tumours):
    row = compare_groups(tumours, "cd8_high", group="hr").table.iloc[0]
    np.testing.assert_allclose([row["statistic"], row["p_value"]], said["chi"], rtol=1e-10)
    from her2stats.statistics.fits.proportions import fisher_exact

    events = tumours.groupby("hr", observed=True)["cd8_high"].agg(["sum", "size"]).astype(int)
    p_value = fisher_exact(tuple(events["sum"]), tuple(events["size"]))
    assert p_value == pytest.approx(said["fisher"][0], rel=1e-10)


def test_logistic(said, tumours):
    table = fit_logistic(tumours, "cd8_high", "her2", covariates=["age", "pam50"]).table
    np.testing.assert_allclose(np.log(table["estimate"]), said["logit"], rtol=1e-9)
    np.testing.assert_allclose(table["std_error"], said["logit error"], rtol=1e-9)
    np.testing.assert_allclose(numbers(table, "conf_low", "conf_high"), said["logit wald"], rtol=1e-9)


def test_rs_default_stops_before_the_standard_errors_are_right(said, tumours):
    table = fit_logistic(tumours, "cd8_high", "her2", covariates=["age", "pam50"]).table
    off = np.abs(said["logit loose error"] / table["std_error"] - 1).max()
    assert 1e-12 < off < 1e-4


def test_confint_is_profile_likelihood_and_needs_mass(said, tumours):
    table = fit_logistic(tumours, "cd8_high", "her2", covariates=["age", "pam50"], ci="profile").table
    # MASS interpolates the profile by a spline between a handful of points
    np.testing.assert_allclose(numbers(table, "conf_low", "conf_high"), said["logit profile"], rtol=2e-3)
    assert np.abs(numbers(table, "conf_low", "conf_high") / said["logit wald"] - 1).max() > 2e-3


def test_likelihood_ratio_of_the_interaction(said, tumours):
    row = fit_interaction(tumours, "cd8_high", "her2", "hr").table.iloc[4]
    assert row["statistic"] == pytest.approx(said["ratio"][0], rel=1e-8)


@pytest.mark.parametrize("weights", ["equal", "proportional", "outer", "cells"])
@pytest.mark.parametrize("holes", ["full", "empty"])
def test_marginal_slopes_and_means_are_those_of_emmeans(said, tumours, holes, weights):
    if holes == "empty":
        tumours = tumours[~((tumours["hr"] == "negative") & (tumours["her2_ihc"] == "2+"))]
    ancova = fit_ancova(
        tumours, "plasma", "her2", covariates=["age", "pam50"], extra_terms="hr:age", weights=weights, points=2
    )
    columns = ["estimate", "std_error", "df", "conf_low", "conf_high"]
    ends = ancova.curve.table.groupby("stratum", sort=False).tail(1).set_index("stratum")
    for by, strata in LEVELS.items():
        slopes = numbers(ancova.slopes.table.set_index("stratum").loc[strata], *columns)
        np.testing.assert_allclose(slopes, said[f"slope {holes} {weights} {by}"], rtol=1e-9)
        means = numbers(ends.loc[strata], *columns)
        expected = said[f"mean {holes} {weights} {by}"].copy()
        expected[2 * len(strata) : 3 * len(strata)][np.isnan(expected[: len(strata)])] = np.nan  # df of what is not
        np.testing.assert_allclose(means, expected, rtol=1e-9)


def test_type_iii(said, tumours):
    table = fit_ancova(tumours, "plasma", "her2", covariates=["age", "pam50"], extra_terms="hr:age").tests.table
    np.testing.assert_allclose(numbers(table, "statistic", "df", "p_value"), said["type iii"], rtol=1e-9)
