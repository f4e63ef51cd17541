"""The samples behind a figure: given by the user, or the model frame that a Result carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from her2stats.errors import ProblemList, TableError
from her2stats.figures.panel.places import Rows, as_list
from her2stats.statistics.result import Result

Samples = pd.DataFrame | Mapping[str, pd.DataFrame]


def sample_frame(
    data: Samples | None, results: Rows | None, needed: Sequence[str], *, cohort: str = ""
) -> pd.DataFrame:
    """Return samples x variables of one cohort with every column that is needed.

    Parameters
    ----------
    data : DataFrame, mapping of cohort to DataFrame, or None
        As given by the user; None takes the model frames of the Results, put side by side.
    results : Result, DataFrame, or several
        Where to look without `data`.
    needed : sequence of str
        Columns that the figure draws.
    cohort : str
        Which cohort.

    Raises
    ------
    TableError
        Columns are missing; all of them are named.
    """
    if data is None:
        frame = _model_frames(results, cohort)
    else:
        frame = data if isinstance(data, pd.DataFrame) else data.get(cohort, pd.DataFrame())
    problems = ProblemList()
    for name in dict.fromkeys(needed):
        if name not in frame:
            place = f"cohort '{cohort}'" if cohort else ""
            problems.add(
                TableError, f"no column '{name}' among the samples", where=place, remedy="pass data= with that column"
            )
    problems.raise_if_any()
    return frame


def _model_frames(results: Rows | None, cohort: str) -> pd.DataFrame:
    frames = [
        result.data
        for result in as_list(results)
        if isinstance(result, Result) and (result.table["cohort"] == cohort).any()
    ]
    if not frames:
        return pd.DataFrame()
    together = pd.concat(frames, axis=1)
    return together.loc[:, ~together.columns.duplicated()]
