"""No small file takes the machine: each ends in a sentence of its own, within a limit of memory and of time."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from .bombs import BOMBS, SECONDS, Bomb, meet

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")


@pytest.mark.parametrize("bomb", BOMBS, ids=[bomb.name for bomb in BOMBS])
def test_it_ends_in_a_sentence(tmp_path: Path, bomb: Bomb) -> None:
    path = tmp_path / bomb.name
    bomb.make(path)
    found = meet(bomb, path)
    assert found.status == 1, found.said
    assert re.search(bomb.told, found.said), found.said
    assert bomb.name in found.said
    assert " -> " in found.said
    assert "Traceback" not in found.said
    assert found.seconds < SECONDS
