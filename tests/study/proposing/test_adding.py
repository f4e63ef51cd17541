"""A further cohort in a study file: nothing of what stands there changes, and what cannot be added is said."""

from __future__ import annotations

import tomllib

import pytest
from typer.testing import CliRunner

from her2stats.cli import app
from her2stats.errors import Her2statsError, StudyFileError
from her2stats.study.proposing.adding import growing_study
from her2stats.study.proposing.proposal import left_to_do, look_at_files
from tests.cli.test_commands import her2stats
from tests.study.conftest import write_small_study

SECOND = "sample,er,pgr,her2_ihc\n" + "".join(f"t{i},{'+' if i % 3 else '-'},+,{i % 2}+\n" for i in range(12))
SECOND = SECOND.replace(",0+", ",0")


@pytest.fixture
def study(tmp_path):
    """A study file with a user's comments and settings, and a second clinical table beside it."""
    (tmp_path / "second.csv").write_text(SECOND)
    path = write_small_study(tmp_path, n=20)
    path.write_text("# our own words \u00e0 la carte\n" + path.read_text() + "\n# the end, [[cohorts]] in a comment")
    return path


def added(study, *words):
    """What the command says, and the error that it ends in."""
    command = ["init", study.parent / "second.csv", "--add", "--output", study, *words]
    told = CliRunner().invoke(app, [str(word) for word in command])
    if told.exception is not None:
        assert isinstance(told.exception, Her2statsError), told.exception
    return " ".join(told.stdout.split()), "" if told.exception is None else str(told.exception)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_not_a_byte_of_the_users_changes(study, ends, mark):
    before = mark + study.read_bytes().replace(b"\n", ends.encode())
    study.write_bytes(before)
    told, error = added(study)
    assert not error
    after = study.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(ends.encode())
    document = tomllib.loads(after.decode("utf-8-sig").replace("\r\n", "\n"))
    earlier = tomllib.loads(before.decode("utf-8-sig").replace("\r\n", "\n"))
    assert document["cohorts"][:-1] == earlier["cohorts"]
    assert {key: document[key] for key in document if key != "cohorts"} == {
        key: earlier[key] for key in earlier if key != "cohorts"
    }
    assert document["cohorts"][-1]["clinical"] == "second.csv"
    assert document["cohorts"][-1]["columns"]["her2_ihc"] == "her2_ihc"
    assert left_to_do(study) == []
    assert f"Then: her2stats run {study}" in told
    assert [path.name for path in study.parent.iterdir() if path.name.startswith(".")] == []


def test_every_cohort_has_a_name_of_its_own(study):
    there = [cohort["name"] for cohort in tomllib.loads(study.read_text())["cohorts"]]
    _, error = added(study, "--name", there[0].upper())
    assert f"has a cohort '{there[0].upper()}' already -> say another --name" in error
    assert added(study)[1] == added(study)[1] == ""
    names = [cohort["name"] for cohort in tomllib.loads(study.read_text())["cohorts"]]
    assert names == [*there, "cohort1", "cohort2"]


def test_a_signature_matrix_is_added_where_the_study_has_none_and_else_said(study, tmp_path):
    study.write_text('[study]\ntitle = "Ours"\n[[cohorts]]\nname = "a"\nclinical = "second.csv"\n')
    matrix = tmp_path / "signature.tsv"
    matrix.write_text("gene\ta\tb\nERBB2\t1\t2\n")
    assert added(study, "--signature", matrix)[1] == ""
    assert tomllib.loads(study.read_text())["deconvolution"] == {"signature": "signature.tsv"}
    told, _ = added(study, "--signature", tmp_path / "second.csv")
    assert "left to do: --signature" in told
    assert "was not written: the study has a [deconvolution] already" in told
    assert tomllib.loads(study.read_text())["deconvolution"] == {"signature": "signature.tsv"}


def test_a_link_to_a_study_file_stays_one_and_paths_fit_the_file(study, tmp_path):
    link = tmp_path / "elsewhere" / "link.toml"
    link.parent.mkdir()
    link.symlink_to(study)
    told = her2stats("init", tmp_path / "second.csv", "--add", "--output", link)
    assert told.returncode == 0, told.stderr
    assert link.is_symlink()
    assert tomllib.loads(study.read_text())["cohorts"][-1]["clinical"] == "second.csv"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('cohorts = 1\n[study]\ntitle = "t"\n', "as tables under [[cohorts]]"),
        ('cohorts = [{name = "a", clinical = "one.csv"}]\n[study]\ntitle = "t"\n', "as tables under [[cohorts]]"),
        ('[project]\nname = "other"\n', "give the study file as --output"),
        ("[study\n", "mend that line"),
        (None, "give the path of a study file"),
    ],
)
def test_what_takes_no_cohort_is_left_as_it_is(study, text, remedy):
    if text is None:
        study.unlink()
    else:
        study.write_text(text)
    assert remedy in added(study)[1]
    assert (study.read_text() if study.exists() else None) == text


def test_a_file_that_changed_meanwhile_is_left_as_it_is(study):
    growing = growing_study(study)
    proposal = look_at_files(study.parent / "second.csv", None, name="late")
    changed = study.read_text().replace("seed = 1", "seed = 2") + "\n[report]\npublic = true\n"
    study.write_text(changed)
    with pytest.raises(StudyFileError, match="nobody else may write"):
        growing.add(proposal)
    assert study.read_text() == changed
