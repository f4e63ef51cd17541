"""Two kinds of processor give the same words, and numbers that differ by no more than the documentation says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.study.conftest import write_small_study
from tests.study.test_run import digests

RUN = """
import sys
import numpy
from threadpoolctl import threadpool_info
from her2stats.study import run_study
run_study(sys.argv[1])
print(*sorted({str(library.get("architecture")) for library in threadpool_info()}))
"""
# Absolute, or relative where numbers are above 1. The documentation has seen 1e-13 in fractions and 2e-9 elsewhere;
# ten times as much is for a processor that nobody has seen yet, and far below the last digit that is printed.
FRACTIONS, OTHERS = 1e-12, 2e-8


def run(folder: Path, **environment: str) -> str:
    folder.mkdir()
    study = write_small_study(folder)
    told = subprocess.run(
        [sys.executable, "-c", RUN, str(study)],
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.splitlines()[-1]


def furthest(one: Path, other: Path) -> float:
    """Largest difference of two tables of one layout, which agree in every word."""
    first, second = (pd.read_csv(path, dtype=str, keep_default_na=False).to_numpy() for path in (one, other))
    assert first.shape == second.shape
    worst = 0.0
    for left, right in zip(first[first != second], second[first != second], strict=True):
        numbers = [re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", word) for word in (left, right)]
        assert re.sub(r"[-\d.e+]+", "", left) == re.sub(r"[-\d.e+]+", "", right), (one.name, left, right)
        a, b = (np.array(found, dtype=float) for found in numbers)
        worst = max(worst, float(np.max(np.abs(a - b) / np.maximum(np.abs(a), 1))))
    return worst


@pytest.mark.slow
def test_numbers_of_two_kinds_of_processor(tmp_path):
    ours = run(tmp_path / "ours")
    theirs = run(tmp_path / "theirs", OPENBLAS_CORETYPE="Nehalem")
    if theirs == ours:
        pytest.skip(f"the linear algebra here knows one kind of processor ({ours})")
    here, there = tmp_path / "ours" / "results", tmp_path / "theirs" / "results"
    assert {*digests(here)} == {*digests(there)}
    measured = {
        str(path.relative_to(here)): furthest(path, there / path.relative_to(here)) for path in here.rglob("*.csv")
    }
    assert measured
    fractions = {name: worst for name, worst in measured.items() if Path(name).name == "fractions.csv"}
    assert fractions
    assert max(fractions.values()) <= FRACTIONS, fractions
    assert max(measured.values()) <= OTHERS, {name: worst for name, worst in measured.items() if worst > OTHERS}
