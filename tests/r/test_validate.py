"""What an R colleague does with a results folder, without Python: validate.R, validate_results, read_results."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.r_engine import crosscheck_r, read_models, write_models
from her2stats.r_engine.process import find_rscript
from her2stats.r_engine.two_answers import AGREE, DISAGREE, NOT_CHECKED
from her2stats.statistics import Result, correlate
from tests.r_engine.results import STRANGE, all_results, study_frame

from .frames import Recipe
from .test_mutations import FRAME as WELL

pytestmark = pytest.mark.r


def _rscript(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([find_rscript(), "--vanilla", *arguments], capture_output=True, text=True, cwd=folder)


@pytest.fixture
def results() -> dict[str, Result]:
    results = all_results()
    results["toy.bootstrap"] = correlate(study_frame(), "ERBB2", STRANGE, ci="bootstrap", draws=100)
    return results


def test_validate_r_agrees_and_says_so(tmp_path: Path, results: dict[str, Result]) -> None:
    write_models(results, tmp_path / "run" / "r")
    done = _rscript(str(tmp_path / "run" / "r" / "validate.R"), folder=tmp_path)
    assert done.returncode == 5, done.stderr  # the bootstrap's limits are not checked
    assert "R agrees with every number it checked" in done.stdout
    assert all(name in done.stdout for name in results)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_validate_r_needs_no_particular_locale(locale: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    frame = study_frame().rename(columns={"ERBB2": "ERBB2 Größe µ"})
    write_models({"utf8": correlate(frame, "ERBB2 Größe µ", STRANGE, by="hr")}, tmp_path)
    done = _rscript("validate.R", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "R agrees" in done.stdout


def test_a_locale_with_decimal_commas_changes_nothing(
    tmp_path: Path, results: dict[str, Result], comma_locale: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = crosscheck_r(results).table
    for name, value in comma_locale.items():
        monkeypatch.setenv(name, value)
    pd.testing.assert_frame_equal(crosscheck_r(results).table, before, check_exact=True)
    write_models(results, tmp_path)
    done = _rscript("validate.R", folder=tmp_path)
    assert done.returncode == 5, done.stdout + done.stderr


def test_a_wrong_number_gives_status_3_and_is_shown(tmp_path: Path, results: dict[str, Result]) -> None:
    one = results["toy.odds_ratios"]
    wrong = one.with_table(one.table.assign(std_error=one.table["std_error"] * 1.001))
    write_models({"toy.odds_ratios": wrong}, tmp_path)
    done = _rscript("validate.R", folder=tmp_path)
    assert done.returncode == 3
    assert "R disagrees" in done.stdout
    assert "std_error" in done.stdout


def test_nothing_checked_gives_status_4_and_the_reason(tmp_path: Path, results: dict[str, Result]) -> None:
    write_models({"toy.odds_ratios": results["toy.odds_ratios"]}, tmp_path)
    specs = tmp_path / "specs.csv"
    specs.write_text(specs.read_text().replace("fit_logistic", "fit_magic"))
    done = _rscript("validate.R", folder=tmp_path)
    assert done.returncode == 4
    assert "Nothing was checked" in done.stdout
    assert "R stopped: this R package knows no question 'fit_magic'" in done.stdout


def test_a_model_that_could_not_be_checked_beside_one_that_agrees_gives_status_5(
    tmp_path: Path, results: dict[str, Result]
) -> None:
    write_models({name: results[name] for name in ("toy.odds_ratios", "toy.response")}, tmp_path)
    specs = tmp_path / "specs.csv"
    specs.write_text(specs.read_text().replace("fit_logistic", "fit_magic"))
    done = _rscript("validate.R", folder=tmp_path)
    assert done.returncode == 5, done.stdout + done.stderr


def test_a_folder_of_another_version_is_told_in_one_sentence(tmp_path: Path, results: dict[str, Result]) -> None:
    write_models(results, tmp_path)
    (tmp_path / "format.txt").write_text("her2stats exchange 99\n")
    done = _rscript("validate.R", folder=tmp_path)
    assert done.returncode == 1
    assert "written by another version of her2stats" in done.stderr


def test_both_languages_compare_alike(tmp_path: Path, results: dict[str, Result]) -> None:
    """R's comparison and Python's are written separately and give the same rows, verdicts and tolerances."""
    one = results["toy.interaction"]
    results["toy.wrong"] = one.with_table(
        one.table.assign(estimate=one.table["estimate"] * 1.01, flag="separation: no")
    )
    results["toy.lost"] = one.with_table(one.table.assign(term=["another", *one.table["term"][1:]]))
    write_models(results, tmp_path)
    code = (
        'e <- new.env(); sys.source("her2stats.R", e); write.csv(e$validate_results(".", quiet = TRUE), "checked.csv")'
    )
    done = _rscript("-e", code, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    text = {"stratum": str, "reason": str, "outcome": str, "term": str, "cohort": str}
    theirs = pd.read_csv(
        tmp_path / "checked.csv", index_col=0, dtype=text, keep_default_na=False, na_values={"rel_diff": ["NA"]}
    )
    ours = crosscheck_r(read_models(tmp_path), whole=True).table
    assert "the result has no such row" in set(ours["reason"])
    assert {"p_adjusted", "p_bh"} <= set(ours["quantity"])
    key = ["model", "stratum", "outcome", "term", "quantity"]
    for table in (ours, theirs):
        assert {AGREE, DISAGREE, NOT_CHECKED} == set(table["verdict"])
    ours, theirs = (table.sort_values(key, kind="stable").reset_index(drop=True) for table in (ours, theirs))
    for column in (*key, "verb", "cohort", "verdict", "reason"):
        assert ours[column].tolist() == theirs[column].tolist(), column
    limits = pd.to_numeric(theirs["tolerance"], errors="coerce")
    np.testing.assert_allclose(ours["tolerance"], limits, rtol=1e-12)


@pytest.mark.slow
def test_exact_differences_are_those_that_the_bridge_finds(tmp_path: Path) -> None:
    """Written with 17 digits and read by R: the same numbers as over the bridge, to the last digits."""
    frame = Recipe(seed=5, n=90, missing=0.05).frame()
    assert list(frame.columns) == list(WELL.columns)
    result = correlate(frame, "HER2 score", "age")
    write_models({"m": result}, tmp_path)
    assert crosscheck_r(read_models(tmp_path)).table["rel_diff"].max() < 1e-12


@pytest.mark.parametrize(
    "file", ["r/specs.csv", "r/format.txt", "tables/correlation.csv", "r/models/toy.correlation.1.data.csv"]
)
def test_a_pipe_in_the_place_of_a_file_is_told_and_nobody_waits_for_it(file: str, tmp_path: Path) -> None:
    write_models({"toy.correlation.1": correlate(study_frame(), "ERBB2", STRANGE)}, tmp_path / "r")
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).unlink(missing_ok=True)
    os.mkfifo(tmp_path / file)
    done = subprocess.run(
        [find_rscript(), "--vanilla", "r/validate.R"], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert done.returncode == 1
    assert f"{Path(file).name}' is empty; run the study again" in done.stderr
