"""Estimates of all cohorts of a study into one, where they ask the same question."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from her2stats.statistics import Result, combine, pool
from her2stats.statistics.flags import flag
from her2stats.statistics.pooling import KEY
from her2stats.statistics.rows import interaction_rows
from her2stats.statistics.specs import PoolingSpec
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.study_file import Study

POOLED_TABLES = ("pooled_odds_ratios", "pooled_correlations")
DIFFERENT = flag("not estimable", "high abundance is above the median in some cohorts, above zero in others")


def pooled_results(analyses: Sequence[CohortAnalysis], study: Study) -> dict[str, list[Result]]:
    """What is pooled, by table: odds ratios; correlations, and those given hormone receptor with a column that says so.

    Every table is there, with no result where nothing is asked of two cohorts.
    """
    odds = pooled_odds_ratios(analyses, study)
    plain = _pooled_correlations(analyses, study, "correlation", "correlation_by_hr")
    given = _pooled_correlations(analyses, study, "correlation_given_hr")
    correlations = [plain.with_table(plain.table.assign(given="")), given.with_table(given.table.assign(given="hr"))]
    found = dict(zip(POOLED_TABLES, ([odds], correlations), strict=True))
    return {name: [result for result in results if len(result.table)] for name, results in found.items()}


def _pooled_correlations(analyses: Sequence[CohortAnalysis], study: Study, *tables: str) -> Result:
    """Correlations that two cohorts have; a type that one of them dichotomises has none there."""
    rows = combine([result for a in analyses for name in tables for result in a.answers.results.get(name, [])])
    if len(rows):
        rows = rows[rows["measure"] == "rho"]
        rows = rows[rows.groupby(KEY)["cohort"].transform("nunique") > 1]
    return pool(rows, **study.keywords(PoolingSpec))


def pooled_odds_ratios(analyses: Sequence[CohortAnalysis], study: Study) -> Result:
    """Pool odds ratios of high abundance and their interactions with HR over cohorts.

    A type that the zero rule leaves continuous in one cohort and dichotomises in another has different odds in them:
    its row is flagged. What only one cohort was asked is not in the table. The data of the result are the odds ratios
    that were pooled, a row a cohort and question.
    """
    rows, different = _rows_to_pool(analyses)
    pooled = pool(rows, **study.keywords(PoolingSpec))
    table = pooled.table.copy()
    table.loc[table["outcome"].isin(different), "flag"] = DIFFERENT
    return pooled.with_table(table)


def _rows_to_pool(analyses: Sequence[CohortAnalysis]) -> tuple[pd.DataFrame, set[str]]:
    """Odds ratios that several cohorts have, and the types whose odds are not the same thing in all of them."""
    asked = [analysis for analysis in analyses if analysis.answers.results.get("odds_ratios")]
    if len(asked) < 2:
        return pd.DataFrame(), set()
    interaction = combine([result for a in asked for result in a.answers.results.get("interaction", [])])
    odds = combine([result for a in asked for result in a.answers.results["odds_ratios"]])
    rows = pd.concat([odds, interaction_rows(interaction)], ignore_index=True)
    rows = rows[rows.groupby(KEY)["cohort"].transform("nunique") > 1].copy()
    different = _cut_differently(asked) & set(rows["outcome"])
    rows.loc[rows["outcome"].isin(different), "estimate"] = float("nan")
    return rows, different


def _cut_differently(analyses: Sequence[CohortAnalysis]) -> set[str]:
    kinds: dict[str, set[str]] = {}
    for analysis in analyses:
        for kind, types in (("median", analysis.material.continuous), ("zero", analysis.material.dichotomised)):
            for cell_type in types:
                kinds.setdefault(cell_type, set()).add(kind)
    return {cell_type for cell_type, found in kinds.items() if len(found) > 1}
