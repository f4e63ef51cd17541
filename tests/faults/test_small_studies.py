"""Cohorts that can answer little: one class, three tumours, zeros at the cuts. What cannot be asked is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from her2stats.study import run_study
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.preparing import prepare
from her2stats.study.run import analyse_study
from her2stats.study.study_file import read_study
from tests.study.conftest import write_small_study

from .spoiling import fractions

N = 24


@pytest.fixture(scope="module")
def good_study(tmp_path_factory) -> Path:
    """A folder with a small study."""
    return write_small_study(tmp_path_factory.mktemp("good"), n=N).parent


@pytest.fixture
def folder(good_study: Path, tmp_path: Path) -> Path:
    """A copy of it, whose fractions are read from a file, so that nothing has to be estimated."""
    study = tmp_path / "study"
    shutil.copytree(good_study, study)
    table = pd.read_csv(study / "one.csv", dtype={"sample": "str"})
    rows = [f"{sample},0.{i + 10},0.{90 - i},0.1,0.5,0.9" for i, sample in enumerate(table["sample"])]
    fractions("\n".join(["Mixture,B,T,P-value,Correlation,RMSE", *rows]))(study)
    return study


def analysed(folder: Path, name: str = "one", **columns: object) -> CohortAnalysis:
    """The first cohort, after columns of its clinical table were replaced."""
    table = pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)
    table.assign(**columns).to_csv(folder / f"{name}.csv", index=False)
    found = analyse_study(prepare(read_study(folder / "study.toml")))
    return next(analysis for analysis in found if analysis.cohort.name == name)


def rows(analysis: CohortAnalysis, table: str) -> pd.DataFrame:
    return pd.concat([result.table for result in analysis.answers.results.get(table, [])])


def test_hormone_receptors_of_one_class(folder: Path) -> None:
    found = analysed(folder, hr="positive")
    omitted = dict(found.answers.omitted)
    for part in ("correlation_by_hr", "correlation_matrix", "group_comparison", "interaction"):
        assert omitted[part] == "hormone-receptor status is unknown or the same in every tumour"
    assert "hormone-receptor status is not known" in omitted["ancova_tests"]
    assert rows(found, "correlation")["estimate"].notna().all()
    assert set(rows(found, "odds_ratios")["stratum"]) == {"all"}


def test_her2_ihc_of_one_class(folder: Path) -> None:
    omitted = dict(analysed(folder, her2_ihc="0").answers.omitted)
    assert omitted["ancova_tests"] == "the HER2 IHC level is not known in this cohort (or the same for all)"


def test_her2_ihc_levels_that_are_all_rare(folder: Path) -> None:
    levels = ["0"] * 2 + ["1+"] * (N - 4) + ["2+"] * 2
    omitted = dict(analysed(folder, her2_ihc=levels).answers.omitted)
    assert omitted["ancova: HER2 IHC 0"].startswith("only 2 tumour(s) with HER2 IHC 0")
    for table in ("ancova_tests", "ancova_slopes", "ancova_slopes_hc2", "ancova_curves"):
        assert omitted[table] == "fewer than two HER2 IHC levels have 3 tumours with known HR"


def test_nobody_or_everybody_responded(folder: Path) -> None:
    for outcome in ("no", "yes"):  # a 1 alone would be asked
        found = analysed(folder, "answers", pcr=outcome, complete_response="")
        assert dict(found.answers.omitted)["response"] == "complete_response and pcr: the same for all, or missing"


def test_missing_covariates(folder: Path) -> None:
    found = analysed(folder, age="", size_cm="NA")
    reasons = [reason for part, reason in found.answers.omitted if part == "ancova, adjusted"]
    assert reasons == [f"{name} is not in the clinical table, so it is not adjusted for" for name in ("age", "size_cm")]
    assert set(rows(found, "ancova_tests")["model"]) == {"unadjusted"}
    counts = {note.what: note.count for note in found.notes}
    assert counts["age is missing"] == counts["size_cm is missing"] == N


def test_a_covariate_that_some_lack(folder: Path) -> None:
    ages = pd.read_csv(folder / "one.csv", dtype="str")["age"].tolist()
    tests = rows(analysed(folder, age=["", "n.d.", *ages[2:]]), "ancova_tests")
    adjusted = tests[tests["model"].str.startswith("adjusted")]
    assert set(adjusted["n_missing"]) == {2}
    assert set(adjusted["n"]) == {N - 2}


def three_tumours(folder: Path) -> None:
    """Keep the first three rows of the clinical table."""
    lines = (folder / "one.csv").read_text().splitlines()
    (folder / "one.csv").write_text("\n".join(lines[:4]) + "\n")
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace("offset = 1\n", 'offset = 1\non_mismatch = "intersect"\n'))


def test_three_tumours(folder: Path) -> None:
    three_tumours(folder)
    found = rows(analysed(folder), "correlation")
    assert set(found["flag"]) == {"too few observations: 3 pairs, 4 are needed"}
    assert found["p_value"].isna().all()


@pytest.mark.slow
def test_a_whole_run_of_three_tumours(folder: Path) -> None:
    three_tumours(folder)
    results = run_study(folder / "study.toml")
    assert (results.folder / "report.html").stat().st_size > 10_000
    estimates = results.tables["correlation"]
    assert estimates.loc[estimates["cohort"] == "one", "flag"].str.startswith("too few observations").all()


def test_fractions_that_are_all_zero(folder: Path) -> None:
    text = (folder / "f.csv").read_text().splitlines()
    rows = [",".join([line.split(",")[0], "0", "0", *line.split(",")[3:]]) for line in text[1:]]
    (folder / "f.csv").write_text("\n".join([text[0], *rows]))
    omitted = dict(analysed(folder).answers.omitted)
    assert omitted["correlation"] == omitted["ancova_tests"] == "every cell type is zero too often to be analysed"


def test_zeros_exactly_at_a_cut_and_a_median_tied_at_zero(folder: Path) -> None:
    """Of 24: a quarter is 6, three quarters are 18; B and C stand at the cuts, D beyond; half of E is zero."""
    zeros = {"A": 5, "B": 6, "C": 18, "D": 19, "E": 12}
    samples = pd.read_csv(folder / "one.csv", dtype="str")["sample"]
    table = pd.DataFrame(0.0, index=samples, columns=[*zeros, "rest"])
    for name, count in zeros.items():
        table.loc[table.index[count:], name] = [0.01 + 0.001 * i for i in range(N - count)]
    table["rest"] = 1 - table.sum(axis=1)
    table = table.assign(**{"P-value": 0.1, "Correlation": 0.5, "RMSE": 0.9}).rename_axis("Mixture")
    table.to_csv(folder / "f.csv")
    abundance = analysed(folder).material.abundance
    assert abundance is not None
    kinds = abundance.kinds
    assert kinds.loc[list(zeros), "kind"].tolist() == [
        "continuous",
        "dichotomised",
        "dichotomised",
        "excluded",
        "dichotomised",
    ]
    assert kinds.loc[["B", "C"], "borderline"].all()
    assert "is within 0.02 of the cut at 0.25" in kinds.loc["B", "note"]
    assert kinds.loc["E", "median"] == pytest.approx(0.005)
    assert abundance.high["E"].sum() == N - 12  # present, not at or above a median that zeros hold down
    assert abundance.high["C"].sum() == N - 18  # its median is 0: at or above it are all, above 0 only these
