"""Who is in the study: HER2-negative tumours, and hormone-receptor status from ER and PgR.

The rules are those of METHODS section 1, after the ASCO/CAP reading of HER2 tests (Wolff et al. 2018,
doi 10.1200/JCO.2018.77.8738). Whoever is left out is counted in a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from her2stats.errors import Problem, ProblemList, TableError
from her2stats.notes import Note
from her2stats.vocabulary.variables import BY_NAME, GROUP_OF_IHC, HER2_GROUPS, HER2_POSITIVE, IHC_LEVELS
from her2stats.vocabulary.words import fold

Population = Literal["her2-negative", "all"]
Mask = npt.NDArray[np.bool_]

HER2_VARIABLES = ("her2_ihc", "her2_fish", "her2_amplified", "her2_status", "her2_group")
SHOWN = 6


def select_population(table: pd.DataFrame, file: str = "") -> tuple[pd.DataFrame, list[Note]]:
    """Keep HER2-negative tumours: IHC 0, 1+, 2+ without ERBB2 amplification.

    Left out, each tumour for the first reason that holds: IHC 3+; ERBB2 amplified; HER2 status (or group) positive,
    unless IHC 0 to 2+ and a negative amplification test say otherwise; HER2 unknown. IHC 2+ needs a negative
    amplification test or status where the cohort has either variable; where it has none, 2+ is taken as not amplified,
    with a note. Raises TableError where the table (samples x variables) holds none of `HER2_VARIABLES`, or contradicts
    itself.
    """
    if not any(variable in table for variable in HER2_VARIABLES):
        named = ", ".join(HER2_VARIABLES)
        remedy = f'map one of {named}, or add such a column; in Python population = "all" takes the file as it is'
        raise TableError(Problem("nothing says which tumours are HER2-negative", file, remedy))
    _refuse_contradictions(table, file)
    ihc, status, group = (_words(table, name) for name in ("her2_ihc", "her2_status", "her2_group"))
    amplified = _either(_words(table, "her2_fish"), _words(table, "her2_amplified"))
    tested = any(name in table for name in ("her2_fish", "her2_amplified", "her2_status"))
    tested |= bool((group.notna() & ihc.isin(("0", "2+", "3+"))).any()) or (
        "her2_group" in table and "her2_ihc" not in table
    )
    cleared = (amplified == "negative") | (status == "negative") | group.isin(HER2_GROUPS)
    negative = ihc.isin(("0", "1+")) | cleared | ((ihc == "2+") & (not tested))
    # A level and a negative amplification test settle the matter; a summary "positive" beside them does not.
    settled = ihc.isin(IHC_LEVELS) & (amplified == "negative")
    reasons = {
        "HER2 IHC 3+": ihc == "3+",
        "ERBB2 amplified": amplified == "positive",
        "HER2 positive": ((status == "positive") & ~settled) | (group == HER2_POSITIVE),
        "HER2 IHC 2+, amplification unknown": (ihc == "2+") & ~negative,
        "HER2 unknown": ~negative,
    }
    left, notes = np.ones(len(table), dtype=bool), []
    for reason, holds in reasons.items():
        here = left & holds.to_numpy()
        left &= ~here
        if here.any():
            notes.append(Note("population", f"excluded: {reason}", int(here.sum()), left=int(left.sum())))
    overruled = left & ((status == "positive") & settled).to_numpy()
    if overruled.any():
        what = "HER2 status positive, but IHC 0 to 2+ with a negative amplification test: kept"
        notes.append(Note("population", what, int(overruled.sum())))
    notes += _assumptions(ihc, amplified, status, left, tested)
    notes.append(Note("population", "HER2-negative tumours", int(left.sum())))
    return table[left], notes


def _assumptions(ihc: pd.Series, amplified: pd.Series, status: pd.Series, left: Mask, tested: bool) -> list[Note]:
    notes = []
    untested = left & (ihc == "2+").to_numpy()
    if untested.any() and not tested:
        what = "HER2 IHC 2+ taken as not amplified: the cohort has no amplification result"
        notes.append(Note("population", what, int(untested.sum())))
    by_test = left & ihc.isna().to_numpy() & status.isna().to_numpy() & (amplified == "negative").to_numpy()
    if by_test.any():
        what = "HER2-negative by an amplification test alone, IHC level unknown"
        notes.append(Note("population", what, int(by_test.sum())))
    return notes


def _refuse_contradictions(table: pd.DataFrame, file: str) -> None:
    """A tumour of IHC 0 cannot be HER2-low, nor one of 1+ HER2-0, null or ultralow."""
    found = ProblemList()
    ihc, group, zero = (_words(table, name) for name in ("her2_ihc", "her2_group", "her2_zero"))
    stained = ihc.isin(("1+", "2+", "3+"))
    for pair, wrong in {
        "her2_ihc and her2_group": ((group == HER2_GROUPS[0]) & stained) | ((group == HER2_GROUPS[1]) & (ihc == "0")),
        "her2_ihc and her2_zero": zero.notna() & stained,
        "her2_group and her2_zero": zero.notna() & group.isin((HER2_GROUPS[1], HER2_POSITIVE)),
    }.items():
        if wrong.any():
            what = f"{pair} differ in {int(wrong.sum())} samples: {_ids(table, wrong.to_numpy())}"
            found.add(TableError, what, where=file, remedy="correct them, or map one of the two columns only")
    found.raise_if_any()


def complete_her2(table: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Give the population its HER2 groups; one not given follows from IHC."""
    table, notes = table.copy(), []
    if "her2_ihc" in table:
        ihc = _words(table, "her2_ihc")
        table["her2_group"] = _either(_words(table, "her2_group"), ihc.map(GROUP_OF_IHC))
        if ihc.isna().any():
            notes.append(Note("population", "HER2 IHC level unknown", int(ihc.isna().sum()), "they stay in"))
    elif "her2_group" in table and table["her2_group"].isna().any():
        unknown = int(table["her2_group"].isna().sum())
        notes.append(Note("population", "HER2-0 or HER2-low unknown", unknown, "they stay in"))
    if "her2_zero" in table and "her2_group" in table:
        unstained = _words(table, "her2_group") == HER2_GROUPS[0]
        zero = table["her2_zero"] = _words(table, "her2_zero").where(unstained)
        counts = ", ".join(f"{level} {int((zero == level).sum())}" for level in BY_NAME["her2_zero"].levels)
        said = f"HER2 IHC 0 read as {counts}; all of them are {HER2_GROUPS[0]}"
        left = f"not divided: {int(unstained.sum() - zero.notna().sum())}"
        notes.insert(0, Note("population", said, int(zero.notna().sum()), left))
    return table, notes


