"""Results become one frame, and rows get their places."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.errors import DataError, TableError
from her2stats.figures.panel.row_panel import row_panel
from her2stats.figures.panel.stratum_rows import row_places
from her2stats.figures.sample_frame import sample_frame
from her2stats.statistics.rows import in_order, result_rows
from tests.figures import examples as e


def test_results_tables_and_generators_give_the_same_rows(abim: pd.DataFrame) -> None:
    result = e.correlation(abim, "her2", e.LM22[:2])
    for given_rows in (result, result.table, [result], (item for item in [result.table])):
        pd.testing.assert_frame_equal(result_rows(given_rows), result.table)


def test_a_table_from_a_csv_file_serves_as_well(abim: pd.DataFrame, tmp_path) -> None:
    table = e.odds_ratios(abim).table
    table.to_csv(tmp_path / "odds.csv", index=False)
    back = result_rows(pd.read_csv(tmp_path / "odds.csv"))
    assert back["flag"].tolist() == table["flag"].tolist()
    assert back["estimate"].round(9).equals(table["estimate"].round(9))


def test_a_foreign_frame_is_refused() -> None:
    with pytest.raises(DataError, match="outcome"):
        result_rows(pd.DataFrame({"a": [1]}))


@given(st.permutations(e.LM22))
@settings(deadline=None, max_examples=15)
def test_places_depend_on_the_names_only(names: list[str]) -> None:
    places = row_places(names)
    assert places["name"].tolist() == e.LM22
    steps = -places["y"].diff().dropna()
    assert set(steps.round(9)) == {1.0, 1.45}


def test_a_given_order_is_kept_without_gaps() -> None:
    places = row_places(["a", "b", "c"], ordered=["c", "x", "a"])
    assert places["name"].tolist() == ["c", "a"]
    assert places["y"].tolist() == [0.0, -1.0]


def test_first_come_those_of_the_order() -> None:
    assert in_order(["z", "b", "a", "z"], ["a", "b", "c"]) == ["a", "b", "z"]


def test_samples_of_a_cohort_that_is_not_there() -> None:
    with pytest.raises(TableError, match="cohort 'B'"):
        sample_frame({"A": pd.DataFrame({"til": [1.0]})}, None, ["til"], cohort="B")


@pytest.mark.parametrize(("panels", "per_row"), [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3)])
def test_rows_of_panels_are_of_about_equal_length(panels: int, per_row: int) -> None:
    assert row_panel(183, panels, ["Monocytes"], {"OR": ["0.50"]}, (-1.0, 1.0)).per_row == per_row
