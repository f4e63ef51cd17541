"""A study that divides HER2 otherwise than the paper: every question, table and figure follows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import InputError
from her2stats.report.disclosure import for_public_page
from her2stats.results.folder import read_folder
from her2stats.study import read_study, run_study
from her2stats.study.atlas import build_atlas
from tests.study.conftest import write_small_study
from tests.study.test_witness import witness

LEVELS = ["HER2-null", "HER2-ultralow", "HER2-low"]


def ultralow_study(folder: Path, groups: str = '"ultralow"') -> Path:
    """The small study with its zeros divided, and response beside the cells."""
    path = write_small_study(folder, n=90)
    table = pd.read_csv(folder / "one.csv", dtype=str)
    rng = np.random.default_rng(4)
    zero = table["her2_ihc"] == "0"
    table.loc[zero, "her2_ihc"] = rng.choice(["null", "0 (ultralow)", "0"], zero.sum(), p=[0.45, 0.45, 0.1])
    table["pcr"] = rng.integers(0, 2, len(table))
    table.to_csv(folder / "one.csv", index=False)
    settings = f"[analysis]\nher2_groups = {groups}\npermutations = 0\nrobustness = 0"
    path.write_text(path.read_text().replace("[analysis]", settings))
    return path


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory):
    return run_study(ultralow_study(tmp_path_factory.mktemp("ultralow")))


def test_response_and_misreading_compare_every_group_with_the_first(results) -> None:
    response = results.tables["response"].query("cohort == 'one'")
    assert response["reference"].unique().tolist() == [LEVELS[0]]
    assert response["comparison"].tolist() == LEVELS[1:]
    by_hr = results.tables["response_by_hr"].query("cohort == 'one' and role == 'interaction'")
    assert by_hr["exposure"].drop_duplicates().tolist() == LEVELS[1:]
    misread = results.tables["misread_ihc"].query("cohort == 'one' and assumed == 'as read' and stratum == 'all'")
    assert misread.groupby("outcome", sort=False)["comparison"].agg(list).tolist() == [LEVELS[1:]] * 2


def test_covariance_table_one_and_methods_follow(results) -> None:
    slopes = results.tables["ancova_slopes"].query("cohort == 'one'")
    assert {f"her2_group={level}" for level in LEVELS} <= set(slopes["stratum"])
    assert not slopes["stratum"].str.startswith("her2_ihc").any()
    table = results.tables["table_one"]
    assert table.loc[table["variable"] == "HER2 group", "level"].tolist()[:3] == LEVELS
    said = results.provenance["conventions"]["HER2 groups"]
    assert said == "HER2-null (null), HER2-ultralow (ultralow), HER2-low (1+, 2+)"
    assert said in (results.folder / "manuscript" / "methods.md").read_text(encoding="utf-8")
    notes = results.tables["notes"]
    assert "HER2 IHC 0: not known in which group" in set(notes["what"])


def test_page_and_figures_show_the_groups(results) -> None:
    page = (results.folder / "report.html").read_text(encoding="utf-8")
    for words in ("HER2-ultralow against HER2-null", "Pathological complete response, HER2-low"):
        assert words in page
    drawn = (results.folder / "figures" / "figS2_exposure.svg").read_text(encoding="utf-8")
    assert "HER2-ultralow" in drawn


def test_an_atlas_and_a_public_page_know_which_groups_are_the_papers(results) -> None:
    atlas = build_atlas([results.folder])
    assert not atlas.table["term"].isin(LEVELS).any() or set(atlas.table["study"]) != {"one"}
    assert "one" not in set(atlas.table.loc[atlas.table["measure"] == "odds_ratio", "study"])
    assert len(for_public_page(read_folder(results.folder)).table("table_one"))


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ('"low"', "'low' is no grouping"),
        ('{ a = ["0"], b = ["9+"] }', "9[+]: no level of HER2 IHC"),
        ('{ a = ["0"], b = ["null"] }', "null in two groups"),
    ],
)
def test_a_grouping_that_is_none_is_told_before_anything_is_read(tmp_path: Path, groups: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_study(ultralow_study(tmp_path, groups))


def test_codes_may_be_written_as_numbers(tmp_path: Path) -> None:
    study = read_study(ultralow_study(tmp_path, '{ zero = [0], "IHC 1+" = ["1+"], "IHC 2+" = ["2+"] }'))
    assert study.analysis.grouping == {"zero": ["0"], "IHC 1+": ["1+"], "IHC 2+": ["2+"]}


@pytest.mark.r
def test_the_witness_follows_the_groups(results) -> None:
    done = witness(results.folder, "--fractions=0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "for HER2 groups are declared" in done.stdout
