"""Whatever a command is told, the user's files are afterwards what they were, byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from her2stats.deconvolution.large.checkpoint import Checkpoint
from her2stats.errors import Her2statsError, InputError, OutputError
from her2stats.results.csv_cells import write_csv
from her2stats.results.place import fresh_folder, lock, what_is_in_the_way
from her2stats.study import read_study, run_study
from her2stats.study.beside_the_paper import beside_the_paper
from her2stats.study.check import check_study
from her2stats.study.crosscheck import crosscheck_folder
from her2stats.writing import refuse_to_replace, write_whole
from tests.powerless import without_the_power_of_root

THESIS = b"years of work"


def state(folder: Path) -> dict[str, bytes | str]:
    """Everything in a folder: bytes of files, where links lead, and folders."""
    return {
        path.relative_to(folder).as_posix(): f"to {os.readlink(path)}"
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else "folder"
        for path in folder.rglob("*")
    }


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command, in a folder."""
    call = [sys.executable, "-m", "her2stats.cli", *words]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def study(tmp_path) -> Path:
    """A small clinical study in a folder with a thesis."""
    folder = tmp_path / "home" / "study"
    (folder / "data").mkdir(parents=True)
    rows = [f"s{i},{('0', '1+')[i % 2]},positive,{int(i % 3 > 0)}" for i in range(24)]
    (folder / "data" / "ours.csv").write_text("\n".join(["sample,her2_ihc,hr,pcr", *rows]) + "\n")
    (folder / "thesis.docx").write_bytes(THESIS)
    (folder / "study.toml").write_text(
        "[study]\ntitle = 'ours'\nresults = 'PLACE'\noutside_paths = true\n"
        "[[cohorts]]\nname = 'ours'\nclinical = 'data/ours.csv'\n[analysis]\ncrosscheck = false\n"
    )
    return folder / "study.toml"


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("earlier", [False, True], ids=["no results", "earlier results"])
@pytest.mark.parametrize("place", [".", "..", "../..", "data", "data/../.", "new/..", "/", "~", "link/.."])
def test_a_place_that_holds_the_users_files_is_refused_by_check_and_run(study, place, earlier, overwrite):
    folder = study.parent
    (folder / "link").symlink_to(folder / "data")
    written = str(Path.home()) if place == "~" else place
    study.write_text(study.read_text().replace("PLACE", written))
    if earlier and place in (".", "..", "data"):
        (folder / place / "tables").mkdir()
        (folder / place / "provenance.json").write_text('{"her2stats": "0.1.0"}')
        (folder / place / "tables" / "scores.csv").write_text("cohort,sample\n")
    before = state(folder.parent)
    with pytest.raises(OutputError, match="is or holds"):
        run_study(study, overwrite=overwrite)
    with pytest.raises(InputError, match="is or holds") as told:
        check_study(read_study(study))
    assert "--overwrite" not in str(told.value)
    assert state(folder.parent) == before


def test_an_input_is_found_through_links_and_the_working_folder_is_refused(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_bytes(THESIS)
    (tmp_path / "in.csv").symlink_to(tmp_path / "data" / "a.csv")
    assert what_is_in_the_way(tmp_path / "data", inputs=[tmp_path / "in.csv"]) is not None
    (tmp_path / "work" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "deep")
    problem = what_is_in_the_way(tmp_path / "work", overwrite=True)
    assert problem is not None
    assert problem.what == "is or holds the working folder"


def test_names_beside_the_results_that_look_like_ours_are_left_alone(tmp_path):
    (tmp_path / "precious").write_bytes(THESIS)
    (tmp_path / ".results.lock").symlink_to(tmp_path / "precious")
    for name in (".results.old", ".results.draft", ".results.her2stats-abc"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.docx").write_bytes(THESIS)
    before = state(tmp_path)
    with fresh_folder(tmp_path / "results") as draft:
        (draft.path / "provenance.json").write_text('{"her2stats": "0"}')
    after = state(tmp_path)
    assert {name: after.get(name) for name in before} == before


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path):
    (tmp_path / "precious").write_bytes(THESIS)
    (tmp_path / ".results.her2stats-lock").symlink_to(tmp_path / "precious")
    before = state(tmp_path)
    with pytest.raises(OutputError), fresh_folder(tmp_path / "results"):
        pass
    (tmp_path / ".results.her2stats-lock").unlink()
    (tmp_path / ".results.her2stats-lock").write_bytes(THESIS)
    with pytest.raises(OutputError, match="is in the way"), fresh_folder(tmp_path / "results"):
        pass
    assert state(tmp_path) == before | {".results.her2stats-lock": THESIS}


def test_a_folder_is_written_by_one_command_at_a_time(study):
    study.write_text(study.read_text().replace("PLACE", "results"))
    folder = run_study(study).folder
    before = state(study.parent)
    with lock(folder):
        for write in (
            lambda: run_study(study),
            lambda: crosscheck_folder(folder),
            lambda: beside_the_paper(folder, output=study.parent / "paper"),
            lambda: beside_the_paper(folder, output=folder, overwrite=True),
        ):
            with pytest.raises(OutputError, match="another command is writing there -> wait"):
                write()
    with lock(study.parent / "paper"), pytest.raises(OutputError, match="paper: another command is writing there"):
        beside_the_paper(folder, output=study.parent / "paper")
    assert state(study.parent) == before


@pytest.mark.parametrize("letters", [236, 250, 300])
def test_a_name_too_long_for_what_lies_beside_it_is_told_by_check_and_run(study, letters):
    study.write_text(study.read_text().replace("PLACE", "r" * letters))
    for told in (lambda: run_study(study), lambda: check_study(read_study(study))):
        with pytest.raises(Her2statsError, match=f"has a name of {letters} bytes.* -> choose a name of 235 or fewer"):
            told()


def test_the_longest_name_can_be_written(tmp_path):
    with fresh_folder(tmp_path / ("r" * 235)) as draft:
        (draft.path / "tables").mkdir()
    assert (tmp_path / ("r" * 235) / "tables").is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="root's capabilities are Linux's")
