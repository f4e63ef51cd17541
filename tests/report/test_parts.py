"""Long lists and rows that differ in one column only, made short for a page."""

from __future__ import annotations

import pandas as pd

from her2stats.report.parts import LONGEST, gathered, shortened


def test_a_long_list_ends_at_a_word_and_names_the_file_that_has_all_of_it() -> None:
    genes = ", ".join(f"GENE{number}" for number in range(200))
    told = shortened(genes, "tables/notes.csv")
    head, _, rest = told.partition(" \N{HORIZONTAL ELLIPSIS} ")
    assert rest == "(all in tables/notes.csv)"
    assert genes.startswith(head)
    assert LONGEST - 12 < len(head) <= LONGEST
    assert genes[len(head)] == " ", "no gene is cut in two"
    assert shortened("missing: CD8A", "tables/notes.csv") == "missing: CD8A"


def test_rows_that_are_alike_but_for_one_column_become_one_and_none_is_lost() -> None:
    rows = pd.DataFrame(
        {
            "part": ["a", "b", "a", "c"],
            "cohort": ["x", "x", "y", "x"],
            "reason": ["no data", "no data", "no data", "few"],
        }
    )
    found = gathered(gathered(rows, "cohort"), "part")
    assert found.to_dict("records") == [
        {"part": "a", "cohort": "x, y", "reason": "no data"},
        {"part": "b", "cohort": "x", "reason": "no data"},
        {"part": "c", "cohort": "x", "reason": "few"},
    ]
    alike = gathered(pd.DataFrame({"part": ["a", "b"], "cohort": ["x", "x"], "reason": [None, None]}), "part")
    assert alike.loc[0, "part"] == "a, b"
