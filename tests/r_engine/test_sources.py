"""Where the R functions are found."""

from __future__ import annotations

from pathlib import Path

import pytest

import her2stats
from her2stats.errors import EngineError
from her2stats.r_engine.sources import one_file, r_files, r_package


def test_a_checkout_has_them_beside_src(root: Path) -> None:
    assert r_package() == root / "r"


def test_a_wheel_has_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "site" / "her2stats"
    (inside / "r" / "R").mkdir(parents=True)
    (inside / "r" / "R" / "run_spec.R").write_text("")
    monkeypatch.setattr(her2stats, "__file__", str(inside / "__init__.py"))
    assert r_package() == inside / "r"


def test_their_absence_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(her2stats, "__file__", str(tmp_path / "a" / "b" / "__init__.py"))
    with pytest.raises(EngineError, match="install her2stats again"):
        r_package()


def test_one_file_holds_every_function_in_the_order_in_which_r_loads_them() -> None:
    text = one_file()
    places = [text.index(path.read_text(encoding="utf-8")) for path in r_files()]
    assert places == sorted(places)
    assert text.isascii()
