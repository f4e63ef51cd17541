"""Which rows of a model table are the effects that a figure shows, and which are the interactions beside them."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from her2stats.statistics.rows import exposure_rows, interaction_rows

RowVariable = Literal["auto", "outcome", "term"]


def effect_rows(
    table: pd.DataFrame, *, row: RowVariable = "auto", exposure: str | None = None, strata: list[str] | None = None
) -> pd.DataFrame:
    """Keep the rows that hold an exposure's own effect, and name what stands on each line and in each panel.

    Parameters
    ----------
    table : DataFrame
        A Result's table or several stacked. Rows of covariates, moderators, interactions and further tests are left
        out.
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
    rows = exposure_rows(table, exposure)
    rows = rows[rows["measure"] == "odds_ratio"].copy()
    present = list(rows["stratum"].unique())
    wanted = strata if strata is not None else ([s for s in present if s != "all"] or present)
    rows = rows[rows["stratum"].isin(wanted)]
    if row == "auto":
        row = "term" if rows["term"].nunique() > rows["outcome"].nunique() else "outcome"
    other = "outcome" if row == "term" else "term"
    rows["name"] = rows[row]
    rows["subject"] = rows[other] if len(set(rows[other])) > 1 else ""
    return rows.reset_index(drop=True)


def interaction_tests(table: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Wald rows of the interaction for the lines of `effects`, with the same `name` and `subject`.

    A line without one is left out; a flagged one is kept with its missing p.
    """
    keys = effects[["cohort", "outcome", "term", "name", "subject"]].drop_duplicates()
    keys = keys.rename(columns={"term": "exposure"})
    wald = [interaction_rows(table, name).assign(exposure=name) for name in keys["exposure"].unique()]
    found = keys.merge(pd.concat(wald), on=["cohort", "outcome", "exposure"], how="inner")
    return found.drop_duplicates(["cohort", "name", "subject"]).reset_index(drop=True)
