"""The strongest findings of a results folder, a line each, for a terminal or a notebook."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from her2stats.results.folder import ResultsFolder
from her2stats.results.question_rows import total_rows, type_rows
from her2stats.statistics.flags import Row
from her2stats.statistics.rows import exposure_rows, interaction_rows, records
from her2stats.tables.effects import effect_text
from her2stats.vocabulary.measures import measure
from her2stats.vocabulary.names import stratum_label
from her2stats.vocabulary.numbers import is_missing, p_phrase

_WITH_VALUE = ("rho", "odds_ratio", "slope")  # a rank-sum shift or a difference stays in the table


def key_findings(folder: ResultsFolder, *, at_most: int = 3) -> list[str]:
    """Name the strongest associations with the exposure after correction, one line each, for a terminal.

    Those over whole cohorts, with cell types and with total infiltration; where there is none, those within the
    hormone-receptor groups, odds ratios and interactions.
    """
    alpha = folder.provenance.alpha
    for rows in (_whole_cohorts(folder), _within_groups(folder)):
        found = rows[rows["p_adjusted"] < alpha] if len(rows) else rows
        if len(found):
            found = found.sort_values(["p_adjusted", "p_value", "cohort", "item"], kind="stable").head(at_most)
            return [
                "; ".join(
                    filter(None, (f"{row['cohort']}: {with_value(row, _item, alpha=alpha)}", in_study(row, alpha)))
                )
                for row in records(found)
            ]
    return []


def _whole_cohorts(folder: ResultsFolder) -> pd.DataFrame:
    return pd.concat([type_rows(folder, "correlation"), _infiltration(folder, "correlation")], ignore_index=True)


def _within_groups(folder: ResultsFolder) -> pd.DataFrame:
    """Rows of the strata, each named with its stratum, and what tests whether strata differ."""
    exposure = folder.provenance.exposure
    correlated = [type_rows(folder, "correlation_by_hr"), _infiltration(folder, "correlation_by_hr")]
    odds = exposure_rows(folder.table("odds_ratios"), exposure)
    odds = odds.assign(item="high " + odds["outcome"].astype("str"))
    product = interaction_rows(folder.table("interaction"), exposure)
    product = product.assign(item="interaction for high " + product["outcome"].astype("str"))
    rows = pd.concat([*correlated, odds, product], ignore_index=True)
    places = ["" if stratum == "all" else f", {stratum_label(str(stratum))}" for stratum in rows["stratum"]]
    return rows.assign(item=[f"{item}{place}" for item, place in zip(rows["item"], places, strict=True)])


def _infiltration(folder: ResultsFolder, name: str) -> pd.DataFrame:
    rows = exposure_rows(total_rows(folder, name), folder.provenance.exposure)
    return rows.assign(item=rows["outcome"])


def _item(row: Row) -> str:
    return str(row["item"])


def in_study(row: Row, alpha: float) -> str:
    """Say whether a finding holds in the whole study; nothing of a row that was not asked.

    >>> in_study({"p_study": 0.01}, 0.05), in_study({"p_study": 0.4}, 0.05), in_study({}, 0.05)
    ('holds in the whole study', 'does not hold in the whole study: exploratory', '')
    """
    p = row.get("p_study")
    if p is None or is_missing(p):
        return ""
    return "holds in the whole study" if p < alpha else "does not hold in the whole study: exploratory"


def has_value(row: Row) -> bool:
    """Whether the estimate of a row means something without its table: a shift of a score does not."""
    return row["measure"] in _WITH_VALUE


def with_value(row: Row, name: Callable[[Row], str], *, alpha: float, symbol: str | None = None) -> str:
    """Name a row with its p-value, and with its estimate and interval where they mean something alone."""
    if symbol is None:
        symbol = measure(row["measure"]).symbol if has_value(row) else ""
    value = effect_text(row)
    p = row["p_adjusted"] if not is_missing(row["p_adjusted"]) else row["p_value"]
    shown = f"{symbol} {value}, " if value and symbol else ""
    return f"{name(row)} ({shown}{p_phrase(p, alpha=alpha)})"
