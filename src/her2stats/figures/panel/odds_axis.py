"""The logarithmic axis of odds ratios: how far it reaches, its ticks, and what is clipped at its ends."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

REACHES = (2.0, 4.0, 10.0, 20.0)
_TICKS = {
    2.0: ((0.5, 0.7, 1, 1.4, 2), (0.5, 1, 2)),
    4.0: ((0.25, 0.5, 1, 2, 4), (0.25, 1, 4)),
    10.0: ((0.1, 0.2, 0.5, 1, 2, 5, 10), (0.1, 0.3, 1, 3, 10), (0.1, 1, 10)),
    20.0: ((0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20), (0.05, 0.2, 1, 5, 20), (0.1, 1, 10)),
}
ESTIMATES_INSIDE = 0.95
ENDS_INSIDE = 0.85


def odds_limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the shortest symmetric axis that holds 95% of the estimates and 85% of the ends, at most 1/20 to 20.

    Rows have estimate, conf_low and conf_high as odds ratios; missing ones do not count.
    """
    estimates = np.abs(np.log(rows["estimate"].dropna().clip(lower=1e-300).to_numpy()))
    ends = rows[["conf_low", "conf_high"]].to_numpy().ravel()
    ends = np.abs(np.log(ends[~np.isnan(ends)].clip(1e-300)))
    for reach in REACHES:
        longest = math.log(reach)
        if _share(estimates < 0.95 * longest) >= ESTIMATES_INSIDE and _share(ends <= longest) >= ENDS_INSIDE:
            break
    return 1 / reach, reach


def _share(inside: np.ndarray) -> float:
    return float(inside.mean()) if len(inside) else 1.0


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
