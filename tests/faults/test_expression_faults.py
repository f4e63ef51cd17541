"""What goes wrong with expression matrices in real life, one case a test."""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest

from her2stats.cohort.genes import harmonise_genes
from her2stats.errors import FileError, GeneError, InputError, SampleError, ScaleError, TableError
from her2stats.reading import read_expression

from .conftest import CLINICAL, EXPRESSION


def test_the_good_files_are_good(files):
    assert files.read().samples == ["TCGA-A1", "TCGA-A2", "TCGA-A3", "TCGA-A4"]


def test_duplicate_sample_columns_in_the_raw_header(files):
    files.write(EXPRESSION.replace("TCGA-A2", "TCGA-A1"))
    with pytest.raises(SampleError, match="'TCGA-A1' stands there 2 times"):
        files.read()


def test_ids_with_leading_zeros_or_exponents(files):
    ids = {"TCGA-A1": "0012", "TCGA-A2": "1E5", "TCGA-A3": "12", "TCGA-A4": "100000"}
    for old, new in ids.items():
        files.write(files.expression.read_text().replace(old, new), files.clinical.read_text().replace(old, new))
    assert files.read().samples == ["0012", "1E5", "12", "100000"]


@pytest.mark.parametrize(
    ("left", "right"),
    [("tcga-a1", "TCGA-A1"), ("TCGA.A1", "TCGA-A1"), ("TCGA-A1-01", "TCGA-A1"), ("TCGA_A1", "TCGA-A1")],
)
def test_ids_that_do_not_match_with_near_matches_suggested(files, left, right):
    files.write(EXPRESSION.replace("TCGA-A1", left))
    with pytest.raises(SampleError, match=f"1 ids differ in writing only: '{right}' and '{left}'"):
        files.read()


def test_transposed_matrix(files):
    rows = [line.split(",") for line in EXPRESSION.splitlines()]
    files.write("\n".join(",".join(column) for column in zip(*rows, strict=True)))
    with pytest.raises(TableError, match="the matrix lies on its side"):
        files.read()
    assert files.read(orientation="samples x genes").expression.loc["ERBB2", "TCGA-A2"] == 300


def test_a_gene_named_na(files):
    files.write(EXPRESSION + "NA,5,6,7,8\n")
    assert files.read().expression.loc["NA"].tolist() == [5, 6, 7, 8]


class TestSpreadsheetDates:
    def test_1_mar_2_sep(self, files):
        files.write(EXPRESSION + "2-Sep,5,6,7,8\n3-Mar,1,2,3,400\n")
        cohort = files.read()
        assert {"SEPTIN2", "MARCHF3"} <= set(cohort.genes)
        assert any("2-Sep -> SEPTIN2" in note.detail for note in cohort.notes)

    def test_datetimes_of_a_workbook(self, files, tmp_path):
        book = openpyxl.Workbook()
        for row in [*(line.split(",") for line in EXPRESSION.splitlines()), [datetime(2022, 9, 7), 1, 2, 3, 4]]:
            book.active.append([float(cell) if str(cell).replace(".", "").isdigit() else cell for cell in row])
        files.expression = tmp_path / "expression.xlsx"
        book.save(files.expression)
        assert "SEPTIN7" in files.read().genes

    def test_serial_numbers(self, files):
        more = "".join(f"G{i},1,2,3,4\n" for i in range(300))
        files.write(EXPRESSION + more + "44806,5,6,7,8\n")  # 2 September 2022
        assert "SEPTIN2" in files.read().genes

    def test_a_date_that_may_be_two_genes_is_left_and_said(self, files):
        files.write(EXPRESSION + "1-Mar,5,6,7,8\n")
        cohort = files.read()
        assert "1-Mar" in cohort.genes
        assert any("left as they are" in note.what for note in cohort.notes)
        assert "MARCHF1" in files.read(symbols={"1-Mar": "MARCHF1"}).genes


@pytest.mark.parametrize(
    ("old", "new"), [("SEPT2", "SEPTIN2"), ("MARCH1", "MARCHF1"), ("KIAA0125", "FAM30A"), ("FAIM3", "FCMR")]
)
def test_renamed_symbols_both_ways(files, old, new):
    for written, wanted in ((old, new), (new, old)):
        files.write(EXPRESSION + f"{written},5,6,7,8\n")
        renamed, notes = harmonise_genes(files.read().expression, [wanted])
        assert renamed.loc[wanted].tolist() == [5, 6, 7, 8]
        assert notes


@pytest.mark.parametrize(("rule", "value"), [("max-mean", 300.0), ("mean", 161.0), ("median", 161.0)])
def test_duplicate_symbols_need_a_declared_rule(files, rule, value):
    files.write(EXPRESSION + "ERBB2,5,22,7,8\n")
    with pytest.raises(GeneError, match="declare how to collapse them"):
        files.read()
    assert files.read(duplicates=rule).expression.loc["ERBB2", "TCGA-A2"] == value


def test_probes_are_mapped_by_the_users_table(files):
    files.write(EXPRESSION.replace("ERBB2", "216836_s_at").replace("ESR1", "205225_at").replace("CD8A", "x_at"))
    cohort = files.read(annotation={"216836_s_at": "ERBB2", "205225_at": "ESR1", "x_at": ""})
    assert cohort.genes == ["ERBB2", "ESR1"]


def test_ensembl_ids_with_versions(files):
    text = EXPRESSION.replace("ERBB2", "ENSG00000141736.13").replace("ESR1", "ENSG00000091831.24")
    files.write(text.replace("CD8A", "ENSG00000153563.16"))
    assert files.read().genes == ["ERBB2", "ESR1", "CD8A"]


def test_scale_undeclared(files):
    with pytest.raises(ScaleError, match="never guessed"):
        files.read(scale=None)


