"""Gene lengths from a GTF: every base of a gene's exons once, as R's `sum(width(reduce(exons)))` counts them."""

from __future__ import annotations

import gzip
import time
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2stats.errors import TableError
from her2stats.reading import read_expression
from her2stats.reading.counts import read_gene_lengths

GTF = (
    "#!genome-build GRCh38\n"
    'chr17\tHAVANA\tgene\t100\t900\t.\t+\t.\tgene_id "ENSG00000141736.14"; gene_name "ERBB2";\n'
    'chr17\tHAVANA\texon\t100\t199\t.\t+\t.\tgene_id "ENSG00000141736.14"; transcript_id "a"; gene_name "ERBB2";\n'
    'chr17\tHAVANA\texon\t150\t249\t.\t+\t.\tgene_id "ENSG00000141736.14"; transcript_id "b"; gene_name "ERBB2";\n'
    'chr17\tHAVANA\tCDS\t1\t5000\t.\t+\t.\tgene_id "ENSG00000141736.14"; gene_name "ERBB2";\n'
    'chr17\tHAVANA\texon\t900\t900\t.\t+\t.\tgene_id "ENSG00000141736.14"; transcript_id "b"; gene_name "ERBB2";\n'
    'chr6\tHAVANA\texon\t1\t50\t.\t-\t.\tref_gene_id "x"; gene_id "ENSG00000091831"; gene_name "ESR1"\n'
)


def test_each_base_once_by_id_and_by_name(write):
    lengths = read_gene_lengths(write("g.gtf", GTF))
    assert lengths == {"ENSG00000141736.14": 151, "ERBB2": 151, "ENSG00000091831": 50, "ESR1": 50}
    assert read_gene_lengths(write("w.gtf", GTF.replace("\n", "\r\n"))) == lengths


@pytest.mark.parametrize("names", [["ERBB2", "ESR1"], ["ENSG00000141736.2", "ENSG00000091831.7"]])
def test_counts_become_transcripts_by_a_packed_gtf(tmp_path, names):
    (tmp_path / "x.gtf.gz").write_bytes(gzip.compress(GTF.encode()))
    counts = pd.DataFrame({"a": [302.0, 50.0], "b": [151.0, 150.0]}, index=names)
    read = read_expression(counts, scale="counts", normalise="tpm", gene_lengths=tmp_path / "x.gtf.gz")
    assert np.allclose(read.values.to_numpy(), [[2e6 / 3, 250_000], [1e6 / 3, 750_000]], rtol=1e-15)


def test_gff3_whose_exons_name_their_gene(write):
    lines = "chr1\tx\texon\t11\t20\t.\t+\t.\tID=exon:1;Parent=t1;gene_id=ENSG1.2;gene_name=A1BG\n"
    assert read_gene_lengths(write("g.gff3", f"##gff-version 3\n{lines}")) == {"ENSG1.2": 10, "A1BG": 10}


def test_a_name_of_several_genes_has_a_length_where_they_agree(write):
    line = 'chr{0}\tx\texon\t1\t{1}\t.\t+\t.\tgene_id "{2}"; gene_name "{3}";\n'
    text = line.format("X", 10, "E1", "PAR") + line.format("Y", 10, "E1_PAR_Y", "PAR")
    text += line.format(1, 10, "E2", "U1") + line.format(2, 12, "E3", "U1")
    assert read_gene_lengths(write("g.gtf", text)) == {"E1": 10, "E1_PAR_Y": 10, "PAR": 10, "E2": 10, "E3": 12}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('chr1\tx\texon\t1\t2\t.\t+\t.\ttranscript_id "t";\n', "line 8: an exon has no gene_id"),
        ('chr1\tx\texon\ta\t2\t.\t+\t.\tgene_id "t";\n', "line 8: an exon has"),
        ('chr1\tx\texon\t5\t2\t.\t+\t.\tgene_id "t";\n', "line 8: an exon has"),
        (f'chr1\tx\texon\t5\t{"9" * 5000}\t.\t+\t.\tgene_id "t";\n', "line 8: an exon has"),
        ('chr1\tx\texon\t5\t9\tgene_id "t";\n', "line 8: an exon has"),
    ],
)
def test_an_exon_that_tells_too_little_is_told_with_its_line(write, line, told):
    with pytest.raises(TableError, match=told):
        read_gene_lengths(write("g.gtf", GTF + line))


