"""Result rows side by side."""

from __future__ import annotations

import pandas as pd

from her2stats.statistics.result import as_result_table
from her2stats.tables.layouts import Block, print_blocks, significant_digits


def rows(**changes: object) -> pd.DataFrame:
    base = {
        "outcome": ["B cells", "CD8"],
        "term": "score",
        "estimate": [0.5, 2.0],
        "conf_low": [0.3, 1.5],
        "conf_high": [0.9, 3.0],
        "p_value": [0.01, 0.0001],
        "p_adjusted": [0.02, 0.4],
        "n": 50,
        "measure": "odds_ratio",
        "conf_level": 0.95,
    }
    return as_result_table(pd.DataFrame({**base, **changes}))


def test_rows_share_a_line_by_their_name() -> None:
    left, right = rows(), rows(outcome=["CD8", "Monocytes"])
    table = print_blocks([Block("a", left), Block("b", right)], caption="c")
    assert table.frame["name"].tolist() == ["B cells", "CD8", "Monocytes"]
    assert table.frame["b1_effect"].tolist() == ["", "0.50 (0.30–0.90)", "2.00 (1.50–3.00)"]
    assert [heading for heading, _ in table.spanners] == ["a", "b"]


def test_bold_is_what_is_significant_after_correction() -> None:
    table = print_blocks([Block("a", rows())], caption="c")
    assert set(table.strong) == {(0, "b0_effect"), (0, "b0_p_adjusted")}


def test_an_uncorrected_table_has_no_column_for_it_and_no_bold() -> None:
    table = print_blocks([Block("a", rows(p_adjusted=float("nan")))], caption="c")
    assert "b0_p_adjusted" not in table.frame
    assert table.strong == []


def test_a_p_of_permutations_has_its_column_and_says_what_it_is() -> None:
    table = print_blocks([Block("a", rows(p_permutation=[0.03, 0.5]))], caption="c")
    assert table.frame["b0_p_permutation"].tolist() == ["0.030", "0.50"]
    assert table.labels["b0_p_permutation"] == "p\N{NO-BREAK SPACE}perm."
    said = "p perm.: over permutations within the cells of the factors; not corrected for multiple testing."
    assert table.notes[-1] == said
    assert said not in print_blocks([Block("a", rows())], caption="c").notes


def test_flags_are_explained_below_the_table() -> None:
    missing = float("nan")
    flagged = rows(estimate=[0.5, missing], conf_low=missing, conf_high=missing, flag=["", "separation: x"])
    table = print_blocks([Block("a", flagged)], caption="c")
    assert table.frame["b0_effect"].tolist() == ["0.50", "separation"]
    assert any(note.startswith("Separation: ") for note in table.notes)


def test_blocks_without_rows_leave_no_trace() -> None:
    table = print_blocks([Block("a", rows()), Block("b", rows().iloc[:0])], caption="c")
    assert [heading for heading, _ in table.spanners] == ["a"]


def test_significant_digits() -> None:
    assert [significant_digits(v) for v in (0.00463, -12.345, 0, float("nan"))] == ["0.00463", "−12.3", "0", ""]
