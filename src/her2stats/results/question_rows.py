"""Which rows of the result tables answer which question."""

from __future__ import annotations

import pandas as pd

from her2stats.results.folder import ResultsFolder
from her2stats.statistics.multiplicity import SECOND_TESTS


def is_second_test(terms: pd.Series) -> pd.Series:
    """Say which rows are second tests of a hypothesis (Fisher exact, likelihood ratio)."""
    return terms.astype("str").str.endswith(SECOND_TESTS)


def exposure_rows(folder: ResultsFolder, name: str) -> pd.DataFrame:
    """Rows of a correlation table that concern the exposure and single cell types."""
    return score_rows(folder, folder.table(name), folder.provenance.exposure)


def score_rows(folder: ResultsFolder, table: pd.DataFrame, score: str) -> pd.DataFrame:
    """Rows of a correlation table that concern one score and single cell types.

    Spearman rows name the type as outcome and the score as term; Wilcoxon rows of dichotomised types the other way
    round. Both get the type into a column ``item``.
    """
    ranked = table[(table["term"] == score) & is_spearman(table) & ~table["outcome"].isin(total_scores(folder))]
    shifted = table[(table["outcome"] == score) & ~is_spearman(table) & ~is_second_test(table["term"])]
    both = pd.concat([ranked.assign(item=ranked["outcome"]), shifted.assign(item=shifted["term"])])
    return both.sort_index()


def total_rows(folder: ResultsFolder, name: str) -> pd.DataFrame:
    """Rows of a correlation table whose outcome is a score (total TIL), not a single cell type."""
    table = folder.table(name)
    return table[table["outcome"].isin(total_scores(folder)) & is_spearman(table)]


def total_scores(folder: ResultsFolder) -> set[str]:
    """Outcomes of the correlation table that are no cell types of the abundance table: total TIL."""
    types = set(folder.table("abundance")["type"])
    correlated = folder.table("correlation")
    return set(correlated.loc[is_spearman(correlated), "outcome"]) - types if types else set()


def is_spearman(table: pd.DataFrame) -> pd.Series:
    """Say which rows are correlations."""
    return table["method"].astype("str").str.startswith("Spearman")


def interaction_rows(table: pd.DataFrame, exposure: str) -> pd.DataFrame:
    """Product terms of a table (score x HR), without the likelihood-ratio rows beside them."""
    terms = table["term"].astype("str")
    return table[terms.str.startswith(f"{exposure}:") & ~is_second_test(terms)]
