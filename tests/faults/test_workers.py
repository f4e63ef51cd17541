"""No worker outlives the process that started it, whatever ended that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from her2stats.workers import each, fork_workers

FORKING = """
import os, sys, time
os.environ["OPENBLAS_NUM_THREADS"] = "1"
from pathlib import Path
from her2stats.workers import each, fork_workers, stop_workers

def task(place, number):
    (Path(place) / str(os.getpid())).touch()
    time.sleep(0.05)
    return number

def fail(number):
    raise ValueError(f"of {number}")

print(fork_workers(2), fork_workers(1))
print(list(each(task, ((sys.argv[1], number) for number in range(8)), 2)))
try:
    list(each(fail, [(1,)], 2))
except ValueError as error:
    print(error)
Path(sys.argv[1], "done").touch()
if "stop" in sys.argv:
    each(time.sleep, [(600,)] * 4, 2)
    stop_workers()
else:
    time.sleep(600)
"""

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
@pytest.mark.parametrize("code", [PARENT, FORKING], ids=["fresh", "forked"])
def test_a_kill_ends_idle_workers_within_seconds(tmp_path, code):
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
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


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_forked_workers_give_results_in_order_and_are_stopped_at_work(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FORKING, str(tmp_path), "stop"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["True False", str(list(range(8))), "of 1"]
    assert done.stderr == ""
    workers = [int(path.name) for path in tmp_path.iterdir() if path.name != "done"]
    assert workers
    assert not any(map(alive, workers))


def test_a_process_with_threads_is_not_forked():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not fork_workers(2)
        assert list(each(abs, [(-1,), (2,)], 2)) == [1, 2]
    finally:
        stop.set()
        thread.join()
