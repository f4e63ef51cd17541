"""Which rows of the result tables answer which question."""

from __future__ import annotations

import pandas as pd

from her2stats.results.folder import ResultsFolder
from her2stats.statistics.flags import Row
from her2stats.statistics.rows import is_second_test, records


def type_rows(folder: ResultsFolder, name: str) -> pd.DataFrame:
    """Rows of a correlation table that concern the exposure and single cell types."""
    return score_rows(folder, folder.table(name), folder.provenance.exposure)


def score_rows(folder: ResultsFolder, table: pd.DataFrame, score: str) -> pd.DataFrame:
    """Rows of a correlation table that concern one score and single cell types.

    Spearman rows name the type as outcome and the score as term; Wilcoxon rows of dichotomised types the other way
    round. Both get the type into a column ``item``.
    """
    ranked = table[(table["term"] == score) & is_correlation(table) & ~table["outcome"].isin(total_scores(folder))]
    shifted = table[(table["outcome"] == score) & ~is_correlation(table) & ~is_second_test(table)]
    both = pd.concat([ranked.assign(item=ranked["outcome"]), shifted.assign(item=shifted["term"])])
    return both.sort_index()


def total_rows(folder: ResultsFolder, name: str) -> pd.DataFrame:
    """Rows of a correlation table whose outcome is a score (total TIL), not a single cell type."""
    table = folder.table(name)
    return table[table["outcome"].isin(total_scores(folder)) & is_correlation(table)]


def response_given_hr(folder: ResultsFolder, crude: Row) -> list[Row]:
    """Odds ratios of a crude one's question adjusted for hormone receptor (stratum "all") and within its groups."""
    rows = folder.table("response_by_hr")
    same = (rows["cohort"] == crude["cohort"]) & (rows["outcome"] == crude["outcome"]) & (rows["role"] == "group")
    return [row for row in records(rows[same]) if row["comparison"] == crude["comparison"]]


def total_scores(folder: ResultsFolder) -> set[str]:
    """Outcomes of the correlation table that are no cell types of the abundance table: total TIL."""
    types = set(folder.table("abundance")["type"])
    correlated = folder.table("correlation")
    return set(correlated.loc[is_correlation(correlated), "outcome"]) - types if types else set()


def is_correlation(table: pd.DataFrame) -> pd.Series:
    """Say which rows are correlations."""
    return table["measure"].eq("rho")
