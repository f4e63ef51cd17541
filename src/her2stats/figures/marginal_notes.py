"""What is printed in the panels of the marginal means: the slope with its interval, p and n, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from plotnine import aes, geom_text

from her2stats.figures.panel.measure import text_width, wrapped
from her2stats.figures.theme import GREY, INK, SMALL_SIZE
from her2stats.figures.wording import not_estimable, p_equals
from her2stats.vocabulary.numbers import count_range, format_estimate


def slope_notes(table: pd.DataFrame, slopes: pd.DataFrame, room: float) -> list[Any]:
    """Slope with its interval, p and n above each curve, or why there is no curve."""
    overall = slopes[slopes["stratum"] == "all"].drop_duplicates(["cohort", "outcome"])
    slope_of = {(row["cohort"], row["outcome"]): row for row in overall.to_dict("records")}
    across = (table["at"].min() + table["at"].max()) / 2
    notes = []
    for (cohort, outcome, panel), part in table.groupby(["cohort", "outcome", "panel"], observed=True, sort=False):
        count = count_range(part["n"])
        drawn = part[part["estimate"].notna()]
        note = {"panel": panel, "missing": not len(drawn)}
        if not len(drawn):
            words = wrapped(not_estimable(part["flag"].iloc[0]), room, SMALL_SIZE)
            notes.append({**note, "at": across, "estimate": 0.0, "text": f"{words}\n{count}"})
            continue
        words = _slope_words(slope_of.get((cohort, outcome)), count, room)
        band = drawn[drawn["stratum"] == "all"]
        ends = pd.concat([drawn["estimate"], band["conf_low"], band["conf_high"]]).dropna()
        height = (ends.max() - ends.min()) * (0.05 + 0.11 * len(words.split("\n")))
        notes.append({**note, "at": drawn["at"].max(), "estimate": ends.max() + height, "text": words})
    frame = pd.DataFrame(notes)
    frame["panel"] = pd.Categorical(frame["panel"], table["panel"].cat.categories)
    mapping = aes("at", "estimate", label="text")
    style = {"size": SMALL_SIZE, "inherit_aes": False}
    drawn, missing = frame[~frame["missing"]], frame[frame["missing"]]
    return [
        *([geom_text(mapping, drawn, ha="right", va="top", color=INK, **style)] if len(drawn) else []),
        *([geom_text(mapping, missing, fontstyle="italic", color=GREY, **style)] if len(missing) else []),
    ]


def _slope_words(slope: Mapping[Any, Any] | None, count: str, room: float) -> str:
    if slope is None or pd.isna(slope["estimate"]):
        return count
    numbers = slope["estimate"], slope["conf_low"], slope["conf_high"]
    given = f"slope {format_estimate(*numbers, measure='slope')}"
    if text_width(given, SMALL_SIZE) > room:
        given = given.replace(" (", "\n(", 1)
    return f"{given}\n{_p(slope)}, {count}"


def _p(slope: Mapping[Any, Any]) -> str:
    if pd.notna(slope["p_adjusted"]):
        return p_equals(slope["p_adjusted"], "adj. p")
    return p_equals(slope["p_value"]) if pd.notna(slope["p_value"]) else "p not estimable"
