"""Nobody is told what is wrong without being told what to do about it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def without_remedy(source: str) -> Iterator[int]:
    """Lines that make a problem and give no remedy."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or any(keyword.arg in ("remedy", None) for keyword in call.keywords):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        makes_one = name == "Problem" and len(call.args) < 3 and not any(isinstance(a, ast.Starred) for a in call.args)
        adds_one = name == "add" and bool(call.args) and ast.unparse(call.args[0]).endswith("Error")
        if makes_one or adds_one:
            yield call.lineno


def test_every_problem_has_a_remedy(root: Path) -> None:
    package = root / "src" / "her2stats"
    bare = [
        f"{path.relative_to(package)}, line {line}"
        for path in sorted(package.rglob("*.py"))
        if "\nclass Problem:" not in path.read_text()  # the class itself, and a problem of optimisation
        for line in without_remedy(path.read_text())
    ]
    assert not bare


def test_the_test_sees_them() -> None:
    source = """
Problem("is empty", name)
found.add(TableError, "is empty", where=name)
Problem("is empty", name, "fill it")
found.add(TableError, "is empty", remedy="fill it")
names.add(name)
"""
    assert list(without_remedy(source)) == [2, 3]
