"""Expression and clinical data of the same tumours, brought together by sample id."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError, FileError, InputError, SampleError, ScaleError, TableError
from her2stats.reading import read_clinical, read_cohort, read_expression
from her2stats.reading.clinical.ids import form_that_joins

EXPRESSION = "gene,c,a,b\nERBB2,100,1,9\nESR1,7,40,8\n"
CLINICAL = "sample,er,pgr,her2_ihc\na,1,1,0\nb,0,0,1+\nc,1,0,3+\n"


def test_both_tables_stand_in_the_order_of_the_clinical_file(write):
    cohort = read_cohort(write("e.csv", EXPRESSION), write("c.csv", CLINICAL), name="x", scale="linear")
    assert cohort.samples == ["a", "b"]
    assert list(cohort.expression.columns) == ["a", "b"]
    assert cohort.expression.loc["ERBB2"].tolist() == [1, 9]


def test_the_order_of_either_file_changes_nothing_but_the_order(write):
    one = read_cohort(write("e.csv", EXPRESSION), write("c.csv", CLINICAL), name="x", scale="linear")
    shuffled = "gene,b,c,a\nESR1,8,7,40\nERBB2,9,100,1\n"
    other = read_cohort(write("f.csv", shuffled), write("c.csv", CLINICAL), name="x", scale="linear")
    assert one.expression.equals(other.expression.loc[one.genes])
    assert one.clinical.equals(other.clinical)


def test_files_and_checksums_are_remembered(write):
    cohort = read_cohort(write("e.csv", EXPRESSION), write("c.csv", CLINICAL), name="x", scale="linear")
    assert [source.role for source in cohort.sources] == ["expression", "clinical"]


def test_a_cohort_without_expression(write):
    cohort = read_cohort(None, write("c.csv", CLINICAL), name="x")
    assert cohort.expression is None
    assert cohort.samples == ["a", "b"]


def test_the_scale_has_to_be_declared(write):
    with pytest.raises(ScaleError, match="no scale is declared"):
        read_cohort(write("e.csv", EXPRESSION), write("c.csv", CLINICAL), name="x")


class TestMismatch:
    def test_both_sides_are_listed(self, write):
        clinical = write("c.csv", CLINICAL + "d,1,1,0\n")
        with pytest.raises(
            SampleError, match=r"1 samples have no expression \(d\), 0 no clinical row \(none\), 3 have"
        ):
            read_cohort(write("e.csv", EXPRESSION), clinical, name="x", scale="linear")

    def test_intersecting_is_an_explicit_choice_with_a_count(self, write):
        clinical = write("c.csv", CLINICAL.replace("\na,", "\nz,"))
        cohort = read_cohort(write("e.csv", EXPRESSION), clinical, name="x", scale="linear", on_mismatch="intersect")
        assert cohort.samples == ["b"]
        counted = {note.what: note.count for note in cohort.notes}
        assert counted["samples without expression left out"] == 1
        assert counted["samples without clinical data left out"] == 1

    def test_nothing_in_common_is_an_error_even_then(self, write):
        clinical = write("c.csv", "sample,er,her2_ihc\nx,pos,0\n")
        with pytest.raises(SampleError, match="no id is in both files"):
            read_cohort(write("e.csv", EXPRESSION), clinical, name="x", scale="linear", on_mismatch="intersect")

    def test_samples_that_where_leaves_out_are_no_mismatch(self, write):
        cohort = read_cohort(
            write("e.csv", EXPRESSION), write("c.csv", CLINICAL), name="x", scale="linear", where={"sample": "a"}
        )
        assert cohort.samples == ["a"]

    def test_ids_that_differ_in_writing_only_are_suggested(self, write):
        clinical = CLINICAL.replace("\na,", "\nA ,").replace("\nb,", "\nb.01,")
        with pytest.raises(SampleError, match=r"say sample_id = .letters.: 1 ids differ in writing only: 'A' and 'a'"):
            read_cohort(write("e.csv", EXPRESSION), write("c.csv", clinical), name="x", scale="linear")


@pytest.mark.parametrize(
    ("one", "other", "form"),
    [
        ("TCGA-A1-A0SB", "TCGA.A1.A0SB", "letters"),
        ("TCGA-A1-A0SB", "TCGA-A1-A0SB-01A-11R", "tcga-patient"),
        ("TCGA-A1-A0SB-01A", "TCGA.A1.A0SB.01", "tcga-sample"),
        ("TCGA-A1-A0SB-01A-11R-A144-07", "XTCGA.A1.A0SB.01", "tcga-sample"),
        ("12", "X12", "letters"),
        ("007", "7", "letters"),
        ("s_1", "S 1", "letters"),
        ("P-7", "/data/bam/P-7.Aligned.sortedByCoord.out.bam", "letters"),
    ],
)
def test_the_form_that_joins_ids_is_offered_and_joins_them(one, other, form, write):
    assert form_that_joins([one], [other]) == (form, [(one, other)])
    clinical, expression = f"sample,er,her2_ihc\n{one},pos,0\n", f"gene,{other}\nG1,100\nG2,7\n"
    joined = read_cohort(write("e.csv", expression), write("c.csv", clinical), name="x", scale="linear", sample_id=form)
    assert joined.samples == [one]
    assert joined.expression.loc["G1", one] == 100


def test_no_form_is_offered_that_makes_two_ids_one():
    assert form_that_joins(["a-1", "A.1"], ["a_1"]) == (None, [])


def test_a_transposed_matrix_is_recognised_by_its_sample_ids(write):
    text = "sample,G1,G2\na,100,5\nb,1,60\nc,3,7\n"
    with pytest.raises(TableError, match="lies on its side: 3 of 3 sample ids of the clinical table are names of rows"):
        read_cohort(write("e.csv", text), write("c.csv", CLINICAL), name="x", scale="linear")


def test_problems_of_both_files_are_told_at_once(write):
    with pytest.raises(InputError) as caught:
        read_cohort(
            write("e.csv", EXPRESSION.replace("40", "forty")),
            write("c.csv", CLINICAL.replace("3+", "7+")),
            name="x",
            scale="linear",
        )
    assert "'forty' is not a number" in str(caught.value)
    assert "c.csv, line 4, sample 'c', column" in str(caught.value)


def test_both_files_missing(tmp_path):
    with pytest.raises(FileError) as caught:
        read_cohort(tmp_path / "e.csv", tmp_path / "c.csv", name="x", scale="linear")
    assert len(caught.value.problems) == 2


def test_scanb(shared):
    cohort = read_cohort(
        shared / "scanb400/expr_log2fpkm.tsv.gz",
        shared / "scanb400/clinical.tsv",
        name="scanb",
        scale="log2",
        offset=0.1,
        columns={"sample": "title", "er": "er_status", "age": "age_at_diagnosis", "grade": "nhg"},
    )
    assert repr(cohort).startswith(
        "Cohort 'scanb': 343 samples (HR+ 279, HR- 64; ER only), 10,000 genes, log2(x + 0.1)"
    )
    assert float(cohort.linear().to_numpy().min()) >= 0


def test_frames_serve_as_well_as_files():
    expression = pd.DataFrame(np.array([[100.0, 2.0], [3.0, 40.0]]), index=["A", "B"], columns=["s1", "s2"])
    clinical = pd.DataFrame({"er": ["pos", "neg"], "her2_ihc": ["0", "2+"]}, index=["s2", "s1"])
    cohort = read_cohort(expression, clinical, name="x", scale="linear")
    assert cohort.samples == ["s2", "s1"]
    assert cohort.expression.loc["A"].tolist() == [2, 100]


class TestKeywords:
    def test_those_of_the_expression_reach_it(self, write):
        file = write("e.csv", "x;gene;a;b\n-;ERBB2;100,5;20\n-;ERBB2;300;40\n-;ESR1;;7\n")
        cohort = read_cohort(
            file,
            write("c.csv", "sample,her2_ihc\na,0\nb,1+\n"),
            name="x",
            scale="linear",
            gene_column="gene",
            ignore_columns=["x"],
            delimiter=";",
            decimal=",",
            duplicates="mean",
            missing="drop",
        )
        assert cohort.expression.to_dict("index") == {"ERBB2": {"a": 200.25, "b": 30.0}}

    def test_a_wrong_one_is_named_with_the_one_that_is_near(self):
        with pytest.raises(DataError) as raised:
            read_cohort(None, "c.csv", name="x", duplicate="mean", colums={})
        assert str(raised.value) == (
            "read_cohort: there is no keyword 'duplicate' -> did you mean 'duplicates'?\n"
            "read_cohort: there is no keyword 'colums' -> did you mean 'columns'?"
        )

    @pytest.mark.parametrize(
        ("reader", "keyword", "remedy"),
        [
            (read_expression, "genecolumn", "did you mean 'gene_column'?"),
            (read_clinical, "wher", "did you mean 'where'?"),
            (
                read_clinical,
                "zzz",
                "the keywords are path, columns, values, where, exclude, restrict, repeats, patients, everyone, "
                "her2_rule, population, sheet, header_row, delimiter, decimal",
            ),
        ],
    )
    def test_by_every_reader(self, reader, keyword, remedy):
        needed = {"scale": "log2"} if reader is read_expression else {}
        with pytest.raises(DataError) as raised:
            reader("file.csv", **needed, **{keyword: 1})
        assert str(raised.value) == f"{reader.__name__}: there is no keyword {keyword!r} -> {remedy}"
