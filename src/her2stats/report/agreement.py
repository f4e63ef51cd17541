"""What the comparison with R says: a badge, a table of largest differences, and every disagreement by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from her2stats.report.statements import name_list
from her2stats.results.folder import R, engine_of
from her2stats.tables.printed import PrintedTable
from her2stats.vocabulary.names import stratum_label
from her2stats.vocabulary.numbers import format_count, is_missing

UNSEEN = "What comes before the models (population, scores, fractions, cuts) is not part of that comparison."
Status = Literal["agree", "disagree", "not checked"]
MOST_LISTED = 50


@dataclass(frozen=True, eq=False)
class Agreement:
    """The comparison with R, for the reader."""

    status: Status  # one disagreement is enough for "disagree"; "agree" needs at least one number that was compared
    badge: str  # a few words for the top of the page, with what R has not seen in them
    sentence: str  # the same in a sentence, for the methods
    by_model: PrintedTable | None = None  # numbers compared, and the largest difference, by cohort and model
    disagreements: PrintedTable | None = None  # every number that differs
    reasons: tuple[str, ...] = ()  # why numbers were not checked
    who: str = R  # whose second opinion it is: R, or what stands in for it where there is none


def read_agreement(crosscheck: pd.DataFrame | None, witness: pd.DataFrame | None = None) -> Agreement:
    """Sum up crosscheck.csv (a row a number), and what the witness saw from the raw files (a row a table).

    Either is None where it was not made.
    """
    if crosscheck is None or not len(crosscheck):
        return Agreement("not checked", "Not compared with R", "The models were not fitted again in R.")
    verdict = crosscheck["verdict"]
    agree, unchecked = verdict.eq("agree"), verdict.eq("not checked")
    differ = ~agree & ~unchecked  # a verdict that is not known never counts as agreement
    reasons = (
        tuple(
            f"{reason or 'no reason given'}: {format_count(count)}"
            for reason, count in crosscheck.loc[unchecked, "reason"].value_counts(sort=False).sort_index().items()
        )
        if "reason" in crosscheck
        else ()
    )
    software, who = _software(crosscheck), engine_of(crosscheck)
    compared = int((agree | differ).sum())
    open_ones = f", {format_count(int(unchecked.sum()))} not checked" if unchecked.any() else ""
    if differ.any():
        status: Status = "disagree"
        badge = f"{who} disagrees on {format_count(int(differ.sum()))} of {format_count(compared)} numbers"
    elif agree.any():
        seen = f"({format_count(compared)} numbers{open_ones})"
        status, badge = "agree", f"{who} agrees on the models only {seen}, not checked on what goes into them"
        if witness is not None and witness["agreed"].sum():
            numbers, agreed, wrong = (int(witness[name].sum()) for name in ("numbers", "agreed", "disagreed"))
            told = f"on {format_count(agreed)} of {format_count(numbers)} numbers from the raw files"
            badge = f"{who} agrees on the models {seen} and {told if who == R else f'R {told}'}"
            if wrong:
                status, badge = "disagree", f"R from the raw files disagrees on {format_count(wrong)} numbers"
    else:
        status, badge = "not checked", "Not checked in R"
    fitted = "Every model was fitted again" if who == R else "What it has a routine for was fitted again"
    sentence = (
        f"{fitted} in {software}: {format_count(int(agree.sum()))} of {format_count(compared)} "
        f"numbers agreed within their tolerance{open_ones}. {UNSEEN}"
        if compared
        else "The models could not be fitted again in R."
    )
    return Agreement(
        status,
        badge,
        sentence,
        _by_model(crosscheck, who, agree, differ, unchecked),
        _listed(crosscheck[differ], who),
        reasons,
        who,
    )


def _software(crosscheck: pd.DataFrame) -> str:
    """Name R and emmeans with the versions that were used, or what was asked in place of R."""
    if (who := engine_of(crosscheck)) != R:
        return who
    found = []
    for name, column in (("R", "r_version"), ("emmeans", "emmeans_version")):
        versions = sorted(set(crosscheck.get(column, pd.Series(dtype="str"))) - {""})
        if versions:
            found.append(f"{name} {name_list(versions)}")
    return f"{found[0]} ({', '.join(found[1:])})" if len(found) > 1 else "".join(found) or "R"


def _by_model(
    crosscheck: pd.DataFrame, who: str, agree: pd.Series, differ: pd.Series, unchecked: pd.Series
) -> PrintedTable:
    """One line a cohort and question; the number of fits behind it, and where the other is farthest from Python."""
    names = crosscheck["model"].str.split(".", n=2, expand=True).reindex(columns=range(3)).fillna("")
    questions = names[1].where(names[1] != "", crosscheck["verb"])
    rows = []
    for (cohort, question), part in crosscheck.groupby([crosscheck["cohort"], questions], sort=False):
        compared = part.loc[(agree | differ).loc[part.index]]
        measured = compared[compared["rel_diff"].notna()].sort_values("rel_diff", kind="stable")
        worst = measured.iloc[-1] if len(measured) else None
        rows.append(
            {
                "cohort": str(cohort),
                "question": str(question).replace("_", " "),
                "fits": format_count(part["model"].nunique()),
                "compared": format_count(len(compared)),
                "disagree": format_count(int(differ.loc[part.index].sum())),
                "unchecked": format_count(int(unchecked.loc[part.index].sum())),
                "largest": "" if worst is None else _scientific(float(worst["rel_diff"])),
                "quantity": "" if worst is None else str(worst["quantity"]),
                "tolerance": "" if worst is None else _scientific(float(worst["tolerance"])),
            }
        )
    labels = {
        "cohort": "Cohort",
        "question": "Model",
        "fits": "Fits",
        "compared": "Numbers compared",
        "disagree": "Disagree",
        "unchecked": "Not checked",
        "largest": "Largest relative difference",
        "quantity": "in",
        "tolerance": "Tolerance there",
    }
    words = ("question", "quantity")
    return PrintedTable(pd.DataFrame(rows), f"Agreement between Python and {who}, by model", labels, words=words)


def _scientific(value: float) -> str:
    if is_missing(value):
        return ""
    return "0" if value == 0 else f"{value:.1e}".replace("e-0", "e-").replace("-", "−")


def _listed(rows: pd.DataFrame, who: str) -> PrintedTable | None:
    if not len(rows):
        return None
    shown = rows.head(MOST_LISTED)
    frame = pd.DataFrame(
        {
            "outcome": shown["outcome"],
            "term": shown["term"],
            "cohort": shown["cohort"],
            "stratum": shown["stratum"].map(stratum_label),
            "quantity": shown["quantity"],
            "python": [f"{value:.10g}" for value in shown["python"]],
            "r": [f"{value:.10g}" for value in shown["r"]],
            "verdict": shown["verdict"],
        }
    )
    more = [f"{len(rows) - MOST_LISTED} more are in crosscheck.csv."] if len(rows) > MOST_LISTED else []
    labels = {"outcome": "Outcome", "term": "Term", "cohort": "Cohort", "stratum": "Stratum", "quantity": "Quantity"}
    labels |= {"python": "Python", "r": who, "verdict": "Verdict"}
    words = ("term", "cohort", "stratum", "quantity", "verdict")
    title = f"Numbers on which {who} disagrees"
    return PrintedTable(frame.reset_index(drop=True), title, labels, words=words, notes=more)