def complete_hr(table: pd.DataFrame) -> tuple[pd.DataFrame, str, list[Note]]:
    """Add HR status: positive if ER or PgR is positive, negative if both are negative, unknown otherwise.

    The text says how HR was defined: "ER or PgR", "ER only", "PgR only", "given", or empty.
    """
    table, notes, definition = table.copy(), [], ""
    er, pgr = _words(table, "er"), _words(table, "pgr")
    if "hr" in table:
        definition = "given"
        notes += _disagreement(_words(table, "hr"), er, pgr)
    elif "er" in table and "pgr" in table:
        definition = "ER or PgR"
        table["hr"] = _either_positive(er, pgr)
        open_cases = int((table["hr"].isna() & ~(er.isna() & pgr.isna())).sum())
        if open_cases:
            what = "HR unknown: one receptor negative, the other not known"
            notes.append(Note("population", what, open_cases, "map the unknown word to 'negative' to count them so"))
    elif "er" in table or "pgr" in table:
        definition = "ER only" if "er" in table else "PgR only"
        table["hr"] = er if "er" in table else pgr
        notes.append(Note("population", f"HR status is {definition[:-5]} status: the other receptor was not given"))
    else:
        notes.append(Note("population", "no hormone-receptor status: nothing can be told by HR"))
    if "hr" in table and table["hr"].isna().any():
        notes.append(Note("population", "HR status unknown", int(table["hr"].isna().sum()), "they stay in"))
    return table, definition, notes


