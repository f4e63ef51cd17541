"""What `check` and `run` say of a spoilt study: every problem in one table, exit status 1, nothing written."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from her2stats import cli
from tests.powerless import without_the_power_of_root
from tests.study.conftest import write_small_study

from .spoilt_studies import SPOILT, Spoilt

COLUMNS = ["where", "row", "column", "value", "problem", "remedy"]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def good_study(tmp_path_factory) -> Path:
    """A folder with a small study."""
    return write_small_study(tmp_path_factory.mktemp("good"), n=36).parent


@pytest.fixture
def command(monkeypatch, capsys) -> Command:
    """Run a command in this process: exit status, output, messages. A traceback fails the test."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["her2stats", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def table(text: str) -> list[dict[str, str]]:
    """Rows of the table of problems, as a program would read it from a pipe."""
    header, *rows = csv.reader(text.splitlines(), delimiter="\t")
    assert header == COLUMNS
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_study(good_study: Path, tmp_path: Path, monkeypatch, command: Command, spoilt: Spoilt) -> None:
    folder = tmp_path / "study"
    shutil.copytree(good_study, folder)
    monkeypatch.chdir(folder)
    spoilt.spoil(folder)
    before = everything(folder)
    status, said, _ = command("check", spoilt.study)
    assert status == 1
    rows = table(said)
    assert len(rows) == len(spoilt.told), said
    for row, told in zip(rows, spoilt.told, strict=True):
        assert row["where"] == told.where
        assert told.problem in row["problem"]
        assert row["remedy"]
        assert row["row"] == told.row or (told.row == "*" and row["row"])
        assert row["column"] == told.column
        if told.value:
            assert row["value"] == told.value
    status, _, errors = command("run", spoilt.study, "--no-cache")
    assert status == 1
    assert [line for line in errors.splitlines() if line.startswith("her2stats: ")] == errors.splitlines()
    assert len(errors.splitlines()) == len(spoilt.told)
    assert everything(folder) == before


@pytest.mark.parametrize("name", ["one.tsv", "one.csv", "matrix.tsv", "her2.tsv", "study.toml"])
def test_no_permission(good_study: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "study"
    shutil.copytree(good_study, folder)
    (folder / name).chmod(0)
    before = everything(folder)
    for word in ("check", "run") if name in ("one.tsv", "study.toml") else ("check",):
        done = subprocess.run(
            [sys.executable, "-m", "her2stats.cli", word, "study.toml"],
            cwd=folder,
            capture_output=True,
            text=True,
            preexec_fn=without_the_power_of_root if os.geteuid() == 0 else None,
        )
        assert done.returncode == 1, done.stderr
        assert "ermission denied" in done.stdout + done.stderr
        assert name in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    assert everything(folder) == before


def test_paths_outside_are_followed_where_the_user_says_so(good_study: Path, tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "study"
    shutil.copytree(good_study, folder)
    SPOILT["path by a link"].spoil(folder)
    study = folder / "below" / "study.toml"
    study.write_text(study.read_text().replace("seed = 3", "seed = 3\noutside_paths = true"))
    assert command("check", str(study))[0] == 0


def test_a_gene_with_a_slash_is_a_gene(good_study: Path, tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "study"
    shutil.copytree(good_study, folder)
    (folder / "one.tsv").write_text((folder / "one.tsv").read_text().replace("\nSIMHER01\t", "\nTRA/TRB\t"))
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace('exposure = "her2.tsv"', 'exposure = "TRA/TRB"'))
    assert command("check", str(folder / "study.toml"))[0] == 0
    words = ("score", str(folder / "one.tsv"), "--scale", "log2", "--signature")
    status, said, _ = command(*words, "TRA/TRB")
    assert status == 0
    assert said.startswith("sample,TRA/TRB\n")
    status, _, errors = command(*words, "signatures/absent.tsv")
    assert status == 1
    assert errors == "her2stats: absent.tsv: there is no such file -> correct the path\n"


def test_the_commands_take_a_rule_for_one_gene_in_two_rows(good_study: Path, tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "study"
    shutil.copytree(good_study, folder)
    SPOILT["one gene in two rows"].spoil(folder)
    words = ("score", str(folder / "one.tsv"), "--scale", "log2", "--signature", "SEPT2")
    status, _, errors = command(*words)
    assert status == 1
    assert "rows 'SEPT2' and 'SEPTIN2' are one gene" in errors
    status, said, errors = command(*words, "--duplicates", "mean")
    assert status == 0
    assert "SEPT2 and SEPTIN2" in errors
    lines = (folder / "one.tsv").read_text().splitlines()[-2:]
    first, second = (float(line.split("\t")[1]) for line in lines)
    assert float(said.splitlines()[1].split(",")[1]) == pytest.approx((first + second) / 2, rel=1e-15)
    status, _, errors = command(*words, "--duplicates", "any")
    told = "input should be 'error', 'max-mean', 'mean' or 'median', not 'any' -> correct the value"
    assert errors == f"her2stats: --duplicates: {told}\n"


def test_what_a_run_will_leave_out_is_said(good_study: Path, tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "study"
    shutil.copytree(good_study, folder)
    text = (folder / "study.toml").read_text()
    assert 'also = ["ERBB2"]' in text
    (folder / "study.toml").write_text(text.replace('also = ["ERBB2"]', 'also = ["ERBB2", "NOSUCH"]'))
    status, said, _ = command("check", str(folder / "study.toml"))
    assert status == 0
    assert "  left out: score NOSUCH: the expression has no gene 'NOSUCH'\n" in said
