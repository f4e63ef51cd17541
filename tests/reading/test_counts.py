"""Counts into counts and transcripts per million."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.deconvolution import deconvolve, read_signature_matrix
from her2stats.errors import TableError
from her2stats.reading import read_expression
from her2stats.reading.counts import on_lengths, read_gene_lengths

GENES = ["ERBB2", "ESR1", "PGR", "GRB7"]
COUNTS = pd.DataFrame([[10.0, 400.0], [30, 0], [60, 100], [900, 500]], index=GENES, columns=["a", "b"])
LENGTHS = {"ERBB2": 1000.0, "ESR1": 2000.0, "PGR": 500.0, "GRB7": 4000.0}


def by_hand(counts: pd.DataFrame, lengths: dict[str, float]) -> pd.DataFrame:
    rates = counts.div(pd.Series(lengths), axis=0).dropna()
    return rates / rates.sum() * 1e6


def tpm(counts, lengths=None):
    return read_expression(counts, scale="counts", normalise="tpm", gene_lengths=lengths)


def test_counts_are_divided_by_lengths_before_totals(write):
    expected = by_hand(COUNTS, LENGTHS)
    pd.testing.assert_frame_equal(tpm(COUNTS, LENGTHS).values, expected, check_names=False)
    rows = "".join(f"{gene},x,{length}\n" for gene, length in LENGTHS.items())
    path = write("lengths.csv", f"Gene,symbol,median_transcript_length\n{rows}")
    pd.testing.assert_frame_equal(tpm(COUNTS, path).values, expected, check_names=False)
    assert on_lengths(tpm(COUNTS, path).notes) == []


def test_the_column_of_lengths_of_the_counts_themselves(write):
    table = COUNTS.assign(Chr="chr1;chr1", Length=pd.Series(LENGTHS))[["Chr", "Length", "a", "b"]]
    total = pd.DataFrame({"Chr": "", "Length": 0, "a": 5.0, "b": 5.0}, index=["Unassigned_NoFeatures"])
    text = pd.concat([total, table]).to_csv(sep="\t", index_label="Geneid")
    path = write("fc.txt", f"# Program:featureCounts\n{text}")
    pd.testing.assert_frame_equal(tpm(path).values, by_hand(COUNTS, LENGTHS), check_names=False)
    read = tpm(path, {**LENGTHS, "PGR": 5000.0})  # what the user says comes first
    pd.testing.assert_frame_equal(read.values, by_hand(COUNTS, {**LENGTHS, "PGR": 5000.0}), check_names=False)


def test_a_gene_without_a_length_is_in_no_total():
    some = {gene: LENGTHS[gene] for gene in ("ERBB2", "ESR1", "PGR")}
    read = tpm(COUNTS, some)
    pd.testing.assert_frame_equal(read.values, by_hand(COUNTS, some), check_names=False)
    assert {note.what: note.count for note in read.notes}["genes without a length left out, before any total"] == 1


def test_ensembl_ids_of_two_versions():
    counts = COUNTS.set_axis(["ENSG00000141736.13", "ENSG00000091831.1", "ENSG00000082175.2", "ENSG00000141738.5"])
    lengths = dict(zip((name.split(".")[0] + ".9" for name in counts.index), LENGTHS.values(), strict=True))
    pd.testing.assert_frame_equal(tpm(counts, lengths).values, by_hand(COUNTS, LENGTHS), check_names=False)


@pytest.mark.parametrize("lengths", [None, {"ERBB2": 1000.0}, {"other": 1.0}])
def test_without_lengths_there_are_no_transcripts_per_million(lengths):
    with pytest.raises(TableError, match=r"need gene lengths: \d of 4 rows have one -> give gene_lengths = a table"):
        tpm(COUNTS, lengths)


def test_a_table_without_lengths(write):
    with pytest.raises(TableError, match=r"has not one column of gene lengths \(it has 'gene', 'chr'\)"):
        read_gene_lengths(write("l.csv", "gene,chr\nERBB2,17\n"))
    with pytest.raises(TableError, match="'x' is not a number"):
        read_gene_lengths(write("l.csv", "gene,length\nERBB2,x\nESR1,5\nPGR,5\n"))


def test_counts_per_million_in_a_deconvolution_are_said():
    (note,) = on_lengths(read_expression(COUNTS, scale="counts").notes)
    assert "long genes weigh more" in note.what


def test_transcripts_are_nearer_to_published_fractions_than_counts(shared):
    """TCGA's counts against Thorsson's fractions of the same tumours, which are of transcripts (Kallisto)."""
    published = pd.read_csv(shared / "tcga_brca_thorsson/cibersort_relative_primary.tsv", sep="\t", index_col=0)
    matrix = read_signature_matrix(shared / "signatures/LM22.txt")
    lengths = shared / "gene_lengths_hg19/hg19_symbol_median_transcript_length.tsv"
    r = {}
    for normalise in ("cpm", "tpm"):
        counts = shared / "tcga121/tcga121_rnaseq_raw_counts.tsv.gz"
        read = read_expression(counts, scale="counts", normalise=normalise, gene_lengths=lengths).values
        read = read.set_axis([sample.replace(".", "-")[:12] for sample in read.columns], axis=1)
        ours = deconvolve(read, matrix, mode="relative").fractions
        theirs = published.loc[ours.index, ours.columns]
        r[normalise] = np.corrcoef(ours.to_numpy().ravel(), theirs.to_numpy().ravel())[0, 1]
    assert r["cpm"] == pytest.approx(0.768, abs=0.002)
    assert r["tpm"] == pytest.approx(0.873, abs=0.002)
