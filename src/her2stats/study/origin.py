"""Are results and a study one and the same: asked before a part of a results folder is written again."""

from __future__ import annotations

from pathlib import Path

from her2stats.errors import FileError, InputError, Problem
from her2stats.results.place import is_results_folder
from her2stats.results.provenance import Provenance, differences, read_results_provenance

MAY_CHANGE = ("title", "public")  # they change how the report looks, and no number


def check_is_results_folder(folder: Path) -> None:
    """Refuse a folder without results.

    Raises FileError when there is no folder, or nothing in it says that it is one of results.
    """
    if not is_results_folder(folder):
        raise FileError(Problem("there are no results yet", str(folder), "run the whole study once, without --only"))


def check_same_origin(provenance: Provenance, folder: Path) -> None:
    """Refuse to mix parts of two studies: inputs, settings and versions must be those of the folder.

    Raises InputError with what differs, each with the value there and here.
    """
    there, here = read_results_provenance(folder), provenance.content
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
