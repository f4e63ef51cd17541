"""What may befall a run: it is killed, the disk is full, the folder cannot be written, the clock is wrong.

``HER2STATS_KILLS=100`` kills a hundred runs instead of a few.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.study.conftest import write_small_study

KILLS = int(os.environ.get("HER2STATS_KILLS", "4"))
pytestmark = pytest.mark.slow


def digests(folder: Path) -> dict[str, str]:
    """Every file of a folder by its checksum."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def start(study: Path, *words: str) -> subprocess.Popen[str]:
    """Run a study in a process of its own, whose cache lies beside the study."""
    environment = os.environ | {"XDG_CACHE_HOME": str(study.parent / "cache")}
    command = [sys.executable, "-m", "her2stats.cli", "run", str(study), "--jobs", "1", *words]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(study: Path, *words: str) -> tuple[int, str]:
    """Exit status and what was said on the error stream."""
    process = start(study, *words)
    said = process.communicate()[1]
    return process.returncode, said


@pytest.fixture(scope="module")
def two_studies(tmp_path_factory) -> tuple[Path, list[Path]]:
    """Two studies of the same data that write to the same folder and differ in every figure and table."""
    folder = tmp_path_factory.mktemp("runs")
    first = write_small_study(folder, n=24)
    text = first.read_text()
    second = folder / "other.toml"
    second.write_text(text.replace("A small simulated study", "Another one").replace("her2.tsv", "ERBB2"))
    return folder / "results", [first, second]


def test_a_run_killed_at_any_moment_leaves_old_or_new_results_and_never_a_mixture(two_studies) -> None:
    results, studies = two_studies
    whole, took = [], 0.0
    for study in studies:
        begun = time.monotonic()
        status, said = run(study)
        assert status == 0, said
        took = time.monotonic() - begun
        whole.append(digests(results))
    assert whole[0] != whole[1]
    chance = random.Random(7)
    now = whole[1]
    for attempt in range(KILLS):
        process = start(studies[attempt % 2])
        time.sleep(took * chance.uniform(0.05, 1.1))
        process.kill()
        process.communicate()
        found = digests(results)
        assert found in (now, whole[attempt % 2]), f"a mixture after kill {attempt}"
        now = found
    for study, expected in zip(studies, whole, strict=True):
        status, said = run(study)
        assert status == 0, said
        assert digests(results) == expected
    left = {path.name for path in results.parent.iterdir()} - {"cache"}
    assert not {name for name in left if name.startswith(".results")}, left


def test_any_number_of_workers_and_any_clock_give_the_same_bytes(two_studies) -> None:
    results, studies = two_studies
    assert run(studies[0], "--jobs", "1")[0] == 0
    first = digests(results)
    for path in (*studies[0].parent.glob("*.tsv"), *studies[0].parent.glob("*.csv"), *results.rglob("*.csv")):
        os.utime(path, (4e9, 4e9))  # the clock was set back: every file is of the year 2096
    assert run(studies[0], "--jobs", "2")[0] == 0
    assert digests(results) == first


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_leaves_nothing(full_disk: Path, tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "study", n=24)
    text = study.read_text().replace("seed = 3", f'seed = 3\nresults = "{full_disk / "results"}"\noutside_paths = true')
    study.write_text(text)
    (full_disk / "ballast").write_bytes(bytes(1_500_000))
    status, said = run(study)
    assert status == 1
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert [path.name for path in full_disk.iterdir()] == ["ballast"]


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_computed(tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "study", n=24)
    (study.parent / "results").write_text("a file where the folder should be")
    status, said = run(study)
    assert status == 1
    assert "is a file or a link, not a folder" in said
    assert "Traceback" not in said
