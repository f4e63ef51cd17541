"""Progress as it is drawn on a real terminal of a given width."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys

import pytest

SCRIPT = """
from her2stats.cli.terminal import shown_progress
with shown_progress() as progress:
    for stage, total in (("Reading", 2), ("a-long-cohort-name: cell fractions", 343), ("Figures", 9)):
        for done in range(total + 1):
            progress(stage, done, total)
print("done")
"""
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOURS = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-9]|9[0-7])(?:;\d+)*m")


def frames(columns: int, **environment: str) -> str:
    """Everything that a terminal of this width is sent."""
    fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    plain = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=plain | {"TERM": "xterm-256color"} | environment,
    ) as running:
        os.close(theirs)
        sent = b""
        while chunk := _read(ours):
            sent += chunk
    os.close(ours)
    assert running.returncode == 0, sent
    return sent.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


def lines_of(sent: str) -> list[str]:
    """What stands in the lines of all frames, without codes."""
    return [line for line in re.split(r"[\r\n]+", CODES.sub("", sent)) if line.strip()]


@pytest.mark.parametrize("columns", [40, 72, 100])
def test_stages_fit_the_width_and_end_complete(columns):
    lines = lines_of(frames(columns))
    assert max(map(len, lines)) <= columns
    assert lines[-1] == "done"
    last = "\n".join(lines[-5:-1])
    for complete in ("2/2", "343/343", "9/9"):
        assert complete in last
    assert ("\N{BOX DRAWINGS HEAVY HORIZONTAL}" in last) == (columns >= 72), "bars where there is room"


def test_no_color_means_no_colour():
    assert COLOURS.search(frames(100))
    assert not COLOURS.search(frames(100, NO_COLOR="1"))


def test_nobody_watches_a_pipe():
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert (told.stdout, told.stderr) == ("done\n", "")
