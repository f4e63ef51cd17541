"""A table is opened once in a run, to be written; what a run returns is what its folder gives back."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from her2stats.results import load_results
from her2stats.results.csv_cells import csv_text
from her2stats.results.schema import SCHEMAS
from her2stats.results.strict_csv import read_strict
from her2stats.study import StudyResults, run_study
from tests.study.conftest import write_small_study

OPENED: Counter[str] = Counter()
WATCHED: list[Path] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and WATCHED and isinstance(arguments[0], str | Path):
        path = Path(arguments[0])
        if path.is_relative_to(WATCHED[0]):
            OPENED["/".join(path.parts[-2:]) if path.parent.name == "tables" else path.name] += 1


@cache
def _hooked() -> None:
    sys.addaudithook(_watch)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> StudyResults:
    """A run, with every file counted that it opens; an audit hook stays for good, so it looks at one folder only.

    There is one hook a process, however often the run is made anew for tests that another process leaves to this one.
    """
    folder = tmp_path_factory.mktemp("watched")
    study = write_small_study(folder, n=40)
    _hooked()
    OPENED.clear()
    WATCHED.append(folder)
    results = run_study(study)
    WATCHED.clear()
    return results


@pytest.mark.parametrize("file", [*(f"tables/{name}.csv" for name in SCHEMAS), "provenance.json", "one.tsv", "one.csv"])
def test_a_file_is_opened_once_in_a_run(run: StudyResults, file: str) -> None:
    assert OPENED[file] == 1


def test_a_folder_gives_back_what_the_run_returned(run: StudyResults) -> None:
    again = load_results(run.folder)
    assert list(again.tables) == list(run.tables) == list(SCHEMAS)
    for name, table in run.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table, check_exact=True)
    assert (again.provenance, again.gaps, again.summary()) == (run.provenance, (), run.summary())
    assert list(again.models) == list(run.models)
    for name, model in run.models.items():
        assert again.models[name].spec == model.spec
        pd.testing.assert_frame_equal(again.models[name].table, model.table, check_exact=True)
        pd.testing.assert_frame_equal(again.models[name].data, model.data, check_exact=True)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_table_that_was_read_is_written_as_the_same_bytes(run: StudyResults, name: str) -> None:
    path = run.folder / "tables" / f"{name}.csv"
    assert csv_text(read_strict(path, SCHEMAS[name])).encode() == path.read_bytes()


@pytest.mark.parametrize(
    ("provenance", "told"),
    [
        ({}, "Cohorts: not known, provenance.json does not tell them"),
        ({"cohorts": 3, "title": None}, "Cohorts: not known, provenance.json does not tell them"),
        ({"cohorts": [{"name": "one"}], "simulated": True}, "Cohorts: one (n = ?) - all simulated"),
    ],
)
def test_a_summary_says_what_the_provenance_does_not_tell(run: StudyResults, provenance: dict, told: str) -> None:
    damaged = replace(run, provenance=provenance)
    assert damaged.summary()[0] == told
    assert told in damaged._repr_html_()
