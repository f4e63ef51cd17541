"""What the figure of marginal means is drawn from: curves and slopes, however they are handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from her2stats.statistics.ancova import Ancova
from her2stats.statistics.result import Result
from her2stats.statistics.rows import Rows, as_list
from her2stats.statistics.specs import AncovaSpec
from her2stats.vocabulary.names import stratum_of


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


def scores_behind(
    table: pd.DataFrame,
    curves: Sequence[Result | pd.DataFrame],
    rug: pd.DataFrame | None,
    score: str,
    lines: str | None,
) -> pd.DataFrame:
    """Score of each tumour behind a panel, with its stratum of `lines` and whether that has a curve.

    Columns are cohort, outcome, score, stratum ("" where unknown or not asked for) and fitted.
    """
    parts = []
    strata = {"", *table.loc[table["estimate"].notna(), "stratum"]}
    for cohort, outcome in table[["cohort", "outcome"]].drop_duplicates().itertuples(index=False):
        frame = rug if rug is not None else _model_frame(curves, cohort, outcome)
        if frame is None or score not in frame:
            continue
        known = frame.notna().all(axis=1)
        stratum = [stratum_of(lines, level) for level in frame[lines]] if lines and lines in frame else ""
        own = frame[[score]].set_axis(["score"], axis=1).assign(cohort=cohort, outcome=outcome, stratum=stratum)
        parts.append(own.assign(fitted=known & own["stratum"].isin(strata), stratum=own["stratum"].where(known, "")))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _model_frame(curves: Sequence[Result | pd.DataFrame], cohort: str, outcome: str) -> pd.DataFrame | None:
    """What the model behind a panel was fitted to, with its missing values."""
    for item in curves:
        if not isinstance(item, Result) or not isinstance(item.spec, AncovaSpec):
            continue
        if ((item.table["cohort"] == cohort) & (item.table["outcome"] == outcome)).any():
            spec = item.spec
            used = [name for name in (outcome, spec.score, *spec.factors, *spec.covariates) if name in item.data]
            return item.data[used]
    return None


def where_tumours_are(table: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Points of curves within the central 95% of the scores of their stratum's tumours; all where those are unknown."""
    if not len(scores):
        return table
    fitted, keys = scores[scores["fitted"]], ["cohort", "outcome", "stratum"]
    both = pd.concat([fitted.assign(stratum="all"), fitted[fitted["stratum"] != ""]])
    ends = both.groupby(keys)["score"].agg(low=lambda own: own.quantile(0.025), high=lambda own: own.quantile(0.975))
    within = table[keys].merge(ends, left_on=keys, right_index=True, how="left")
    inside = table["at"].between(within["low"], within["high"])
    return table[within["low"].isna() | inside | table["estimate"].isna()]
