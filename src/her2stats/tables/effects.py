"""Estimates as journals print them: "0.61 (0.42–0.89)", with p-values and counts, or why there are none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from her2stats.packaged import facts
from her2stats.statistics.arguments import percent
from her2stats.statistics.flags import code_of
from her2stats.statistics.rows import SECOND_TEST, Rows, records, result_rows
from her2stats.statistics.terms import PARTS, term_columns
from her2stats.tables.printed import PrintedTable
from her2stats.vocabulary.names import stratum_label, term_label, variable_label
from her2stats.vocabulary.numbers import format_count, format_estimate, format_p, is_missing

MARK = "†"


def table_effects(results: Rows, *, alpha: float = 0.05) -> pd.DataFrame:
    """Print the rows of results: estimate with interval, p-values, counts and what could not be estimated.

    Parameters
    ----------
    results : Result, DataFrame, or several of them
        Results, or frames with the columns of `Result.table`; ``measure`` decides the digits.
    alpha : float
        The threshold that rounding of p-values must not cross.

    Returns
    -------
    DataFrame
        One row a result row, all text: ``cohort``, ``stratum``, ``outcome``, ``term``, ``effect``, ``p``,
        ``p_adjusted``, ``n``, ``events``, ``note``. A flagged row without an estimate has the code of its flag
        as ``effect`` ("separation"); a flagged row with one carries a dagger. ``note`` holds the whole flag.

    Raises
    ------
    DataError
        Something else than results is given, or rows do not say what their estimate is.

    Examples
    --------
    >>> row = {"outcome": "T cells CD8", "term": "ERBB2", "stratum": "hr=positive", "estimate": 0.61,
    ...        "conf_low": 0.42, "conf_high": 0.89, "p_value": 0.0099, "n": 82, "measure": "odds_ratio"}
    >>> table_effects(pd.DataFrame([row])).loc[0, ["stratum", "effect", "p"]].tolist()
    ['HR-positive', '0.61 (0.42–0.89)', '0.010']
    """
    rows = result_rows(results)
    return pd.DataFrame(
        {
            "cohort": rows["cohort"],
            "stratum": rows["stratum"].map(stratum_label),
            "outcome": rows["outcome"].map(variable_label),
            "term": [_term_text(row) for row in records(rows)],
            "effect": [effect_text(row) for row in records(rows)],
            "p": [format_p(p, alpha=alpha) for p in rows["p_value"]],
            "p_adjusted": [format_p(p, alpha=alpha) for p in rows["p_adjusted"]],
            "n": rows["n"].map(format_count),
            "events": rows["n_events"].map(format_count),
            "note": rows["flag"],
        }
    )


def print_effects(table: pd.DataFrame, *, caption: str) -> PrintedTable:
    """Print what `table_effects` returned: outcomes down, a heading wherever cohort, stratum or term changes."""
    heads = [name for name in ("cohort", "stratum", "term") if table[name].nunique() > 1]
    shown = ["outcome", *(name for name in ("effect", "p", "p_adjusted", "n", "events") if table[name].ne("").any())]
    frame = table[shown].reset_index(drop=True)
    if heads:
        frame.insert(0, "part", [", ".join(filter(None, row)) for row in table[heads].to_numpy().tolist()])
    labels = {"outcome": "Outcome", "effect": "Estimate (CI)", "p_adjusted": "p corr.", "events": "Events"}
    notes = flag_notes(table["note"])
    if table["effect"].str.endswith(MARK).any():
        notes = [f"{MARK} The number has a caveat, explained here:", *notes]
    return PrintedTable(frame, caption, labels, groups="part" if heads else "", notes=notes)


def _term_text(row: dict[str, Any]) -> str:
    """Words for a term by its parts; what a second test adds to its name stays as it is."""
    variable, level, variable_2, level_2 = ("" if is_missing(row.get(name)) else str(row[name]) for name in PARTS)
    if not variable:
        return term_label(row["term"])
    label = term_label(variable, level, variable_2, level_2)
    if row["measure"] != SECOND_TEST:
        return label
    return label + str(row["term"]).removeprefix(term_columns((variable, level), (variable_2, level_2))["term"])


def effect_text(row: dict[str, Any]) -> str:
    """Write the estimate of one result row with its interval, or the code of the flag that stands for it."""
    flag = row["flag"]
    if is_missing(row["estimate"]):
        return code_of(flag) if flag else ""
    text = format_estimate(row["estimate"], row["conf_low"], row["conf_high"], measure=row["measure"])
    return f"{text}{MARK}" if flag else text


def interval_heading(rows: pd.DataFrame) -> str:
    """Name the interval of a group of rows: "95% CI", or "CI" where they do not share one level."""
    levels = rows["conf_level"].dropna().unique()
    return f"{percent(levels[0])} CI" if len(levels) == 1 else "CI"


def flag_meaning(code: str) -> str:
    """Explain the code of a flag in a few words; empty for a code that is not known.

    >>> flag_meaning("empty level")
    'one of the groups is empty'
    """
    return str(facts("her2stats.tables", "data/flags.toml").get(code, ""))


def flag_notes(flags: Iterable[str]) -> list[str]:
    """Explain every flag that occurs, one sentence a code, in alphabetical order.

    >>> flag_notes(["", "empty level: no HR-negative tumour"])
    ['Empty level: one of the groups is empty.']
    """
    codes = sorted({code_of(flag) for flag in flags if flag})
    return [
        f"{code[:1].upper()}{code[1:]}: {flag_meaning(code) or 'see the flag column of the csv file'}."
        for code in codes
    ]
