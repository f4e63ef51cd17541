"""HER2 groups that a study declares: what may be declared, and where each tumour stands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.vocabulary.her2_groups import GROUPINGS, PAPER, grouped, why_no_grouping

IHC = ["0", "0", "0", "1+", "2+", None, None]
ZERO = ["null", "ultralow", None, None, None, "ultralow", None]
GROUP = ["HER2-0", "HER2-0", "HER2-0", "HER2-low", "HER2-low", "HER2-0", "HER2-low"]


def clinical(**more: list) -> pd.DataFrame:
    return pd.DataFrame({"her2_ihc": IHC, "her2_zero": ZERO, "her2_group": pd.Categorical(GROUP), **more})


def groups(frame: pd.DataFrame) -> list:
    return frame["her2_group"].astype(object).replace(np.nan, None).tolist()


def test_the_papers_grouping_changes_nothing() -> None:
    table = clinical()
    assert grouped(table, PAPER) == (table, [])


def test_every_tumour_stands_where_what_is_known_of_it_tells() -> None:
    found, notes = grouped(clinical(), GROUPINGS["ultralow"])
    null, ultra, low = "HER2-null", "HER2-ultralow", "HER2-low"
    assert groups(found) == [null, ultra, None, low, low, ultra, low]
    assert found["her2_group"].cat.categories.tolist() == [null, ultra, low]
    assert [(note.what, note.count) for note in notes] == [
        ("HER2 IHC 0: not known in which group", 1),
        ("HER2 groups are HER2-null (null), HER2-ultralow (ultralow), HER2-low (1+, 2+)", 6),
    ]


def test_a_level_that_is_left_out_is_told_with_its_tumours() -> None:
    found, notes = grouped(clinical(), {"zero": ["0"], "weak": ["1+"]})
    assert groups(found) == ["zero", "zero", "zero", "weak", None, "zero", None]
    assert ("HER2 IHC 2+: in no group of her2_groups", 1) in [(note.what, note.count) for note in notes]
    assert ("HER2-low: not known in which group", 1) in [(note.what, note.count) for note in notes]


def test_the_order_of_groups_is_the_declared_one_whatever_the_order_of_rows() -> None:
    one, _ = grouped(clinical(), {"stained": ["ultralow", "1+", "2+"], "unstained": ["null"]})
    other, _ = grouped(clinical().iloc[::-1], {"stained": ["ultralow", "1+", "2+"], "unstained": ["null"]})
    assert one["her2_group"].cat.categories.tolist() == ["stained", "unstained"]
    pd.testing.assert_series_equal(one["her2_group"], other["her2_group"].sort_index())


def test_groups_alone_are_enough_where_they_tell() -> None:
    table = pd.DataFrame({"her2_group": ["HER2-0", "HER2-low", None]})
    assert groups(grouped(table, {"not low": ["0"], "HER2-low": ["2+", "1+"]})[0]) == ["not low", "HER2-low", None]


@pytest.mark.parametrize(
    ("grouping", "words"),
    [
        ({"a": ["0"], "b": ["1+", "4+"]}, "4[+]: no level"),
        ({"a": ["0"], "b": ["HER2-low"]}, "HER2-low: no level"),
        ({"a": ["0"], "b": ["ultralow", "1+"]}, "ultralow in two groups"),
        ({"a": ["0", "1+", "2+"]}, "fewer than two groups"),
        ({"a": ["0"], "b": []}, "without a level"),
        ({"age": ["0"], "b": ["1+"]}, "'age' cannot be the name"),
        ({"null": ["null"], "b": ["1+"]}, "'null' cannot be the name"),
        ({"patients": ["null"], "b": ["1+"]}, "'patients' cannot be the name"),
        ({"a=b": ["0"], "b": ["1+"]}, "'a=b' cannot be the name"),
        ({"HER2-0": ["null"], "HER2-low": ["1+", "2+"]}, "HER2-0 is 0 everywhere else"),
        ({"HER2-0": ["0"], "HER2-low": ["1+"]}, "HER2-low is 1[+], 2[+] everywhere else"),
    ],
)
def test_what_no_grouping_is(grouping: dict, words: str) -> None:
    wrong = why_no_grouping(grouping)
    assert wrong is not None
    assert pd.Series([wrong[0]]).str.contains(words).all(), wrong[0]


@pytest.mark.parametrize("grouping", GROUPINGS.values())
def test_what_is_built_in_is_a_grouping(grouping: dict) -> None:
    assert why_no_grouping(grouping) is None


def test_a_group_of_the_name_of_a_variable_of_the_users_own_is_refused() -> None:
    with pytest.raises(DataError, match="site: a group and a variable of one name"):
        grouped(clinical(site=["a"] * 7), {"site": ["0"], "b": ["1+"]})
