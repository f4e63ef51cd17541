"""The samples behind a figure: given by the user or the model frame that a Result carries; their dots and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from her2stats.errors import ProblemList, TableError
from her2stats.figures.style.wording import level_name
from her2stats.statistics.result import Result
from her2stats.statistics.rows import Rows, as_list

UNKNOWN, UNCOLOURED = "HR unknown", "All tumours"
RECEPTORS = ("HR-positive", "HR-negative", UNKNOWN, UNCOLOURED)
Samples = pd.DataFrame | Mapping[str, pd.DataFrame]


def sample_frame(
    data: Samples | None, results: Rows | None, needed: Sequence[str], *, cohort: str = ""
) -> pd.DataFrame:
    """Return samples x variables of one cohort with every column that is needed.

    Without `data` the model frames of the Results are put side by side. Raises TableError, which names all of them,
    when columns are missing.
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


def quartiles(values: Any) -> pd.DataFrame:
    """Quartiles of each group of values, as lower, middle and upper."""
    shares = {"lower": 0.25, "middle": 0.5, "upper": 0.75}
    boxes: pd.DataFrame = pd.concat({name: values.quantile(share) for name, share in shares.items()}, axis=1)
    return boxes


def receptor_names(frame: pd.DataFrame, hr: str) -> pd.Series:
    """Hormone receptor of each sample as the legend names it; one name for all where there is no such column."""
    if hr not in frame:
        return pd.Series(UNCOLOURED, index=frame.index)
    level = frame[hr].astype("object")
    return level.map(lambda value: level_name("hr", value), na_action="ignore").fillna(UNKNOWN).astype(str)


def spread(values: pd.Series, *, dimensions: int = 1) -> np.ndarray:
    """Offsets in -0.5 to 0.5 that keep dots of similar value apart, without chance and in whatever order they come.

    Values, indexed by sample, are sorted (ties by id) and the k-th gets the k-th point of a Halton sequence (Halton
    1960, doi 10.1007/BF01386213): an array of len(values) x dimensions.
    """
    if not len(values):
        return np.empty((0, dimensions))
    order = np.lexsort((values.index.astype(str), values.to_numpy(dtype=float)))
    points: np.ndarray = qmc.Halton(dimensions, scramble=False).random(len(values) + 1)[1:] - 0.5
    offsets = np.empty_like(points)
    offsets[order] = points
    return offsets
