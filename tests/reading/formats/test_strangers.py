"""Columns that are no samples and rows that are no genes are left out, before any total, and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.notes import Note
from her2stats.reading import read_expression
from her2stats.reading.formats.matrix import RawMatrix
from her2stats.reading.formats.strangers import describes_genes, genes_only

SUMMARIES = (
    *("N_unmapped", "N_multimapping", "N_noFeature", "N_ambiguous"),
    *("__no_feature", "__ambiguous", "__too_low_aQual", "__not_aligned", "__alignment_not_unique", "no_feature"),
    *("Unassigned_NoFeatures", "Unassigned", "Assigned", "Unmapped reads", "Total", "TOTALS", "Total reads", "Sum"),
    *("colSums", "Totale", "Mean", "Average", "ERCC_00002", "gSpikein_ERCC-00002", "Spikein-phiX"),
    *("Library size", "ERCC-00002", "ERCC-00171", "SIRV1", "PhiX", "spike-in_3"),
)
GENES = ("ERCC1", "ERCC6L", "SUMO1", "TOTAL1", "ASSIGN", "NMU", "A1BG", "CHR1", "7157", "ENSG00000141736")


def counts(rows: dict[str, list[float]]) -> RawMatrix:
    return RawMatrix(list(rows), ["s1", "s2"], np.array(list(rows.values())))


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_row_that_counts_what_fits_no_gene_is_left_out(name: str) -> None:
    left = genes_only(counts({"A": [1, 2], name: [30, 5], "B": [3, 4]}), sums=False)
    assert left.rows == ["A", "B"]
    assert left.values.tolist() == [[1, 2], [3, 4]]
    assert left.notes == (Note("genes", "rows that are no genes left out, before any total", 1, name),)


@pytest.mark.parametrize("name", GENES)
def test_a_gene_stays(name: str) -> None:
    raw = counts({"A": [1, 2], name: [30, 5]})
    assert genes_only(raw, sums=True) is raw


@pytest.mark.parametrize("name", ["All of them", "Total", ""])
def test_a_row_that_is_the_sum_of_the_others_is_left_out_whatever_it_is_called(name: str) -> None:
    rows = {"A": [1, 2], "N_unmapped": [9, 9], "B": [3.5, 4], name: [4.5, 6]}
    assert genes_only(counts(rows), sums=True).rows == ["A", "B"]


def test_a_gene_that_is_as_much_as_the_others_in_one_sample_only_stays() -> None:
    assert genes_only(counts({"A": [1, 2], "B": [3, 4], "C": [4, 6.1]}), sums=True).rows == ["A", "B", "C"]


def test_logarithms_do_not_add_up() -> None:
    rows = {"A": [1, 2], "B": [3, 4], "C": [4, 6]}
    assert genes_only(counts(rows), sums=False).rows == ["A", "B", "C"]


def test_rows_below_those_left_out_have_no_number_any_more_and_rows_above_keep_theirs() -> None:
    above = genes_only(counts({"N_unmapped": [9, 9], "A": [1, 2]}), sums=False)
    below = genes_only(counts({"A": [1, 2], "Total": [9, 9]}), sums=False)
    assert (above.row(0), below.row(0)) == ("gene 'A'", "row 2 (gene 'A')")


def test_counts_per_million_are_of_the_genes_alone(write: Callable[..., Path]) -> None:
    path = write("star.tsv", "gene\ts1\nN_unmapped\t900\nERBB2\t25\nESR1\t75\nTotal\t100\n")
    read = read_expression(path, scale="linear", normalise="cpm")
    assert read.values["s1"].to_dict() == {"ERBB2": 250_000.0, "ESR1": 750_000.0}
    assert Note("genes", "rows that are no genes left out, before any total", 2, "N_unmapped, Total") in read.notes


@pytest.mark.parametrize(
    "name",
    ["Entrez_Gene_Id", "gene name", "GENE-TYPE", "Length", "Chr", "Start", "End", "Strand", "Mean", "Description"],
)
def test_columns_that_describe_genes_are_known(name: str) -> None:
    assert describes_genes(name)


@pytest.mark.parametrize("name", ["TCGA-A1-A0SH", "S1", "mean1", "Sample", "patient", "Startup", "17"])
def test_names_of_samples_are_not(name: str) -> None:
    assert not describes_genes(name)


def test_they_are_no_samples_in_any_format(write: Callable[..., Path], tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "gene": ["ERBB2", "ESR1"],
            "Chr": ["17", "chr6;chr6"],
            "Length": [4000, 6000],
            "s1": [50.0, 70.0],
            "s2": [9.0, 80.0],
        }
    )
    frame.to_csv(tmp_path / "e.tsv", sep="\t", index=False)
    frame.to_excel(tmp_path / "e.xlsx", index=False)
    frame.to_parquet(tmp_path / "e.parquet", index=False)
    note = Note("reading", "columns that describe genes are no samples: left out", 2, "Chr, Length")
    for source in (*(tmp_path / f"e.{kind}" for kind in ("tsv", "xlsx", "parquet")), frame.set_index("gene")):
        read = read_expression(source, scale="linear")
        assert list(read.values.columns) == ["s1", "s2"]
        assert note in read.notes


def test_where_nothing_else_is_left_they_stay(write: Callable[..., Path]) -> None:
    assert list(read_expression(write("e.tsv", "g\tMean\nA\t50\nB\t2\n"), scale="linear").values.columns) == ["Mean"]
