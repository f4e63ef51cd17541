"""A small simulated study, run once and looked at by many tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from her2stats.results.csv_cells import write_csv
from her2stats.simulate import simulate_cohort, simulate_her2_signature, simulate_response, simulate_signature_matrix
from her2stats.study import StudyResults, run_study

STUDY = """
[study]
title = "A small simulated study"
seed = 3
simulated = true
[[cohorts]]
name = "one"
expression = "one.tsv"
scale = "log2"
offset = 1
clinical = "one.csv"
[[cohorts]]
name = "answers"
clinical = "answers.csv"
[scores]
exposure = "her2.tsv"
exposure_name = "HER2 score"
also = ["ERBB2"]
[deconvolution]
signature = "matrix.tsv"
[analysis]
crosscheck = false
"""


def write_small_study(folder: Path, *, n: int = 70) -> Path:
    """Write two small cohorts and their study file."""
    folder.mkdir(parents=True, exist_ok=True)
    cohort = simulate_cohort("one", n, seed=3)
    write_csv(cohort.expression, folder / "one.tsv")
    write_csv(cohort.clinical, folder / "one.csv")
    write_csv(simulate_response("answers", seed=4, n=60).clinical, folder / "answers.csv")
    write_csv(simulate_signature_matrix().profiles, folder / "matrix.tsv")
    her2 = simulate_her2_signature()
    rows = [f"{gene}\t{weight}" for gene, weight in zip(her2.genes, her2.weights, strict=True)]
    (folder / "her2.tsv").write_text("\n".join(["gene\tweight", *rows]) + "\n")
    path = folder / "study.toml"
    path.write_text(STUDY)
    return path


@pytest.fixture(scope="session")
def small_study(tmp_path_factory) -> Path:
    """The study file of the small study."""
    return write_small_study(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def small_results(small_study) -> StudyResults:
    """The small study, run."""
    return run_study(small_study)
