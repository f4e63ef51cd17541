"""The reference in the docs holds every public name, and nothing that is not there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import her2stats

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs" / "api").glob("*.md"))
DIRECTIVES = [name for page in PAGES for name in re.findall(r"^::: (\S+)$", page.read_text(), re.MULTILINE)]
ROOMS = ("published", "simulate")  # used as rooms of their own by the walkthroughs


def public_names() -> list[str]:
    """Functions and classes of the package and of those rooms, each by where the reference has it."""
    names = {f"{her2stats._ROOM_OF[name]}.{name}" for name in her2stats.__all__}
    for room in ROOMS:
        module = importlib.import_module(f"her2stats.{room}")
        names |= {f"her2stats.{room}.{name}" for name in module.__all__ if callable(getattr(module, name))}
    return sorted(names)


@pytest.mark.parametrize("name", public_names())
def test_every_public_name_stands_in_the_reference(name: str) -> None:
    assert name in DIRECTIVES


@pytest.mark.parametrize("name", DIRECTIVES)
def test_what_stands_in_the_reference_is_there_to_use_and_explained(name: str) -> None:
    room, _, own = name.rpartition(".")
    assert (getattr(importlib.import_module(room), own).__doc__ or "").strip()


def test_nothing_stands_there_twice_and_every_page_is_in_the_contents() -> None:
    assert len(DIRECTIVES) == len(set(DIRECTIVES))
    contents = (ROOT / "mkdocs.yml").read_text()
    assert not [page.name for page in PAGES if f"api/{page.name}" not in contents]
