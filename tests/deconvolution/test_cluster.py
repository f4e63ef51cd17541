"""A dask cluster of separate processes: the same numbers, also when a worker or the scheduler dies in mid-run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from her2stats.deconvolution import deconvolve, deconvolve_file
from tests.deconvolution.conftest import Planted, plant
from tests.deconvolution.expression_files import write

distributed = pytest.importorskip("distributed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # dask's own warnings when a worker is killed


@pytest.fixture
def client() -> Iterator[Any]:
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as connected,
    ):
        yield connected


@pytest.fixture(scope="module")
def cohort() -> Planted:
    return plant(4, genes=120, types=6, samples=60)


def kill_a_worker_once(client: Any, after: int) -> Any:
    """Progress callback that sends SIGKILL to one worker process when enough is done."""
    workers = client.run(os.getpid)
    killed: list[int] = []

    def watch(_stage: str, done: int, total: int) -> None:
        if done >= after and not killed:
            killed.append(next(iter(workers.values())))
            os.kill(killed[0], signal.SIGKILL)

    watch.killed = killed  # type: ignore[attr-defined]
    return watch


def test_a_killed_worker_changes_nothing(client: Any, cohort: Planted) -> None:
    here = deconvolve(cohort.expression, cohort.signature, bootstrap=8, seed=1, chunk=3)
    watch = kill_a_worker_once(client, after=9)
    there = deconvolve(cohort.expression, cohort.signature, bootstrap=8, seed=1, chunk=3, client=client, progress=watch)
    assert watch.killed
    pd.testing.assert_frame_equal(here.wide(), there.wide(), rtol=0, atol=1e-12)


def test_a_file_on_the_cluster(client: Any, cohort: Planted, tmp_path: Path) -> None:
    file = write(cohort.expression, tmp_path, "samples in rows")
    here = deconvolve_file(file, cohort.signature, tmp_path / "here.parquet", chunk=5, bootstrap=5)
    watch = kill_a_worker_once(client, after=10)
    there = deconvolve_file(
        file, cohort.signature, tmp_path / "there.parquet", chunk=5, bootstrap=5, client=client, progress=watch
    )
    assert watch.killed
    assert here.path.read_bytes() == there.path.read_bytes()


def test_a_dead_scheduler_is_said_and_nothing_is_lost(client: Any, cohort: Planted) -> None:
    here = deconvolve(cohort.expression, cohort.signature, chunk=3)

    def close(_stage: str, done: int, total: int) -> None:
        if done == 6:
            with suppress(Exception):
                client.cluster.close(timeout=5)

    there = deconvolve(cohort.expression, cohort.signature, chunk=3, client=client, progress=close)
    pd.testing.assert_frame_equal(here.wide(), there.wide(), rtol=0, atol=1e-12)
    assert any("cluster was lost" in note.what for note in there.notes)


@pytest.fixture
def own_scheduler(tmp_path: Path) -> Iterator[tuple[Any, subprocess.Popen[bytes]]]:
    """A client of a scheduler and two workers that are processes of their own, and the scheduler's process."""
    known = str(tmp_path / "scheduler.json")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    asked = ["--scheduler-file", known, "--no-dashboard"]
    with contextlib.ExitStack() as stack:

        def begin(module: str, *more: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", f"distributed.cli.{module}", *asked, *more]
            process = stack.enter_context(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
            stack.callback(process.kill)
            return process

        scheduler = begin("dask_scheduler", "--port", "0", "--host", "127.0.0.1")
        for _ in range(2):
            begin(
                "dask_worker",
                "--nthreads",
                "1",
                "--no-nanny",
                "--host",
                "127.0.0.1",
                "--local-directory",
                str(tmp_path),
            )
        for _ in range(600):
            if Path(known).exists():
                break
            time.sleep(0.1)
        client = distributed.Client(scheduler_file=known, timeout=60)
        stack.callback(client.close, timeout=1)
        client.wait_for_workers(2, timeout=60)
        yield client, scheduler


def test_a_scheduler_killed_outright_is_said_and_nothing_is_lost(
    own_scheduler: tuple[Any, subprocess.Popen[bytes]], cohort: Planted
) -> None:
    client, scheduler = own_scheduler
    here = deconvolve(cohort.expression, cohort.signature, chunk=3)

    def kill(_stage: str, done: int, total: int) -> None:
        if scheduler.poll() is None and done >= 6:
            scheduler.kill()
            scheduler.wait(timeout=60)

    there = deconvolve(cohort.expression, cohort.signature, chunk=3, client=client, progress=kill)
    assert scheduler.poll() is not None
    pd.testing.assert_frame_equal(here.wide(), there.wide(), rtol=0, atol=1e-12)
    assert any("cluster was lost" in note.what for note in there.notes)


def test_a_client_that_is_closed_already_is_said(client: Any, cohort: Planted) -> None:
    client.close()
    here = deconvolve(cohort.expression, cohort.signature, chunk=30)
    there = deconvolve(cohort.expression, cohort.signature, chunk=30, client=client)
    pd.testing.assert_frame_equal(here.wide(), there.wide(), rtol=0, atol=1e-12)
    assert any("cluster was lost" in note.what for note in there.notes)
