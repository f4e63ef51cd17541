"""Response by HER2 group: the paper's table, and the same question among tumours of the same hormone receptor."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from her2stats.report.page_model import Part, Section, TablePart
from her2stats.report.parts import Figures, absent, by_cohort, section, table_by_cohort
from her2stats.report.sections.sensitivity import sensitivity_parts
from her2stats.results.folder import ResultsFolder
from her2stats.statistics.rows import interaction_rows, is_second_test, records
from her2stats.tables import PrintedTable, table_response
from her2stats.tables.layouts import Block, print_blocks
from her2stats.tables.response import print_response
from her2stats.vocabulary.names import stratum_label, term_label, variable_label
from her2stats.vocabulary.numbers import format_estimate, format_percent, is_missing

_TERM = ("variable", "level", "variable_2", "level_2")
_FURTHER_NOTE = (
    "Measurements per standard deviation; of a product (×) the ratio of two odds ratios. RCB: odds of a higher class."
)
_ADJUSTED_NOTE = "Adjusted: odds ratio given hormone receptor. Ratio: odds ratio in HR-positive divided by HR-negative."


def response_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Response by HER2 group: the paper's Table 2, then given hormone receptor."""
    table = folder.table("response")
    parts: list[Part] = [*absent(folder, "response", "response_by_hr"), *figures.get("response", ())]
    if len(table) and "n_reference" in table:
        asked = [folder.table(name) for name in ("response_by_hr", "response_further")]
        laid_out = table_response(table, further=[part for part in asked if len(part)])
        for cohort, part in by_cohort(laid_out):
            definition = folder.provenance.conventions.get("pCR", "")
            notes = _differences(table[table["cohort"] == cohort]) + [
                f"pCR {definition}." if definition else "What counts as pCR is not declared (pcr_definition)."
            ] * (definition != "" or "pcr" in set(table["outcome"]))
            printed = print_response(part, caption=f"Response by HER2 group, {cohort}", notes=notes)
            parts.append(TablePart(printed, "response", sortable=False))
    given = folder.table("response_by_hr")
    parts += table_by_cohort(given, "response_by_hr", lambda cohort, part: _given_hr(folder, cohort, part))
    further = folder.table("response_further")
    parts += table_by_cohort(further, "response_further", lambda cohort, part: _further(folder, cohort, part))
    parts += sensitivity_parts(folder, set(table["outcome"]))
    return section("response", "Response by HER2 group", parts)


def _differences(rows: pd.DataFrame) -> list[str]:
    """Differences of shares, in percentage points."""
    if "risk_difference" not in rows:
        return []
    points = [
        (row, [100 * row[name] for name in ("risk_difference", "rd_low", "rd_high")])
        for row in records(rows)
        if not is_missing(row["risk_difference"])
    ]
    return [
        f"{variable_label(row['outcome'])}, {row['comparison']} minus {row['reference']}: "
        f"{format_estimate(*numbers, measure='risk_difference')} percentage points (Newcombe); exact mid-p "
        f"{row['p_mid']:.2g}."
        for row, numbers in points
    ]


def _given_hr(folder: ResultsFolder, cohort: str, rows: pd.DataFrame) -> PrintedTable:
    groups, products = rows[rows["role"] == "group"], interaction_rows(rows)
    crude = folder.table("response")
    crude = crude[crude["cohort"] == cohort]
    by_comparison = dict.fromkeys(groups["comparison"])
    groups, products, crude, tests = (
        table.assign(line=_line(table, by_comparison))
        for table in (groups, products, crude, rows[is_second_test(rows)])
    )
    within = groups[groups["stratum"] != "all"]
    blocks = [
        Block("Crude", crude, ("effect", "p"), "OR"),
        Block("Adjusted", groups[groups["stratum"] == "all"], ("effect", "p"), "OR"),
        *(
            Block(stratum_label(str(stratum)), part, ("effect", "p", "n"), "OR")
            for stratum, part in within.groupby("stratum", sort=False)
        ),
        Block("Interaction", products, ("effect",), "Ratio"),
        Block("Likelihood ratio", tests, ("p",)),
    ]
    caption = f"Response by HER2 group given hormone receptor, {cohort}"
    notes = [_ADJUSTED_NOTE, *_mix(within)]
    return print_blocks(
        blocks, caption=caption, key="line", stub="Response", alpha=folder.provenance.alpha, notes=notes
    )


def _line(rows: pd.DataFrame, comparisons: Collection[str]) -> pd.Series:
    """What a printed row is about: the response, and of several HER2 groups which is compared with the first."""
    if len(comparisons) < 2:
        return rows["outcome"].astype(str)
    whose = rows["comparison"].fillna("").where(rows["role"].eq("group"), rows.get("exposure", ""))
    return rows["outcome"].astype(str).map(variable_label) + ", " + whose.astype(str)


def _further(folder: ResultsFolder, cohort: str, rows: pd.DataFrame) -> PrintedTable:
    """Arms, stromal TIL, PD-L1 and residual cancer burden: a line a question, its test of a product beside it."""
    rows = rows[~rows["role"].isin(("moderator", "covariate"))].copy()
    second = is_second_test(rows)
    rows["line"] = [
        f"{variable_label(row['outcome'])}: {term_label(*(row[name] or '' for name in _TERM))}, "
        f"{stratum_label(row['stratum'])}{', given ' + row['given'] if row['given'] else ''}"
        for row in records(rows.fillna(dict.fromkeys((*_TERM, "given"), "")))
    ]
    blocks = [Block("", rows[~second], ("effect", "p", "n"), "OR"), Block("Likelihood ratio", rows[second], ("p",))]
    caption = f"Response by arm and further variables, {cohort}"
    return print_blocks(
        blocks, caption=caption, key="line", stub="Question", alpha=folder.provenance.alpha, notes=[_FURTHER_NOTE]
    )


def _mix(within: pd.DataFrame) -> list[str]:
    """How the receptor groups are mixed in the HER2 groups: what the crude odds ratio does not see."""
    found = []
    for (outcome, comparison), part in within.groupby(["outcome", "comparison"], sort=False):
        sizes = {str(row["stratum"]): row for row in records(part)}
        positive = sizes.get("hr=positive")
        if positive is None or part[["n_reference", "n_comparison"]].isna().any(axis=None):
            continue
        low, zero = (
            format_percent(int(positive[name]), int(part[name].sum()), 0) for name in ("n_comparison", "n_reference")
        )
        found.append(
            f"{variable_label(str(outcome))}: {low}% of {comparison} and {zero}% of {positive['reference']} tumours "
            "are HR-positive; the crude odds ratio compares groups of this unlike mix."
        )
    return found
