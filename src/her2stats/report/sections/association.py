"""How the exposure goes with cell types: correlation, infiltration, hormone-receptor groups."""

from __future__ import annotations

import pandas as pd

from her2stats.report.page_model import MorePart, Part, Section, TablePart
from her2stats.report.parts import Figures, absent, by_cohort, section, table_by_cohort
from her2stats.report.sections.draws import draws_parts
from her2stats.report.sections.pooled_table import pooled_table
from her2stats.report.sections.sensitivity import sensitivity_parts
from her2stats.results.folder import ResultsFolder
from her2stats.results.question_rows import is_correlation, score_rows, total_rows, type_rows
from her2stats.statistics.rows import GIVEN_HR, exposure_rows, is_second_test
from her2stats.tables import PrintedTable
from her2stats.tables.layouts import Block, Cell, print_blocks, sample_size
from her2stats.vocabulary.names import stratum_label

_MOST_WITH_P = 2
_GIVEN_NOTE = (
    "Ranks within the receptor groups, so that a difference between the groups counts as no association; "
    "dichotomised cell types as absent or present."
)
_SHIFT_NOTE = "Shift: Hodges-Lehmann estimate of the score where the type is present, minus where it is absent."


def correlation_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Exposure against each cell type over all tumours."""
    table = folder.table("correlation")
    parts: list[Part] = [*absent(folder, "correlation"), *figures.get("correlation", ())]
    parts += _cohorts_side_by_side(folder, table, folder.provenance.exposure)
    parts += _pooled(folder)
    others = [score for score in _scores(folder, table) if score != folder.provenance.exposure]
    for score in others:
        parts.append(MorePart(f"The same for {score}", _cohorts_side_by_side(folder, table, score)))
    return section("correlation", f"Cell types and {folder.provenance.exposure_name}", parts)


def _pooled(folder: ResultsFolder) -> list[Part]:
    """The exposure against total infiltration and cell types over all cohorts."""
    rows = exposure_rows(folder.table("pooled_correlations"), folder.provenance.exposure)
    rows = rows.assign(stratum=rows["stratum"].mask(rows["given"].eq("hr"), GIVEN_HR)) if len(rows) else rows
    caption = f"Spearman correlation of {folder.provenance.exposure}, pooled over cohorts"
    return pooled_table(folder, "pooled_correlations", rows, caption)


def _scores(folder: ResultsFolder, table: pd.DataFrame) -> list[str]:
    """Scores that were correlated with single cell types, in the order of the file."""
    return list(dict.fromkeys(map(str, table.loc[is_correlation(table), "term"])))


def _cohorts_side_by_side(folder: ResultsFolder, table: pd.DataFrame, score: str) -> list[Part]:
    rows = score_rows(folder, table, score)
    ranked, shifted = rows[is_correlation(rows)], rows[~is_correlation(rows)]
    blocks = _cohort_blocks(ranked, "ρ")
    made: list[Part] = []
    if len(ranked):
        caption = f"Spearman correlation of {score} with cell types"
        made.append(TablePart(_printed(folder, blocks, caption), "correlation"))
    if len(shifted):
        blocks = _cohort_blocks(shifted, "Shift")
        caption = f"{score} between absence and presence of dichotomised cell types"
        made.append(TablePart(_printed(folder, blocks, caption, _SHIFT_NOTE), "correlation"))
    return made


def _cohort_blocks(rows: pd.DataFrame, effect: str) -> list[Block]:
    """Cohorts side by side; from three on the uncorrected p-values stay in the csv."""
    found = by_cohort(rows)
    wide = len(found) > _MOST_WITH_P and all(part["p_adjusted"].notna().any() for _, part in found)
    cells: tuple[Cell, ...] = ("effect", *(() if wide else ("p",)), "p_adjusted", "p_study")
    return [Block(f"{cohort}, {sample_size(part)}", part, cells, effect) for cohort, part in found]


def _printed(folder: ResultsFolder, blocks: list[Block], caption: str, *notes: str) -> PrintedTable:
    return print_blocks(blocks, caption=caption, key="item", alpha=folder.provenance.alpha, notes=notes)


def infiltration_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Total TIL against the scores."""
    parts: list[Part] = [*figures.get("infiltration", ())]
    rows = total_rows(folder, "correlation")
    for outcome, part in rows.groupby("outcome", sort=False):
        blocks = _cohort_blocks(part, "ρ")
        caption = f"Spearman correlation of {outcome} with the scores"
        printed = print_blocks(blocks, caption=caption, key="term", stub="Score", alpha=folder.provenance.alpha)
        parts.append(TablePart(printed, "correlation"))
    return section("infiltration", "Total infiltration and the scores", parts)


