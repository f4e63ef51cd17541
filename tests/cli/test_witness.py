"""`her2stats witness`: the witness asked by command, its table in the folder and in the report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from her2stats.cli import app
from her2stats.errors import FileError
from her2stats.r_engine.process import Gone
from her2stats.results import read_folder
from her2stats.study import witnessed
from her2stats.study.witnessed import witness_folder
from tests.study.test_witness import run_without_figures, spoil
from tests.study.witness_study import write_witness_study


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return run_without_figures(write_witness_study(tmp_path_factory.mktemp("asked")).parent)


@pytest.fixture
def results(made, tmp_path) -> Path:
    shutil.copytree(made.parent, tmp_path / "study")
    return tmp_path / "study" / made.name


@pytest.mark.r
def test_it_agrees_and_the_report_says_who_saw_what(results):
    done = CliRunner().invoke(app, ["witness", str(results), "--fractions", "0"])
    assert done.exit_code == 0, done.output
    seen = pd.read_csv(results / "witness.csv")
    assert seen["disagreed"].sum() == 0
    assert (seen["agreed"] + seen["disagreed"] + seen["not_seen"] == seen["numbers"]).all()
    assert read_folder(results).witness is not None
    page = (results / "report.html").read_text()
    assert "Base R made the study again from its raw files" in page
    assert "Agreed by R, from raw files" in page
    assert "witness.csv" in json.loads((results / "manifest.json").read_text())["files"]


@pytest.mark.r
def test_a_disagreement_ends_with_3_and_stands_in_the_report(results):
    spoil(results / "tables" / "scores.csv", lambda frame: frame.assign(ESR1="1.0"))
    done = CliRunner().invoke(app, ["witness", str(results), "--fractions", "0"])
    assert done.exit_code == 3
    assert "Disagrees: ours: scores, " in done.output
    assert ", ESR1: 1 in the table" in done.output


@pytest.mark.r
def test_a_moved_study_is_found_where_it_is_said_to_be(results, tmp_path):
    moved = shutil.move(results, tmp_path / "moved")
    assert CliRunner().invoke(app, ["witness", str(moved), "--fractions", "0"]).exit_code == 4
    arguments = ["witness", str(moved), str(results.parent), "--fractions", "0"]
    assert CliRunner().invoke(app, arguments).exit_code == 0


def test_results_of_another_version_are_refused(results):
    path = results / "provenance.json"
    path.write_text(path.read_text().replace('"her2stats": "', '"her2stats": "9'))
    with pytest.raises(FileError, match="was written by her2stats 9"):
        witness_folder(results)


def test_results_from_before_the_witness_are_refused(results):
    (results / "r" / "witness.tsv").unlink()
    with pytest.raises(FileError, match="the witness does not know the study"):
        witness_folder(results)


def test_settings_that_were_changed_are_refused(results):
    path = results / "r" / "witness.tsv"
    path.write_text(path.read_text().replace("0.8", "0.1"))
    with pytest.raises(FileError, match="would make another study"):
        witness_folder(results)


def test_without_r_nothing_is_checked_and_that_is_no_agreement(results, monkeypatch):
    def no_r(*_, **__):
        raise Gone("R is not on the PATH")

    monkeypatch.setattr(witnessed, "run_witness", no_r)
    done = CliRunner().invoke(app, ["witness", str(results)])
    assert done.exit_code == 4
    assert "Nothing was checked: R is not on the PATH" in done.output
    assert not (results / "witness.csv").exists()