def test_a_file_without_exons(write):
    with pytest.raises(TableError, match="has no exons"):
        read_gene_lengths(write("g.gtf", "a\tb\tc\n"))


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("12"), st.integers(1, 40), st.integers(0, 9)), min_size=1)
)
def test_exons_in_any_order_cover_what_they_cover(tmp_path_factory, exons):
    bases = defaultdict(set)
    text = ""
    for gene, place, start, more in exons:
        bases[gene] |= {(place, base) for base in range(start, start + more + 1)}
        text += f'{place}\tx\texon\t{start}\t{start + more}\t.\t+\t.\tgene_id "{gene}";\n'
    path = tmp_path_factory.mktemp("gtf") / "g.gtf"
    path.write_text(text)
    assert read_gene_lengths(path) == {gene: len(covered) for gene, covered in bases.items()}


# What salmon (quant.genes.sf) and RSEM (genes.results) write of one sample: a file of lengths, and a file of counts.
SALMON = "Name\tLength\tEffectiveLength\tTPM\tNumReads\nERBB2\t1000\t800\t1\t80\nESR1\t500\t100\t2\t30\nX\t9\t0\t0\t0\n"
RSEM = (
    "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\n"
    "ERBB2\ta,b\t1000.00\t800.00\t80.00\t1\t1\nESR1\tc\t500.00\t100.00\t30.00\t2\t2\nX\td\t9.00\t0.00\t0.00\t0\t0\n"
)


@pytest.mark.parametrize("text", [SALMON, RSEM])
def test_the_effective_lengths_of_salmon_and_rsem(write, text):
    path = write("quant.tsv", text)
    assert read_gene_lengths(path) == {"ERBB2": 800, "ESR1": 100, "X": 0}
    counts = pd.DataFrame({"a": [80.0, 30.0, 7.0]}, index=["ERBB2", "ESR1", "X"])
    read = read_expression(counts, scale="counts", normalise="tpm", gene_lengths=path)
    assert np.allclose(read.values["a"], [250_000, 750_000]), "a gene of no effective length is in no total"


@pytest.mark.parametrize(
    ("text", "ignored"), [(SALMON, ["TPM"]), (RSEM, ["TPM", "FPKM", "transcript_id(s)"])], ids=["salmon", "rsem"]
)
def test_a_file_of_one_sample_has_its_lengths_beside_its_counts(write, text, ignored):
    read = read_expression(write("q.tsv", text), scale="counts", normalise="tpm", ignore_columns=ignored)
    assert np.allclose(read.values.iloc[:, 0], [250_000, 750_000])


def test_lengths_that_are_called_alike_are_not_guessed(write):
    path = write("l.tsv", "gene\tLength\ttranscript_length\nERBB2\t1\t2\n")
    with pytest.raises(TableError, match="has not one column of gene lengths"):
        read_gene_lengths(path)


@pytest.mark.slow
def test_a_whole_genome_takes_seconds(tmp_path):
    rng = np.random.default_rng(1)
    starts = rng.integers(1, 10**8, 400_000)
    more = 'gene_type "protein_coding"; transcript_name "x"; exon_number 3; level 2; tag "basic"'
    lines = (
        f'chr{n % 24}\tHAVANA\texon\t{s}\t{s + 150}\t.\t+\t.\tgene_id "ENSG{n % 20000:011d}.1"; '
        f'gene_name "G{n % 20000}"; {more}'
        for n, s in enumerate(starts.tolist())
    )
    (tmp_path / "g.gtf.gz").write_bytes(gzip.compress("\n".join(lines).encode(), 1))
    begun = time.monotonic()
    assert len(read_gene_lengths(tmp_path / "g.gtf.gz")) == 40_000
    assert time.monotonic() - begun < 30
