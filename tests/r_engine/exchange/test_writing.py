"""The exchange files: what is written is read back, exactly, and damage is told."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError, EngineError, FileError, OutputError
from her2stats.r_engine import read_models, write_models
from her2stats.statistics import correlate
from her2stats.statistics.result import Result
from tests.r_engine.results import STRANGE, all_results, study_frame

RESULTS = all_results()


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_comes_back_exactly(name: str, tmp_path: Path) -> None:
    write_models({name: RESULTS[name]}, tmp_path / "r")
    again = read_models(tmp_path / "r")[name]
    pd.testing.assert_frame_equal(again.table, RESULTS[name].table, check_exact=True)
    pd.testing.assert_frame_equal(again.data, RESULTS[name].data, check_exact=True)
    assert again.spec == RESULTS[name].spec


def test_many_results_come_back_in_their_order(tmp_path: Path) -> None:
    write_models(RESULTS, tmp_path)
    assert list(read_models(tmp_path)) == list(RESULTS)


def test_dtypes_beyond_those_of_our_own_verbs_come_back(tmp_path: Path) -> None:
    data = pd.DataFrame(
        {
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "flag": pd.array([True, None, False], dtype="boolean"),
            "sure": [True, False, True],
            "text": ["", None, 'a,"b"\n'],
            "count": np.array([1, 2, 3]),
            "extreme": [np.inf, -np.inf, 5e-324],
            "ordered": pd.Categorical(["b", None, "a"], ["b", "a", "unused"], ordered=True),
        },
        index=pd.Index([10, 20, 30]),
    )
    result = RESULTS["toy.correlation"]
    write_models({"m": Result(result.table, result.spec, data)}, tmp_path)
    pd.testing.assert_frame_equal(read_models(tmp_path)["m"].data, data, check_exact=True)


def test_no_cell_is_a_formula_and_no_line_ends_in_carriage_returns(tmp_path: Path) -> None:
    write_models(RESULTS, tmp_path)
    paths = list(tmp_path.rglob("*.csv"))
    assert len(paths) > len(RESULTS)
    for path in paths:
        assert b"\r" not in path.read_bytes()
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    starts_like_formula = cell.startswith(("=", "+", "@")) or (
                        cell.startswith("-") and not _is_number(cell)
                    )
                    assert not starts_like_formula, (path.name, cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_an_r_colleague_finds_everything_in_the_folder(tmp_path: Path) -> None:
    write_models(RESULTS, tmp_path)
    assert {"format.txt", "specs.csv", "validate.R", "her2stats.R", "models"} == {
        path.name for path in tmp_path.iterdir()
    }
    assert "validate_results <- function" in (tmp_path / "her2stats.R").read_text()
    header = (tmp_path / "models" / "toy.correlation.data.csv").read_text().splitlines()[0]
    assert header == f'sample,ERBB2,"{STRANGE}",high,hr'


@pytest.mark.parametrize("name", ["", "../escape", "a b", "ä", "-x", "a/b", "x" * 130])
def test_a_name_that_is_no_file_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be a file name"):
        write_models({name: RESULTS["toy.correlation"]}, tmp_path)


def test_names_that_one_file_system_would_mix_up_are_refused(tmp_path: Path) -> None:
    one = RESULTS["toy.correlation"]
    with pytest.raises(DataError, match="upper and lower case"):
        write_models({"a.X": one, "a.x": one}, tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match="choose a folder that can be written"):
        write_models(RESULTS, tmp_path / "taken")


def test_columns_that_are_not_data_are_refused(tmp_path: Path) -> None:
    result = correlate(study_frame(), "ERBB2", STRANGE)
    data = result.data.assign(thing=[object()] * len(result.data))
    with pytest.raises(DataError, match="neither a number nor text"):
        write_models({"m": Result(result.table, result.spec, data)}, tmp_path)


def test_a_folder_of_another_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    write_models(RESULTS, tmp_path)
    (tmp_path / "format.txt").write_text("her2stats exchange 99\n")
    with pytest.raises(EngineError, match=r"another version of her2stats .* -> run the study again") as caught:
        read_models(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


FILES = ["specs.csv", "models/toy.response.data.csv", "models/toy.response.python.csv"]


@pytest.mark.parametrize("damage", ["format.txt", *FILES])
def test_a_missing_file_is_named(damage: str, tmp_path: Path) -> None:
    write_models({"toy.response": RESULTS["toy.response"]}, tmp_path)
    (tmp_path / damage).unlink()
    with pytest.raises(FileError, match=Path(damage).name):
        read_models(tmp_path)


@pytest.mark.parametrize("damage", FILES)
@pytest.mark.parametrize("content", ["", "a,b\n", "\0", "a,b\n1\n", "sample,high,her2_ihc\nx,not a number,1+\n"])
def test_a_damaged_file_is_told_and_nothing_else_escapes(damage: str, content: str, tmp_path: Path) -> None:
    write_models({"toy.response": RESULTS["toy.response"]}, tmp_path)
    for wrong in (content.encode(), b"\xff\xfe" + content.encode()):
        (tmp_path / damage).write_bytes(wrong)
        with pytest.raises((FileError, EngineError)):
            read_models(tmp_path)
