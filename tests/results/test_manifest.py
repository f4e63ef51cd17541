"""Which files of a results folder are ours, and what becomes of the others."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from her2stats.results.manifest import MANIFEST, Manifest, manifest_of, put, read_manifest
from her2stats.results.place import fresh_folder, is_results_folder
from her2stats.results.provenance import PROVENANCE


@pytest.fixture
def results(tmp_path) -> Path:
    """Results of an earlier run."""
    write(tmp_path / "results", {PROVENANCE: '{"her2stats": "0"}', "tables/scores.csv": "1\n", "report.html": "page"})
    return tmp_path / "results"


def write(target: Path, files: dict[str, str], **settings: bool) -> list[str]:
    """A run that writes these files; what it kept."""
    with fresh_folder(target, **settings) as draft:
        for name, text in files.items():
            (draft.path / name).parent.mkdir(parents=True, exist_ok=True)
            (draft.path / name).write_text(text)
    return draft.kept


def contents(folder: Path) -> dict[str, str]:
    """All files but the manifest."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


NEW = {PROVENANCE: '{"her2stats": "1"}', "tables/scores.csv": "2\n"}


def test_every_file_of_a_run_is_listed_with_size_and_checksum(results):
    written = json.loads((results / MANIFEST).read_text())
    assert written["format"] == "her2stats results 1"
    assert list(written["files"]) == [PROVENANCE, "report.html", "tables/scores.csv"]
    assert written["files"]["tables/scores.csv"] == {"size": 2, "sha256": hashlib.sha256(b"1\n").hexdigest()}


def test_what_no_run_wrote_stays_where_it_is(results):
    (results / "my_notes.txt").write_text("mine")
    (results / "deep" / "er").mkdir(parents=True)
    (results / "deep" / "er" / "plot.R").write_text("x")
    (results / "empty").mkdir()
    (results / "tables" / "own.csv").write_text("a,b\n")
    (results / "link").symlink_to("/no/such/place")
    assert write(results, NEW) == []
    (results / "link").unlink()
    assert contents(results) == NEW | {"my_notes.txt": "mine", "deep/er/plot.R": "x", "tables/own.csv": "a,b\n"}
    assert (results / "empty").is_dir()
    assert set(read_manifest(results).files) == set(NEW)
    assert [path.name for path in results.parent.iterdir()] == ["results"]


def test_an_edited_file_is_kept_beside_and_said(results):
    (results / "tables" / "scores.csv").write_text("corrected by hand\n")
    (results / "report.html").write_text("with my remarks")
    assert sorted(write(results, NEW)) == [
        "report.html was edited and is kept as report.html.edited",
        "tables/scores.csv was edited and is kept as scores.csv.edited",
    ]
    edited = {"tables/scores.csv.edited": "corrected by hand\n", "report.html.edited": "with my remarks"}
    assert contents(results) == NEW | edited
    (results / "tables" / "scores.csv").write_text("once more\n")
    assert write(results, NEW) == ["tables/scores.csv was edited and is kept as scores.csv.edited2"]
    assert contents(results) == NEW | edited | {"tables/scores.csv.edited2": "once more\n"}


def test_a_file_of_the_user_in_a_place_that_a_run_needs_is_kept(results):
    (results / "crosscheck.csv").write_text("mine")
    assert write(results, NEW | {"crosscheck.csv": "ours"}) == [
        "crosscheck.csv was edited and is kept as crosscheck.csv.edited"
    ]
    assert contents(results) == NEW | {"crosscheck.csv": "ours", "crosscheck.csv.edited": "mine"}


def test_a_part_written_again_keeps_the_rest_and_knows_an_edit_of_it_later(results):
    (results / "tables" / "scores.csv").write_text("edited\n")
    assert write(results, {"report.html": "new page"}, again=True) == []
    assert contents(results)["tables/scores.csv"] == "edited\n"
    assert contents(results)["report.html"] == "new page"
    assert write(results, NEW) == ["tables/scores.csv was edited and is kept as scores.csv.edited"]


def test_of_an_earlier_version_the_catalogue_says_what_is_ours_and_nothing_is_lost(results):
    (results / MANIFEST).unlink()
    (results / "my_notes.txt").write_text("mine")
    assert manifest_of(results) == Manifest(known=False)
    assert sorted(write(results, NEW | {"report.html": "page"})) == [
        "provenance.json was edited and is kept as provenance.json.edited",
        "tables/scores.csv was edited and is kept as scores.csv.edited",
    ]
    found = contents(results)
    assert found.pop("my_notes.txt") == "mine"
    assert found.pop("tables/scores.csv.edited") == "1\n"
    assert found.pop("provenance.json.edited") == '{"her2stats": "0"}'
    assert found == NEW | {"report.html": "page"}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"format": 1}', '{"format": "her2stats results 1", "files": [1]}', "[" * 100_000],
    ids=["empty", "list", "null", "other", "no files", "nested"],
)
def test_a_manifest_that_cannot_be_understood_makes_no_file_ours(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    assert read_manifest(tmp_path) is None
    assert not is_results_folder(tmp_path)


def test_a_manifest_that_is_a_pipe_or_a_link_is_not_read(tmp_path):
    os.mkfifo(tmp_path / MANIFEST)
    assert read_manifest(tmp_path) is None
    (tmp_path / MANIFEST).unlink()
    (tmp_path / MANIFEST).symlink_to(tmp_path / "other.json")
    (tmp_path / "other.json").write_text('{"format": "her2stats results 1", "files": {}}')
    assert read_manifest(tmp_path) is None


def test_one_file_put_anew_is_listed_and_an_edited_one_kept(results):
    assert put(results, "report.html", b"second") is None
    assert put(results, "report.html", b"third") is None
    (results / "report.html").write_text("mine")
    assert put(results, "report.html", b"fourth") == results / "report.html.edited"
    assert contents(results)["report.html.edited"] == "mine"
    assert read_manifest(results).is_untouched(results, "report.html")
    assert put(results, "report.html", b"fourth") is None
