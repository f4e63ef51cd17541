"""Table 1 and Table 2 as a journal prints them."""

from __future__ import annotations

import pandas as pd

from her2stats.tables import table_one
from her2stats.tables.paper_tables import print_table_one


def test_levels_stand_under_their_variable() -> None:
    frame = pd.DataFrame({"age": [50.0, 60.0], "hr": ["positive", "negative"]})
    printed = print_table_one(table_one({"c": frame}), {"c": 2}, caption="Patients")
    assert printed.frame["variable"].tolist() == ["Age, years", "Hormone receptor, n (%)", "Hormone receptor, n (%)"]
    assert printed.frame["level"].tolist() == ["Median (IQR)", "Positive", "Negative"]
    assert printed.heading("c") == "c (n = 2)"
    assert printed.notes == []


def test_what_is_missing_or_absent_is_explained() -> None:
    one, two = pd.DataFrame({"hr": ["positive", None]}), pd.DataFrame({"grade": ["I"]})
    printed = print_table_one(table_one({"a": one, "b": two}), {"a": 2, "b": 1}, caption="Patients")
    assert len(printed.notes) == 2
