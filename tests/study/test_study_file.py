"""The study file: what is accepted, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from her2stats.errors import FileError, InputError, ScaleError, StudyFileError
from her2stats.study.preparing import prepare
from her2stats.study.provenance import conventions
from her2stats.study.study_file import read_study

GOOD = """
[study]
title = "A study"
[[cohorts]]
name = "one"
clinical = "clinical.csv"
expression = "expression.tsv"
scale = "log2"
[cohorts.values.er]
1 = "positive"
"""


def write(folder: Path, text: str, *files: str) -> Path:
    """Put a study file and empty files beside it into a folder."""
    for name in files:
        (folder / name).write_text("")
    path = folder / "study.toml"
    path.write_text(text)
    return path


def test_a_short_study_file_gets_the_defaults_of_the_methods(tmp_path):
    study = read_study(write(tmp_path, GOOD, "clinical.csv", "expression.tsv"))
    assert study.analysis.correlation_ci == "bonett-wright"
    assert study.analysis.odds_ratio_ci == "wald"
    assert study.analysis.alpha == 0.05
    assert study.scores.exposure == "ERBB2"
    assert study.results_folder == tmp_path / "results"
    assert study.cohorts[0].values == {"er": {"1": "positive"}}


def test_every_problem_is_told_at_once_with_its_place(tmp_path):
    text = (
        GOOD.replace('title = "A study"', "").replace('scale = "log2"', 'scale = "lb"\ncolour = 3')
        + "[analysis]\nalpha = 7\n"
    )
    with pytest.raises(StudyFileError) as told:
        read_study(write(tmp_path, text, "clinical.csv", "expression.tsv"))
    places = [problem.where for problem in told.value.problems]
    assert any("[study] title" in place for place in places)
    assert any("[cohorts number 1] scale" in place for place in places)
    assert any("[cohorts number 1] colour" in place for place in places)
    assert any("[analysis] alpha" in place for place in places)


def test_the_scale_is_never_guessed(tmp_path):
    with pytest.raises(StudyFileError, match="scale is missing"):
        read_study(write(tmp_path, GOOD.replace('scale = "log2"', ""), "clinical.csv", "expression.tsv"))


def test_all_missing_files_are_named(tmp_path):
    with pytest.raises(FileError) as told:
        read_study(write(tmp_path, GOOD))
    assert len(told.value.problems) == 2


@pytest.mark.parametrize("written", ["../elsewhere.csv", "/etc/hostname"])
def test_a_path_that_leaves_the_folder_has_to_be_meant(tmp_path, written):
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "elsewhere.csv").write_text("")
    text = GOOD.replace("clinical.csv", written)
    with pytest.raises(InputError, match="leaves the folder"):
        read_study(write(folder, text, "expression.tsv"))
    allowed = text.replace('title = "A study"', 'title = "A study"\noutside_paths = true')
    assert read_study(write(folder, allowed, "expression.tsv")).cohorts[0].clinical == written


def test_a_link_that_leaves_the_folder_has_to_be_meant(tmp_path):
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "elsewhere.csv").write_text("")
    (folder / "clinical.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(StudyFileError, match="leaves the folder"):
        read_study(write(folder, GOOD, "expression.tsv"))


@pytest.mark.parametrize("name", ["a/b", "..", "", "a b", "<b>", "=1"])
def test_a_cohort_name_is_a_plain_word(tmp_path, name):
    with pytest.raises(StudyFileError, match="name"):
        read_study(write(tmp_path, GOOD.replace('"one"', f'"{name}"'), "clinical.csv", "expression.tsv"))


def test_pooled_estimates_have_their_name_for_themselves(tmp_path):
    with pytest.raises(StudyFileError, match="another name"):
        read_study(write(tmp_path, GOOD.replace('"one"', '"Pooled"'), "clinical.csv", "expression.tsv"))


def test_two_cohorts_need_two_names(tmp_path):
    again = GOOD[GOOD.index("[[cohorts]]") :].replace('"one"', '"ONE"')
    with pytest.raises(StudyFileError, match="found twice: one"):
        read_study(write(tmp_path, GOOD + again, "clinical.csv", "expression.tsv"))


def test_what_is_not_toml_is_told_with_its_line(tmp_path):
    with pytest.raises(StudyFileError, match="line 2"):
        read_study(write(tmp_path, "[study]\ntitle = \n"))


def test_a_missing_study_file_and_a_folder_are_told(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_study(tmp_path / "absent.toml")
    with pytest.raises(FileError, match="folder"):
        read_study(tmp_path)


EXPRESSION = "symbol;chr;a;b\nERBB2;17;1,5;2,5\nERBB2;17;3,5;4,5\n1-Mar;2;40;50\nESR1;6;;7\n"
SETTINGS = """
[study]
title = "A study"
[[cohorts]]
name = "one"
clinical = "clinical.csv"
clinical_decimal = ","
expression = "expression.csv"
scale = "linear"
decimal = ","
gene_column = "symbol"
ignore_columns = ["chr"]
duplicates = "mean"
missing = "drop"
symbols = { "1-Mar" = "MARCHF1" }
[scores]
til = "none"
"""


def test_every_setting_that_a_message_names_can_be_written_in_the_study_file(tmp_path):
    (tmp_path / "clinical.csv").write_text("sample;er;her2_ihc;size_cm\na;1;0;1,5\nb;0;1+;2,5\n")
    (tmp_path / "expression.csv").write_text(EXPRESSION)
    study = write(tmp_path, SETTINGS)
    cohort = prepare(read_study(study)).cohorts[0].cohort
    assert cohort.expression.loc["ERBB2"].tolist() == [2.5, 3.5]
    assert cohort.genes == ["ERBB2", "MARCHF1"]
    assert cohort.clinical["size_cm"].tolist() == [1.5, 2.5]


def test_a_matrix_on_its_side_and_an_annotation_outside_the_folder(tmp_path):
    (tmp_path / "clinical.csv").write_text("sample,er,her2_ihc\na,1,0\nb,0,1+\n")
    (tmp_path / "expression.csv").write_text("sample,ERBB2,ESR1\na,100,20\nb,30,400\n")
    text = SETTINGS[: SETTINGS.index("clinical_decimal")] + 'expression = "expression.csv"\nscale = "linear"\n'
    study = read_study(write(tmp_path, text + 'orientation = "samples x genes"\n'))
    cohort = prepare(study).cohorts[0].cohort
    assert cohort.expression.loc["ESR1", "b"] == 400
    with pytest.raises(StudyFileError, match=r"annotation: the path '\.\./GPL570\.tsv' leaves the folder"):
        read_study(write(tmp_path, text + 'annotation = "../GPL570.tsv"\n'))


def test_small_linear_values_are_refused_by_the_deconvolution_unless_the_study_stands_by_them(tmp_path):
    samples, genes = [f"s{i}" for i in range(6)], [f"G{i}" for i in range(30)]
    (tmp_path / "clinical.csv").write_text(
        "sample,er,her2_ihc\n" + "".join(f"{s},{s[1] in '135':d},0\n" for s in samples)
    )
    rows = [[name, *(f"{(7 * i + 11 * j) % 13 + 1}" for j in range(6))] for i, name in enumerate(["ERBB2", *genes])]
    (tmp_path / "expression.csv").write_text("\n".join(",".join(row) for row in [["gene", *samples], *rows]) + "\n")
    profiles = [f"{gene}\t{100 + 90 * (i % 3 == 0)}\t{100 + 70 * (i % 3 == 1)}" for i, gene in enumerate(genes)]
    (tmp_path / "matrix.tsv").write_text("\n".join(["gene\tB\tT", *profiles]) + "\n")
    text = (
        '[study]\ntitle = "t"\n[[cohorts]]\nname = "one"\nclinical = "clinical.csv"\nexpression = "expression.csv"\n'
        'scale = "linear"\nallow_range = true\n[scores]\nalso = []\ntil = "none"\n'
        '[deconvolution]\nsignature = "matrix.tsv"\n'
    )
    with pytest.raises(ScaleError, match="check_scale"):
        prepare(read_study(write(tmp_path, text)))
    study = read_study(write(tmp_path, text + "check_scale = false\n"))
    prepare(study)
    assert conventions(study, [])["cell fractions"].endswith("whether the expression is linear was not checked")


def test_the_median_of_an_earlier_run_is_a_number_above_0(tmp_path):
    (tmp_path / "clinical.csv").write_text("sample,er,her2_ihc\na,1,0\nb,0,1+\n")
    text = SETTINGS[: SETTINGS.index("clinical_decimal")] + "[deconvolution]\nreference_median = "
    assert read_study(write(tmp_path, text + "8.5\n")).deconvolution.reference_median == 8.5
    for wrong in ("0", "-1", "inf", "nan", '"x"'):
        with pytest.raises(StudyFileError, match="reference_median"):
            read_study(write(tmp_path, text + wrong + "\n"))


def test_where_it_lies_is_nothing_that_a_study_file_may_say(tmp_path):
    text = 'path = "/elsewhere/study.toml"\n' + GOOD.replace('title = "A study"', "")
    with pytest.raises(StudyFileError) as told:
        read_study(write(tmp_path, text, "clinical.csv", "expression.tsv"))
    assert [(problem.where.split(", ")[-1], problem.what) for problem in told.value.problems] == [
        ("[path]", "is not a known setting"),
        ("[study] title", "is missing"),
    ]
    with pytest.raises(StudyFileError, match=r"\[path\].*is not a known setting"):
        read_study(write(tmp_path, 'path = ""\n' + GOOD, "clinical.csv", "expression.tsv"))


@pytest.mark.parametrize("wrong", ['decimal = ",,"', 'delimiter = "ab"', 'delimiter = ""', 'clinical_decimal = ";"'])
def test_a_mark_is_one_character(tmp_path, wrong):
    text = GOOD.replace('scale = "log2"', f'scale = "log2"\n{wrong}')
    with pytest.raises(StudyFileError, match=rf"\[cohorts number 1\] {wrong.split()[0]}"):
        read_study(write(tmp_path, text, "clinical.csv", "expression.tsv"))


def test_a_word_of_the_clinical_table_has_one_value(tmp_path):
    same = GOOD + '"Pos" = "positive"\n" pos" = "positive"\n'
    assert read_study(write(tmp_path, same, "clinical.csv", "expression.tsv")).cohorts[0].values["er"]["Pos"]
    with pytest.raises(StudyFileError, match="er: ' pos' is given two values, 'positive' and 'negative'"):
        read_study(write(tmp_path, same.replace('" pos" = "positive"', '" pos" = "negative"')))


@pytest.mark.parametrize(("letters", "good"), [(60, True), (61, False), (250, False)])
def test_the_name_of_a_cohort_fits_into_the_name_of_a_file(tmp_path, letters, good):
    path = write(tmp_path, GOOD.replace('"one"', f'"{"a" * letters}"'), "clinical.csv", "expression.tsv")
    if good:
        assert len(read_study(path).cohorts[0].name) == letters
        return
    with pytest.raises(StudyFileError, match="at most 60 characters"):
        read_study(path)
