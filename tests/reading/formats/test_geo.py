"""GEO series matrices: expression, characteristics of samples, platform tables."""

from __future__ import annotations

import gzip

import pytest

from her2stats.errors import FileError, InputError, TableError
from her2stats.reading import read_clinical, read_cohort, read_expression
from her2stats.reading.annotation import read_annotation

SERIES = """\
!Series_title\t"Breast cancer"
!Series_geo_accession\t"GSE1"

!Sample_title\t"T1"\t"T2"\t"T3"
!Sample_geo_accession\t"GSM1"\t"GSM2"\t"GSM3"
!Sample_characteristics_ch1\t"er: 1"\t"er: 0"\t"age: 44"
!Sample_characteristics_ch1\t"her2: 0"\t"her2: 2+"\t"her2: 1+"
!Sample_characteristics_ch1\t"age: 50"\t"age: 61"\t"er: 1"
!series_matrix_table_begin
"ID_REF"\t"GSM1"\t"GSM2"\t"GSM3"
"1007_s_at"\t8.5\t7.25\t6
"216836_s_at"\t12\t9.5\t10
"210930_s_at"\t4\tnull\t5
!series_matrix_table_end
"""
PLATFORM = """\
^PLATFORM = GPL570
!platform_table_begin
ID\tGB_ACC\tGene Symbol
1007_s_at\tU48705\tDDR1 /// MIR4640
216836_s_at\tX03363\tERBB2
210930_s_at\tAF177761\tERBB2
!platform_table_end
"""


def test_expression_by_accession(write):
    read = read_expression(write("GSE1_series_matrix.txt", SERIES), scale="log2", missing="drop")
    assert list(read.values.columns) == ["GSM1", "GSM2", "GSM3"]
    assert read.values.loc["1007_s_at"].tolist() == [8.5, 7.25, 6]


def test_characteristics_become_columns_by_their_key_whatever_line_they_stand_in(write):
    columns = {"her2_ihc": "her2", "er": "er", "age": "age"}
    table = read_clinical(write("GSE1_series_matrix.txt", SERIES), columns=columns).table
    assert list(table.index) == ["GSM1", "GSM2", "GSM3"]
    assert table["age"].tolist() == [50, 61, 44]
    assert list(table["er"]) == ["positive", "negative", "positive"]


def test_titles_may_be_the_sample_ids(write):
    table = read_clinical(write("m.txt", SERIES), columns={"sample": "title", "her2_ihc": "her2"}).table
    assert list(table.index) == ["T1", "T2", "T3"]


def test_probes_get_the_genes_of_the_platform(write):
    read = read_expression(
        write("m.txt", SERIES), scale="log2", missing="drop", annotation=write("GPL570.soft", PLATFORM)
    )
    assert list(read.values.index) == ["ERBB2"]
    counted = {note.what: note.count for note in read.notes}
    assert counted["probes given the gene symbols of the annotation"] == 2
    assert counted["rows without a gene symbol dropped"] == 1


def test_probes_of_one_gene_collapse_by_the_declared_rule(write):
    complete = SERIES.replace("null", "4.5")
    platform = write("GPL570.soft", PLATFORM)
    read = read_expression(write("m.txt", complete), scale="log2", annotation=platform, duplicates="max-mean")
    assert read.values.loc["ERBB2"].tolist() == [12, 9.5, 10]


def test_one_file_is_a_whole_cohort(tmp_path):
    path = tmp_path / "GSE1_series_matrix.txt.gz"
    path.write_bytes(gzip.compress(SERIES.replace("null", "4.5").encode(), mtime=0))
    cohort = read_cohort(path, path, name="geo", scale="log2", columns={"her2_ihc": "her2", "er": "er"})
    assert cohort.samples == ["GSM1", "GSM2", "GSM3"]


def test_a_series_that_keeps_its_expression_elsewhere(write):
    begin = SERIES.index('"1007_s_at"')
    empty = SERIES[:begin] + "!series_matrix_table_end\n"
    with pytest.raises(FileError, match="keeps its expression in a supplementary file"):
        read_expression(write("m.txt", empty), scale="log2")


def test_a_file_that_is_cut_off(write):
    with pytest.raises(FileError, match="no complete expression table"):
        read_expression(write("m.txt", SERIES[: SERIES.index("216836")]), scale="log2")


