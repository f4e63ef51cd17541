"""No worker outlives the process that started it, whatever ended that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PARENT = """
import os, sys, time
from pathlib import Path
from joblib import Parallel, delayed
from her2stats.workers import in_worker

def task(place):
    (Path(place) / str(os.getpid())).touch()

tasks = (delayed(in_worker)(os.getpid(), task, sys.argv[1]) for _ in range(8))
Parallel(n_jobs=2)(tasks)
Path(sys.argv[1], "done").touch()
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_a_kill_ends_idle_workers_within_seconds(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    end = time.monotonic() + 60
    while not (tmp_path / "done").exists() and time.monotonic() < end:
        time.sleep(0.1)
    workers = [int(path.name) for path in tmp_path.iterdir() if path.name != "done"]
    assert workers
    assert parent.pid not in workers
    assert all(map(alive, workers))
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(map(alive, workers))
