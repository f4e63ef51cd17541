"""Mutilated files of every format: our own errors come out, nothing else, and in bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .examples import examples
from .readers import READERS, read

EXAMPLES = examples()
STARTED = {"l"}  # a process for each file, which takes its time


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_itself_is_readable(tmp_path: Path, name: str) -> None:
    file, data = EXAMPLES[name]
    assert read(tmp_path / file, data)


@pytest.mark.parametrize("name", EXAMPLES)
def test_mutilated_files(tmp_path: Path, root: Path, fuzz_until: float, name: str) -> None:
    command = [sys.executable, "-m", "tests.fuzz.mutilation", name, str(tmp_path), str(fuzz_until)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    print(done.stdout)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted({*READERS} - {"l"})),
    data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode),
)
def test_any_bytes(tmp_path: Path, kind: str, data: bytes) -> None:
    for ending in (".csv", ".tsv", ".xlsx", ".parquet", ".gct", ".h5ad", ".rds", ".gmt", ".txt.gz"):
        read(tmp_path / f"{kind}{ending}", data)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(READERS)),
    rows=st.lists(
        st.lists(st.text("aA1.,;-+ NEinf\"'=\t", max_size=6), min_size=1, max_size=4), min_size=1, max_size=5
    ),
    mark=st.sampled_from([",", ";", "\t"]),
)
def test_any_table(tmp_path: Path, kind: str, rows: list[list[str]], mark: str) -> None:
    read(tmp_path / f"{kind}.csv", "\n".join(mark.join(row) for row in rows).encode())
