"""Every public name says what it does, and shows it in an example that runs (pytest runs those of src)."""

from __future__ import annotations

import inspect

import pytest

import her2stats


@pytest.mark.parametrize("name", her2stats.__all__)
def test_every_public_name_has_an_example(name: str) -> None:
    said = inspect.getdoc(getattr(her2stats, name)) or ""
    assert ">>> " in said
    assert "doctest: +SKIP" not in said or name == "write_report"
