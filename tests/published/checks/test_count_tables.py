"""A whole table of counts and percentages, as somebody would type it in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import TableError
from her2stats.published import audit_counts

# Right: every percentage rounded, every variable adds up.
GOOD = [
    ("age", "<= 50", "57 (54.8%)", 104),
    ("age", "> 50", "47 (45.2%)", 104),
    ("size", "<= 2 cm", "14 (13.5%)", 104),
    ("size", "2-5 cm", "86 (82.7%)", 104),
    ("size", "> 5 cm", "3 (2.9%)", 104),
    ("size", "missing", "1 (1%)", 104),
    ("grade", "I-II", "68 (65.4%)", 104),
    ("grade", "III", "36 (34.6%)", 104),
    ("HR", "positive", "82/104 (78.8)", 104),
    ("HR", "negative", "22/104 (21.2)", 104),
    ("HER2", "0", "32 (30.8%)", 104),
    ("HER2", "1+", "60 (57.7%)", 104),
    ("HER2", "2+", "12 (11.5%)", 104),
    ("nodes", "positive", "40 (38.5%)", 104),  # one level only: nothing to add up
]


def _table(rows: list[tuple[str, str, str, int]] = GOOD) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["variable", "level", "count", "n"])


def _inconsistent(audit: pd.DataFrame) -> list[tuple[str, str]]:
    wrong = audit[audit["verdict"] == "inconsistent"]
    return list(zip(wrong["item"], wrong["check"], strict=True))


def test_a_right_table_raises_no_alarm() -> None:
    audit = audit_counts(_table())
    assert set(audit["verdict"]) == {"consistent"}
    assert (audit["check"] == "total").sum() == 5


@pytest.mark.parametrize(
    ("row", "planted", "found"),
    [
        (0, "57 (54.9%)", [("age: <= 50", "percentage")]),
        (1, "47 (54.2%)", [("age: > 50", "percentage")]),  # digits swapped
        (3, "68 (82.7%)", [("size: 2-5 cm", "percentage"), ("size", "total")]),
        (6, "69 (66.3%)", [("grade", "total")]),  # one patient too many, percentage made to fit
        (8, "82/104 (78.9)", [("HR: positive", "percentage")]),
        (9, "22/104 (21.1)", [("HR: negative", "percentage")]),  # cut off
        (10, "23 (30.8%)", [("HER2: 0", "percentage"), ("HER2", "total")]),
        (13, "40 (40%)", [("nodes: positive", "percentage")]),
    ],
)
def test_each_planted_error_is_found_and_nothing_else(row: int, planted: str, found: list[tuple[str, str]]) -> None:
    rows = list(GOOD)
    variable, level, _, n = rows[row]
    rows[row] = (variable, level, planted, n)
    assert _inconsistent(audit_counts(_table(rows))) == found


def test_all_planted_errors_are_found_together() -> None:
    rows = list(GOOD)
    rows[0] = ("age", "<= 50", "57 (54.9%)", 104)
    rows[6] = ("grade", "I-II", "69 (66.3%)", 104)
    rows[12] = ("HER2", "2+", "12 (15.1%)", 104)
    expected = [("age: <= 50", "percentage"), ("grade", "total"), ("HER2: 2+", "percentage")]
    assert _inconsistent(audit_counts(_table(rows))) == expected


def test_percentages_of_the_known_values_are_consistent_and_said_to_be_so() -> None:
    rows = [("grade", "I-II", "60 (66.7%)", 104), ("grade", "III", "30 (33.3%)", 104), ("grade", "missing", "14", 104)]
    audit = audit_counts(_table(rows))
    assert _inconsistent(audit) == []
    assert audit["arithmetic"].iloc[0].endswith("(missing left out: the percentage is of 90, not of 104)")


def test_missing_values_that_are_not_printed_are_recognised_by_the_percentages() -> None:
    rows = [("grade", "I-II", "60 (66.7%)", 104), ("grade", "III", "30 (33.3%)", 104)]
    audit = audit_counts(_table(rows))
    assert _inconsistent(audit) == []
    assert audit["verdict"].iloc[-1] == "not determinable"


def test_an_open_list_of_levels_is_left_open_when_declared() -> None:
    rows = [("site", "lung", "20 (19.2%)", 104), ("site", "bone", "30 (28.8%)", 104)]
    assert _inconsistent(audit_counts(_table(rows))) == [("site", "total")]
    assert audit_counts(_table(rows), complete=False)["verdict"].tolist()[-1] == "not determinable"


def test_places_keep_equal_variables_apart() -> None:
    both = pd.concat([_table().assign(place="discovery"), _table().assign(place="confirmatory")])
    audit = audit_counts(both)
    assert (audit["check"] == "total").sum() == 10
    assert set(audit["place"]) == {"discovery", "confirmatory"}


def test_a_denominator_in_a_cell_may_be_of_fewer_but_not_of_more() -> None:
    table = pd.DataFrame({"variable": "size", "level": ["small", "large"], "n": 104})
    fewer = audit_counts(table.assign(count=["40/100 (40.0)", "60/100 (60.0)"]))
    assert _inconsistent(fewer) == []
    more = audit_counts(table.assign(count=["40/110 (36.4)", "60/104 (57.7)"]), complete=False)
    (row,) = more[more["verdict"] == "inconsistent"].to_dict("records")
    assert (row["check"], row["printed"]) == ("denominator", "40/110")
    assert row["arithmetic"] == "the denominator 110 is more than n = 104"


def test_random_tables_are_never_called_inconsistent() -> None:
    rng = np.random.default_rng(24)
    tables = []
    for number in range(1500):
        levels = int(rng.integers(2, 6))
        counts = rng.multinomial(rng.integers(5, 900), rng.dirichlet(np.ones(levels)))
        missing = number % 3 == 0
        of = counts[:-1].sum() if missing and number % 2 else counts.sum()
        percent = [f"{100 * c / of:.1f}" if of else "" for c in counts]
        names = [f"level {k}" for k in range(levels - 1)] + ["missing" if missing else "last"]
        percent[-1] = "" if missing and number % 2 else percent[-1]
        table = pd.DataFrame({"level": names, "count": counts, "percent": percent})
        tables.append(table.assign(variable=f"variable {number}", n=counts.sum()))
    audit = audit_counts(pd.concat(tables, ignore_index=True))
    assert _inconsistent(audit) == []


def test_what_is_missing_or_unreadable_is_reported_all_at_once() -> None:
    with pytest.raises(TableError, match="column 'n' is missing"):
        audit_counts(_table().drop(columns="n"))
    broken = _table().astype({"count": object})
    broken.loc[0, "count"] = "57 of them"
    broken["percent"] = ["x", *[""] * 13]
    with pytest.raises(TableError) as caught:
        audit_counts(broken)
    assert len(caught.value.problems) == 2


def test_levels_that_a_patient_may_have_several_of_need_not_add_up() -> None:
    sites = [("site", "bone", "60 (60%)", 100), ("site", "liver", "40 (40%)", 100), ("site", "lung", "30 (31%)", 100)]
    table = _table([*sites, ("grade", "I", "40 (40%)", 100), ("grade", "II", "50 (50%)", 100)])
    several = table.assign(several=["yes"] * 3 + [""] * 2)
    assert ("site", "total") in _inconsistent(audit_counts(table))
    assert _inconsistent(audit_counts(several)) == [("site: lung", "percentage"), ("grade", "total")]
