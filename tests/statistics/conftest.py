"""Frames that the tests of the statistics share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest


def simulated(n: int = 150, seed: int = 1, *, missing: bool = False) -> pd.DataFrame:
    """Tumours with a score, HR, HER2 IHC, age, two fractions and two 0/1 abundances that depend on the score."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"her2": rng.normal(8, 1.3, n)}, index=[f"s{place:04d}" for place in range(n)])
    hr = np.where(rng.random(n) < 0.7, "positive", "negative")
    frame["hr"] = pd.Categorical(hr, categories=["negative", "positive"])
    frame["her2_ihc"] = pd.Categorical(
        rng.choice(["0", "1+", "2+"], n, p=[0.3, 0.5, 0.2]), categories=["0", "1+", "2+"]
    )
    frame["age"] = rng.normal(55, 11, n)
    frame["pam50"] = rng.choice(["LumA", "LumB", "Basal"], n)
    slope = np.where(hr == "positive", -0.3, 0.4)
    frame["plasma"] = 2 + slope * (frame["her2"] - 8) + rng.normal(size=n)
    frame["cd8"] = np.round(np.maximum(0, rng.normal(0.2, 0.2, n) - 0.02 * frame["her2"]), 2)
    frame["plasma_high"] = (frame["plasma"] >= frame["plasma"].median()) * 1.0
    frame["cd8_high"] = (frame["cd8"] > 0) * 1.0
    if missing:
        for column in ("her2", "age", "plasma", "cd8", "plasma_high", "cd8_high"):
            frame.loc[rng.random(n) < 0.08, column] = np.nan
        for column in ("hr", "her2_ihc", "pam50"):
            frame.loc[rng.random(n) < 0.05, column] = None
    return frame


@pytest.fixture
def tumours() -> pd.DataFrame:
    """150 tumours without missing values."""
    return simulated()


@pytest.fixture
def gappy() -> pd.DataFrame:
    """150 tumours with missing values in every column."""
    return simulated(missing=True)


@pytest.fixture
def simulate() -> Callable[..., pd.DataFrame]:
    """The simulator itself."""
    return simulated


def two_by_two(events: tuple[int, int], totals: tuple[int, int], group: str = "her2_group") -> pd.DataFrame:
    """Patients of two groups, the first the reference, from counts."""
    names = ["HER2-0"] * totals[0] + ["HER2-low"] * totals[1]
    response = [1.0] * events[0] + [0.0] * (totals[0] - events[0]) + [1.0] * events[1] + [0.0] * (totals[1] - events[1])
    return pd.DataFrame({group: names, "response": response})


@pytest.fixture
def from_counts() -> Callable[..., pd.DataFrame]:
    """Patients from the counts of a 2 x 2 table."""
    return two_by_two
