"""A sample results folder, its page, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from her2stats.report import write_report

from .browser import Browser, find_chromium
from .sample_folder import keep_few, write_sample_folder

AXE = "axe-core@4.10.3"


def missing(what: str) -> None:
    """Skip with a reason, or fail where CI has promised that everything is there."""
    if os.environ.get("HER2STATS_REQUIRE_BROWSER"):
        pytest.fail(f"HER2STATS_REQUIRE_BROWSER is set, but {what}")
    pytest.skip(what)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole results folder with its report; not to be changed."""
    folder = write_sample_folder(tmp_path_factory.mktemp("sample") / "results")
    write_report(folder)
    return folder


@pytest.fixture(scope="session")
def small_sample(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with one cohort of each kind and few cell types: every part of the page, in a tenth of the size."""
    folder = tmp_path_factory.mktemp("small") / "results"
    shutil.copytree(sample, folder)
    keep_few(folder)
    write_report(folder)
    return folder


@pytest.fixture
def folder(small_sample: Path, tmp_path: Path) -> Path:
    """A copy of the small results folder that a test may damage."""
    copy = tmp_path / "results"
    shutil.copytree(small_sample, copy)
    (copy / "report.html").unlink()
    return copy


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    program = find_chromium()
    if program is None:
        missing("chromium is not installed (apt-get install chromium)")
    assert program is not None
    opened = Browser(program)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Source of axe-core, fetched from the npm registry: its licence (MPL-2.0) is not ours, so it is not kept here."""
    if shutil.which("npm") is None:
        missing("npm is not installed, and axe-core comes from it")
    place = tmp_path_factory.mktemp("axe")
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(place), AXE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    source = place / "node_modules" / "axe-core" / "axe.min.js"
    if done.returncode or not source.is_file():
        missing(f"axe-core could not be fetched: {done.stderr.strip()[-200:]}")
    return source.read_text(encoding="utf-8")
