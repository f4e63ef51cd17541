"""The progress bar that `progress=` takes."""

from __future__ import annotations

import io
import time
from functools import partial

import pytest
import rich.console

from her2stats.deconvolution import deconvolve, progress_bar

from .conftest import Planted

CONSOLE = rich.console.Console


def shown(monkeypatch: pytest.MonkeyPatch, planted: Planted, *, terminal: bool, label: str = "") -> str:
    page = io.StringIO()
    console = partial(CONSOLE, file=page, force_terminal=terminal, width=100)
    monkeypatch.setattr(rich.console, "Console", lambda stderr: console())

    with progress_bar(label) as progress:

        def slowly(stage: str, done: int, total: int) -> None:
            progress(stage, done, total)
            time.sleep(0.15)  # longer than the time between two pictures of the bar

        deconvolve(planted.expression, planted.signature, chunk=3, progress=slowly)
    return page.getvalue()


def test_it_says_how_many_are_done_how_fast_and_how_long_it_will_take(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(monkeypatch, planted, terminal=True)
    assert "cell fractions" in page
    assert "my cohort" in shown(monkeypatch, planted, terminal=True, label="my cohort")
    assert "9/12" in page
    assert "/s" in page
    assert "0:00:0" in page


def test_it_is_quiet_where_there_is_no_terminal(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, planted, terminal=False).strip() == ""