def _either_positive(er: pd.Series, pgr: pd.Series) -> pd.Series:
    positive = (er == "positive") | (pgr == "positive")
    negative = (er == "negative") & (pgr == "negative")
    hr = pd.Series(np.nan, index=er.index, dtype=object)
    return hr.mask(positive, "positive").mask(negative, "negative")


def _disagreement(hr: pd.Series, er: pd.Series, pgr: pd.Series) -> list[Note]:
    derived = _either_positive(er, pgr)
    wrong = derived.notna() & hr.notna() & (derived != hr)
    wrong |= (hr == "negative") & ((er == "positive") | (pgr == "positive"))
    if not wrong.any():
        return []
    what = "HR status as given differs from ER and PgR; the given one is used"
    return [Note("population", what, int(wrong.sum()))]


def with_levels(table: pd.DataFrame) -> pd.DataFrame:
    """Give factors of the vocabulary their levels as categories, and answers of yes and no their numbers."""
    table = table.copy()
    for name in (name for name in BY_NAME if name in table):
        entry, values = BY_NAME[name], table[name].astype(object)
        if entry.kind == "binary":
            table[name] = values.astype("float64")
        elif entry.kind == "factor":
            levels, here = entry.levels, set(values.dropna())
            if entry.open_words:
                levels = (*(level for level in levels if level in here), *sorted(here - set(levels)))
            elif entry.further in here:
                levels = (*levels, entry.further)
            table[name] = values.astype(pd.CategoricalDtype(list(levels)))
    return table


def restrict_to(
    table: pd.DataFrame, restrict: Mapping[str, str | Sequence[str]], file: str
) -> tuple[pd.DataFrame, list[Note]]:
    """Keep the tumours that have these values of the variables as they were read; the others are counted.

    Raises TableError when a variable was not read, is a measurement, or has no such value.
    """
    found, notes = ProblemList(), []
    left = np.ones(len(table), dtype=bool)
    for variable, wanted in restrict.items():
        place = {"where": f"{file}, restrict", "column": variable}
        if variable not in table:
            remedy = f"name one of {', '.join(map(str, table.columns))}; columns of the file belong into where"
            found.add(TableError, f"there is no variable {variable!r}", remedy=remedy, **place)
            continue
        known = BY_NAME[variable].words if variable in BY_NAME else {}
        if BY_NAME[variable].is_number if variable in BY_NAME else is_numeric_dtype(table[variable].dtype):
            found.add(TableError, "is measured and has no levels", remedy="restrict by a variable of levels", **place)
            continue
        values = table[variable].astype(object)
        values = values.map(lambda one: f"{one:g}" if isinstance(one, float) and one == one else one)
        levels = {fold(one): one for one in values.dropna()} | {fold(one): one for one in known.values() if one}
        words = [wanted] if isinstance(wanted, str) else list(wanted)
        chosen = {levels.get(fold(word), known.get(fold(word))) for word in words}
        if None in chosen:
            remedy = f"its values are {', '.join(map(repr, dict.fromkeys(levels.values())))}"
            found.add(TableError, f"{', '.join(words)!r}: there is no such value", remedy=remedy, **place)
        here = left & ~values.isin(chosen).to_numpy()
        left &= ~here
        what = f"left out: {variable} is not {', '.join(words)}"
        notes.append(Note("population", what, int(here.sum()), left=int(left.sum())))
    found.raise_if_any()
    return table[left], notes


def _words(table: pd.DataFrame, name: str) -> pd.Series:
    if name in table:
        return table[name].astype(object)
    return pd.Series(np.nan, index=table.index, dtype=object)


def _either(first: pd.Series, second: pd.Series) -> pd.Series:
    """The first where it is known, else the second; of two amplification tests a positive one wins."""
    known = first.where(first.notna(), second)
    return known.mask(second == "positive", "positive")


def _ids(table: pd.DataFrame, mask: Mask) -> str:
    ids = [str(name) for name in table.index[mask]]
    return ", ".join(ids[:SHOWN]) + (f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else "")
