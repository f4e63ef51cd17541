"""The logarithmic axis of odds ratios: how far it reaches, its ticks, and what is clipped at its ends."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

REACHES = (2.0, 4.0, 10.0, 20.0, 50.0)
_TICKS = {
    2.0: ((0.5, 0.7, 1, 1.4, 2), (0.5, 1, 2)),
    4.0: ((0.25, 0.5, 1, 2, 4), (0.25, 1, 4)),
    10.0: ((0.1, 0.2, 0.5, 1, 2, 5, 10), (0.1, 0.3, 1, 3, 10), (0.1, 1, 10)),
    20.0: ((0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20), (0.05, 0.2, 1, 5, 20), (0.1, 1, 10)),
    50.0: ((0.02, 0.05, 0.2, 0.5, 1, 2, 5, 20, 50), (0.02, 0.1, 1, 10, 50), (0.1, 1, 10)),
}
ENDS_INSIDE = 0.85
MOST_FOR_ENDS = 20.0  # the axis grows no longer for the sake of intervals, only for estimates
DECADES = 2  # an interval that spans more says next to nothing: it is drawn in grey, and the axis need not hold it


def spans_decades(rows: pd.DataFrame) -> pd.Series:
    """Whether the interval of each row reaches over more than two decades."""
    wide: pd.Series = rows["conf_high"] > 10**DECADES * rows["conf_low"]
    return wide


def odds_limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the shortest symmetric axis that holds every estimate, and 85% of the ends within 1/20 to 20.

    Rows have estimate, conf_low and conf_high as odds ratios; missing ones do not count, nor those whose interval
    spans more than two decades.
    """
    told = rows[~spans_decades(rows)]
    if not len(told):
        return 1 / MOST_FOR_ENDS, MOST_FOR_ENDS
    far = told[["estimate", "conf_low", "conf_high"]].clip(lower=1e-300, upper=1e300).apply(np.log).abs()
    ends = far[["conf_low", "conf_high"]].to_numpy()
    ends = ends[~np.isnan(ends)]
    farthest = far["estimate"].max() / 0.95
    for reach in REACHES:
        most_ends = not len(ends) or (ends <= math.log(reach)).mean() >= ENDS_INSIDE or reach >= MOST_FOR_ENDS
        if most_ends and not farthest >= math.log(reach):
            return 1 / reach, reach
    reach = 10.0 ** math.ceil(farthest / math.log(10))
    return 1 / reach, reach


def odds_ticks(limits: tuple[float, float]) -> list[dict[float, str]]:
    """Return candidate ticks (log10 place to label), the fullest set first."""
    reach = max(limits[1], 1 / limits[0])
    known = next((known for known in REACHES if reach <= known), None)
    if known is None:
        tens = 10.0 ** np.arange(math.ceil(math.log10(limits[0])), math.floor(math.log10(limits[1])) + 1)
        sets: tuple[tuple[float, ...], ...] = (tuple(tens.tolist()),)
    else:
        sets = _TICKS[known]
    return [{math.log10(at): f"{at:g}" for at in ticks} for ticks in sets]


def clip(rows: pd.DataFrame, limits: tuple[float, float]) -> pd.DataFrame:
    """Place estimates and intervals on the log10 axis, and say what had to be cut.

    Adds x, xmin, xmax (log10, within the axis), clipped_low, clipped_high (the interval goes on beyond that end) and
    off_scale (the estimate itself lies beyond an end).
    """
    low, high = (math.log10(limit) for limit in limits)
    shown = rows.copy()
    for source, place in (("estimate", "x"), ("conf_low", "xmin"), ("conf_high", "xmax")):
        positive = rows[source].where(rows[source] > 0, 1e-300).where(rows[source].notna())
        shown[f"_{place}"] = np.log10(positive.replace(np.inf, 1e300))
        shown[place] = shown[f"_{place}"].clip(low, high)
    shown["clipped_low"] = shown["_xmin"] < low - 1e-12
    shown["clipped_high"] = shown["_xmax"] > high + 1e-12
    shown["off_scale"] = (shown["_x"] < low) | (shown["_x"] > high)
    return shown.drop(columns=["_x", "_xmin", "_xmax"])


def unclipped(rows: pd.DataFrame) -> pd.DataFrame:
    """As `clip`, on an axis that holds every estimate and interval as it is."""
    whole = dict.fromkeys(("clipped_low", "clipped_high", "off_scale"), False)
    return rows.assign(x=rows["estimate"], xmin=rows["conf_low"], xmax=rows["conf_high"], **whole)


def clipping_legend(rows: pd.DataFrame) -> list[str]:
    """Say what the arrows at the ends of the axis mean, as far as `clip` has made any."""
    said = []
    if (rows["clipped_low"] | rows["clipped_high"]).any():
        said.append("Arrow: the interval goes on beyond the axis.")
    if rows["off_scale"].any():
        said.append("Large arrow: the estimate itself lies beyond it.")
    return said
