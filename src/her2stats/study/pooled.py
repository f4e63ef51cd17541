"""Odds ratios of all cohorts of a study into one, where they ask the same question."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from her2stats.statistics import combine, pool_odds_ratios
from her2stats.statistics.flags import flag
from her2stats.statistics.multiplicity import SECOND_TESTS
from her2stats.statistics.pooling import KEY
from her2stats.study.cohort_analysis import CohortAnalysis

POOLED_TABLE = "pooled_odds_ratios"
DIFFERENT = flag("not estimable", "high abundance is above the median in some cohorts, above zero in others")


def pooled_odds_ratios(analyses: Sequence[CohortAnalysis]) -> pd.DataFrame:
    """Pool odds ratios of high abundance and their interactions with HR over cohorts, by random effects.

    A type that the zero rule leaves continuous in one cohort and dichotomises in another has different odds in them:
    its row is flagged. What only one cohort was asked is not in the table.
    """
    asked = [analysis for analysis in analyses if analysis.answers.results.get("odds_ratios")]
    if len(asked) < 2:
        return pool_odds_ratios([])
    interaction = combine([result for a in asked for result in a.answers.results.get("interaction", [])])
    product = interaction["term"].str.contains(":", regex=False) & ~interaction["term"].str.endswith(SECOND_TESTS)
    odds = combine([result for a in asked for result in a.answers.results["odds_ratios"]])
    rows = pd.concat([odds, interaction[product]], ignore_index=True)
    rows = rows[rows.groupby(KEY)["cohort"].transform("nunique") > 1].copy()
    different = rows["outcome"].isin(_cut_differently(asked))
    rows.loc[different, "estimate"] = float("nan")
    pooled = pool_odds_ratios(rows)
    pooled.loc[pooled["outcome"].isin(rows.loc[different, "outcome"]), "flag"] = DIFFERENT
    return pooled


def _cut_differently(analyses: Sequence[CohortAnalysis]) -> set[str]:
    kinds: dict[str, set[str]] = {}
    for analysis in analyses:
        for kind, types in (("median", analysis.material.continuous), ("zero", analysis.material.dichotomised)):
            for cell_type in types:
                kinds.setdefault(cell_type, set()).add(kind)
    return {cell_type for cell_type, found in kinds.items() if len(found) > 1}
