"""Levels that follow from measurements: the RCB class from its score, HER2 IHC from an H-score or percentages of cells.

Each by a rule: of RCB there is one; of HER2 IHC none is a standard, so that the study file states it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from her2stats.errors import DataError, Problem, ProblemList, TableError
from her2stats.notes import Note
from her2stats.vocabulary.cells import FAINT
from her2stats.vocabulary.variables import BY_NAME

Rule = str | Mapping[str, float] | None
H_SCORE, CELLS = "her2_h_score", ("her2_percent_1", "her2_percent_2", "her2_percent_3")
PERCENT_RULE = "asco-cap"
STAINED = (
    "null",
    "ultralow",
    "0",
    "1+",
    "2+",
    "3+",
)  # levels in their order; 0 where null and ultralow are not told apart
ROUNDING = 0.005  # of a score that is printed with two decimals
SHOWN = 6


def why_no_rule(rule: Rule) -> tuple[str, str] | None:
    """What is wrong with a rule for HER2 IHC, and the remedy; None where it can be used."""
    example = f'say {{ "0" = 0, "1+" = 100, "2+" = 200, "3+" = 300 }} with your limits, or "{PERCENT_RULE}"'
    if rule is None or isinstance(rule, str):
        return None if rule in (None, PERCENT_RULE) else (f"{rule!r} is no rule for HER2 IHC", example)
    if unknown := [level for level in rule if level not in STAINED]:
        return f"{', '.join(unknown)}: no level of HER2 IHC", f"levels are {', '.join(STAINED)}"
    ordered = sorted(rule, key=STAINED.index)
    limits = [rule[level] for level in ordered]
    if len(rule) < 2 or limits != sorted(set(limits)) or limits[-1] != 300 or min(limits) < 0:
        return "the largest H-score of each level has to rise, up to 300 for the last", example
    return None


def derive_levels(table: pd.DataFrame, rule: Rule, file: str) -> tuple[pd.DataFrame, list[Note]]:
    """Add what follows from measurements. Raises TableError where a level and its measurement differ."""
    problems, notes = ProblemList(), list[Note]()
    table = table.copy()
    with problems.collect(file):
        notes += _residual_burden(table)
    with problems.collect(file):
        notes += _her2_ihc(table, rule)
    problems.raise_if_any()
    return table, notes


def _residual_burden(table: pd.DataFrame) -> list[Note]:
    """The class by the limits of Symmans et al. 2007, doi:10.1200/JCO.2007.10.6823: 0, then up to 1.36 and 3.28."""
    notes: list[Note] = []
    if "rcb_score" in table:
        score, limits = table["rcb_score"], BY_NAME["rcb_score"].classes
        classes = [_classed(score + (shift * (score > 0)), limits) for shift in (0, -ROUNDING, ROUNDING)]
        given = table["rcb"].astype(object) if "rcb" in table else pd.Series(np.nan, index=table.index, dtype=object)
        both = given.notna() & score.notna()
        wrong = both & ~np.logical_or.reduce([given == one for one in classes])
        if wrong.any():
            said = [f"{name} ({score[name]:g}, {given[name]})" for name in table.index[wrong]][:SHOWN]
            what = f"rcb_score and rcb differ in {int(wrong.sum())} samples: {', '.join(said)}"
            limits_told = "0 is class 0, up to 1.36 I, up to 3.28 II, above III"
            raise TableError(Problem(what, remedy=f"correct them ({limits_told}), or map one of the two columns only"))
        table["rcb"] = given.where(given.notna(), classes[0])
        if added := int((given.isna() & score.notna()).sum()):
            notes.append(Note("reading", "class of residual cancer burden taken from its score", added))
    if "rcb" in table and "pcr" in table:
        known = table["rcb"].notna() & table["pcr"].notna()
        differ = known & (
            (table["rcb"].astype(object) == "0") != (table["pcr"].astype(object).astype(str).isin(("1", "1.0")))
        )
        if differ.any():
            what = "RCB 0 without pCR, or pCR with another class: both are kept as they are given"
            notes.append(Note("population", what, int(differ.sum()), ", ".join(map(str, table.index[differ][:SHOWN]))))
    return notes


def _classed(values: pd.Series, limits: Mapping[str, float]) -> pd.Series:
    """The first class whose largest value a number does not exceed."""
    found = pd.cut(values, [-np.inf, *limits.values()], labels=list(limits))
    return found.astype(object)


def _her2_ihc(table: pd.DataFrame, rule: Rule) -> list[Note]:
    needed = [H_SCORE] if isinstance(rule, Mapping) else [*CELLS]
    measured = [name for name in (H_SCORE, *CELLS) if name in table]
    if rule is None:
        if measured and "her2_ihc" not in table:
            what = f"{', '.join(measured)}: nothing says which of them is which level of HER2 IHC"
            remedy = (
                f'state the rule as her2_rule, largest H-score of each level or "{PERCENT_RULE}", or leave them out'
            )
            raise TableError(Problem(what, remedy=remedy))
        return []
    if absent := [name for name in needed if name not in table]:
        remedy = "name the columns under columns, or leave her2_rule out"
        raise TableError(Problem(f"her2_rule needs {', '.join(absent)}, which no column is", remedy=remedy))
    if "her2_ihc" in table:
        remedy = "leave one of the two out"
        raise TableError(Problem("her2_ihc has a column, and her2_rule makes it of others", remedy=remedy))
    if isinstance(rule, Mapping):
        level = _classed(table[H_SCORE], {name: rule[name] for name in sorted(rule, key=STAINED.index)})
        said = ", ".join(f"{name} to {limit:g}" for name, limit in rule.items())
    else:
        level, said = _by_cells(table), "ASCO/CAP: more than 10 % of cells"
    table["her2_ihc"] = level.replace(dict.fromkeys(("null", "ultralow"), "0"))
    if level.isin(("null", "ultralow")).any():
        zero = level.where(level.isin(("null", "ultralow")))
        table["her2_zero"] = (
            table["her2_zero"].where(table["her2_zero"].notna(), zero) if "her2_zero" in table else zero
        )
    return [Note("reading", f"HER2 IHC made of {', '.join(needed)} ({said})", int(level.notna().sum()))]


def _by_cells(table: pd.DataFrame) -> pd.Series:
    """ASCO/CAP 2018 and 2023 on percentages of faintly, moderately and strongly stained cells."""
    faint, moderate, strong = (table[name] for name in CELLS)
    stained = faint + moderate + strong
    if (stained > 100 + 1e-9).any():
        named = ", ".join(map(str, table.index[stained > 100 + 1e-9][:SHOWN]))
        raise TableError(Problem(f"{', '.join(CELLS)} add up to more than 100: {named}", remedy="correct them"))
    conditions = [
        strong > FAINT,
        (moderate + strong > FAINT) | (strong > 0),
        stained > FAINT,
        stained > 0,
        stained == 0,
    ]
    chosen = np.select([one.to_numpy() for one in conditions], ["3+", "2+", "1+", "ultralow", "null"], default="")
    return pd.Series(chosen, index=table.index, dtype=object).where(stained.notna())


def checked_rule(rule: Rule) -> Rule:
    """The rule; raises DataError where it cannot be one."""
    if wrong := why_no_rule(rule):
        raise DataError(Problem(wrong[0], "her2_rule", wrong[1]))
    return rule
