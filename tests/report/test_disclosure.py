"""A public page: no count below five, and none that follows from the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from her2stats.report.disclosure import SMALL, SUPPRESSED, suppress_small_counts
from her2stats.results import read_folder
from her2stats.tables import table_one


def public(sample: Path, **tables: pd.DataFrame) -> dict[str, pd.DataFrame]:
    results = read_folder(sample)
    return dict(suppress_small_counts(replace(results, tables={**results.tables, **tables})).tables)


def test_a_lone_small_cell_takes_another_with_it(small_sample: Path) -> None:
    clinical = pd.DataFrame({"hr": ["positive"] * 40 + ["negative"] * 3, "grade": ["II"] * 30 + ["III"] * 13})
    table = public(small_sample, table_one=table_one({"c": clinical}))["table_one"].set_index(["variable", "level"])
    assert table.loc[("Hormone receptor", "negative"), "c"] == SMALL
    assert table.loc[("Hormone receptor", "positive"), "c"] == SUPPRESSED
    assert table.loc[("Grade", "III"), "c"] in ("13 (30.2%)", SUPPRESSED)
    assert table.loc[("Grade", "I"), "c"] == SMALL


def test_tables_of_single_patients_and_details_of_notes_are_dropped(sample: Path) -> None:
    tables = public(sample)
    assert "scores" not in tables
    assert "fractions" not in tables
    assert set(tables["notes"]["detail"]) == {""}
    assert tables["notes"]["count"].dropna().min() >= 5


@pytest.mark.parametrize(("events", "hidden"), [(4, True), (5, False), (31, False), (33, True)])
def test_an_odds_ratio_that_gives_a_small_count_away_goes_too(sample: Path, events: int, hidden: bool) -> None:
    response = read_folder(sample).table("response").head(1).assign(n_events_reference=events, n_reference=36)
    shown = public(sample, response=response)["response"].iloc[0]
    assert pd.isna(shown["estimate"]) == hidden
    assert pd.isna(shown["n_events_comparison"]) == hidden
    assert shown["flag"].startswith(SUPPRESSED) == hidden
