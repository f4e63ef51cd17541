"""Shell completion answers in the words of each shell, and bash completes with what it is given to source."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "import sys; sys.argv[0] = 'her2stats'; from her2stats.cli import main; main()"]


def ask(**environment: str) -> str:
    """Ask the program for completions as the shell's function does."""
    told = subprocess.run(COMMAND, capture_output=True, text=True, env={**os.environ, **environment}, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout


def test_bash_is_given_the_command():
    assert ask(_HER2STATS_COMPLETE="complete_bash", COMP_WORDS="her2stats ru", COMP_CWORD="1").split() == ["run"]


def test_bash_is_given_an_option():
    words = {"COMP_WORDS": "her2stats run --dry", "COMP_CWORD": "2"}
    assert ask(_HER2STATS_COMPLETE="complete_bash", **words).split() == ["--dry-run"]


def test_zsh_is_given_the_command_with_its_words():
    answer = ask(_HER2STATS_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="her2stats ru")
    assert '"run":"Run a whole study' in answer


def test_fish_is_given_the_command_with_its_words():
    words = {"_TYPER_COMPLETE_ARGS": "her2stats ru", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    (line,) = ask(_HER2STATS_COMPLETE="complete_fish", **words).splitlines()
    assert line.startswith("run\tRun a whole study")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_a_line_with_what_it_is_shown_to_source(tmp_path: Path):
    program = tmp_path / "her2stats"
    program.write_text(f"#!{sys.executable}\nfrom her2stats.cli import main\n\nmain()\n")
    program.chmod(0o755)
    search = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    source = subprocess.run(
        ["bash", "-c", f"{program} --show-completion bash"], capture_output=True, text=True, env=search, check=True
    ).stdout
    name = source.partition("(")[0].strip()
    assert f"complete -o default -F {name}" in source
    line = (
        f'{source}\nCOMP_WORDS=(her2stats ru); COMP_CWORD=1; {name} "$(command -v her2stats)"; echo "${{COMPREPLY[@]}}"'
    )
    told = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=search, check=True)
    assert told.stdout.split() == ["run"]
