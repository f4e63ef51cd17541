"""Are results and a study one and the same: asked before a part of a results folder is written again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from her2stats.errors import FileError, InputError, Problem
from her2stats.results.place import PROVENANCE, is_results_folder
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.prepared import Prepared
from her2stats.study.provenance import provenance

MAY_CHANGE = ("title", "public")  # they change how the report looks, and no number


def check_is_results_folder(folder: Path) -> None:
    """Refuse a folder without results.

    Raises
    ------
    FileError
        There is none, or nothing in it says that it is one.
    """
    if not is_results_folder(folder):
        raise FileError(Problem("there are no results yet", str(folder), "run the whole study once, without --only"))


def check_same_origin(prepared: Prepared, analyses: Sequence[CohortAnalysis], folder: Path) -> None:
    """Refuse to mix parts of two studies: inputs, settings and versions must be those of the folder.

    Raises
    ------
    InputError
        What differs, each with the value there and here.
    """
    there = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    here = json.loads(json.dumps(provenance(prepared, list(analyses))))
    differing = [
        (path, before, now) for path, before, now in differences(there, here) if path.split(".")[0] not in MAY_CHANGE
    ]
    if differing:
        remedy = "run the whole study, without --only"
        raise InputError(
            *(
                Problem(f"was {before!r} and is now {now!r}", f"results, {path}", remedy)
                for path, before, now in differing
            )
        )


def differences(before: Any, now: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Leaves of two trees of plain values that are not equal, with the way to them; None stands for absent.

    Examples
    --------
    >>> differences({"seed": 1, "a": {"b": 2}}, {"seed": 1, "a": {"b": 3}, "c": 4})
    [('a.b', 2, 3), ('c', None, 4)]
    """
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            found
            for key in dict.fromkeys([*before, *now])
            for found in differences(before.get(key), now.get(key), f"{path}.{key}" if path else str(key))
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True), start=1)
        return [found for place, (old, new) in pairs for found in differences(old, new, f"{path}.{place}")]
    return [] if before == now else [(path, before, now)]
