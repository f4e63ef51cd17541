"""What the columns of a clinical file are taken for, and that a study made from it says the same when it is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2stats.study.preparing import prepare
from her2stats.study.proposing.proposal import left_to_do, look_at_files
from her2stats.study.proposing.recognition import recognise, unused_columns
from her2stats.study.proposing.sample_ids import sample_column
from her2stats.study.proposing.study_text import write_proposal
from her2stats.study.study_file import read_study
from her2stats.vocabulary.percentages import is_percentage, percentage

ITALIAN = """Codice;Et\u00e0 alla diagnosi;Stato recettoriale;Recettori estrogeni (%);PgR %;HER2;FISH;Grado;\
Dimensione;Linfonodi;Note
P01;51,5;positivo;90;80;1+;;G2;23,5;0;bene
P02;62;negativo;0;<1;0;;G3;31;3;
P03;47;positivo;75%;0;2+;non amplificato;G1;12;1;
P04;circa 50;positivo;<10;5;1+;;G2;18;nd;boh
P05;70;positivo;60;10-19%;3+;;G2;20;2;
"""
ENGLISH = """ID\tAge at dx\tER %\tPR (%)\tHER2 IHC\tTumor size\tGrade\tSubtype\tpCR (ypT0/is)
a\t51\t95\t50\t0\t2.1\t2\tLumA\t1
b\t999\t0\t0\t1+\t1.5\t3\tBasal\t0
c\t63\t80\t70\t2+ / ISH-\t2.2\t2\tLuminal A\t0
d\t44\t0\t0\t0\t3.1\t1\tClaudin-low\t1
e\t58\t0\t30\t1+\t1.9\t1\tLumB\t1
"""


def proposed(tmp_path, text, name):
    """A study file from a clinical table, as it is read again."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    proposal = look_at_files(tmp_path / name, None)
    write_proposal(proposal, tmp_path / "study.toml")
    assert left_to_do(tmp_path / "study.toml") == []
    (one,) = prepare(read_study(tmp_path / "study.toml")).cohorts
    return proposal, one.cohort.clinical


def test_an_italian_table_can_be_read_without_editing(tmp_path):
    proposal, clinical = proposed(tmp_path, ITALIAN, "pazienti.csv")
    assert {item.variable: item.column for item in proposal.found} == {
        "er": "Recettori estrogeni (%)",
        "pgr": "PgR %",
        "hr": "Stato recettoriale",
        "her2_ihc": "HER2",
        "her2_fish": "FISH",
        "age": "Et\u00e0 alla diagnosi",
        "size_mm": "Dimensione",
        "grade": "Grado",
    }
    assert [line.partition(":")[0] for line in proposal.unused()] == ["column 'Linfonodi'", "column 'Note'"]
    assert clinical.index.tolist() == ["P01", "P02", "P03", "P04"], "P05 is HER2-positive"
    assert clinical["age"].fillna(0).tolist() == [51.5, 62, 47, 0]
    assert clinical["size_cm"].tolist() == pytest.approx([2.35, 3.1, 1.2, 1.8])
    assert clinical["pgr"].tolist() == ["positive", "negative", "negative", "positive"]
    said = clinical["er"].astype(object).fillna("?").tolist()
    assert said == ["positive", "negative", "positive", "?"], "<10 % may be either"
    assert clinical["hr"].tolist() == ["positive", "negative", "positive", "positive"]


def test_percentages_and_a_subtype_are_read_for_what_they_are(tmp_path):
    proposal, clinical = proposed(tmp_path, ENGLISH, "patients.tsv")
    words = "\n".join(proposal.words())
    assert "percentages: positive from 1 %" in words
    assert "hormone receptors are not taken from it" in words
    assert "centimetres, by their median of 2.1" in words
    assert clinical["hr"].tolist() == ["positive", "negative", "positive", "negative", "positive"]
    assert clinical.loc["c", ["her2_ihc", "her2_fish"]].tolist() == ["2+", "negative"], "2+ / ISH-"
    assert clinical["pam50"].tolist() == ["LumA", "Basal", "LumA", "Claudin-low", "LumB"], "no subtype is made missing"
    assert clinical["age"].fillna(0).tolist() == [51, 0, 63, 44, 58]


def test_what_leaves_doubt_is_not_taken():
    columns = {
        "tumour size": ["5", "6", "7"],
        "ER": ["positive", "negative", "positive"],
        "ER %": ["90", "0", "70"],
        "PR %": ["0", "5", "8"],
        "HER2": ["0", "1", "0"],
        "age in days": ["18000", "20000", "25000"],
        "sub-type": ["TNBC", "Luminal B-like", "TNBC"],
        "empty": ["", "", "NA"],
    }
    found = recognise(columns)
    assert {item.variable: item.column for item in found} == {
        "er": "ER",
        "her2_status": "HER2",
        "age_days": "age in days",
    }
    why = unused_columns(columns, "id", found)
    assert why == {
        "tumour size": "a tumour size in cm or in mm: neither its name nor its median says which",
        "ER %": "percentages; er is read from 'ER'",
        "PR %": "named like percentages of pgr, but its numbers are none",
        "sub-type": "named like pam50, but its words are not understood",
        "empty": "nothing is said in it",
    }


@pytest.mark.parametrize(
    ("words", "levels"),
    [(["0", "1", "2"], True), (["0", "1+", "0"], True), (["+", "-", "+"], False), (["0", "1"], False)],
)
def test_a_column_called_her2_holds_levels_only_where_they_show(words, levels):
    (found,) = recognise({"HER2": words})
    assert found.variable == ("her2_ihc" if levels else "her2_status")


@given(st.lists(st.integers(0, 100), min_size=1), st.sampled_from(["{}", "{}%", "{} %", "{}.0", "{},0 %"]))
def test_a_percentage_is_positive_from_one(values, written):
    words = [written.format(value) for value in values]
    assert [percentage(word) for word in words] == values
    assert is_percentage(words) == (max(values) > 8)


@pytest.mark.parametrize("word", ["<10", "0-5", ">0", "120", "-3", "10-120", "", "+", "many"])
def test_what_may_lie_on_either_side_of_the_cut_is_no_percentage(word):
    assert percentage(word) is None


def test_the_column_of_ids_is_found_by_the_expression_whatever_else_is_unique():
    columns = {"": ["0", "1", "2"], "note": ["x", "y", "z"], "patient": ["a", "a", "b"], "gsm": ["k.1", "l.1", "m.1"]}
    assert sample_column(columns, ["a", "b"]) == ("patient", 2), "in two visits"
    assert sample_column(columns, ["K-1", "L-1"]) == ("gsm", 0), "another form"
    assert sample_column(columns) == ("note", 0), "no numbers of rows"
    assert sample_column({"id": ["1", "2"], "note": ["x", "y"]}) == ("id", 0)
