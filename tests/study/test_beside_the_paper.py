"""A results folder beside the paper, whole and damaged."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from her2stats.errors import FileError, InputError
from her2stats.published.beside.questions import TABLES
from her2stats.study.beside_the_paper import beside_the_paper


@pytest.fixture
def folder(small_results, tmp_path):
    return shutil.copytree(small_results.folder, tmp_path / "results")


def test_a_run_is_put_beside_the_paper_with_its_tables_and_figures(small_results, tmp_path):
    found = beside_the_paper(small_results.folder, output=tmp_path / "beside")
    assert found.gaps == ()
    assert set(found.summary["cohort"]) == {"one", "answers"}
    assert found.comparison["our_estimate"].notna().any()
    written = {path.name for path in (tmp_path / "beside").iterdir()}
    assert {"comparison.csv", "summary.csv", "published_correlation.png", "published_odds_ratio.pdf"} <= written
    table = pd.read_csv(tmp_path / "beside" / "comparison.csv", dtype={"printed": "str"})
    assert table.columns[0] == "cohort"
    assert "-0.44 (-0.53 to -0.34)" in set(table["printed"]), "as printed, without a guard"


def test_the_summary_for_readers_has_words_where_nothing_can_be_judged(small_results):
    shown = beside_the_paper(small_results.folder).for_reading()
    interaction = shown[shown["question"] == "interaction with HR"].iloc[0]
    assert interaction["intervals overlap"] == ""
    correlation = shown[(shown["question"] == "correlation")].iloc[0]
    assert " of " in correlation["same sign"]


def test_tables_that_are_gone_or_damaged_are_named_and_the_others_compared(folder):
    whole = beside_the_paper(folder).comparison
    (folder / "tables" / "odds_ratios.csv").unlink()
    interaction = folder / "tables" / "interaction.csv"
    interaction.write_text(interaction.read_text()[:-20])
    (folder / "tables" / "scores.csv").write_text("of no account here")
    found = beside_the_paper(folder)
    assert found.gaps == (
        f"{folder}/tables/odds_ratios.csv is missing: its numbers are not compared",
        f"{folder}/tables/interaction.csv ends in the middle of a line: its numbers are not compared",
    )
    gone = {"odds ratio of high abundance", "interaction with HR"}
    left = whole[~whole["question"].isin(gone)].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.comparison, left)


def test_a_folder_of_which_nothing_is_left_is_refused_with_every_file(folder):
    for name in TABLES:
        (folder / "tables" / f"{name}.csv").unlink()
    with pytest.raises(InputError) as caught:
        beside_the_paper(folder)
    assert len(caught.value.problems) == len(TABLES) + 1
    assert "none of the tables can be compared" in str(caught.value)


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(FileError, match="is not a results folder"):
        beside_the_paper(tmp_path)
