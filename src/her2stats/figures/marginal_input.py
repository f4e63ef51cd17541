"""What the figure of marginal means is drawn from: curves and slopes, however they are handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from her2stats.statistics.ancova import Ancova
from her2stats.statistics.result import Result
from her2stats.statistics.rows import Rows, as_list
from her2stats.statistics.specs import AncovaSpec


def curve_parts(
    curves: Ancova | Sequence[Ancova] | Rows, slopes: Rows | None
) -> tuple[list[Result | pd.DataFrame], list[Result | pd.DataFrame]]:
    """Curves and slopes, out of Ancova objects where those were given."""
    many = [curves] if isinstance(curves, Ancova) else as_list(curves)  # type: ignore[arg-type]
    of_models: list[Any] = [item for item in many if isinstance(item, Ancova)]
    given = [item.curve if isinstance(item, Ancova) else item for item in many]
    return given, [*(item.slopes for item in of_models), *as_list(slopes)]


def of_model(table: pd.DataFrame, model: str | None) -> pd.DataFrame:
    """Rows of one model where a column ``model`` tells several apart; default the first."""
    if "model" not in table or not len(table):
        return table
    return table[table["model"] == (model or table["model"].iloc[0])]


def score_name(curves: Sequence[Result | pd.DataFrame], slopes: pd.DataFrame) -> str:
    """Return what the curves run along, from their spec or from the slopes; "" where neither says."""
    for item in curves:
        if isinstance(item, Result) and isinstance(item.spec, AncovaSpec):
            return item.spec.score
    return str(slopes["term"].iloc[0]) if len(slopes) else ""


def fitted_frames(curves: Sequence[Result | pd.DataFrame], cohort: str, outcome: str) -> list[pd.DataFrame]:
    """Complete cases of the model behind a panel."""
    found = []
    for item in curves:
        if not isinstance(item, Result) or not isinstance(item.spec, AncovaSpec):
            continue
        if ((item.table["cohort"] == cohort) & (item.table["outcome"] == outcome)).any():
            spec = item.spec
            used = [name for name in (outcome, spec.score, *spec.factors, *spec.covariates) if name in item.data]
            found.append(item.data[used].dropna())
    return found
