"""Coverage-guided fuzzing, where atheris is installed: one kind of file a reader, and all of them with `make fuzz`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .examples import examples

pytest.importorskip("atheris", reason="atheris, which steers the fuzzing by coverage, is not installed here")
# What is read in another process is out of sight of atheris.
ELSEWHERE = ("x h5ad", "c h5ad", "c dta", "l parquet", "l h5ad")
EXAMPLES = {name: example for name, example in examples().items() if name not in ELSEWHERE}
if "HER2STATS_FUZZ_SECONDS" not in os.environ:  # each is a process that starts slowly; test_readers.py has every kind
    EXAMPLES = dict(reversed({name.split()[0]: (name, example) for name, example in EXAMPLES.items()}.values()))


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_reader(tmp_path: Path, fuzz_until: float, name: str) -> None:
    file, data = EXAMPLES[name]
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "example").write_bytes(data)
    target = Path(__file__).parent / "atheris_target.py"
    options = [f"-artifact_prefix={tmp_path}/", "-rss_limit_mb=1024", "-timeout=20", "-max_len=20000"]
    command = [sys.executable, str(target), file, str(fuzz_until), str(corpus), *options]
    longest = max(fuzz_until - time.time(), 0) + 120
    said = tmp_path / "said.txt"  # a file, because it may be long
    with said.open("wb") as stream:
        # below a shell: what is measured is its peak, and a process has that of the one which started it
        below = ["sh", "-c", '"$@"; exit $?', "sh", *command]
        done = subprocess.run(below, stdout=stream, stderr=stream, timeout=longest)
    assert done.returncode == 0, said.read_bytes()[-4000:].decode(errors="replace")
