"""What a study of this size finds, and what its answers could not stand: in sentences and in tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from her2stats.report.least_effects import least_effect
from her2stats.report.page_model import MorePart, Part, TablePart, TextPart
from her2stats.report.parts import by_cohort
from her2stats.results.folder import ResultsFolder
from her2stats.statistics.flags import Row
from her2stats.statistics.rows import GIVEN_HR, records
from her2stats.tables import PrintedTable
from her2stats.tables.effects import effect_text, flag_notes
from her2stats.vocabulary.measures import measure
from her2stats.vocabulary.names import sentence_case, stratum_label, variable_label
from her2stats.vocabulary.numbers import format_count, format_number, is_missing
from her2stats.vocabulary.variables import HER2_GROUPS

Columns = Mapping[str, Callable[[Row], str]]


def _estimate(row: Row) -> str:
    return f"{measure(row['measure']).symbol} {effect_text({'flag': '', **row})}"


def _decimals(column: str) -> Callable[[Row], str]:
    return lambda row: format_number(row[column], 2)


def _compared(row: Row) -> str:
    """The groups of a row; folders of earlier versions have the paper's and do not name them."""
    paper = dict(zip(("reference", "comparison"), HER2_GROUPS, strict=True))
    return " against ".join(str(row.get(name) or paper[name]) for name in ("comparison", "reference"))


_WHERE: Columns = {
    "Outcome": lambda row: variable_label(row["outcome"]) if row["outcome"] else f"One of {row['tests']} cell types",
    "Tumours": lambda row: GIVEN_HR if row.get("given") else stratum_label(row["stratum"]),
    "n": lambda row: format_count(row["n"]),
}
# Table -> caption, further columns and note.
_TABLES: Mapping[str, tuple[str, Columns, str]] = {
    "detectable": (
        "Least effect that would be found in 80% of such studies",
        {
            "α": lambda row: f"{row['alpha']:.2g}",
            "Least effect": lambda row: "none" if is_missing(row["effect"]) else least_effect(row),
        },
        "By the numbers of tumours and the threshold alone, whatever was observed.",
    ),
    "e_values": (
        "How strong an unmeasured variable had to be",
        {"Estimate": _estimate, "E-value": _decimals("e_value"), "of the interval": _decimals("e_value_limit")},
        "E-value: the least risk ratio that it needs with both, beyond what is adjusted for; of the interval: to move "
        "it to no association, 1 where it holds that already.",
    ),
    "misread_ihc": (
        "HER2 groups, were HER2 IHC misread",
        {
            "Compared": _compared,
            "Assumed": lambda row: str(row["assumed"]),
            "Sensitivity": _decimals("sensitivity"),
            "Specificity": _decimals("specificity"),
            "Estimate": _estimate,
        },
        "Errors are the same whatever the outcome.",
    ),
}


def sensitivity_parts(folder: ResultsFolder, outcomes: set[str], *also: str) -> list[Part]:
    """Sentences about some outcomes, and tables of these and others behind a heading."""
    tables: list[Part] = []
    for name, (caption, columns, note) in _TABLES.items():
        table = folder.table(name)
        for cohort, rows in by_cohort(table[table["outcome"].isin({*outcomes, *also})]):
            texts = [{head: text(row) for head, text in {**_WHERE, **columns}.items()} for row in records(rows)]
            how = (
                [f"{sentence_case('; '.join(filter(None, dict.fromkeys(rows['method']))))}."]
                if rows["method"].any()
                else []
            )
            notes = [note, *how, *flag_notes(list(rows.get("flag", [])))]
            tables.append(TablePart(PrintedTable(pd.DataFrame(texts), f"{caption}, {cohort}", notes=notes), name))
    said = [text for say in (_e_value, _misread) for text in say(folder, outcomes)]
    more = MorePart("What this study could find, and what its answers could not stand", tables)
    return [*(TextPart(text, "aside") for text in said), *([more] if tables else [])]


def _questions(folder: ResultsFolder, name: str, outcomes: set[str]) -> Iterator[tuple[str, list[Row]]]:
    """Rows over all tumours, question by question, with the name of each."""
    table = folder.table(name)
    rows = table[table["outcome"].isin(outcomes) & table["stratum"].eq("all")]
    whose = rows.get("term", pd.Series("", rows.index))  # with several HER2 groups an outcome is several questions
    for (cohort, outcome, _), part in rows.groupby(["cohort", "outcome", whose.fillna("")], sort=False):
        yield f"{cohort}, {variable_label(str(outcome))}", records(part)


def _e_value(folder: ResultsFolder, outcomes: set[str]) -> Iterator[str]:
    """The E-value of the answer given hormone receptor, or of the one there is."""
    for what, rows in _questions(folder, "e_values", outcomes):
        row = max(rows, key=lambda one: bool(one["given"]))
        where = f"{what}{', given hormone receptor' if row['given'] else ''}"
        if row["e_value_limit"] == 1:
            yield f"{where}: the interval holds no association already, so its E-value is 1."
        elif not is_missing(row["e_value"]):
            least, limit = (format_number(row[name], 2) for name in ("e_value", "e_value_limit"))
            yield (
                f"{where}: to explain the association away, an unmeasured variable had to go with both by risk ratios "
                f"of {least} each; to move the interval to none, of {limit}."
            )


def _misread(folder: ResultsFolder, outcomes: set[str]) -> Iterator[str]:
    """What the priors of misreading make of a comparison over all tumours."""
    for what, rows in _questions(folder, "misread_ihc", outcomes):
        by = {row["assumed"]: row for row in rows}
        drawn = by.get("priors and chance")
        if drawn is not None and not is_missing(drawn["estimate"]):
            se, sp = (format_number(drawn[name], 2) for name in ("sensitivity", "specificity"))
            yield (
                f"{what}, {_compared(drawn)}, not adjusted: {_estimate(by['as read'])} as HER2 IHC was read; "
                f"{_estimate(drawn)} were it read with a sensitivity of about {se} and a specificity of about {sp}. "
                f"The counts refute {100 * drawn['share_impossible']:.0f}% of such readings."
            )
