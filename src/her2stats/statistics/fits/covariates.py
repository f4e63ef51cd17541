"""Columns of a logistic model: exposure per unit or per standard deviation, covariates, treatment coding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from her2stats.statistics.flags import flag
from her2stats.statistics.frame import Array, Cases, ModelFrame, Stratum

Level = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Covariates:
    """The covariates of a model as columns."""

    columns: Array  # numbers less their mean; one indicator for each level but the reference
    terms: tuple[Level, ...]  # variable and level of every term that gets a row; a number has the level ""
    places: dict[Level, int]  # column of each term that has one
    flags: dict[Level, str]  # terms that have none, and why


def covariate_columns(frame: ModelFrame, cases: Cases, names: Sequence[str]) -> Covariates:
    """Build the columns of the covariates for the complete cases.

    A level without cases has no column and its row is flagged; where that level is the reference, all rows of the
    factor are flagged, because they would be set against another level than the one declared. The fit is the same, and
    a factor of which one level is left adjusts for nothing.
    """
    columns: list[Array] = []
    terms: list[Level] = []
    places: dict[Level, int] = {}
    flags: dict[Level, str] = {}
    for name in names:
        values = cases[name]
        if name not in frame.levels:
            places[name, ""] = len(columns)
            terms.append((name, ""))
            columns.append(centred(values))
            continue
        present = np.unique(values)
        reference_is_empty = 0 not in present
        for position, level in enumerate(frame.levels[name][1:], start=1):
            term = (name, level)
            terms.append(term)
            if reference_is_empty:
                flags[term] = flag("empty level", f"no case has the reference level '{frame.levels[name][0]}'")
            elif position not in present:
                flags[term] = flag("empty level", f"no case has '{level}'")
            else:
                places[term] = len(columns)
                columns.append((values == position).astype("float64"))
        if reference_is_empty:
            columns.extend((values == position).astype("float64") for position in present[1:])
    stacked = np.column_stack(columns) if columns else np.empty((cases.n, 0))
    return Covariates(stacked, tuple(terms), places, flags)


def covariate_terms(frame: ModelFrame, names: Sequence[str]) -> tuple[Level, ...]:
    """Terms of the covariates, known before any fit."""
    terms: list[Level] = []
    for name in names:
        terms += [(name, level) for level in frame.levels[name][1:]] if name in frame.levels else [(name, "")]
    return tuple(terms)


def centred(values: Array) -> Array:
    """Values less their mean, taken in two steps so that many constant leading digits do no harm."""
    if not len(values):
        return values
    shifted = values - values[len(values) // 2]
    less: Array = shifted - shifted.mean()
    return less


def standard_deviation(frame: ModelFrame, name: str, within: Stratum) -> float:
    """N - 1 standard deviation over the rows that have a value; NaN below two rows."""
    values = np.sort(frame.values[name][within.rows])
    values = values[~np.isnan(values)]
    return float(np.std(centred(values), ddof=1)) if len(values) > 1 else math.nan


def column_rank(columns: Array, *, tolerance: float = 1e-7) -> int:
    """Rank of columns scaled to length 1, by R's tolerance for linear models.

    >>> column_rank(np.array([[1.0, 1.0, 2.0], [1.0, 2.0, 3.0], [1.0, 4.0, 5.0]]))
    2
    """
    if not columns.size:
        return 0
    lengths = np.sqrt((columns**2).sum(axis=0))
    scaled = columns / np.where(lengths > 0, lengths, 1.0)
    return int((np.linalg.svd(scaled, compute_uv=False) > tolerance).sum())
