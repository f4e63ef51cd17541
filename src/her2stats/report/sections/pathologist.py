"""The pathologist's count beside the gene scores: correlation, and how far the ranks lie apart."""

from __future__ import annotations

import pandas as pd

from her2stats.report.page_model import Part, Section, TablePart
from her2stats.report.parts import Figures, absent, section
from her2stats.results.folder import ResultsFolder
from her2stats.statistics.rows import GIVEN_HR, records
from her2stats.tables.layouts import Block, print_blocks, sample_size
from her2stats.vocabulary.names import stratum_label, variable_label
from her2stats.vocabulary.numbers import format_number, format_percent

_NOTE = "Exposure and scores, total TIL and cell types of the same tumours; what is dichotomised as absent or present."
_RANKS = (
    "Difference: rank of the score less that of the count, percent of all tumours. Over all tumours its mean is 0; "
    "within a receptor group it says whether the score puts the group higher than the pathologist does."
)


def pathologist_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Each count of a cohort: a table of correlations, a table of ranks, and the limits of agreement in words."""
    table = folder.table("pathologist")
    parts: list[Part] = [*absent(folder, "pathologist"), *figures.get("pathologist", ())]
    if not len(table):
        return section("pathologist", "The pathologist's count", parts)
    # a comparison of presence names the count as its outcome
    apart = table["measure"].eq("shift")
    table = table.assign(
        count=table["outcome"].where(apart, table["term"]),
        line=table["variable"].where(apart, table["outcome"]) if "variable" in table else table["outcome"],
        stratum=table["stratum"].mask(table["given"].fillna("").ne(""), GIVEN_HR)
        if "given" in table
        else table["stratum"],
    )
    for (cohort, count), rows in table.groupby(["cohort", "count"], sort=False):
        where, alpha = f"{variable_label(str(count))}, {cohort}", folder.provenance.alpha
        ranks = rows["measure"].eq("rank_difference")
        for chosen, effect, caption, notes in (
            (rows[~ranks], "ρ", f"Scores and cell types against {where}", (_NOTE, *_limits(rows[ranks]))),
            (
                rows[ranks & rows["stratum"].ne("all")],
                "Difference",
                f"Ranks of scores less those of {where}",
                (_RANKS,),
            ),
        ):
            blocks = [
                Block(f"{stratum_label(str(stratum))}, {sample_size(part)}", part, effect=effect)
                for stratum, part in chosen.groupby("stratum", sort=False)
            ]
            if blocks:
                printed = print_blocks(blocks, caption=caption, key="line", stub="Score", alpha=alpha, notes=notes)
                parts.append(TablePart(printed, "pathologist"))
    return section("pathologist", "The pathologist's count", parts)


def _limits(rows: pd.DataFrame) -> list[str]:
    """Limits of agreement over all tumours."""
    said = "{}: limits of agreement {} to {} points; of {}% of the tumours the ranks lie within 25 points."
    shown = records(rows[rows["stratum"].eq("all") & rows["estimate"].notna()].head(1))
    return [
        said.format(
            variable_label(row["outcome"]),
            *(format_number(row[name], 0) for name in ("loa_low", "loa_high")),
            format_percent(round(row["share_near"] * row["n"]), row["n"]),
        )
        for row in shown
    ]
