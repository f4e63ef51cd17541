"""Whether an answer hangs on choices: what specification curves say, in sentences and as a table."""

from __future__ import annotations

import pandas as pd

from her2stats.report.page_model import MorePart, Part, Section, TextPart
from her2stats.report.parts import Figures, absent, section, table_by_cohort
from her2stats.results.folder import ResultsFolder
from her2stats.results.question_rows import total_scores
from her2stats.statistics.rows import SECOND_TEST, records
from her2stats.tables.layouts import Block, print_blocks
from her2stats.vocabulary.names import variable_label
from her2stats.vocabulary.numbers import format_estimate, is_missing, p_phrase

NOTE = (
    "p: of the median of z over all specifications (score, measure, covariates and scale, as far as the cohort has "
    "them), against its values with the rows of all scores permuted within hormone receptor."
)


def curves_in_words(table: pd.DataFrame) -> list[str]:
    """Say of each curve of a table whether the association hangs on choices, and never that there is none."""
    curves = table.groupby(["cohort", "outcome"], sort=False)
    joint = {"median_z", SECOND_TEST}  # a public page may have to leave these rows out
    whole = (curve for curve in curves if joint <= {*curve[1]["measure"]})
    return [_in_words(str(cohort), str(name), rows) for (cohort, name), rows in whole]


def _in_words(cohort: str, outcome: str, rows: pd.DataFrame) -> str:
    asked = rows[rows["measure"].eq("rho")]
    joint, share = (records(rows[rows["measure"].eq(name)])[0] for name in ("median_z", SECOND_TEST))
    where, made, scores = f"{cohort}, {variable_label(outcome)}", int(joint["specifications"]), asked["term"].nunique()
    if not made:
        return f"{where}: none of {len(asked)} specifications can be estimated."
    low, high = (format_estimate(end, measure="rho") for end in asked["estimate"].agg(["min", "max"]))
    p = joint["p_value"] if is_missing(joint["p_adjusted"]) else joint["p_adjusted"]
    told = p_phrase(joint["p_value"]) + (f" ({p_phrase(p)} corrected)" if p != joint["p_value"] else "")
    found = (
        f"{where}: ρ runs from {low} to {high} over {made} of {len(asked)} specifications with {scores} "
        f"score{'s' * (scores > 1)}. In {round(share['estimate'] * made)} of them it is "
        f"{'below' if joint['estimate'] < 0 else 'above'} 0 with p < {joint['alpha']:g}; together: joint {told}. "
    )
    if p < joint["alpha"]:
        each = ", whichever is taken" if share["estimate"] == 1 else ", though not each by itself"
        return f"{found}Taken together they tell an association from chance{each}."
    alone = " Who reports one of those alone reports a choice." if share["estimate"] else ""
    return f"{found}Taken together they do not tell an association from chance, nor exclude one.{alone}"


def robustness_section(folder: ResultsFolder, figures: Figures) -> Section:
    """The specification curves: total infiltration in words and as a figure, every type in a table."""
    table, alpha = folder.table("robustness"), folder.provenance.alpha
    said = curves_in_words(table[table["outcome"].isin(total_scores(folder))])
    parts: list[Part] = [*absent(folder, "robustness"), *map(TextPart, said), *figures.get("robustness", ())]
    tables = table_by_cohort(
        table[table["measure"].eq("median_z")],
        "robustness",
        lambda cohort, rows: print_blocks(
            [Block("", rows, ("effect", "p", "p_adjusted"), "Median z")],
            caption=f"Specification curves of {folder.provenance.exposure_name}, {cohort}",
            alpha=alpha,
            notes=(NOTE,),
        ),
    )
    parts += [MorePart("Specification curves, cell type by cell type", tables)] * bool(tables)
    return section("robustness", "Whether it hangs on choices", parts)
