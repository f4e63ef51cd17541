"""Bioconductor's containers and sparse matrices in rds, as Bioconductor wrote them: tests/data/bioconductor/make.R."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from her2stats.errors import InputError
from her2stats.reading import read_clinical, read_cohort, read_expression
from her2stats.study.proposing.proposal import look_at_files

pytest.importorskip("rdata")

DATA = Path(__file__).parents[2] / "data" / "bioconductor"
SAMPLES = ["007", "s-2", "s3"]
COUNTS = np.array([[50, 70, 40], [np.nan, 10, 60], [30, 20, 80], [10, 90, 20]])
GENES = ["ERBB2", "ESR1", "PGR", "MKI67"]
COLUMN = {"se": "gene_name", "ranged": "gene_name", "eset": "Symbol", "eset_list": "Symbol"}


def read(name, **settings):
    return read_expression(DATA / f"{name}.rds", scale="linear", allow_range=True, **settings)


@pytest.mark.parametrize(
    ("name", "layer"), [("se", "counts"), ("ranged", None), ("ranged", "1"), ("eset", None), ("eset_list", "exprs")]
)
@pytest.mark.parametrize("missing", ["drop", "error"])
def test_an_assay_with_symbols_of_the_row_data(name, layer, missing):
    if missing == "error":
        with pytest.raises(InputError, match="ESR1"):
            read(name, layer=layer, gene_column=COLUMN[name])
        return
    values = read(name, layer=layer, gene_column=COLUMN[name], missing="drop").values
    assert list(values.index) == [GENES[0], *GENES[2:]]
    assert list(values.columns) == SAMPLES
    assert np.array_equal(values.to_numpy(), COUNTS[[0, 2, 3]])


def test_the_assay_is_the_one_that_is_named():
    with pytest.raises(InputError, match="it has 2 assays -> say layer, one of 'counts', 'tpm'"):
        read("se", missing="drop")
    with pytest.raises(InputError, match="there is no assay 'fpkm' -> say layer, one of 'counts', 'tpm'"):
        read("se", layer="fpkm")
    halves = read("se", layer="tpm", gene_column="gene_name", missing="drop").values
    assert np.array_equal(halves.to_numpy(), COUNTS[[0, 2, 3]] / 2)


def test_lengths_of_the_row_data_make_transcripts_per_million():
    options = {"scale": "counts", "normalise": "tpm", "layer": "counts", "gene_column": "gene_name", "missing": "drop"}
    values = read_expression(DATA / "se.rds", **options).values
    rates = COUNTS[[0, 2, 3]] / np.array([[1000], [500], [4000]])
    with_esr1 = np.nansum(COUNTS / np.array([[1000], [2000], [500], [4000]]), axis=0)
    assert np.allclose(values.to_numpy(), rates / with_esr1 * 1e6, rtol=1e-12)


@pytest.mark.parametrize("name", ["dgCMatrix", "dgRMatrix", "dgTMatrix", "dgeMatrix"])
def test_sparse_matrices(name):
    values = read(name).values
    assert list(values.columns) == SAMPLES
    assert np.array_equal(values.to_numpy(), np.nan_to_num(COUNTS))


def test_a_sparse_matrix_within_an_experiment_and_places_that_stand_there_twice():
    assert np.array_equal(read("single_cell", layer="counts").values.to_numpy(), np.nan_to_num(COUNTS))
    logs = read("single_cell", layer="logcounts").values.to_numpy()
    assert np.allclose(logs, np.log1p(np.nan_to_num(COUNTS)), rtol=1e-15)
    assert read("twice").values.loc["ENSG1", "007"] == 3, "R adds them up"


@pytest.mark.parametrize("name", ["se", "ranged", "eset", "eset_list"])
def test_the_table_of_samples(name):
    table = read_clinical(DATA / f"{name}.rds", where={"": ["007", "s3"]}, exclude=[]).table
    assert list(table.index) == ["007"], "her2 of s3 is missing"
    assert table.loc["007", "age"] == 50
    assert table.loc["007", "er"] == "positive"
    assert table.loc["007", "pgr"] == "positive"
    assert table.loc["007", "her2_ihc"] == "0"
    whole = read_clinical(DATA / f"{name}.rds", population="all").table
    assert list(whole.index) == SAMPLES
    assert whole.loc["s-2", ["er", "pgr", "age"]].isna().all()


def test_columns_of_runs_are_written_out_and_columns_of_objects_are_told():
    read_one = read_clinical(DATA / "se.rds", where={"arm": "A"})
    assert list(read_one.table.index) == ["007", "s-2"]
    assert ("columns that hold objects, not single values, left out", "visits") in {
        (note.what, note.detail) for note in read_one.notes
    }


def test_one_file_is_both_and_init_finds_its_samples():
    both = DATA / "se.rds"
    options = {"layer": "tpm", "gene_column": "gene_name", "missing": "drop", "allow_range": True}
    cohort = read_cohort(both, both, name="one", scale="linear", on_mismatch="intersect", **options)
    assert list(cohort.clinical.index) == ["007", "s-2"]
    proposal = look_at_files(both, both, reading=options)
    assert (proposal.sample, proposal.shared) == ("", 3)
    assert proposal.expression.names == {*GENES}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("se_nameless", "its rows have no names -> say gene_column, of its row data: 'gene_name', 'bp_length'"),
        ("delayed", r"no matrix that the file holds \(DelayedMatrix\) -> in R: assay\(x, 'a'\) <- as.matrix"),
        ("broken", "is damaged"),
    ],
)
def test_what_is_not_there_is_told(name, told):
    with pytest.raises(InputError, match=told):
        read(name, layer="counts" if name.startswith("se") else None)


def test_a_column_that_the_row_data_lack():
    with pytest.raises(InputError, match="its row data has no column 'symbol' -> it has 'gene_name', 'bp_length'"):
        read("se", layer="tpm", gene_column="symbol")


def test_what_deseq2_and_edger_save():
    seen = read("deseq", gene_column="gene_name", missing="drop").values
    assert np.array_equal(seen.to_numpy(), COUNTS[[0, 2, 3]])
    seen = read("edger", gene_column="gene_name").values
    assert np.array_equal(seen.to_numpy(), np.nan_to_num(COUNTS))
    assert list(seen.index) == GENES
    for name in ("deseq", "edger"):
        assert read_clinical(DATA / f"{name}.rds", population="all").table["her2_ihc"].tolist()[:2] == ["0", "1+"]


def test_lengths_of_a_list_make_transcripts_per_million():
    values = read_expression(DATA / "edger.rds", scale="counts", normalise="tpm", gene_column="gene_name").values
    rates = np.nan_to_num(COUNTS) / np.array([[1000], [2000], [500], [4000]])
    assert np.allclose(values.to_numpy(), rates / rates.sum(axis=0) * 1e6, rtol=1e-12)
    with pytest.raises(InputError, match="its genes have no column 'symbol' -> they have gene_name, Length"):
        read("edger", gene_column="symbol")


SLOTS = """
setClass("dgCMatrix", representation(i = "integer", p = "integer", Dim = "integer", Dimnames = "list", x = "numeric"))
m <- new("dgCMatrix", i = 0L, p = c(0L, %s), Dim = c(%s), Dimnames = list(NULL, NULL), x = 1)
saveRDS(m, "%s")
"""


@pytest.mark.r
@pytest.mark.parametrize(
    ("ends", "size", "told"),
    [("rep(1L, 3)", "2000000000L, 3L", "unpacks to far more than its size"), ("1L", "2L, 1L", "dgCMatrix")],
)
def test_a_sparse_matrix_that_is_huge_or_has_no_names(tmp_path, ends, size, told):
    code = SLOTS % (ends, size, tmp_path / "x.rds")
    subprocess.run(["Rscript", "--vanilla", "-e", code], check=True, timeout=60)
    with pytest.raises(InputError, match=told):
        read_expression(tmp_path / "x.rds", scale="linear")
