"""Expression files into a checked matrix on its declared scale."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.errors import GeneError, InputError, SampleError, ScaleError, TableError
from her2stats.notes import Note
from her2stats.reading import read_expression
from her2stats.reading.counts import counts_per_million
from her2stats.reading.formats.matrix import RawMatrix

COUNTS = pd.DataFrame({"007": [100.0, 0.0, 250.5], "s-2": [1.0, 1e3, 3.0]}, index=["ERBB2", "ESR1", "NA"])
CSV = "gene,007,s-2\nERBB2,100,1\nESR1,0,1e3\nNA,250.5,3\n"


def assert_is_counts(path: Path, **options: object) -> None:
    values = read_expression(path, scale="linear", **options).values  # type: ignore[arg-type]
    assert list(values.index) == ["ERBB2", "ESR1", "NA"]
    assert list(values.columns) == ["007", "s-2"]
    assert np.array_equal(values.to_numpy(), COUNTS.to_numpy())
    assert values.to_numpy().dtype == np.float64


class TestFormats:
    def test_csv(self, write):
        assert_is_counts(write("e.csv", CSV))

    def test_tsv(self, write):
        assert_is_counts(write("e.tsv", CSV.replace(",", "\t")))

    def test_semicolons_in_a_csv(self, write):
        assert_is_counts(write("e.csv", CSV.replace(",", ";")))

    def test_decimal_commas_when_declared(self, write):
        assert_is_counts(write("e.csv", CSV.replace(",", ";").replace(".", ",")), decimal=",")

    def test_quotes(self, write):
        quoted = "\n".join(",".join(f'"{word}"' for word in line.split(",")) for line in CSV.splitlines())
        assert_is_counts(write("e.csv", quoted))

    def test_r_leaves_out_the_name_of_the_first_column(self, write):
        assert_is_counts(write("e.tsv", CSV.replace("gene,", "", 1).replace(",", "\t")))

    def test_a_gene_column_elsewhere_and_a_column_to_ignore(self, write):
        text = "id,symbol,007,s-2\n1,ERBB2,100,1\n2,ESR1,0,1e3\n3,NA,250.5,3\n"
        assert_is_counts(write("e.csv", text), gene_column="symbol", ignore_columns=["id"])

    @pytest.mark.parametrize("packing", ["gz", "bz2", "xz", "zst"])
    def test_compressed(self, tmp_path, packing):
        path = tmp_path / f"e.csv.{packing}"
        COUNTS.rename_axis("gene").to_csv(path, na_rep="NA") if packing != "zst" else _write_zst(path)
        assert_is_counts(path)

    def test_xlsx(self, tmp_path):
        COUNTS.to_excel(tmp_path / "e.xlsx")
        assert_is_counts(tmp_path / "e.xlsx")

    def test_xlsx_of_several_sheets_needs_a_name(self, tmp_path):
        with pd.ExcelWriter(tmp_path / "e.xlsx") as book:
            COUNTS.to_excel(book, sheet_name="counts")
            COUNTS.to_excel(book, sheet_name="other")
        assert_is_counts(tmp_path / "e.xlsx", sheet="counts")
        with pytest.raises(TableError, match="counts, other"):
            read_expression(tmp_path / "e.xlsx", scale="linear")

    @pytest.mark.parametrize("named", [True, False])
    def test_parquet(self, tmp_path, named):
        COUNTS.rename_axis("gene" if named else None).to_parquet(tmp_path / "e.parquet")
        assert_is_counts(tmp_path / "e.parquet")

    def test_gct_12(self, write):
        body = "Name\tDescription\t007\ts-2\nERBB2\ta\t100\t1\nESR1\tb\t0\t1e3\nNA\tc\t250.5\t3\n"
        assert_is_counts(write("e.gct", "#1.2\n3\t2\n" + body))

    def test_gct_12_by_description(self, write):
        body = "Name\tDescription\t007\ts-2\nE1\tERBB2\t100\t1\nE2\tESR1\t0\t1e3\nE3\tNA\t250.5\t3\n"
        assert_is_counts(write("e.gct", "#1.2\n3\t2\n" + body), gene_column="Description")

    def test_gct_13_with_metadata_of_rows_and_columns(self, write):
        lines = ["#1.3", "3\t2\t2\t1", "id\tchr\tlen\t007\ts-2", "arm\tna\tna\tA\tB"]
        lines += ["ERBB2\t17\t5\t100\t1", "ESR1\t6\t6\t0\t1e3", "NA\t1\t7\t250.5\t3"]
        assert_is_counts(write("e.gct", "\n".join(lines)))

    def test_gct_that_is_cut_off(self, write):
        with pytest.raises(TableError, match="promises 9 x 2 values, there are 1 x 2"):
            read_expression(write("e.gct", "#1.2\n9\t2\nName\tDescription\ta\tb\nG\tx\t1\t2\n"), scale="linear")

    def test_frame(self):
        values = read_expression(COUNTS, scale="linear").values
        assert np.array_equal(values.to_numpy(), COUNTS.to_numpy())

    def test_checksum_is_that_of_the_file(self, write):
        source = read_expression(write("e.csv", CSV), scale="linear").source
        assert source is not None
        assert source.role == "expression"
        assert len(source.sha256) == 64


def _write_zst(path: Path) -> None:
    import pyarrow as pa

    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        stream.write(CSV.encode())


class TestScale:
    def test_linear_declared_for_logarithms(self, write):
        text = "g,a,b\n" + "".join(f"G{i},{i / 10},{i / 5}\n" for i in range(50))
        with pytest.raises(ScaleError, match=r"declared linear, but values range from 0 to 9\.8: this looks like log2"):
            read_expression(write("e.csv", text), scale="linear")
        assert read_expression(write("e.csv", text), scale="linear", allow_range=True).scale == "linear"

    def test_nothing_but_zeros_is_linear(self, write):
        """Logarithms are not told from it: it is read as what it is declared, and what needs variation says so."""
        assert (read_expression(write("e.csv", "g,a,b\nA,0,0\nB,0,0\n"), scale="linear").values == 0).all(axis=None)

    def test_the_largest_logarithm_is_a_logarithm_and_one_above_is_none(self, write):
        with pytest.raises(ScaleError, match=r"declared linear, but values range from 0 to 30: this looks like log2"):
            read_expression(write("e.csv", "g,a,b\nA,0,1\nB,2,30\n"), scale="linear")
        assert read_expression(write("e.csv", "g,a,b\nA,0,1\nB,2,30\n"), scale="log2").values.loc["B", "b"] == 30
        assert read_expression(write("e.csv", "g,a,b\nA,0,1\nB,2,30.5\n"), scale="linear").scale == "linear"

    def test_log2_declared_for_counts(self, write):
        with pytest.raises(ScaleError, match="declared log2, but values range from 0 to 1000"):
            read_expression(write("e.csv", CSV), scale="log2")

    def test_one_negative_amount_is_shown_where_it_stands(self, write):
        text = "g,a,b\n" + "".join(f"G{i},{i * 10},{i}\n" for i in range(100)) + "H,-1,4\n"
        with pytest.raises(ScaleError, match=r"row 102 \(gene 'H'\), column 'a': -1 is negative"):
            read_expression(write("e.csv", text), scale="linear")

    def test_many_negative_amounts_are_logarithms(self, write):
        with pytest.raises(ScaleError, match="from -3 to 4, 50% of them negative"):
            read_expression(write("e.csv", "g,a,b\nA,-3,2\nB,-1,4\n"), scale="linear")

    def test_an_offset_that_the_values_contradict(self, write):
        with pytest.raises(ScaleError, match=r"nothing can be below log2\(1\) = 0"):
            read_expression(write("e.csv", "g,a,b\nA,-3,2\n"), scale="log2", offset=1)

    @pytest.mark.parametrize(("share", "refused"), [(0.29, True), (0.31, False)])
    def test_genes_whose_means_hardly_differ_are_centred(self, share, refused):
        rng = np.random.default_rng(1)
        within, means = rng.normal(size=(400, 60)), rng.normal(size=(400, 1))
        within = (within - within.mean(axis=1, keepdims=True)) / within.std()
        means = (means - means.mean()) / means.std()
        within /= within.std()
        values = within * np.sqrt(1 - share**2) + means * share
        assert values.mean(axis=1).std() / values.std() == pytest.approx(share)
        values *= 3  # as far as logarithms of amounts reach
        frame = pd.DataFrame(values, index=[f"G{i}" for i in range(400)], columns=[f"s{i}" for i in range(60)])
        if refused:
            with pytest.raises(ScaleError, match="ratios or z-scores"):
                read_expression(frame, scale="log2")
        else:
            assert len(read_expression(frame, scale="log2").values) == 400

    def test_centred_values_give_scores_and_no_amounts(self):
        z = np.random.default_rng(0).normal(size=(300, 30))
        frame = pd.DataFrame(z, index=[f"G{i}" for i in range(300)], columns=[f"s{i}" for i in range(30)])
        read = read_expression(frame, scale="log2", allow_range=True)
        assert read.log2().shape == (300, 30)
        with pytest.raises(ScaleError, match="no amount follows from them"):
            read.linear()

    def test_z_scores_are_no_logarithms(self):
        z = np.random.default_rng(0).normal(size=(40, 30))
        z = (z - z.mean(axis=1, keepdims=True)) / z.std(axis=1, keepdims=True)
        frame = pd.DataFrame(z, index=[f"G{i}" for i in range(40)], columns=[f"s{i}" for i in range(30)])
        with pytest.raises(ScaleError, match="every gene centred near 0"):
            read_expression(frame, scale="log2")

    @pytest.mark.parametrize(
        ("scale", "offset", "normalise"),
        [("ln", 0, None), ("log2", -1, None), ("log2", 0, "cpm"), ("linear", 0, "rpkm")],
    )
    def test_declarations_that_mean_nothing(self, scale, offset, normalise):
        with pytest.raises(ScaleError):
            read_expression(COUNTS, scale=scale, offset=offset, normalise=normalise)


class TestCountsPerMillion:
    def test_each_sample_sums_to_a_million_and_a_note_says_so(self):
        read = read_expression(COUNTS, scale="linear", normalise="cpm")
        assert read.values.sum().to_numpy() == pytest.approx(1e6)
        assert "counts per million" in read.notes[-1].what

    def test_the_library_is_summed_before_genes_are_collapsed_and_without_rows_that_have_no_gene(self):
        frame = pd.DataFrame({"s": [10.0, 10.0, 30.0, 40.0]}, index=["A", "A", "B", ""])
        read = read_expression(frame, scale="linear", normalise="cpm", duplicates="mean", allow_range=True)
        assert read.values["s"].to_dict() == pytest.approx({"A": 2e5, "B": 6e5})
        assert Note("reading", "rows without a gene symbol are in no total", 1) in read.notes

    def test_a_sample_without_counts_is_an_error(self):
        with pytest.raises(TableError, match="without a single count: t"):
            counts_per_million(RawMatrix(["A"], ["s", "t"], np.array([[1.0, 0.0]])))

    @settings(deadline=None, max_examples=25)
    @given(st.permutations(range(6)))
    def test_it_does_not_depend_on_the_order_of_genes(self, order):
        values = np.array([[0.1], [0.2], [0.3], [1e-9], [1e9], [7.7]])
        one = counts_per_million(RawMatrix(list("ABCDEF"), ["s"], values))
        other = counts_per_million(RawMatrix(list("ABCDEF"), ["s"], values[order]))
        assert np.array_equal(one.values[order], other.values)


class TestTables:
    def test_every_kind_of_problem_is_told_at_once(self, write):
        with pytest.raises(InputError) as caught:
            read_expression(write("e.csv", "g,a,a,\nA,x,1,2\nB,inf,3,-4\n"), scale="linear")
        told = str(caught.value)
        for words in ("'x' is not a number", "sample 'a' stands there 2 times", "no sample id", "inf is infinite"):
            assert words in told

    def test_text_among_numbers_is_shown_with_gene_and_column(self, write):
        with pytest.raises(TableError, match=r"e\.csv, row 3 \(gene 'B'\), column 'b': 'high' is not a number"):
            read_expression(write("e.csv", "g,a,b\nA,1,2\nB,3,high\nC,4,5\n"), scale="linear")

    def test_a_column_of_text_is_one_problem(self, write):
        with pytest.raises(TableError, match=r"column 'arm': holds text.*ignore_columns") as caught:
            read_expression(write("e.csv", "g,arm,a\n" + "".join(f"G{i},Xq,{i}\n" for i in range(9))), scale="linear")
        assert len(caught.value.problems) == 1

    def test_decimal_commas_are_told_as_such(self, write):
        with pytest.raises(TableError, match='decimal = ","'):
            read_expression(write("e.csv", "g;a;b\nA;1,5;2,5\n"), scale="linear")

    def test_uneven_rows(self, write):
        with pytest.raises(TableError, match="1 rows do not have the 3 columns"):
            read_expression(write("e.csv", "g,a,b\nA,1,2\nB,1\nC,1,2\n"), scale="linear")

    def test_genes_in_the_header(self, write):
        text = "sample,ERBB2,ESR1,ACTB\n" + "".join(f"s{i},{i},{i},{i}\n" for i in range(50))
        with pytest.raises(TableError, match=r"lies on its side.*ACTB, ERBB2, ESR1"):
            read_expression(write("e.csv", text), scale="linear")
        turned = read_expression(write("e.csv", text), scale="linear", orientation="samples x genes")
        assert turned.values.loc["ERBB2", "s7"] == 7

    def test_there_is_no_such_gene_column(self, write):
        with pytest.raises(TableError, match=r"no column 'symbol'.*'gene', '007', 's-2'"):
            read_expression(write("e.csv", CSV), scale="linear", gene_column="symbol")

    def test_genes_without_values_are_dropped_with_a_note(self, write):
        read = read_expression(write("e.csv", "g,a,b\nA,100,2\nB,NA,NA\n"), scale="linear")
        assert list(read.values.index) == ["A"]
        assert [(note.what, note.count, note.detail) for note in read.notes] == [
            ("genes without any value dropped", 1, "B")
        ]

    def test_missing_values_are_an_error_or_dropped_as_declared(self, write):
        path = write("e.csv", "g,a,b\nA,100,2\nB,,3\n")
        with pytest.raises(TableError, match="gene 'B', column 'a': 1 values are missing in 1 genes"):
            read_expression(path, scale="linear")
        assert list(read_expression(path, scale="linear", missing="drop").values.index) == ["A"]

    def test_samples_without_any_value_are_named_and_no_gene_is_blamed(self, write):
        path = write("e.csv", "g,a,b,c\nA,100,,2\nB,7,,3\n")
        for missing in ("error", "drop"):
            with pytest.raises(TableError) as caught:
                read_expression(path, scale="linear", missing=missing)
            (problem,) = caught.value.problems
            assert problem.what == "1 samples have no value at all, first 'b'"
            assert problem.remedy == 'leave them out: ignore_columns = ["b"]'
        assert list(read_expression(path, scale="linear", ignore_columns=["b"]).values) == ["a", "c"]

    def test_rows_without_a_gene_are_dropped_with_a_note(self, write):
        read = read_expression(write("e.csv", "g,a\nA,100\n,5\n---,7\nNA,1\nNA,2\n"), scale="linear")
        assert list(read.values.index) == ["A"]
        assert read.notes[0].count == 4

    def test_duplicates_need_a_rule(self, write):
        path = write("e.csv", "g,a\nA,100\nA,50\n")
        with pytest.raises(GeneError, match=r"A \(2\)"):
            read_expression(path, scale="linear")
        assert read_expression(path, scale="linear", duplicates="mean").values.loc["A", "a"] == 75

    def test_spreadsheet_dates_of_a_workbook_are_repaired(self, tmp_path):
        from datetime import datetime

        frame = pd.DataFrame({"g": [datetime(2021, 9, 2), "ERBB2"], "a": [100.0, 5.0]})
        frame.to_excel(tmp_path / "e.xlsx", index=False)
        assert list(read_expression(tmp_path / "e.xlsx", scale="linear").values.index) == ["SEPTIN2", "ERBB2"]


class TestRealData:
    def test_scanb(self, shared):
        read = read_expression(shared / "scanb400/expr_log2fpkm.tsv.gz", scale="log2", offset=0.1)
        assert read.values.shape == (10_000, 400)
        assert (read.values.to_numpy().min(), read.values.to_numpy().max()) == (-3.3, 16.2)
        assert read.notes == ()

    def test_values_are_those_that_pandas_reads(self, shared):
        path = shared / "pbmc_sdy420/expr.tsv.gz"
        bare = pd.read_csv(path, sep="\t", index_col=0, keep_default_na=False)
        values = read_expression(path, scale="log2").values
        assert np.allclose(values.to_numpy(), bare.to_numpy(), rtol=1e-12, atol=0)

    def test_a_table_of_r_without_a_name_for_its_genes(self, shared):
        read = read_expression(shared / "pbmc_abis_s13/TPMPBMC.txt.gz", scale="linear")
        assert read.values.shape == (17_487, 12)
        assert list(read.values.columns[:2]) == ["CYFZ", "FY2H"]

    def test_a_truncated_copy_is_noticed(self, shared, tmp_path):
        whole = (shared / "pbmc_sdy420/expr.tsv.gz").read_bytes()
        (tmp_path / "e.tsv.gz").write_bytes(whole[:-2000])
        with pytest.raises(InputError, match="damaged or truncated gzip"):
            read_expression(tmp_path / "e.tsv.gz", scale="log2")

    def test_scale_is_contradicted(self, shared):
        with pytest.raises(ScaleError, match="range from 0 to"):
            read_expression(shared / "tcga121/tcga121_rnaseq_raw_counts.tsv.gz", scale="log2")


def test_duplicated_samples_are_found_in_the_raw_header(write):
    with pytest.raises(SampleError, match="sample 'a' stands there 2 times"):
        read_expression(write("e.csv", "g,a,a\nA,100,2\n"), scale="linear")


def test_gzip_by_content_whatever_the_name(tmp_path):
    path = tmp_path / "e.csv"
    path.write_bytes(gzip.compress(CSV.encode(), mtime=0))
    assert_is_counts(path)
