"""Coverage-guided fuzzing, where atheris is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .examples import examples

pytest.importorskip("atheris", reason="atheris, which steers the fuzzing by coverage, is not installed here")
# Not h5ad: it is read in another process, out of sight of atheris.
EXAMPLES = {name: example for name, example in examples().items() if "h5ad" not in name}
SECONDS = float(os.environ.get("HER2STATS_FUZZ_SECONDS", "30")) / 2  # the other half goes to the other way of fuzzing


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_reader(tmp_path: Path, name: str) -> None:
    file, data = EXAMPLES[name]
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "example").write_bytes(data)
    seconds = max(round(SECONDS / len(EXAMPLES)), 1)
    target = Path(__file__).parent / "atheris_target.py"
    options = [f"-max_total_time={seconds}", "-rss_limit_mb=1024", "-timeout=20", "-max_len=20000"]
    command = [sys.executable, str(target), file, str(corpus), f"-artifact_prefix={tmp_path}/", *options]
    said = tmp_path / "said.txt"  # a file, because it may be long
    with said.open("wb") as stream:
        done = subprocess.run(command, stdout=stream, stderr=stream, timeout=60 + 3 * seconds)
    assert done.returncode == 0, said.read_bytes()[-4000:].decode(errors="replace")
