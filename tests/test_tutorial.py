"""The tutorial quotes what its commands print and what its pages say."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest

from her2stats.reading.sources import fetching
from tests.cli.test_commands import her2stats

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
QUOTED = [line for block in re.findall(r"```text\n(.*?)```", TUTORIAL.read_text(), re.S) for line in block.splitlines()]


def words(text: str) -> str:
    return " ".join(text.split())


def test_its_links_and_pictures_are_there():
    links = re.findall(r"\]\(([^)#]+)\)", TUTORIAL.read_text())
    assert links
    for link in links:
        assert (TUTORIAL.parent / link).exists() or (TUTORIAL.parents[1] / link).exists(), link


def test_the_study_file_that_it_speaks_of_holds_what_it_says():
    study = (Path(fetching.__file__).parent / "studies" / "maqc2.toml").read_text()
    assert '"NEG" = ""' in study
    assert 'where = { series_id = "GSE16716,GSE20194" }' in study


@pytest.mark.r
def test_it_quotes_what_is_printed(shared, tmp_path):
    shutil.copy(Path(fetching.__file__).parent / "studies" / "maqc2.toml", tmp_path / "study.toml")
    shutil.copy(shared / "curatedbreast_clinical" / "bcClinicalTable.csv", tmp_path)
    told = [her2stats(step, tmp_path / "study.toml") for step in ("check", "run")]
    assert [one.returncode for one in told] == [0, 0]
    page = (tmp_path / "results-maqc2" / "report.html").read_text()
    page = re.sub(r"<(script|style|svg).*?</\1>", "", page, flags=re.S)
    everything = words(" ".join([*(one.stdout for one in told), html.unescape(re.sub(r"<[^>]+>", " ", page))]))
    assert [line for line in QUOTED if words(line) not in everything] == []
