"""`her2stats robustness`: sentences of a results folder, and mistakes told in words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.study import conftest

small_results, small_study = conftest.small_results, conftest.small_study


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "her2stats.cli", "robustness", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_a_sentence_for_every_curve_and_for_those_that_are_named(small_results) -> None:
    folder = small_results.folder
    table = small_results.tables["robustness"]
    every = run(str(folder))
    assert every.returncode == 0
    assert len(every.stdout.splitlines()) == table.groupby(["cohort", "outcome"]).ngroups
    named = run(str(folder), "--type", "Total TIL")
    (line,) = named.stdout.splitlines()
    assert line in every.stdout
    assert line.startswith("one, Total TIL: ρ runs from ")
    joint = table[(table["outcome"] == "Total TIL") & (table["measure"] == "median_z")].iloc[0]
    assert f"over {joint['specifications']} of " in line


@pytest.mark.parametrize(
    ("words", "told"),
    [(("--type", "Total TILs"), "did you mean 'Total TIL'"), (("--type", "CD9"), "'CD9' has no specification curve")],
)
def test_a_type_that_is_not_analysed(small_results, words: tuple[str, ...], told: str) -> None:
    done = run(str(small_results.folder), *words)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_no_results_no_curves(tmp_path: Path, small_results) -> None:
    done = run(str(tmp_path / "study.toml"))
    assert done.returncode == 1
    assert "there is no such file" in done.stderr
    (tmp_path / "empty").mkdir()
    done = run(str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
