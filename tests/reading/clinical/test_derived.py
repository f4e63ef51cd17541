"""Levels that follow from measurements: RCB against its score, HER2 IHC by a stated rule, and what is told."""

from __future__ import annotations

import pandas as pd
import pytest

from her2stats.errors import DataError, TableError
from her2stats.reading import read_clinical

RULE = {"0": 0, "1+": 100, "2+": 200, "3+": 300}


def read(**columns):
    rule = columns.pop("her2_rule", None)
    names = [f"p{place}" for place in range(len(next(iter(columns.values()))))]
    return read_clinical(pd.DataFrame({"sample": names, **columns}), her2_rule=rule)


def burden(score, klass=None, **more):
    given = {} if klass is None else {"rcb": klass}
    return read(her2_status=["negative"] * len(score), rcb_score=score, **given, **more)


def test_the_class_follows_from_the_score_at_the_published_limits():
    found = burden(["0", "0.01", "1.36", "1.37", "3.28", "3.29", ""])
    assert found.table["rcb"].astype(object).where(found.table["rcb"].notna(), "").tolist() == [
        *("0", "I", "I", "II", "II", "III", "")
    ]
    said = {note.what: note.count for note in found.notes}
    assert said["class of residual cancer burden taken from its score"] == 6


def test_a_score_and_a_class_that_differ_are_told_with_the_patients():
    with pytest.raises(TableError) as refused:
        burden(["0", "1.2", "2.0", "3.29"], ["III", "I", "0", "III"])
    (problem,) = refused.value.problems
    assert problem.what == "rcb_score and rcb differ in 2 samples: p0 (0, III), p2 (2, 0)"
    assert problem.remedy == (
        "correct them (0 is class 0, up to 1.36 I, up to 3.28 II, above III), or map one of the two columns only"
    )


def test_a_score_that_was_rounded_at_a_limit_goes_with_either_class():
    assert burden(["1.36", "1.36", "3.28"], ["I", "II", "III"]).table["rcb"].tolist() == ["I", "II", "III"]
    with pytest.raises(TableError, match="differ in 1 samples"):
        burden(["1.35", "0.5"], ["II", "I"])
    with pytest.raises(TableError, match=r"p0 \(0, I\)"):  # nothing left is class 0, however it is rounded
        burden(["0", "0.5"], ["I", "I"])


def test_no_residual_burden_and_no_complete_response_are_counted():
    found = burden(["0", "0", "2"], pcr=["1", "0", "1"])
    (note,) = [note for note in found.notes if note.what.startswith("RCB 0 without pCR")]
    assert (note.count, note.detail) == (2, "p1, p2")


def test_an_h_score_becomes_levels_by_the_rule_that_is_stated():
    found = read(her2_h_score=["0", "1", "100", "101", "200", ""], her2_rule=RULE, her2_status=["negative"] * 6)
    assert found.table["her2_ihc"].astype(object).fillna("").tolist() == ["0", "1+", "1+", "2+", "2+", ""]
    (note,) = [note for note in found.notes if note.what.startswith("HER2 IHC made of")]
    assert (note.what, note.count) == ("HER2 IHC made of her2_h_score (0 to 0, 1+ to 100, 2+ to 200, 3+ to 300)", 5)
    divided = {"null": 0, "ultralow": 10, **{level: RULE[level] for level in ("1+", "2+", "3+")}}
    found = read(her2_h_score=["0", "10", "10.5"], her2_rule=divided)
    assert found.table["her2_zero"].astype(object).fillna("").tolist() == ["null", "ultralow", ""]
    assert found.table["her2_group"].tolist() == ["HER2-0", "HER2-0", "HER2-low"]
    assert len(read(her2_h_score=["0", "201", "50"], her2_rule=RULE).table) == 2  # a 3+ is no tumour of the study


@pytest.mark.parametrize(
    ("cells", "level"),
    [
        ((0, 0, 0), ("0", "null")),
        ((10, 0, 0), ("0", "ultralow")),
        ((10.5, 0, 0), ("1+", "")),
        ((6, 5, 0), ("1+", "")),
        ((0, 10.5, 0), ("2+", "")),
        ((0, 0, 1), ("2+", "")),  # few cells stain strongly: equivocal
        ((0, 5, 10), ("2+", "")),
        (("", 0, 0), ("", "")),
    ],
)
def test_percentages_of_cells_become_levels_as_asco_cap_says(cells, level):
    columns = {f"her2_percent_{place}": [str(one), "0"] for place, one in enumerate(cells, start=1)}
    table = read(her2_rule="asco-cap", her2_status=["negative", "negative"], **columns).table
    assert tuple(table[["her2_ihc", "her2_zero"]].astype(object).fillna("").iloc[0]) == level


def test_more_than_ten_percent_of_strong_cells_is_positive():
    columns = {f"her2_percent_{place}": [one, "0"] for place, one in ((1, "0"), (2, "0"), (3, "10.5"))}
    assert read(her2_rule="asco-cap", **columns).table.index.tolist() == ["p1"]


@pytest.mark.parametrize(
    ("columns", "rule", "what"),
    [
        ({"her2_h_score": ["10"]}, None, "her2_h_score: nothing says which of them is which level of HER2 IHC"),
        ({"her2_h_score": ["10"], "her2_ihc": ["1+"]}, RULE, "her2_ihc has a column, and her2_rule makes it of others"),
        ({"her2_ihc": ["1+"]}, RULE, "her2_rule needs her2_h_score, which no column is"),
        (
            {"her2_h_score": ["10"]},
            "asco-cap",
            "her2_rule needs her2_percent_1, her2_percent_2, her2_percent_3, which no",
        ),
        (
            {f"her2_percent_{place}": ["40"] for place in (1, 2, 3)},
            "asco-cap",
            "her2_percent_1, her2_percent_2, her2_percent_3 add up to more than 100: p0",
        ),
    ],
)
def test_without_a_rule_or_a_column_nothing_is_guessed(columns, rule, what):
    with pytest.raises(TableError) as refused:
        read(her2_rule=rule, **columns)
    assert refused.value.problems[0].what.startswith(what)


def test_beside_a_level_an_h_score_is_only_described():
    found = read(her2_h_score=["10"], her2_ihc=["1+"])
    assert found.table["her2_h_score"].tolist() == [10]


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("hscore", "'hscore' is no rule for HER2 IHC"),
        ({"4+": 300}, "4+: no level of HER2 IHC"),
        ({"3+": 300}, "the largest H-score of each level has to rise, up to 300 for the last"),
        ({"0": 50, "1+": 40, "3+": 300}, "the largest H-score of each level has to rise, up to 300 for the last"),
        ({"0": 50, "1+": 100}, "the largest H-score of each level has to rise, up to 300 for the last"),
    ],
)
def test_a_rule_that_is_none_is_refused(rule, what):
    with pytest.raises(DataError) as refused:
        read(her2_h_score=["10"], her2_rule=rule)
    assert refused.value.problems[0].what == what


def test_a_count_above_a_hundred_and_an_ultralow_1_plus_are_told():
    with pytest.raises(TableError, match="'120' is outside 0 to 100 %"):
        read(her2_status=["negative"] * 3, stil=["5", "120", "20"])
    with pytest.raises(TableError, match="her2_ihc and her2_zero differ in 1 samples: p0"):
        read(her2_ihc=["1+", "0"], her2_zero=["ultralow", "ultralow"])
