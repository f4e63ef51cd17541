"""Parts of a results folder written again: only where they belong to the rest."""

from __future__ import annotations

import shutil

import pytest

from her2stats.errors import FileError, InputError
from her2stats.study import load_results, run_study
from tests.study.test_run import digests


@pytest.fixture
def study(small_study, small_results, tmp_path):
    """A study that has been run, in a place of its own."""
    shutil.copytree(small_study.parent, tmp_path / "study")
    return tmp_path / "study" / "study.toml"


@pytest.mark.slow
@pytest.mark.parametrize(("only", "lost"), [("figures", "figures/fig2b_forest.pdf"), ("tables", "tables/tables.xlsx")])
def test_a_lost_part_is_written_again_and_the_rest_stays(study, only, lost):
    results = study.parent / "results"
    before = digests(results)
    (results / lost).unlink()
    run_study(study, only=[only])
    assert digests(results) == before


def test_the_report_alone_needs_no_data(study):
    results = study.parent / "results"
    before = digests(results)
    (results / "report.html").write_text("edited")
    (results / "my_notes.txt").write_text("mine")
    found = run_study(study, only=["report"])
    assert found.kept == ("report.html was edited and is kept as report.html.edited",)
    after = digests(results)
    assert (results / "report.html.edited").read_text() == "edited"
    assert (results / "my_notes.txt").read_text() == "mine"
    assert {name: digest for name, digest in after.items() if name in before} == before
    assert set(after) - set(before) == {"report.html.edited", "my_notes.txt"}


def test_figures_of_other_data_are_not_put_beside_these_tables(study):
    results = study.parent / "results"
    before = digests(results)
    study.write_text(study.read_text().replace("seed = 3", "seed = 4"))
    with pytest.raises(InputError, match=r"results, seed: was 3 and is now 4"):
        run_study(study, only=["figures"])
    assert digests(results) == before


def test_a_new_title_is_no_other_study(study):
    study.write_text(study.read_text().replace("A small simulated study", "Another name"))
    run_study(study, only=["tables"])
    assert load_results(study.parent / "results").provenance["title"] == "Another name"


def test_without_results_there_is_nothing_to_complete(study):
    shutil.rmtree(study.parent / "results")
    with pytest.raises(FileError, match="no results yet"):
        run_study(study, only=["figures"])
    with pytest.raises(InputError, match="'colours' cannot be run alone"):
        run_study(study, only=["colours"])


@pytest.mark.parametrize("only", ["report", pytest.param("figures", marks=pytest.mark.slow)])
def test_what_is_damaged_beside_the_part_is_named_and_hinders_nothing(study, only):
    results = study.parent / "results"
    (results / "tables" / "odds_ratios.csv").unlink()
    (results / "tables" / "scores.csv").write_bytes(b"\xff\xfe\x00")
    (results / "r" / "specs.csv").unlink()
    found = run_study(study, only=[only])
    named = [gap.partition(" ")[0] for gap in found.gaps]
    assert named == ["tables/scores.csv", "tables/odds_ratios.csv", "r/specs.csv"]
    assert "scores" not in found.tables
    assert "correlation" in found.tables
    page = (results / "report.html").read_text()
    assert "tables/odds_ratios.csv</code> is missing" in page
    with pytest.raises(FileError, match=r"scores\.csv"):
        load_results(results)
