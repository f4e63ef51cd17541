"""What goes wrong with clinical tables in real life, one case a test."""

from __future__ import annotations

import pytest

from her2stats.errors import PopulationError, TableError, VocabularyError
from her2stats.reading import read_clinical

from .conftest import CLINICAL


def changed(files, old: str, new: str, **options: object):
    files.write(None, CLINICAL.replace(old, new))
    return files.read(**options)


@pytest.mark.parametrize("age", ["0", "430"])
def test_ages_that_nobody_has(files, age):
    with pytest.raises(TableError, match=f"line 2, sample 'TCGA-A1', column 'age': '{age}' is outside 15 to 110 years"):
        changed(files, ",51,", f",{age},")


def test_ages_with_a_unit(files):
    with pytest.raises(TableError, match="'49 y' is not a number"):
        changed(files, ",51,", ",49 y,")


def test_sizes_in_millimetres(files):
    text = CLINICAL.replace(",1.5,", ",15,").replace(",2.4,", ",24,").replace(",3.0,", ",30,").replace(",2.0,", ",20,")
    files.write(None, text)
    with pytest.raises(TableError, match="these are millimetres, not centimetres -> map the column as size_mm"):
        files.read()
    cohort = files.read(columns={"size_mm": "size_cm"})
    assert cohort.clinical["size_cm"].tolist() == [1.5, 2.4, 3.0, 2.0]


@pytest.mark.parametrize("grade", ["II", "2", "G2", "Grade 2", "ii", "grado 2", "NHG 2"])
def test_grade_as_roman_arabic_or_g2(files, grade):
    assert changed(files, ",1.5,2,", f",1.5,{grade},").clinical["grade"].iloc[0] == "II"


@pytest.mark.parametrize(
    ("word", "hr"), [("Positive", "positive"), ("positivo", "positive"), ("NEG", "negative"), ("negativa", "negative")]
)
def test_vocabularies_in_english_and_italian(files, word, hr):
    assert changed(files, "TCGA-A2,0,0", f"TCGA-A2,{word},0").clinical["hr"].iloc[1] == hr


@pytest.mark.parametrize("word", ["1+/2+", "equivocal", "negative"])
def test_ihc_words_that_may_mean_two_things(files, word):
    with pytest.raises(
        VocabularyError, match=r"line 3, sample 'TCGA-A2', column 'her2_ihc': .* is not understood for her2_ihc"
    ):
        changed(files, "0,0,1+,62", f"0,0,{word},62")
    options = {"values": {"her2_ihc": {word: "2+"}}}
    assert changed(files, "0,0,1+,62", f"0,0,{word},62", **options).clinical["her2_ihc"].iloc[1] == "2+"


def test_equivocal_status_is_unknown_and_excluded_with_a_count(files):
    text = "sample,er,her2_status\nTCGA-A1,1,neg\nTCGA-A2,0,equivocal\nTCGA-A3,1,neg\nTCGA-A4,1,pos\n"
    files.write(None, text)
    cohort = files.read()
    assert cohort.samples == ["TCGA-A1", "TCGA-A3"]
    counts = {note.what: note.count for note in cohort.notes}
    assert counts["excluded: HER2 unknown"] == 1
    assert counts["excluded: HER2 positive"] == 1


def test_her2_2_amplified_is_excluded_with_a_count(files):
    lines = [
        line + ("," + fish) for line, fish in zip(CLINICAL.splitlines(), ["fish", "", "", "amplified", ""], strict=True)
    ]
    files.write(None, "\n".join(lines))
    cohort = files.read(columns={"her2_fish": "fish"})
    assert "TCGA-A3" not in cohort.samples
    assert {note.what: note.count for note in cohort.notes}["excluded: ERBB2 amplified"] == 1


def test_nobody_is_left(files):
    files.write(None, CLINICAL.replace(",0,51", ",3+,51").replace("1+", "3+").replace("2+,44", "3+,44"))
    with pytest.raises(PopulationError, match="no tumour is left to analyse"):
        files.read()


def test_semicolons_and_decimal_commas(files):
    files.write(None, CLINICAL.replace(",", ";").replace(".", ","))
    with pytest.raises(TableError, match=r"'1,5' is not a number -> say clinical_decimal = \",\""):
        files.read()
    assert files.read(clinical_decimal=",").clinical["size_cm"].iloc[0] == 1.5


def test_one_row_is_enough_to_read(files):
    assert len(files.read(where={"sample": "TCGA-A1"}).clinical) == 1


def test_missing_covariates_stay_missing_and_are_counted(files):
    cohort = changed(files, ",51,1.5,", ",NA,n/a,")
    assert cohort.clinical.loc["TCGA-A1", ["age", "size_cm"]].isna().all()
    assert {note.what for note in cohort.notes} >= {"age is missing", "size_cm is missing"}


@pytest.mark.parametrize("word", ["=1+1", "+cmd|' /C calc'!A0", "\x1b[31mred", "<script>alert(1)</script>"])
def test_hostile_words_are_words(files, word):
    with pytest.raises(VocabularyError, match="is not understood for er"):
        changed(files, "TCGA-A2,0,0", f"TCGA-A2,{word},0")


def test_a_geo_file_whose_samples_say_nothing_is_told(tmp_path):
    path = tmp_path / "c.txt"
    path.write_text('!Series_title\t"x"\n!Sample_characteristics_ch1\t"nothing"\n!series_matrix_table_begin\n')
    with pytest.raises(TableError, match="nothing says which column holds the sample ids"):
        read_clinical(path)
