"""R is written as lintr's defaults ask, at 100 columns; `.lintr` says what is left out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from her2stats.r_engine.process import find_rscript

PACKAGE = Path(__file__).parents[2] / "r"
LINT = 'lints <- lintr::lint_package("."); print(lints); quit(status = length(lints) > 0)'
FILES = sorted(PACKAGE.rglob("*.R"))


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(PACKAGE)) for file in FILES])
def test_no_line_is_longer_than_a_hundred(file: Path) -> None:
    long = [f"{n}: {line}" for n, line in enumerate(file.read_text().splitlines(), 1) if len(line) > 100]
    assert not long


@pytest.mark.r
@pytest.mark.slow
def test_lintr_finds_nothing() -> None:
    there = 'quit(status = !requireNamespace("lintr", quietly = TRUE))'
    if subprocess.run([find_rscript(), "--vanilla", "-e", there], capture_output=True, check=False).returncode:
        pytest.skip("the R package lintr is not installed here")
    done = subprocess.run([find_rscript(), "-e", LINT], capture_output=True, text=True, cwd=PACKAGE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
