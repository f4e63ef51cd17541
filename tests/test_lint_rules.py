"""The lint refuses what must never stand in the package: code from data, and shells."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FORBIDDEN = {
    "eval(word)": "S307",
    "exec(word)": "S102",
    "pickle.loads(data)": "S301",
    "marshal.loads(data)": "S302",
    "yaml.load(data)": "S506",
    "subprocess.run(word, shell=True)": "S602",
    "os.system(word)": "S605",
}


@pytest.mark.parametrize(("line", "rule"), FORBIDDEN.items(), ids=FORBIDDEN)
def test_it_is_refused_in_the_package(root: Path, line: str, rule: str) -> None:
    code = f"import marshal, os, pickle, subprocess\nimport yaml\n\n\ndef read(word, data):\n    return {line}\n"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json"]
    where = ["--stdin-filename", "src/her2stats/reading/new.py", "-"]
    done = subprocess.run([*command, *where], input=code, cwd=root, capture_output=True, text=True)
    assert rule in {found["code"] for found in json.loads(done.stdout)}, done.stderr
