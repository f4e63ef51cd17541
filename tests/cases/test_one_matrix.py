"""Commands on an expression file alone: every reading option of a study, normal tissue, one profile twice."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest

from her2stats.cli.one_file import scores_of_file
from her2stats.cli.options import READING
from her2stats.errors import InputError
from her2stats.reading import read_expression
from her2stats.study.sections import CohortSection
from tests.cli.test_commands import her2stats

SAMPLES = ["TCGA-A1-A0SB-01A", "TCGA-A1-A0SB-11A", "TCGA-A2-A0D3-01A", "TCGA-AN-A0XT-06A", "TCGA-AN-A0XT-01A"]
GENES = ["ERBB2", "ESR1", *(f"G{row}" for row in range(98))]


@pytest.fixture
def values():
    return pd.DataFrame(np.random.default_rng(2).lognormal(5, 1, (100, 5)).round(3), index=GENES, columns=SAMPLES)


def test_the_options_are_the_settings_of_a_cohort():
    told = {*inspect.signature(read_expression).parameters} & {*CohortSection.model_fields}
    assert told - {"symbols"} == set(READING)  # repairs of symbols are a table, for a study file
    assert set(CohortSection(name="x", clinical="").told(read_expression)) == told


def test_normal_tissue_and_metastases_are_left_out_with_counts(values, tmp_path):
    values.to_csv(tmp_path / "e.tsv", sep="\t")
    told = her2stats("score", tmp_path / "e.tsv", "--scale", "linear", "--signature", "ERBB2")
    assert [line.partition(",")[0] for line in told.stdout.splitlines()] == ["sample", *SAMPLES[::2]]
    assert "left out: normal tissue (TCGA sample type 11) (1)" in told.stderr
    assert "left out: metastases (TCGA sample type 06) (1)" in told.stderr


def test_barcodes_in_names_of_alignments(values, tmp_path):
    values.set_axis([f"/data/bam/{one}.sorted.bam" for one in SAMPLES], axis=1).to_csv(tmp_path / "e.tsv", sep="\t")
    scores, _ = scores_of_file(tmp_path / "e.tsv", "ERBB2", {"scale": "linear"})
    assert len(scores) == 3


def test_normal_tissue_alone_is_meant(values, tmp_path):
    values[SAMPLES[1:2]].to_csv(tmp_path / "e.tsv", sep="\t")
    scores, _ = scores_of_file(tmp_path / "e.tsv", "ERBB2", {"scale": "linear"})
    assert list(scores.index) == SAMPLES[1:2]


def test_two_samples_of_one_patient_are_counted(values, tmp_path):
    values.rename(columns={SAMPLES[2]: "TCGA-A1-A0SB-01B"}).to_csv(tmp_path / "e.tsv", sep="\t")
    _, said = scores_of_file(tmp_path / "e.tsv", "ERBB2", {"scale": "linear"})
    assert "further samples of one patient kept (1)" in said


def test_one_profile_under_two_ids_is_refused_with_an_option_that_there_is(values, tmp_path):
    values[SAMPLES[4]] = values[SAMPLES[0]]
    values.to_csv(tmp_path / "e.tsv", sep="\t")
    told = her2stats("score", tmp_path / "e.tsv", "--scale", "linear", "--signature", "ERBB2")
    assert told.returncode == 1
    assert told.stderr.rstrip().endswith(f"--ignore-columns {SAMPLES[4]}")
    again = her2stats(*told.args[3:], "--ignore-columns", SAMPLES[4])
    assert again.returncode == 0


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        ({}, "--scale: scale is missing -> declare scale"),
        ({"scale": "log"}, "--scale: input should be 'log2', 'ln', 'log10', 'linear' or 'counts', not 'log'"),
        ({"scale": "linear", "header_row": 0}, "--header-row: input should be greater than or equal to 1"),
        ({"scale": "linear", "decimal": ";"}, "--decimal: input should be '.' or ','"),
    ],
)
def test_options_are_checked_as_a_study_file_is(tmp_path, reading, told):
    (tmp_path / "e.tsv").write_text("gene\ta\nERBB2\t100\n")
    with pytest.raises(InputError) as caught:
        scores_of_file(tmp_path / "e.tsv", "ERBB2", reading)
    assert str(caught.value).startswith(told)


def test_init_writes_the_options_it_was_given(values, tmp_path):
    values.columns = list("abcde")
    table = values.reset_index(names="id").assign(gene_name=GENES)
    table.to_csv(tmp_path / "e.tsv", sep=";", index=False)
    (tmp_path / "c.csv").write_text("sample,er,her2_ihc\na,pos,0\nb,neg,1+\nc,pos,0\nd,neg,0\ne,neg,0\n")
    said = ("--scale", "linear", "--gene-column", "gene_name", "--ignore-columns", "id", "--delimiter", ";")
    told = her2stats("init", "c.csv", "--expression", "e.tsv", *said, folder=tmp_path)
    assert "Then: her2stats run" in told.stdout
    lines = (tmp_path / "study.toml").read_text().splitlines()
    assert [line for line in lines if line.startswith(("gene_c", "ignore", "delim"))] == [
        'gene_column = "gene_name"',
        'ignore_columns = ["id"]',
        'delimiter = ";"',
    ]
