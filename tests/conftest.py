"""What every test shares: where the real data lie, when they are there at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the real data sets that lie beside the checkout; tests that ask for it skip where it is absent."""
    place = Path(os.environ.get("HER2STATS_SHARED", ROOT.parent / "shared")) / "data"
    if not place.is_dir():
        pytest.skip(f"real data are not beside the checkout ({place.parent.name}/data)")
    return place
