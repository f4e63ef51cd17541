"""A live R for the tests that ask for one; without R they skip, and fail where R is required (in CI)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from her2stats.r_engine.engines import EmbeddedR, Engine, ScriptedR
from her2stats.r_engine.process import Gone
from her2stats.r_engine.sources import r_package


@pytest.fixture(scope="session", autouse=True)
def live_r(usable_r: None) -> None:
    """Ask every test of this folder for a usable R, marked or not."""


@pytest.fixture(scope="session")
def engine(live_r: None) -> Iterator[Engine]:
    """One R for all questions of a session: embedded where rpy2 works, else Rscript."""
    try:
        running: Engine = EmbeddedR()
    except Gone:
        running = ScriptedR()
    yield running
    running.close()


@pytest.fixture
def functions_with(tmp_path: Path):
    """A copy of the R functions with some more R code at the end, to make R misbehave."""

    def make(code: str) -> Path:
        folder = tmp_path / "R"
        shutil.copytree(r_package() / "R", folder)
        (folder / "zz_misbehave.R").write_text(code)
        return folder

    return make
