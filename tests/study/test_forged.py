"""A cell that was changed after the run is told by the crosscheck and by R alone, also where its manifest is anew."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from her2stats.errors import FileError
from her2stats.r_engine.process import find_rscript
from her2stats.results.manifest import Entry, Manifest, read_manifest
from her2stats.study import load_results, run, run_study
from her2stats.study.crosscheck import crosscheck_folder
from her2stats.study.following import check_what_follows
from tests.study.witness_study import write_witness_study

# What a model was given, by file: its column, and what stands in another column of the row that is changed.
GIVEN = [
    ("tables/scores.csv", "Total TIL", ("sample", "ours-00"), "9.25"),
    ("tables/scores.csv", "ERBB2", ("sample", "theirs-03"), "9.25"),
    ("tables/fractions.csv", "steady", ("sample", "ours-00"), "0.5"),
    ("tables/abundance.csv", "kind", ("type", "seldom"), "continuous"),
    ("tables/abundance.csv", "median", ("type", "steady"), "0.5"),
    ("r/models/ours.odds_ratios.1.data.csv", "skewed", ("sample", "ours-00"), None),
    ("r/models/ours.infiltration_by_hr.1.data.csv", "ERBB2 per SD", ("sample", "ours-00"), "3.5"),
    ("r/models/ours.study_wide.1.data.csv", "high steady", ("sample", "ours-00"), None),
    ("r/models/ours.robustness.1.data.csv", "steady, relative", ("sample", "ours-00"), "0.01"),
    ("r/models/ours.robustness.1.data.csv", "steady, absolute", ("sample", "ours-00"), "0.01"),
    ("r/models/ours.robustness.2.data.csv", "Total TIL, markers", ("sample", "ours-00"), "0.01"),
    ("r/models/pooled.pooled_correlations.1.data.csv", "estimate", ("cohort", "ours"), "0.5"),
]
# What follows from the models and other tables.
FOLLOWS = [
    ("e_values", "e_value", ("cohort", "ours"), "7.5"),
    ("e_values", "risk_ratio", ("cohort", "ours"), "7.5"),
    ("detectable", "effect", ("cohort", "ours"), "0.05"),
    ("detectable", "tests", ("cohort", "theirs"), "99"),
    ("misread_ihc", "estimate", ("measure", "odds_ratio"), "7.5"),
    ("misread_ihc", "conf_high", ("measure", "odds_ratio"), "77.5"),
    ("coverage", "genes_found", ("score", "Danaher B-cells"), "2"),
    ("coverage", "used_in_total", ("score", "Danaher B-cells"), "False"),
    ("scores", "Danaher B-cells", ("sample", "ours-00"), "0.5"),
    ("scores", "Danaher CD4 T cells", ("sample", "ours-00"), "0.5"),
    ("table_one", "ours n", ("variable", "Hormone receptor"), "7"),
    ("table_one", "theirs percent", ("variable", "Hormone receptor"), "7"),
    ("table_one", "theirs", ("variable", "Hormone receptor"), "7 (7.0%)"),
    ("flow", "n", ("step", "start"), "99"),
    ("flow", "n", ("step", "analysed"), "99"),
    ("flow", "n", ("step", "left out"), "1"),
    ("notes", "count", ("what", "excluded: HER2 IHC 3+"), "1"),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of two cohorts, without figures."""
    study = write_witness_study(tmp_path_factory.mktemp("forged"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "all_drawings", lambda *_: [])
        return run_study(study).folder


@pytest.fixture
def folder(results: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return Path(shutil.copytree(results, tmp_path / "results"))


def forge(folder: Path, name: str, column: str, where: tuple[str, str], value: str | None) -> None:
    """Change one cell, of 0 or 1 into the other where no value is given, and give the manifest the new bytes."""
    path = folder / name
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    row = table.index[table[where[0]] == where[1]][0]
    before = table.loc[row, column]
    table.loc[row, column] = str(1 - int(float(before))) if value is None else value
    assert table.loc[row, column] != before
    table.to_csv(path, index=False)
    manifest = read_manifest(folder)
    assert manifest is not None
    Manifest({**manifest.files, name: Entry.of(path)}).write(folder)


def validated(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [find_rscript(), "--vanilla", str(folder / "r" / "validate.R")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_the_run_left_is_one(folder: Path) -> None:
    check_what_follows(load_results(folder))


@pytest.mark.r
def test_r_finds_nothing_in_what_the_run_left(folder: Path) -> None:
    done = validated(folder)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("forgery", GIVEN, ids=lambda forgery: f"{Path(forgery[0]).stem} {forgery[1]}")
def test_what_a_model_was_given_is_told_with_its_place(forgery, folder: Path) -> None:
    forge(folder, *forgery)
    with pytest.raises(FileError) as caught:
        crosscheck_folder(folder)
    name, column = Path(forgery[0]).name, forgery[1]
    told = [str(one) for one in caught.value.problems]
    if name.startswith("pooled"):
        assert any(name in one and "no cohort has such an answer" in one for one in told)
    elif forgery[0].startswith("tables/") and name != "abundance.csv":
        assert any(f"column '{column}" in one and forgery[2][1] in one for one in told)
    else:
        assert any(name in one and f"column '{column}'" in one for one in told)


@pytest.mark.r
@pytest.mark.parametrize("forgery", GIVEN, ids=lambda forgery: f"{Path(forgery[0]).stem} {forgery[1]}")
def test_r_alone_tells_it_too(forgery, folder: Path) -> None:
    forge(folder, *forgery)
    done = validated(folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "the models were not given what the tables hold" in done.stderr
    named = forgery[2][1] if forgery[0].startswith("tables/") else Path(forgery[0]).name
    assert named in done.stderr


@pytest.mark.parametrize("forgery", FOLLOWS, ids=lambda forgery: f"{forgery[0]} {forgery[1]}")
def test_what_follows_is_told_with_its_place(forgery, folder: Path) -> None:
    name, column = forgery[:2]
    forge(folder, f"tables/{name}.csv", *forgery[1:])
    with pytest.raises(FileError) as caught:
        crosscheck_folder(folder)
    told = [str(one) for one in caught.value.problems]
    # a type that is not said to be of the total, or has another score, gives another total
    named = {"coverage used_in_total": "Total TIL", "scores Danaher B-cells": "Total TIL"}.get(
        f"{name} {column}", column
    )
    if forgery[2] == ("step", "left out"):
        assert any("notes.csv" in one for one in told)
    else:
        assert any(f"column '{named}'" in one for one in told), told


@pytest.mark.parametrize("name", ["e_values", "detectable", "notes"])
def test_a_row_that_is_gone_is_missed(name: str, folder: Path) -> None:
    found = load_results(folder)
    table = found.tables[name]
    if name == "notes":
        table = table[table["what"] != "excluded: HER2 IHC 3+"]
    shorter = replace(found, tables={**found.tables, name: table.iloc[1:].reset_index(drop=True)})
    with pytest.raises(FileError, match=rf"{name}.csv: has \d+ rows, the models have \d+"):
        check_what_follows(shorter)
