"""The results folder is absent, old and whole, or new and whole."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from her2stats.errors import OutputError
from her2stats.results.place import fresh_folder, is_results_folder, what_is_in_the_way
from her2stats.results.provenance import PROVENANCE


def fill(folder: Path, word: str) -> None:
    """Write a tiny results folder."""
    (folder / PROVENANCE).write_text('{"her2stats": "0"}')
    (folder / "answer.txt").write_text(word)


def _fail_half_way(target: Path) -> None:
    with fresh_folder(target) as draft:
        fill(draft.path, "new")
        _ = 1 / 0


def test_the_folder_appears_when_complete(tmp_path):
    target = tmp_path / "results"
    with fresh_folder(target) as draft:
        fill(draft.path, "new")
        assert not target.exists()
    assert (target / "answer.txt").read_text() == "new"
    assert not draft.kept
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_failure_leaves_the_old_results_as_they_were(tmp_path):
    target = tmp_path / "results"
    with fresh_folder(target) as draft:
        fill(draft.path, "old")
    with pytest.raises(ZeroDivisionError):
        _fail_half_way(target)
    assert (target / "answer.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_somebody_elses_files_are_not_replaced_unless_asked(tmp_path):
    target = tmp_path / "results"
    target.mkdir()
    (target / "thesis.docx").write_text("years of work")
    with pytest.raises(OutputError, match="not results"), fresh_folder(target):
        pass
    assert (target / "thesis.docx").exists()
    with fresh_folder(target, overwrite=True) as draft:
        fill(draft.path, "new")
    assert is_results_folder(target)
    assert (target / "thesis.docx").read_text() == "years of work"


@pytest.mark.parametrize("content", [b'{"name": "my web app"}', b"[1]", b"no JSON", b'{"format": 1, "files": {}}', b""])
@pytest.mark.parametrize("name", ["manifest.json", PROVENANCE, "answer.txt"])
def test_a_file_of_the_user_that_has_a_name_of_ours_is_kept_beside_it(tmp_path, name, content):
    target = tmp_path / "results"
    target.mkdir()
    (target / name).write_bytes(content)
    for word in ("first", "second"):
        with fresh_folder(target, overwrite=True) as draft:
            fill(draft.path, word)
    beside = [path for path in target.iterdir() if path.name.startswith(f"{name}.edited")]
    assert [path.read_bytes() for path in beside] == [content]
    assert (target / "answer.txt").read_text() == "second"


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("place", [".", "..", "/"])
def test_a_folder_that_holds_an_input_is_refused_whatever_is_said(tmp_path, place, overwrite):
    own = tmp_path / "deep"
    own.mkdir()
    fill(own, "earlier results")
    study = own / "study.toml"
    study.write_text("mine")
    with (
        pytest.raises(OutputError, match="is or holds"),
        fresh_folder(own / place, overwrite=overwrite, inputs=[study]),
    ):
        pass
    assert study.read_text() == "mine"
    assert (own / "answer.txt").read_text() == "earlier results"


@pytest.mark.parametrize("words", ['{"a": 1}', "[]", '{"her2stats": 3}'])
def test_a_foreign_folder_with_a_provenance_is_refused(tmp_path, words):
    target = tmp_path / "results"
    target.mkdir()
    (target / PROVENANCE).write_text(words)
    (target / "thesis.docx").write_text("years of work")
    with pytest.raises(OutputError, match="not results"), fresh_folder(target):
        pass
    assert (target / "thesis.docx").read_text() == "years of work"


def test_two_runs_into_one_folder_do_not_mix(tmp_path):
    with fresh_folder(tmp_path / "results") as draft:
        fill(draft.path, "first")
        with pytest.raises(OutputError, match="another command"), fresh_folder(tmp_path / "results"):
            pass
    assert (tmp_path / "results" / "answer.txt").read_text() == "first"


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError), fresh_folder(tmp_path / "file" / "results"):
        pass


ENDLESS = """
import sys, time
from pathlib import Path
from her2stats.results.place import fresh_folder
n = 0
while True:
    n += 1
    with fresh_folder(Path(sys.argv[1])) as draft:
        for name in ("a", "b", "c"):
            (draft.path / name).write_text(str(n))
            time.sleep(0.002)
        (draft.path / "provenance.json").write_text('{"her2stats": "0"}')
"""


def test_a_run_killed_at_any_moment_never_leaves_a_mixture(tmp_path):
    target = tmp_path / "results"
    for attempt in range(12):
        process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(target)])
        time.sleep(0.25 + 0.013 * attempt)
        process.kill()
        process.wait()
        if target.exists():
            assert len({(target / name).read_text() for name in ("a", "b", "c")}) == 1
    with fresh_folder(target) as draft:
        fill(draft.path, "after")
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


@pytest.mark.parametrize("written", ["~", "~/results", "$HOME", "${HOME}/results", "results/$USER"])
def test_what_a_shell_would_replace_is_no_folder_of_that_name(tmp_path, written):
    told = what_is_in_the_way(tmp_path / written)
    word = next(part for part in Path(written).parts if part[0] in "~$")
    assert told is not None
    assert (told.what, told.remedy) == (f"'{word}' stands as written, as no shell replaces it here", "write it out")
    (tmp_path / written).mkdir(parents=True)
    assert what_is_in_the_way(tmp_path / written) is None, "a folder that is called so is one"
