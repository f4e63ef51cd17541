"""A place where nothing may be written is told in a sentence, and nothing is left there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.powerless import without_the_power_of_root
from tests.study.conftest import write_small_study


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Iterator[Path]:
    """A small study in a folder that cannot be written."""
    path = write_small_study(tmp_path_factory.mktemp("locked"), n=20)
    path.parent.chmod(0o555)
    yield path
    path.parent.chmod(0o755)


@pytest.mark.skipif(sys.platform != "linux", reason="root's capabilities are Linux's")
@pytest.mark.parametrize(
    "words",
    [
        ("run", "study.toml", "--no-cache"),
        ("init", "one.csv", "--output", "mine.toml"),
        ("init", "one.csv", "--output", "below/mine.toml"),
        ("score", "one.tsv", "--scale", "log2", "--signature", "SIMHER01", "--output", "scores.csv"),
        ("audit", "--output", "audit.csv"),
        ("demo", "--output", "demo"),
    ],
    ids=lambda words: " ".join((words[0], words[-1])),
)
def test_it_is_told_and_nothing_is_left(study, words):
    folder = study.parent
    before = sorted(folder.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "her2stats.cli", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=without_the_power_of_root if os.geteuid() == 0 else None,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    told = done.stderr.splitlines()
    assert told
    assert all(line.startswith("her2stats: ") for line in told), told
    assert "ermission denied" in done.stderr or "o such file" in done.stderr
    assert sorted(folder.rglob("*")) == before


def test_a_cache_that_cannot_be_written_hinders_nothing(tmp_path):
    study = write_small_study(tmp_path / "study", n=20)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o555)
    clinical = study.parent / "clinical.toml"
    cohort = '[[cohorts]]\nname = "answers"\nclinical = "answers.csv"\n'
    clinical.write_text(f'[study]\ntitle = "t"\n{cohort}[analysis]\ncrosscheck = false\n')
    done = subprocess.run(
        [sys.executable, "-m", "her2stats.cli", "run", str(clinical)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HER2STATS_CACHE": str(tmp_path / "cache")},
        preexec_fn=without_the_power_of_root if os.geteuid() == 0 else None,
    )
    (tmp_path / "cache").chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert (study.parent / "results" / "report.html").exists()
    assert not list((tmp_path / "cache").rglob("*"))
