"""Example cohorts that every figure is tried on."""

from __future__ import annotations

import pandas as pd
import pytest

from . import examples


@pytest.fixture(scope="session")
def cohorts() -> dict[str, pd.DataFrame]:
    """Three cohorts of the paper's sizes with all 22 types of LM22."""
    return examples.cohorts()


@pytest.fixture(scope="session")
def abim(cohorts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The largest of them."""
    return cohorts["ABiM"]