def by_hr_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Exposure against each cell type within the hormone-receptor groups."""
    table = folder.table("correlation_by_hr")
    parts: list[Part] = [*absent(folder, "correlation_by_hr", "correlation_given_hr"), *figures.get("by-hr", ())]
    parts += _given_hr(folder) + draws_parts(folder)
    parts += _strata_side_by_side(folder, table, folder.provenance.exposure)
    for score in _scores(folder, table):
        if score != folder.provenance.exposure:
            parts.append(MorePart(f"The same for {score}", _strata_side_by_side(folder, table, score)))
    totals = total_rows(folder, "correlation_by_hr")
    for cohort, part in by_cohort(totals):
        caption = f"Total infiltration and the scores by hormone receptor, {cohort}"
        printed = print_blocks(
            _stratum_blocks(part, "ρ"), caption=caption, key="term", stub="Score", alpha=folder.provenance.alpha
        )
        parts.append(TablePart(printed, "correlation_by_hr"))
    parts += sensitivity_parts(folder, set(totals["outcome"]), "", *type_rows(folder, "correlation_given_hr")["item"])
    return section("by-hr", "Within hormone-receptor groups", parts)


def _given_hr(folder: ResultsFolder) -> list[Part]:
    """One correlation over both receptor groups, of ranks within them."""
    table = folder.table("correlation_given_hr")
    made: list[Part] = []
    for score, rows in table.groupby("term", sort=False):
        caption = f"Correlation of {score} with cell types and total infiltration given hormone receptor"
        blocks = _cohort_blocks(rows, "ρ")
        printed = print_blocks(blocks, caption=caption, alpha=folder.provenance.alpha, notes=(_GIVEN_NOTE,))
        part = TablePart(printed, "correlation_given_hr")
        made.append(part if score == folder.provenance.exposure else MorePart(f"The same for {score}", [part]))
    return made


def _strata_side_by_side(folder: ResultsFolder, table: pd.DataFrame, score: str) -> list[Part]:
    made: list[Part] = []
    for cohort, rows in by_cohort(score_rows(folder, table, score)):
        ranked, shifted = rows[is_correlation(rows)], rows[~is_correlation(rows)]
        if len(ranked):
            caption = f"Spearman correlation of {score} with cell types by hormone receptor, {cohort}"
            made.append(TablePart(_printed(folder, _stratum_blocks(ranked, "ρ"), caption), "correlation_by_hr"))
        if len(shifted):
            caption = f"{score} between absence and presence by hormone receptor, {cohort}"
            printed = _printed(folder, _stratum_blocks(shifted, "Shift"), caption, _SHIFT_NOTE)
            made.append(TablePart(printed, "correlation_by_hr"))
    return made


def _stratum_blocks(rows: pd.DataFrame, effect: str) -> list[Block]:
    return [
        Block(f"{stratum_label(str(stratum))}, {sample_size(part)}", part, effect=effect)
        for stratum, part in rows.groupby("stratum", sort=False)
    ]


def groups_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Cell types between HR-positive and HR-negative tumours."""
    table = folder.table("group_comparison")
    parts: list[Part] = [*absent(folder, "group_comparison"), *figures.get("groups", ())]
    parts += table_by_cohort(table, "group_comparison", lambda cohort, part: _groups(folder, cohort, part))
    return section("groups", "Differences between hormone-receptor groups", parts)


def _groups(folder: ResultsFolder, cohort: str, rows: pd.DataFrame) -> PrintedTable:
    second = is_second_test(rows)
    cells: tuple[Cell, ...] = ("reference", "comparison", "effect", "p", "p_adjusted")
    blocks = [Block("", rows[~second], cells, effect="Difference")]
    if second.any():
        blocks.append(Block("Fisher exact", rows[second], ("p",)))
    notes = (
        "Continuous types: medians, Hodges-Lehmann shift, Wilcoxon test. Dichotomised types: percentage of tumours "
        "with the type, difference in proportions, chi-squared test.",
    )
    caption = f"Cell types by hormone-receptor status, {cohort}, {sample_size(rows)}"
    return print_blocks(blocks, caption=caption, alpha=folder.provenance.alpha, notes=notes)
