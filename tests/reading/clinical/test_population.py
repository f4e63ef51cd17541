"""Who is in the study: HER2-negative by IHC and amplification, HR-positive by ER or PgR."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import TableError
from her2stats.reading.clinical.population import complete_her2, complete_hr, select_population, with_levels

NA = np.nan


def kept(**columns: list[object]) -> list[bool]:
    table = pd.DataFrame(columns, dtype=object)
    chosen, _ = select_population(table)
    return [place in chosen.index for place in table.index]


def notes(**columns: list[object]) -> dict[str, int | None]:
    return {note.what: note.count for note in select_population(pd.DataFrame(columns, dtype=object))[1]}


def test_ihc_0_and_1_are_in_3_is_out():
    assert kept(her2_ihc=["0", "1+", "3+", NA]) == [True, True, False, False]


def test_2_is_in_unless_amplified_or_unknown():
    assert kept(her2_ihc=["2+", "2+", "2+"], her2_fish=["negative", "positive", NA]) == [True, False, False]


def test_2_without_any_amplification_variable_is_in_and_noted():
    assert kept(her2_ihc=["2+"]) == [True]
    assert notes(her2_ihc=["2+"])["HER2 IHC 2+ taken as not amplified: the cohort has no amplification result"] == 1


def test_an_amplified_tumour_is_out_whatever_its_ihc():
    assert kept(her2_ihc=["0", "1+"], her2_amplified=["positive", "negative"]) == [False, True]


def test_of_two_amplification_tests_a_positive_one_wins():
    assert kept(her2_ihc=["1+"], her2_fish=["negative"], her2_amplified=["positive"]) == [False]


def test_a_negative_status_keeps_a_tumour_of_unknown_level():
    assert kept(her2_ihc=[NA, NA, "2+"], her2_status=["negative", "positive", "negative"]) == [True, False, True]


def test_a_positive_status_yields_to_a_level_with_a_negative_amplification_test():
    ihc, fish = ["2+", "1+", NA], ["negative", NA, "negative"]
    assert kept(her2_ihc=ihc, her2_status=["positive"] * 3, her2_fish=fish) == [True, False, False]


def test_every_exclusion_is_counted_once_for_its_first_reason():
    counted = notes(
        her2_ihc=["3+", "3+", "0", "1+", "2+", NA],
        her2_fish=["positive", NA, "positive", NA, NA, NA],
        her2_status=["positive", NA, NA, "positive", NA, NA],
    )
    assert counted == {
        "excluded: HER2 IHC 3+": 2,
        "excluded: ERBB2 amplified": 1,
        "excluded: HER2 positive": 1,
        "excluded: HER2 IHC 2+, amplification unknown": 1,
        "excluded: HER2 unknown": 1,
        "HER2-negative tumours": 0,
    }


def test_groups_alone_are_enough():
    assert kept(her2_group=["HER2-0", "HER2-low", "HER2-positive", NA]) == [True, True, False, False]


def test_a_level_and_a_group_that_contradict_each_other_are_refused():
    table = pd.DataFrame({"her2_ihc": ["0"], "her2_group": ["HER2-low"]}, index=["s7"], dtype=object)
    with pytest.raises(TableError, match="her2_ihc and her2_group differ in 1 samples: s7"):
        select_population(table)


def test_the_group_follows_from_ihc():
    table, _ = complete_her2(pd.DataFrame({"her2_ihc": ["0", "1+", "2+", NA]}, dtype=object))
    table = with_levels(table)
    assert table["her2_group"].tolist()[:3] == ["HER2-0", "HER2-low", "HER2-low"]
    assert list(table["her2_group"].cat.categories) == ["HER2-0", "HER2-low"]


def hr(**columns: list[object]) -> tuple[list[object], str]:
    table, definition, _ = complete_hr(pd.DataFrame(columns, dtype=object))
    return [None if pd.isna(word) else word for word in table["hr"]], definition


def test_hr_is_positive_if_er_or_pgr_is():
    words, definition = hr(er=["positive", "negative", "negative"], pgr=["negative", "positive", "negative"])
    assert words == ["positive", "positive", "negative"]
    assert definition == "ER or PgR"


def test_hr_is_unknown_where_one_receptor_is_negative_and_the_other_not_known():
    assert hr(er=["negative", NA, NA, "positive"], pgr=[NA, "negative", NA, NA])[0] == [None, None, None, "positive"]


def test_er_alone_stands_for_hr_where_pgr_is_not_given():
    assert hr(er=["positive", NA]) == (["positive", None], "ER only")


def test_hr_as_given_is_used_and_disagreement_counted():
    table = pd.DataFrame({"hr": ["negative", "positive"], "er": ["positive", "positive"]}, dtype=object)
    completed, definition, said = complete_hr(table)
    assert completed["hr"].tolist() == ["negative", "positive"]
    assert definition == "given"
    assert [(note.what, note.count) for note in said] == [
        ("HR status as given differs from ER and PgR; the given one is used", 1)
    ]


def test_no_receptor_at_all_is_noted():
    _, definition, said = complete_hr(pd.DataFrame({"age": [1.0]}))
    assert definition == ""
    assert "no hormone-receptor status" in said[0].what
