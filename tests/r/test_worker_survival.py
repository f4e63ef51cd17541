"""Whatever R does, this process lives, the rows in question say so, and the next question gets a fresh R."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from her2stats.r_engine import crosscheck_r
from her2stats.r_engine.crosscheck import Crosscheck
from her2stats.r_engine.process import python_environment
from her2stats.r_engine.two_answers import AGREE, NOT_CHECKED
from her2stats.statistics import Result, correlate

pytestmark = pytest.mark.r
ENGINES = ("rpy2", "rscript")
FRAME = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6], "bad": [2.0, 1, 4, 3, 6, 5], "good": [3.0, 1, 2, 5, 4, 6]})
MISBEHAVE = """
well_behaved <- correlate
correlate <- function(data, x, y, ...) {{
  if (y == "bad") {{ {deed} }}
  well_behaved(data, x, y, ...)
}}
"""
Make = Callable[[str], Path]


def _questions() -> dict[str, Result]:
    return {
        "first": correlate(FRAME, "x", "good"),
        "bad": correlate(FRAME, "x", "bad"),
        "next": correlate(FRAME, "x", "good"),
    }


def _check(functions: Path, engine: str, *, timeout: float = 30.0) -> Crosscheck:
    return crosscheck_r(_questions(), engine=engine, timeout=timeout, functions=functions)


def _verdicts(checked: Crosscheck) -> dict[str, set[str]]:
    return {str(model): set(rows) for model, rows in checked.table.groupby("model")["verdict"]}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ('quit(save = "no", status = 5)', "R ended by itself"),
        ("tools::pskill(Sys.getpid(), 11)", "R crashed (SIGSEGV)"),
        ("tools::pskill(Sys.getpid(), 9)", "R crashed (SIGKILL)"),
        ('stop("of itself")', "R stopped: of itself"),
        ("stop('deeply ', sQuote('quoted', FALSE), '\\n\\tbroken')", "R stopped: deeply 'quoted'"),
    ],
)
def test_a_question_that_kills_r_is_not_checked_and_the_next_one_is(
    deed: str, words: str, engine: str, functions_with: Make
) -> None:
    checked = _check(functions_with(MISBEHAVE.format(deed=deed)), engine)
    assert _verdicts(checked) == {"first": {AGREE}, "bad": {NOT_CHECKED}, "next": {AGREE}}
    reasons = set(checked.table.loc[checked.table["model"] == "bad", "reason"])
    assert len(reasons) == 1
    assert reasons.pop().startswith(words)
    assert checked.agrees


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("deed", ["while (TRUE) {}", "Sys.sleep(600)"])
def test_an_endless_question_ends_with_its_time(deed: str, engine: str, functions_with: Make) -> None:
    started = time.monotonic()
    checked = _check(functions_with(MISBEHAVE.format(deed=deed)), engine, timeout=3.0)
    assert time.monotonic() - started < 45
    assert _verdicts(checked) == {"first": {AGREE}, "bad": {NOT_CHECKED}, "next": {AGREE}}
    assert "within 3 s" in " ".join(checked.table["reason"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("deed", ["1", "while (TRUE) {}"])
def test_r_leaves_no_folder_behind_also_when_it_is_killed(
    deed: str, engine: str, functions_with: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions, room = functions_with(MISBEHAVE.format(deed=deed)), tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    monkeypatch.setenv("TMPDIR", str(room))
    _check(functions, engine, timeout=3.0)
    assert list(room.iterdir()) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_what_r_prints_does_not_disturb_the_answer(engine: str, functions_with: Make) -> None:
    noise = 'print(1:100); cat("her2stats\\n"); message("loud"); system("echo from a shell")'
    checked = _check(functions_with(MISBEHAVE.format(deed=noise)), engine)
    assert set(checked.table["verdict"]) == {AGREE}


@pytest.mark.parametrize("engine", ENGINES)
def test_r_reads_nothing_from_our_input(engine: str, functions_with: Make) -> None:
    checked = _check(functions_with(MISBEHAVE.format(deed='readline("well? ")')), engine)
    assert set(checked.table["verdict"]) == {AGREE}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_warning_of_r_stands_beside_the_row(engine: str, functions_with: Make) -> None:
    code = 'within <- spearman\nspearman <- function(...) { warning("mind the ties"); within(...) }'
    checked = _check(functions_with(code), engine)
    assert set(checked.table["note"]) == {"mind the ties"}
    assert checked.agrees


@pytest.mark.parametrize("engine", ENGINES)
def test_a_profile_in_the_working_directory_changes_nothing(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".Rprofile").write_text('options(contrasts = c("contr.sum", "contr.poly")); quit(status = 9)\n')
    monkeypatch.chdir(tmp_path)
    assert crosscheck_r(_questions(), engine=engine).agrees


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        ('c("4.2.2", "", "emmeans")', "the R package emmeans is missing"),
        ('c("4.2.2", "", "emmeans MASS")', "the R packages emmeans and MASS are missing"),
        ('c("3.6.3", "1.4", "")', "R 3.6.3 is older than 4.2"),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_r_that_will_not_do_is_told_in_one_sentence(
    greeting: str, words: str, engine: str, functions_with: Make
) -> None:
    checked = _check(functions_with(f"greeting <- function() {greeting}"), engine)
    assert set(checked.table["verdict"]) == {NOT_CHECKED}
    assert set(checked.table["reason"].str.startswith(words)) == {True}
    assert not checked.agrees


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
def test_without_r_nothing_is_checked_and_nothing_passes(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("R_HOME", raising=False)
    checked = crosscheck_r(_questions(), engine=engine)
    assert set(checked.table["verdict"]) == {NOT_CHECKED}
    assert "doctor" in checked.table["reason"].iloc[0]
    assert checked.table["python"].notna().any()
    assert not checked.agrees
    assert checked.engine == "none"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_neither_ctrl_c_nor_a_kill_leaves_r_behind(
    stop: signal.Signals, engine: str, functions_with: Make, tmp_path: Path
) -> None:
    if stop == signal.SIGKILL and engine == "rscript":
        pytest.skip("Rscript ends by its own time limit, twice that of the question")
    pid_file = tmp_path / "pid"
    functions = functions_with(
        MISBEHAVE.format(deed=f'writeLines(as.character(Sys.getpid()), "{pid_file}"); while (TRUE) {{}}')
    )
    code = (
        "import pandas as pd\nimport signal\nfrom pathlib import Path\nfrom her2stats.r_engine import crosscheck_r\n"
        "from her2stats.statistics import correlate\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whoever runs the tests may ignore it
        'frame = pd.DataFrame({"x": [1.0, 2, 3, 4, 5], "bad": [2.0, 1, 4, 3, 5]})\n'
        f'crosscheck_r(correlate(frame, "x", "bad"), engine="{engine}", functions=Path(r"{functions}"))\n'
    )
    asking = subprocess.Popen([sys.executable, "-c", code], env=python_environment(), stderr=subprocess.DEVNULL)
    assert _within(40, lambda: pid_file.exists() and pid_file.read_text().strip() != "")
    r_pid = int(pid_file.read_text())
    assert _runs(r_pid)
    asking.send_signal(stop)
    asking.wait(timeout=20)
    assert _within(10, lambda: not _runs(r_pid))


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.1)
    return False


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_warning_that_concerns_the_whole_answer_is_a_note_on_every_row(engine: str, functions_with: Make) -> None:
    """R code outside a single row's fit warns: the numbers stand, and the reader hears of it."""
    deed = 'warning("the moon is full")'
    found = _check(functions_with(MISBEHAVE.format(deed=deed)), engine).table.set_index("model")
    assert set(found["verdict"]) == {AGREE}
    assert set(found.loc["bad", "note"]) == {"the moon is full"}
    assert set(found.loc["first", "note"]) == {""}
