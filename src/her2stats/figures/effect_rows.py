"""Which rows of a model table are the effects that a figure shows, and which are the interactions beside them."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from her2stats.figures.panel.places import STRATUM_ORDER, in_order, is_second_test

RowVariable = Literal["auto", "outcome", "term"]


def effect_rows(
    table: pd.DataFrame, *, row: RowVariable = "auto", exposure: str | None = None, strata: list[str] | None = None
) -> pd.DataFrame:
    """Keep the rows that hold an exposure's own effect, and name what stands on each line and in each panel.

    Parameters
    ----------
    table : DataFrame
        A Result's table or several stacked. Rows of covariates and moderators ("hr[positive]"), of interactions
        ("her2:hr[positive]") and of further tests ("... (likelihood ratio)") are left out.
    row : {"auto", "outcome", "term"}
        What stands on a line; "auto" takes whichever of the two has more values.
    exposure : str, optional
        Keep this term only.
    strata : list of str, optional
        Which strata to keep; default all, without "all" where there are others.

    Returns
    -------
    DataFrame
        `table` rows with `name` (of the line), `subject` (what else tells panels apart, "" where nothing does).
    """
    own = ~table["term"].str.contains(r"[:\[]", regex=True) & ~is_second_test(table["term"])
    if exposure is not None:
        own &= table["term"] == exposure
    rows = table[own].copy()
    present = list(rows["stratum"].unique())
    wanted = strata if strata is not None else ([s for s in present if s != "all"] or present)
    rows = rows[rows["stratum"].isin(wanted)]
    if row == "auto":
        row = "term" if rows["term"].nunique() > rows["outcome"].nunique() else "outcome"
    other = "outcome" if row == "term" else "term"
    rows["name"] = rows[row]
    rows["subject"] = rows[other] if len(set(rows[other])) > 1 else ""
    return rows.reset_index(drop=True)


def interaction_rows(table: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Wald rows of the interaction for the lines of `effects`, with the same `name` and `subject`.

    A line without one is left out; a flagged one is kept with its missing p.
    """
    wald = table[table["term"].str.contains(":", regex=False) & ~is_second_test(table["term"])].copy()
    wald["exposure"] = wald["term"].str.split(":").str[0]
    keys = effects[["cohort", "outcome", "term", "name", "subject"]].drop_duplicates()
    keys = keys.rename(columns={"term": "exposure"})
    found = keys.merge(wald, on=["cohort", "outcome", "exposure"], how="inner")
    return found.drop_duplicates(["cohort", "name", "subject"]).reset_index(drop=True)


def stratum_order(strata: pd.Series) -> list[str]:
    """Strata present, in the order of every figure."""
    return in_order(strata, STRATUM_ORDER)
