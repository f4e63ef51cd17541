"""Every public name says what it does, and shows it in an example that runs (pytest runs those of src)."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import her2stats


@pytest.mark.parametrize("name", her2stats.__all__)
def test_every_public_name_has_an_example(name: str) -> None:
    said = inspect.getdoc(getattr(her2stats, name)) or ""
    assert ">>> " in said
    assert "doctest: +SKIP" not in said or name == "write_report"


def test_walkthroughs_are_run_at_every_build() -> None:
    """A page stored by an earlier build would show the numbers of earlier code."""
    settings = (Path(__file__).resolve().parent.parent / "mkdocs.yml").read_text()
    assert "      execute: true\n      cache: false " in settings
    assert "allow_errors: false" in settings