class TestLinesOfSamples:
    """What is said of samples, as GEO writes it: tests/cases has the files that people met."""

    MAPPED = {"her2_ihc": "her2", "er": "er"}  # noqa: RUF012

    def test_a_line_of_another_length_is_left_out_with_a_note(self, write):
        read = read_clinical(write("m.txt", SERIES.replace('\t"T3"', "")), columns=self.MAPPED)
        assert len(read.table) == 3
        (note,) = [note for note in read.notes if note.what.startswith("lines of another length")]
        assert (note.count, note.detail) == (1, "line 4 (title)")

    @pytest.mark.parametrize(("cell", "line"), [('\t"age: 44"', "line 6 (char"), ('\t"GSM3"', "line 5 (geo")])
    def test_a_line_that_says_whose_cells_are_whose_has_to_be_whole(self, write, cell, line):
        with pytest.raises(TableError) as caught:
            read_clinical(write("m.txt", SERIES.replace(cell, "", 1)), columns=self.MAPPED)
        assert line in str(caught.value)

    def test_no_samples(self, write):
        with pytest.raises(TableError, match="it has no !Sample_ lines"):
            read_clinical(write("m.txt", '!Series_title\t"x"\n!series_matrix_table_begin\n'))

    def test_a_quote_that_swallows_lines(self, write):
        with pytest.raises(TableError, match=r"m.txt, line 6: a quote opens a cell and does not close"):
            read_clinical(write("m.txt", SERIES.replace('"er: 0"', '"er: 0')), columns=self.MAPPED)

    def test_two_values_of_one_key_are_not_chosen_between(self, write):
        two = SERIES.replace('"her2: 0"', '"er: 0"')
        with pytest.raises(TableError, match=r"there is no column 'er' .*'er \(1\)', 'er \(2\)'"):
            read_clinical(write("m.txt", two), columns={"er": "er", "her2_ihc": "her2"})
        read = read_clinical(write("m.txt", two), columns={"er": "er (1)", "her2_ihc": "her2"}, population="all")
        assert read.table["er"].tolist() == ["positive", "negative", "positive"]


def test_duplicated_accessions_in_the_raw_header(write):
    with pytest.raises(InputError, match="'GSM1' stands there 2 times"):
        read_expression(write("m.txt", SERIES.replace('"GSM2"\t"GSM3"\n"1007', '"GSM1"\t"GSM3"\n"1007')), scale="log2")


class TestAnnotation:
    def test_a_table_of_ones_own(self, write):
        path = write("probes.csv", "# mine\nprobe,Symbol\nA,ERBB2\nB,\nC,ESR1 /// GRB7\nD,ESR1 // ESR1\n")
        assert read_annotation(path) == {"A": "ERBB2", "B": "", "C": "", "D": "ESR1"}

    def test_a_column_by_name(self, write):
        assert read_annotation(write("p.tsv", "probe\thgnc\nA\tERBB2\n"), gene_column="HGNC") == {"A": "ERBB2"}

    def test_no_column_of_symbols(self, write):
        with pytest.raises(TableError, match=r"no column of gene symbols .it has 'probe', 'x'"):
            read_annotation(write("p.tsv", "probe\tx\nA\tERBB2\n"))

    def test_the_probes_may_stand_in_any_column(self, write):
        path = write("ht12.tsv", "Species\tProbe_Id\tSymbol\nHomo\tILMN_1\tERBB2\nHomo\tILMN_2\tESR1\n")
        read = read_expression(write("e.csv", "p,a,b\nILMN_1,100,7\nILMN_2,9,8\n"), scale="linear", annotation=path)
        assert list(read.values.index) == ["ERBB2", "ESR1"]

    def test_an_annotation_of_another_platform(self, write):
        path = write("ht12.tsv", "Probe_Id\tSymbol\nILMN_1\tERBB2\n")
        with pytest.raises(TableError, match="no row of the expression is in any of its columns, not X_at"):
            read_expression(write("e.csv", "p,a\nX_at,100\n"), scale="linear", annotation=path)

    def test_no_gene_is_left(self, write):
        with pytest.raises(Exception, match="no gene is left"):
            read_expression(write("e.csv", "p,a\nX,100\n"), scale="linear", annotation={"Y": "ERBB2"})