def test_an_earlier_folder_that_is_read_only_is_named_before_anything_is_computed(tmp_path):
    (tmp_path / "results" / "tables").mkdir(parents=True)
    (tmp_path / "results" / "tables").chmod(0o555)
    code = (
        "import sys; from pathlib import Path; from her2stats.results.place import what_is_in_the_way\n"
        "print(what_is_in_the_way(Path(sys.argv[1]), overwrite=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "results")],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=without_the_power_of_root if os.geteuid() == 0 else None,
    )
    assert f"{tmp_path / 'results' / 'tables'}: may not be written (permission denied)" in done.stdout


def test_an_output_that_is_an_input_or_exists_is_refused(tmp_path):
    (tmp_path / "e.tsv").write_bytes(THESIS)
    (tmp_path / "link.csv").symlink_to(tmp_path / "e.tsv")
    os.link(tmp_path / "e.tsv", tmp_path / "hard.csv")
    for name in ("e.tsv", "link.csv", "hard.csv", "../" + tmp_path.name + "/e.tsv"):
        with pytest.raises(OutputError, match="is an input and is never written over"):
            refuse_to_replace(tmp_path / name, inputs=[tmp_path / "e.tsv"], overwrite=True)
    with pytest.raises(OutputError, match="exists already and is not replaced"):
        refuse_to_replace(tmp_path / "e.tsv", overwrite=False)
    refuse_to_replace(tmp_path / "e.tsv", overwrite=True)
    with pytest.raises(OutputError, match="is not a regular file"):
        refuse_to_replace(tmp_path, overwrite=True)


def test_commands_refuse_before_they_read(tmp_path):
    (tmp_path / "e.tsv").write_bytes(THESIS)
    (tmp_path / "mine.csv").write_bytes(THESIS)
    before = state(tmp_path)
    score = ("score", "e.tsv", "--scale", "log2", "--signature", "ERBB2", "--output")
    for words, said in (
        ((*score, "e.tsv", "--overwrite"), "is an input"),
        ((*score, "mine.csv"), "exists already"),
        (("audit", "--output", "mine.csv"), "exists already"),
        (("init", "e.tsv", "--output", "mine.csv"), "exists already"),
    ):
        done = command(tmp_path, *words)
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert state(tmp_path) == before


def test_a_writing_follows_no_link_and_leaves_the_earlier_file_when_it_fails(tmp_path, monkeypatch):
    (tmp_path / "precious").write_bytes(THESIS)
    (tmp_path / "out.csv").symlink_to(tmp_path / "precious")
    write_csv(pd.DataFrame({"a": [1]}), tmp_path / "out.csv", index=False)
    assert state(tmp_path) == {"precious": THESIS, "out.csv": b"a\n1\n"}

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_whole(tmp_path / "out.csv", "new")
    assert state(tmp_path) == {"precious": THESIS, "out.csv": b"a\n1\n"}


def test_a_file_that_only_its_owner_may_read_stays_so(tmp_path):
    (tmp_path / "out.csv").write_text("old")
    (tmp_path / "out.csv").chmod(0o600)
    write_whole(tmp_path / "out.csv", "new")
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600


def test_a_checkpoint_leaves_what_it_did_not_write(tmp_path):
    (tmp_path / "precious").write_bytes(THESIS)
    folder = tmp_path / "out.csv.partial"
    folder.mkdir()
    (folder / "run.json.writing").symlink_to(tmp_path / "precious")
    (folder / "thesis.docx").write_bytes(THESIS)
    (tmp_path / "out.csv.writing").symlink_to(tmp_path / "precious")
    before = state(tmp_path)
    checkpoint = Checkpoint(tmp_path / "out.csv", {"a": 1}, 1)
    checkpoint.save(0, pd.DataFrame({"sample": ["s1"], "flag": [""]}))
    checkpoint.merge(tmp_path / "out.csv")
    after = state(tmp_path)
    assert after.pop("out.csv").startswith(b'"sample","flag"')
    assert after == before


@pytest.mark.slow
def test_a_demo_leaves_a_study_file_that_is_there(tmp_path):
    (tmp_path / "study.toml").write_bytes(THESIS)
    for words in ((), ("--overwrite",)):
        done = command(tmp_path, "demo", "--output", str(tmp_path), *words)
        assert done.returncode == 1
        assert "study.toml: is there already and is not of this demo" in done.stderr
    assert state(tmp_path) == {"study.toml": THESIS}


def test_no_worker_outlives_a_command_and_a_termination_is_an_interrupt():
    code = """
import os, signal, sys, time
import her2stats.cli as cli

def command():
    from joblib import Parallel, delayed
    print(*set(Parallel(n_jobs=2)(delayed(os.getpid)() for _ in range(8))), flush=True)
    if "wait" in sys.argv:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)

cli.app = command
try:
    cli.main()
except KeyboardInterrupt:
    print("interrupted", file=sys.stderr)
"""
    for words, said in ((), ""), (("wait",), "interrupted"):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=50)
        assert done.stderr.strip() == said
        assert not [worker for worker in done.stdout.split() if Path(f"/proc/{worker}/status").exists()]
