"""The study file, and the run that makes a results folder of it.

A run's rooms are imported when it is asked for: reading and checking a study answers at once.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for those who read the names without running this: type checkers, and the documentation
    from her2stats.results import ResultsComparison, StudyResults, compare_results, load_results
    from her2stats.study.run import run_study
    from her2stats.study.study_file import Study, read_study

_ROOM_OF = {
    "Study": "her2stats.study.study_file",
    "read_study": "her2stats.study.study_file",
    "run_study": "her2stats.study.run",
    **dict.fromkeys(("ResultsComparison", "StudyResults", "compare_results", "load_results"), "her2stats.results"),
}

__all__ = ["ResultsComparison", "Study", "StudyResults", "compare_results", "load_results", "read_study", "run_study"]


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"her2stats.study has no public name {name!r}")
    return getattr(importlib.import_module(_ROOM_OF[name]), name)
