"""Rows of several strata on the line of one cell type: what each says in words, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from her2stats.figures.style.cell_types import display_order, lineage
from her2stats.figures.style.wording import cohort_name, display_name, flag_reason, level_words, stratum_name
from her2stats.statistics.rows import STRATUM_ORDER, in_order
from her2stats.vocabulary.numbers import NOT_ESTIMABLE, format_estimate

LINEAGE_GAP = 0.45  # of a row, between the lineages


def described(rows: pd.DataFrame, measure: str, alpha: float) -> pd.DataFrame:
    """Add to each row of a result: Stratum (as displayed), estimable, text, reason and significant.

    The `measure` decides the digits; `alpha` is held against the adjusted p where the table has any, else against p.
    """
    rows = rows.copy()
    rows["estimable"] = rows["estimate"].notna()
    numbers = rows[["estimate", "conf_low", "conf_high"]].to_numpy()
    given = zip(numbers, rows["estimable"], strict=True)
    rows["text"] = [format_estimate(*row, measure=measure) if is_there else NOT_ESTIMABLE for row, is_there in given]
    rows["reason"] = rows["flag"].map(flag_reason).mask(rows["estimable"], "")
    p = rows["p_adjusted"] if rows["p_adjusted"].notna().any() else rows["p_value"]
    rows["significant"] = (p < alpha).to_numpy()
    names = [stratum_name(stratum) for stratum in in_order(rows["stratum"], STRATUM_ORDER)]
    rows["Stratum"] = pd.Categorical(rows["stratum"].map(stratum_name), names)
    return rows


def symbol_legend(rows: pd.DataFrame, alpha: float, *, pooled: bool = False) -> str:
    """What lines, filled and open symbols mean in this table, and diamonds where there are pooled rows."""
    adjusted = "adjusted p" if rows["p_adjusted"].notna().any() else "p (not adjusted)"
    lines = (
        f"Line: {level_words(rows['conf_level'])}confidence interval. Filled symbol: {adjusted} < {alpha:g}; open: not."
    )
    diamond = " Diamond: pooled estimate and interval; its p is not adjusted, so no diamond is open."
    return lines + (diamond if pooled else "")


def empty_line_legend(rows: pd.DataFrame, *, pooled: bool = False) -> list[str]:
    """Say why a line is empty, where a panel lacks a type that another one has."""
    panels = rows[["cohort", "subject"]].drop_duplicates()
    filled = rows[["cohort", "subject", "name"]].drop_duplicates()
    complete = len(filled) == len(panels) * rows["name"].nunique()
    too_few = ", or in too few cohorts to pool" if pooled else ""
    return [] if complete else [f"Empty line: not analysed in that cohort{too_few}."]


def panel_titles(rows: pd.DataFrame, labels: Mapping[str, str] | None) -> dict[tuple[str, str], str]:
    """Title of each panel by (cohort, subject)."""
    titles = {}
    for cohort, subject in rows[["cohort", "subject"]].drop_duplicates().itertuples(index=False):
        parts = (cohort_name(cohort, labels), subject and display_name(subject, labels))
        titles[(cohort, subject)] = ", ".join(part for part in parts if part)
    return titles


def stratum_legend(rows: pd.DataFrame, *, symbols: bool = True) -> dict[str, list[str]]:
    """Texts of the legend that colour and shape of the strata share; none where no symbol is drawn."""
    names = list(rows["Stratum"].cat.categories) if symbols else []
    return {"color": names, "shape": names}


def row_places(names: Iterable[str], *, ordered: Sequence[str] | None = None) -> pd.DataFrame:
    """Return where each cell type stands: one row a type, from the top, with a gap between lineages.

    Columns are name, lineage, y (0 at the top, falling) and striped (every second row). The order of the names does not
    matter, unless they are `ordered`, and then there are no gaps.
    """
    present = set(names)
    order = [name for name in ordered if name in present] if ordered is not None else display_order(present)
    lineages = [lineage(name) for name in order]
    y, places = 0.0, []
    for place, _ in enumerate(order):
        if place:
            y -= 1 + (LINEAGE_GAP if ordered is None and lineages[place] != lineages[place - 1] else 0)
        places.append(y)
    striped = [place % 2 == 1 for place in range(len(order))]
    return pd.DataFrame({"name": order, "lineage": lineages, "y": places, "striped": striped})


def placed(rows: pd.DataFrame, places: pd.DataFrame, titles: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """Give each row its panel and its y: strata stand side by side around the line of their type."""
    rows = rows.copy()
    rows["y"] = rows["name"].map(places.set_index("name")["y"]).astype(float)
    if "Stratum" in rows:
        strata = rows["Stratum"].cat.categories.size
        rows["y"] += 0.88 / strata * ((strata - 1) / 2 - rows["Stratum"].cat.codes)
    keys = zip(rows["cohort"], rows["subject"], strict=True)
    rows["panel"] = pd.Categorical([titles[key] for key in keys], list(titles.values()))
    return rows
