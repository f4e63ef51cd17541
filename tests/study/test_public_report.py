"""`[report] public = true` on a whole run: the page holds aggregates, and no count below five."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import pytest

from her2stats.study import StudyResults, load_results, run_study
from tests.report.page_reader import COUNTS, Page
from tests.report.test_manuscript import texts_of as manuscript_texts

from .conftest import write_small_study

SMALLEST = 5


@pytest.fixture(scope="module")
def public_results(tmp_path_factory) -> StudyResults:
    study = write_small_study(tmp_path_factory.mktemp("public"), n=40)
    study.write_text(study.read_text() + "[report]\npublic = true\n")
    return run_study(study)


def everything_in(results: StudyResults) -> str:
    """The page, and what is packed into it."""
    page = (results.folder / "report.html").read_text()
    unpacked = []
    for packed in re.findall(r"[A-Za-z0-9+/]{60,}={0,2}", page):
        content = base64.b64decode(packed + "=" * (-len(packed) % 4))
        unpacked.append(gzip.decompress(content).decode() if content[:2] == b"\x1f\x8b" else content.decode("latin-1"))
    return "\n".join([page, *unpacked])


def test_what_is_packed_into_the_page_is_seen(small_results: StudyResults) -> None:
    estimate = small_results.tables["correlation"]["estimate"].dropna().iloc[0]
    assert repr(float(estimate)) in everything_in(small_results)


@pytest.mark.parametrize("which", ["public_results", "small_results"])
def test_no_sample_and_no_row_of_one_is_on_any_page(which: str, request: pytest.FixtureRequest) -> None:
    results: StudyResults = request.getfixturevalue(which)
    text = everything_in(results)
    for name in ("scores", "fractions"):
        lines = (results.folder / "tables" / f"{name}.csv").read_text().splitlines()[1:]
        assert lines, name
        for line in lines:
            sample, *values = line.split(",")[1:]
            assert not re.search(rf"\b{re.escape(sample)}\b", text), sample
            assert ",".join(values[:2]) not in text, sample


def test_counts_below_five_are_suppressed(public_results: StudyResults) -> None:
    table = public_results.tables["table_one"]
    counts = table[[column for column in table if column.endswith(" n")]].fillna(0)
    small = counts.lt(SMALLEST) & counts.gt(0)
    assert small.to_numpy().any(), "the study has to have a small cell to suppress"
    assert "&lt;5" in (public_results.folder / "report.html").read_text()


def test_no_phrase_of_the_page_or_its_figures_counts_one_to_four(public_results: StudyResults) -> None:
    page = Page((public_results.folder / "report.html").read_text())
    assert page.figures
    assert all(len(words) > 100 for words in page.figures), "the words of a figure are read"
    assert "n = 40" in page.text
    assert not page.small_counts()
    for table in page.tables.values():
        for column in {"n", "n_events", "n_reference", "n_comparison", "n_missing", "n_zero", "one n"} & set(table):
            assert not table[column].between(1, SMALLEST - 1).any(), column


def test_the_manuscript_tells_no_more_than_the_page(public_results: StudyResults) -> None:
    folder = public_results.folder
    samples = [f"{name}" for table in ("scores", "fractions") for name in public_results.tables[table]["sample"]]
    for name, text in manuscript_texts(folder).items():
        assert not [one for one in samples if re.search(rf"\b{re.escape(one)}\b", text)], name
        counted = [match[0] for pattern in COUNTS for match in pattern.finditer(text) if 0 < int(match[1]) < SMALLEST]
        assert not counted, name
    table_one = manuscript_texts(folder)["tables.docx"]
    assert "<5" in table_one
    assert not re.search(r"(?<![\d.])[1-4] \(\d", table_one), "a count with its percentage"


def test_the_folder_itself_stays_whole(public_results: StudyResults) -> None:
    again = load_results(public_results.folder)
    assert len(again.tables["scores"]) == 40
    assert json.loads((Path(again.folder) / "provenance.json").read_text())["public"] is True
