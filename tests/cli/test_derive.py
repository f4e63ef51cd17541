"""The command that derives a signature: its files, what it says, and what it refuses."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from her2stats.study.deriving import FILES
from tests.study.conftest import write_small_study


def derive(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "her2stats.cli", "derive", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_small_study(tmp_path_factory.mktemp("derive"), n=60)


def test_a_signature_is_derived_from_a_cohort_and_written_with_all_that_judges_it(study) -> None:
    output = study.parent / "out"
    done = derive(str(study), "--cohort", "one", "--permutations", "2", "--output", str(output))
    assert done.returncode == 0, done.stderr
    for words in ("cross-validated: ", "ERBB2 alone: ", "permuted labels: ", "too good by design"):
        assert words in done.stdout
    assert {path.name for path in output.iterdir()} == {*FILES}
    genes = pd.read_csv(output / "genes.csv", index_col="gene")
    assert len(genes) == 20
    assert genes["selected"].between(0, 1).all()
    frozen = pd.read_csv(output / "signature.tsv", sep="\t", comment="#", index_col="gene")
    assert frozen.columns.tolist() == ["weight", "mean", "sd"]
    shape = pd.read_csv(output / "shape.csv", dtype={"level": str})
    assert shape.query("by == 'her2_ihc'")["level"].tolist() == ["0", "1+", "2+"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cohort", "two"], "there is no cohort 'two'"),
        ([], "the study has several cohorts"),
        (["--cohort", "answers"], "has no expression, or no HER2 groups"),
    ],
)
def test_what_cannot_be_derived_is_said(study, arguments, words) -> None:
    done = derive(str(study), *arguments, "--output", str(study.parent / "none"))
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (study.parent / "none").exists()
