"""The check before a release complains of what is wrong, and of nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, looking at a copy of the files that it reads."""
    spec = importlib.util.spec_from_file_location("release_check", ROOT / "tools" / "release_check.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    for name in ("pyproject.toml", "CHANGELOG.md", "CITATION.cff", "mkdocs.yml"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "DESCRIPTION").write_text((ROOT / "r" / "DESCRIPTION").read_text())
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## [Unreleased]\n\n## [9.9.9] - 2026-01-31\n- Something.\n")
    for name in ("CITATION.cff", "r/DESCRIPTION"):
        text = (tmp_path / name).read_text()
        (tmp_path / name).write_text(text.replace("0.1.0", "9.9.9"))
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    return tool


def test_a_version_that_stands_everywhere_is_fit(check: ModuleType) -> None:
    assert check.version_problems("9.9.9") == []
    assert check.citation_problems() == []
    assert check.documentation_problems() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("CHANGELOG.md", "2026-01-31", "soon", "has no dated section"),
        ("CHANGELOG.md", "[Unreleased]\n", "[Unreleased]\n- More.\n", "lists changes as unreleased"),
        ("CITATION.cff", "version: 9.9.9", "version: 9.9.8", "CITATION.cff is of version 9.9.8"),
        ("r/DESCRIPTION", "Version: 9.9.9", "Version: 1.0", "r/DESCRIPTION is not of version"),
    ],
)
def test_each_fault_is_named(check: ModuleType, file: str, old: str, new: str, complaint: str) -> None:
    path = check.ROOT / file
    path.write_text(path.read_text().replace(old, new))
    assert any(complaint in problem for problem in check.version_problems("9.9.9"))


def test_a_page_that_is_not_there_is_named(check: ModuleType) -> None:
    path = check.ROOT / "mkdocs.yml"
    path.write_text(path.read_text().replace("limits.md", "no_limits.md"))
    assert check.documentation_problems() == ["mkdocs.yml names no_limits.md, which is not there"]


def test_every_dependency_has_a_licence(check: ModuleType) -> None:
    assert "unknown" not in check.licences().values()
    assert {"numpy", "pandas", "plotnine"} <= set(check.licences())
