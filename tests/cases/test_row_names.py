"""Expression whose rows are named as databases name them, and columns that are no samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import GeneError, TableError
from her2stats.reading import read_expression

SYMBOLS = ["ERBB2", "ESR1", "HLA-DRA", "CD8A"]
ENTREZ = ["2064", "2099", "3122", "925"]
ENSEMBL = ["ENSG00000141736", "ENSG00000091831", "ENSG00000204287", "ENSG00000153563"]


def frame(names) -> pd.DataFrame:
    return pd.DataFrame(np.arange(2.0 * len(names)).reshape(-1, 2) + 100, index=names, columns=["a", "b"])


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (ENTREZ, "Entrez ids turned into gene symbols"),
        (ENSEMBL, "Ensembl ids turned into gene symbols"),
        ([f"{symbol}|{number}" for symbol, number in zip(SYMBOLS, ENTREZ, strict=True)], "symbols taken from names"),
        ([f"{symbol}|{one}.12" for symbol, one in zip(SYMBOLS, ENSEMBL, strict=True)], "symbols taken from names"),
        ([f"{one}.3_{symbol}" for symbol, one in zip(SYMBOLS, ENSEMBL, strict=True)], "symbols taken from names"),
        ([f"{one}|{symbol}" for symbol, one in zip(SYMBOLS, ENSEMBL, strict=True)], "symbols taken from names"),
        ([f"{symbol} ({one})" for symbol, one in zip(SYMBOLS, ENSEMBL, strict=True)], "symbols taken from names"),
        ([f"{symbol}_{one}" for symbol, one in zip(SYMBOLS, ENSEMBL, strict=True)], "symbols taken from names"),
    ],
)
def test_names_of_rows_become_symbols(names, said, tmp_path):
    path = tmp_path / "e.tsv"
    frame(names).to_csv(path, sep="\t")
    read = read_expression(path, scale="linear")
    assert list(read.values.index) == SYMBOLS
    assert [note.count for note in read.notes if note.what.startswith(said)] == [4]


def test_firehose_rows_without_a_symbol_are_no_genes():
    names = ["?|100130426", "?|100133144", *(f"{symbol}|1" for symbol in SYMBOLS)]
    read = read_expression(frame(names), scale="linear")
    assert list(read.values.index) == SYMBOLS


def test_two_entrez_ids_of_one_symbol_are_asked():
    with pytest.raises(GeneError, match="SLC35E2"):
        read_expression(frame(["SLC35E2|728661", "SLC35E2|9906", "ERBB2|2064"]), scale="linear")


@pytest.mark.parametrize("first", [0, 1])
def test_rows_that_somebody_numbered_are_no_entrez_ids(first):
    names = [str(place + first) for place in range(3000)]
    assert list(read_expression(frame(names), scale="linear").values.index) == names


def test_symbols_with_a_bar_or_an_underscore_stay():
    names = ["ERBB2", "HLA_DRA", "Y_RNA", "SNORD115_1"]
    assert list(read_expression(frame(names), scale="linear").values.index) == names


@pytest.mark.parametrize("beside", ["a.Detection Pval", "a.BEAD_STDERR", "a.Avg_NBEADS", "gene_length"])
def test_what_stands_beside_a_signal_is_no_sample(beside):
    read = read_expression(frame(SYMBOLS).assign(**{beside: 0.5}), scale="linear")
    assert list(read.values.columns) == ["a", "b"]
    assert any(beside in note.detail for note in read.notes)


@pytest.mark.parametrize(
    "columns", [["TPM", "NumReads"], ["a_TPM", "a_count"], ["FPKM.a", "count.a"], ["a.fpkm", "b.est_counts"]]
)
def test_several_measures_are_no_samples(columns):
    with pytest.raises(TableError, match="its columns are several measures of the same samples"):
        read_expression(frame(SYMBOLS).set_axis(columns, axis=1), scale="linear")
    one = [columns[0], columns[0].replace("a", "b") + "x"] if "a" in columns[0] else [columns[0], "b"]
    assert len(read_expression(frame(SYMBOLS).set_axis(one, axis=1), scale="linear").values.columns) == 2