def test_scale_contradicting_the_range(files):
    with pytest.raises(ScaleError, match="declared log2, but values range from 0 to 1000"):
        files.read(scale="log2")
    files.write("gene,TCGA-A1,TCGA-A2,TCGA-A3,TCGA-A4\nERBB2,1,2,3,14.5\n")
    with pytest.raises(ScaleError, match=r"declared linear, but values range from 1 to 14.5: this looks like log2"):
        files.read()


@pytest.mark.parametrize("word", ["inf", "-Inf", "Infinity", "1e999"])
def test_infinities(files, word):
    files.write(EXPRESSION.replace("120.5", word))
    with pytest.raises(InputError, match=r"row 2 \(gene 'ERBB2'\), column 'TCGA-A1': -?inf is infinite"):
        files.read()


def test_genes_without_any_value(files):
    files.write(EXPRESSION + "GRB7,NA,NaN,,NA\n")
    cohort = files.read()
    assert "GRB7" not in cohort.genes
    assert any(note.what == "genes without any value dropped" and note.count == 1 for note in cohort.notes)


def test_genes_with_some_values_missing(files):
    files.write(EXPRESSION + "GRB7,1,NA,3,4\n")
    with pytest.raises(TableError, match="gene 'GRB7', column 'TCGA-A2': 1 values are missing in 1 genes"):
        files.read()
    assert "GRB7" not in files.read(missing="drop").genes


def test_negatives_on_a_linear_scale(files):
    more = "".join(f"G{i},1,2,3,4\n" for i in range(300))
    files.write(EXPRESSION.replace("120.5", "-120.5") + more)
    with pytest.raises(ScaleError, match=r"-120.5 is negative on the declared linear scale"):
        files.read()


class TestTextOfOtherCountries:
    def test_decimal_commas_and_semicolons(self, files):
        files.write(EXPRESSION.replace(",", ";").replace(".", ","))
        with pytest.raises(TableError, match=r"'120,5' is not a number -> say decimal = \",\""):
            files.read()
        assert files.read(decimal=",").expression.iloc[0, 0] == 120.5

    def test_byte_order_marks(self, files):
        files.write(b"\xef\xbb\xbf" + EXPRESSION.encode(), b"\xef\xbb\xbf" + CLINICAL.encode())
        assert files.read().genes[0] == "ERBB2"
        files.write(EXPRESSION.encode("utf-16"), CLINICAL.encode("utf-16"))
        assert files.read().genes[0] == "ERBB2"

    def test_latin_1(self, files):
        files.write(None, CLINICAL.replace("sample,", "città,sample,").replace("\nT", "\nCefalù,T").encode("latin-1"))
        cohort = files.read(columns={"town": "città"})
        assert set(cohort.clinical["town"]) == {"Cefalù"}
        assert any("Latin-1" in note.what for note in cohort.notes)

    @pytest.mark.parametrize("end", ["\r\n", "\r"])
    def test_line_ends(self, files, end):
        files.write(EXPRESSION.replace("\n", end), CLINICAL.replace("\n", end))
        assert files.read().expression.shape == (3, 4)

    def test_digits_of_other_scripts_are_text(self, files):
        files.write(EXPRESSION.replace("300", "٣٠٠"))
        with pytest.raises(TableError, match="is not a number"):
            files.read()


def test_numbers_are_read_exactly(files):
    numbers = ["0.1", "1e-300", "1.7976931348623157e308", "4.35"]
    files.write(f"gene,TCGA-A1,TCGA-A2,TCGA-A3,TCGA-A4\nERBB2,{','.join(numbers)}\n")
    assert files.read().expression.iloc[0].tolist() == [float(number) for number in numbers]


def test_a_frame_is_held_to_the_same(files):
    frame = pd.DataFrame(np.full((2, 2), np.inf), index=["A", "B"], columns=["s", "t"])
    files.write(None, "sample,er,her2_ihc\ns,1,0\nt,0,0\n")
    files.expression = frame
    with pytest.raises(TableError, match="is infinite"):
        files.read()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("TСGA-A1", "it has U+0043 LATIN CAPITAL LETTER C for U+0421 CYRILLIC CAPITAL LETTER ES"),
        ("TCGA–A1", "it has U+002D HYPHEN-MINUS for U+2013 EN DASH"),
        ("TCGA-A1\u200b", "it has nothing for U+200B ZERO WIDTH SPACE"),
    ],
)
def test_an_id_that_looks_like_another_is_told_by_its_letter(files, written, told):
    files.write(clinical=CLINICAL.replace("TCGA-A1", written))
    with pytest.raises(SampleError) as error:
        files.read()
    assert f"write 1 ids alike: of {written!r}, 'TCGA-A1' looks the same: " in str(error.value)
    assert told in str(error.value)


def test_two_normal_forms_of_one_id_are_told(files):
    files.write(EXPRESSION.replace("TCGA-A1", "Noè"), CLINICAL.replace("TCGA-A1", "Noe\u0300"))
    with pytest.raises(SampleError) as error:
        files.read()
    told = "it has U+00E8 LATIN SMALL LETTER E WITH GRAVE for U+0065 LATIN SMALL LETTER E with U+0300 COMBINING GRAVE"
    assert told in str(error.value)


def test_a_file_that_looks_like_the_one_that_is_named_is_told(tmp_path):
    (tmp_path / "Noe\u0300.csv").write_text(EXPRESSION)
    told = "there is no such file -> 'Noe\u0300.csv' looks the same: it has U+0065 LATIN SMALL LETTER E with U+0300"
    with pytest.raises(FileError, match=re.escape(told)):
        read_expression(tmp_path / "Noè.csv", scale="linear")
