"""What nobody foresaw ends in a sentence, what nobody reads hinders nothing, and no pipe keeps anybody waiting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from her2stats.files import regular_bytes
from her2stats.r_engine.process import python_environment


def command(*arguments: str | Path, **streams: object) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, "-m", "her2stats.cli", *map(str, arguments)]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": python_environment(), **streams}
    return subprocess.run(line, timeout=120, check=False, **given)  # type: ignore[call-overload, no-any-return]


def spoilt(kind: str, path: Path) -> None:
    """Put something into the place of a study file that is none."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "nested":
        path.write_text("[study]\nx = " + "[" * 5000 + "]" * 5000)
    else:
        path.write_text("[study]\nseed = " + "9" * 5000)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("pipe", "is not a regular file"),
        ("loop", "Too many levels of symbolic links"),
        ("nested", "brackets stand within brackets"),
        ("digits", "not valid TOML: Exceeds the limit"),
    ],
)
def test_a_study_file_that_is_none_is_told(tmp_path: Path, kind: str, told: str) -> None:
    spoilt(kind, tmp_path / "study.toml")
    done = command("check", tmp_path / "study.toml")
    assert done.returncode == 1
    assert told in done.stdout.decode()
    assert b"Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("check", b"x\xff.toml"), rb"x\udcff.toml"),
        (
            ("init", b"x\xff.csv", "--output", "new.toml"),
            rb"'x\udcff.csv': is named in another encoding than UTF-8 -> ",
        ),
        (("init", b"d\xff/ours.csv", "--output", "new.toml"), rb"would hold what is no text: 'clinical"),
    ],
)
def test_a_path_in_another_encoding_is_told(tmp_path: Path, words: tuple[str | bytes, ...], told: bytes) -> None:
    folder = Path(os.fsdecode(bytes(tmp_path) + b"/d\xff"))
    folder.mkdir()
    for file in (folder / "ours.csv", folder.parent / os.fsdecode(b"x\xff.csv")):
        file.write_text("sample,er,her2_ihc\na,1,0\nb,0,1+\n")
    done = command(*map(os.fsdecode, words), cwd=tmp_path)
    assert done.returncode == 1
    assert told in done.stdout + done.stderr
    assert b" -> " in done.stderr or b"\t" in done.stdout
    assert b"should have been told better" not in done.stderr


def test_a_command_whose_output_is_closed_ends_as_it_would(tmp_path: Path) -> None:
    shell = f"exec {sys.executable} -m her2stats.cli fetch --list >&- 2>&-"
    done = subprocess.run(["/bin/sh", "-c", shell], env=python_environment(), timeout=120, check=False)
    assert done.returncode == 0


def test_a_reader_who_has_gone_is_no_failure(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = command("fetch", "--list", stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_in_a_sentence() -> None:
    with open("/dev/full", "wb") as full:
        done = command("fetch", "--list", stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith(b"her2stats: No space left on device -> check the path")
    assert b"Traceback" not in done.stderr


def test_an_own_file_is_regular_and_of_a_bounded_size(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1234")
    assert regular_bytes(tmp_path / "a", max_bytes=4) == b"1234"
    with pytest.raises(OSError, match="is larger than"):
        regular_bytes(tmp_path / "a", max_bytes=3)
    with pytest.raises(OSError, match="is not a regular file"):
        regular_bytes(Path("/dev/null"))
    with pytest.raises(IsADirectoryError):
        regular_bytes(tmp_path)
