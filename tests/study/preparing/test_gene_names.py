"""Genes that the data call by another year's name are found: by the exposure, beside it, in Danaher's markers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import her2stats
from her2stats.errors import InputError
from her2stats.study.check import check_study
from her2stats.study.preparing import prepare
from her2stats.study.run import analyse_study
from her2stats.study.study_file import read_study
from tests.study.conftest import write_small_study


@pytest.fixture
def older_study(tmp_path: Path) -> Path:
    """The small study, whose file holds SEPT2; the study file asks for SEPTIN2 as exposure."""
    study = write_small_study(tmp_path, n=40)
    lines = (tmp_path / "one.tsv").read_text().splitlines()
    lines.append("SEPT2\t" + lines[3].split("\t", 1)[1])
    (tmp_path / "one.tsv").write_text("\n".join(lines) + "\n")
    text = study.read_text().replace('"her2.tsv"', '"SEPTIN2"').replace('exposure_name = "HER2 score"\n', "")
    study.write_text(text.replace('also = ["ERBB2"]', 'also = ["ERBB2", "SEPTIN2"]'))
    return study


def test_a_gene_under_its_earlier_symbol_is_the_exposure_and_said_so(older_study: Path) -> None:
    analysis = analyse_study(prepare(read_study(older_study)))[0]
    notes = [f"{note.what}: {note.detail}" for note in analysis.notes]
    assert analysis.material.exposure == "SEPTIN2"
    assert "the exposure: genes found under another symbol: SEPT2 is SEPTIN2" in notes


def test_two_names_of_one_gene_that_the_data_call_by_a_third_are_left_out_and_said_once(tmp_path: Path) -> None:
    study = write_small_study(tmp_path, n=40)
    lines = (tmp_path / "one.tsv").read_text().splitlines()
    lines.append("RNF171\t" + lines[3].split("\t", 1)[1])
    (tmp_path / "one.tsv").write_text("\n".join(lines) + "\n")
    study.write_text(study.read_text().replace('also = ["ERBB2"]', 'also = ["ERBB2", "MARCH1", "MARCHF1"]'))
    scored = prepare(read_study(study)).cohorts[0].scored
    assert scored.also == ("ERBB2",)
    assert [part for part, _ in scored.omitted] == ["score MARCH1", "score MARCHF1"]
    notes = [(note.what, note.detail) for note in scored.notes]
    lacking = "genes beside the exposure: genes that are the same gene as another one wanted, left missing"
    assert [note for note in notes if note[0].endswith("left missing")] == [(lacking, "MARCH1, MARCHF1")]


def test_it_is_looked_up_literally_where_the_study_file_says_so(older_study: Path) -> None:
    older_study.write_text(older_study.read_text().replace("seed = 3", "seed = 3\nrename_genes = false"))
    with pytest.raises(InputError, match="the expression has no gene 'SEPTIN2'"):
        prepare(read_study(older_study))


def test_step_by_step_gives_the_fractions_and_scores_of_a_run(shared: Path) -> None:
    """TCGA has 523 genes of LM22 by the letter, 530 with those that have been renamed since."""
    study = read_study(Path(__file__).parents[2] / "studies" / "tcga121.toml")
    prepared = prepare(study)
    run = analyse_study(prepared)[0].material
    cohort = prepared.cohorts[0].cohort
    matrix = her2stats.read_signature_matrix(shared / "signatures" / "LM22.txt")
    steps = her2stats.deconvolve(cohort.linear(), matrix)
    pd.testing.assert_frame_equal(steps.fractions, run.fractions, check_exact=True, check_names=False)
    assert len(steps.genes) == 530
    assert len(her2stats.deconvolve(cohort.linear(), matrix, rename_genes=False).genes) == 523
    til = her2stats.score_danaher(cohort.log2()).table["Total TIL"]
    pd.testing.assert_series_equal(til, run.scores["Total TIL"], check_exact=True, check_names=False)


def test_the_command_finds_it_too(older_study: Path) -> None:
    file = str(older_study.parent / "one.tsv")
    command = [sys.executable, "-m", "her2stats.cli", "score", file, "--scale", "log2", "--signature", "SEPTIN2"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sample,SEPTIN2\n")
    assert "SEPT2 is SEPTIN2" in done.stderr


def fractions_for(study: Path, rows: list[str]) -> None:
    header = "Mixture,B,T,P-value,Correlation,RMSE"
    (study.parent / "f.csv").write_text("\n".join([header, *rows]) + "\n")
    study.write_text(study.read_text().replace("offset = 1\n", 'offset = 1\nfractions = "f.csv"\n'))


def test_check_reads_fractions_with_everything_else(tmp_path: Path) -> None:
    study = write_small_study(tmp_path, n=40)
    fractions_for(study, ["a,0.5,0.5,0.1,0.5,0.9"])
    with pytest.raises(InputError, match="40 tumours of the cohort are not in it"):
        check_study(read_study(study))


def test_problems_of_cohort_and_fractions_are_told_together(tmp_path: Path) -> None:
    study = write_small_study(tmp_path, n=40)
    fractions_for(study, ["a,0.5,x,0.1,0.5,0.9"])
    (tmp_path / "one.tsv").write_text("")
    (tmp_path / "her2.tsv").write_text("nothing\tof use\n")
    with pytest.raises(InputError) as raised:
        check_study(read_study(study))
    told = {problem.where for problem in raised.value.problems}
    assert {"one.tsv", "f.csv", "her2.tsv"} <= told
