"""Counts from which a count of one to four tumours follows, because those that one counts lie within another's.

Tumours of a stratum lie within all tumours, those of several strata of one variable add up, and those for which more
is known lie within those for which less is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

import pandas as pd

from her2stats.results.folder import ResultsFolder
from her2stats.statistics.pooling import POOLED
from her2stats.tables.patients import MISSING_LEVEL
from her2stats.vocabulary.names import LEVEL_FOLLOWS, stratum_of
from her2stats.vocabulary.variables import BY_NAME

SMALLEST_SHOWN = 5
BY_LABEL = {variable.label: name for name, variable in BY_NAME.items()}
MOST_SUMS = 20_000  # of counts of strata; where there are more, nobody can say that nothing follows

Counts = dict[str, set[int]]  # by stratum: "all", or "<variable>=<level>"


@dataclass(frozen=True)
class Known:
    """What the page tells of each cohort's tumours before any result."""

    counts: dict[str, Counts] = field(default_factory=dict)
    hidden: set[tuple[str, str]] = field(default_factory=set)  # cohort and variable that has a level with so few
    missing: dict[str, set[int]] = field(default_factory=dict)  # for how many a variable is not known
    few: set[tuple[str, str]] = field(default_factory=set)  # cohort and stratum that has so few


def known_of(folder: ResultsFolder) -> Known:
    """Read who is in each cohort, and for whom variables are known, from Table 1 and the flow of tumours."""
    known = Known()
    table = folder.tables.get("table_one", pd.DataFrame(columns=["variable", "level"]))
    flow = folder.tables.get("flow", pd.DataFrame(columns=["cohort", "step", "n"]))
    for cohort, whole in ((one.name, one.n) for one in folder.provenance.cohorts if one.n is not None):
        known.counts[cohort] = own = {"all": {whole}}
        told = flow[flow["cohort"].eq(cohort) & flow["step"].eq("known")]["n"]
        own["all"].update(int(n) for n in told if not is_small(whole - int(n)))
        counted = table[table[f"{cohort} n"].notna()] if f"{cohort} n" in table else table.head(0)
        for label, part in counted.groupby("variable"):
            variable = BY_LABEL.get(str(label), str(label))
            levels = {level: int(n) for level, n in zip(part["level"], part[f"{cohort} n"], strict=True)}
            few = {stratum_of(variable, level) for level, n in levels.items() if is_small(n)}
            known.few.update((cohort, stratum) for stratum in few)
            if few:
                known.hidden.add((cohort, variable))
                continue
            known.missing.setdefault(cohort, set()).add(missing := levels.pop(MISSING_LEVEL, 0))
            own["all"].add(whole - missing)
            own.update({stratum_of(variable, level): {n} for level, n in levels.items() if n})
    return known


def is_small(difference: int) -> bool:
    """Say whether a difference of counts is itself a count that a public page may not show."""
    return 0 < abs(difference) < SMALLEST_SHOWN


def follows(stratum: str, n: int, known: Mapping[str, set[int]], missing: Iterable[int] = ()) -> bool:
    """Say whether a count of one to four follows from one more count beside those that are known.

    `missing` counts tumours for which a variable is not known: all but so few may be those that a difference counts.

    >>> follows("hr=negative", 20, {"all": {60}, "hr=positive": {38}}), follows("all", 56, {"all": {60}})
    (True, True)
    """
    apart = {abs(n - one) for one in known.get(stratum, ())}
    if any(is_small(one) for one in (*apart, *(of - one for of in missing for one in apart if 0 < one < of))):
        return True
    if stratum != "all":
        sums = _sums(n, _levels(known, stratum.partition(LEVEL_FOLLOWS)[0], but=stratum))
        return sums is None or any(is_small(whole - part) for whole in known.get("all", ()) for part in sums)
    for variable in {name.partition(LEVEL_FOLLOWS)[0] for name in known} - {"all"}:
        sums = _sums(0, _levels(known, variable))
        if sums is None or any(is_small(n - part) for part in sums):
            return True
    return False


def _levels(known: Mapping[str, set[int]], variable: str, but: str = "") -> list[set[int]]:
    return [own for name, own in known.items() if name.partition(LEVEL_FOLLOWS)[0] == variable and name != but]


def _sums(n: int, levels: list[set[int]]) -> set[int] | None:
    """What one count and one of each other level add up to; None for too many to look through."""
    size = math.prod(map(len, levels))
    return {n + sum(one) for one in product(*levels)} if size <= MOST_SUMS else None


def that_tell_nothing(
    results: Mapping[str, pd.DataFrame], whose: Mapping[str, pd.Series], known: Known
) -> dict[str, pd.DataFrame]:
    """Rows from which no small count follows, the largest of all tumours before any other; `whose` tumours they count.

    What is pooled goes with any row that went into it.
    """
    counted = [table.assign(stratum=whose[name])[["cohort", "stratum", "n"]] for name, table in results.items()]
    rows = pd.concat([*counted, pd.DataFrame(columns=["cohort", "stratum", "n"])]).dropna(subset="n").drop_duplicates()
    rows["part"] = rows["stratum"].ne("all")
    told = {name: {place: {*own} for place, own in one.items()} for name, one in known.counts.items()}
    kept = set()
    ordered = rows.sort_values(["part", "n", "stratum"], ascending=[True, False, True])
    for cohort, stratum, n in ordered[["cohort", "stratum", "n"]].itertuples(index=False):
        beside = told.setdefault(cohort, {})
        few = (cohort, stratum.partition(LEVEL_FOLLOWS)[0]) in known.hidden
        if not few and not follows(stratum, int(n), beside, known.missing.get(cohort, ())):
            beside.setdefault(stratum, set()).add(int(n))
            kept.add((cohort, stratum, n))
    shown = {}
    for name, table in results.items():
        keys = zip(table["cohort"], whose[name], table["n"], table["stratum"], strict=True)
        stay = [(pd.isna(n) or (of, part, n) in kept) and (of, own) not in known.few for of, part, n, own in keys]
        shown[name] = table[pd.Series(stay, table.index, dtype=bool)]
    return shown


def without_pooled(before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Leave pooled rows out that a row went into which is hidden: it follows from the others."""
    gone = {key[1:] for key in _keys(before.values()) - _keys(after.values()) if key[0] != POOLED}
    shown = {}
    for name, table in after.items():
        stay = [key[0] != POOLED or key[1:] not in gone for key in _key(table)]
        shown[name] = table[pd.Series(stay, table.index, dtype=bool)]
    return shown


def _key(table: pd.DataFrame) -> Iterable[tuple[str, ...]]:
    given = table["given"].fillna("") if "given" in table else pd.Series("", table.index)
    return zip(*(table[name] for name in ("cohort", "measure", "outcome", "term", "stratum")), given, strict=True)


def _keys(tables: Iterable[pd.DataFrame]) -> set[tuple[str, ...]]:
    return {key for table in tables for key in _key(table)}


def any_follows(counts: Iterable[tuple[str, float]]) -> bool:
    """Say whether a small count follows from counts of the same thing by stratum."""
    known: dict[str, set[int]] = defaultdict(set)
    for stratum, count in sorted({(stratum, round(count)) for stratum, count in counts if pd.notna(count)}):
        if follows(stratum, count, known):
            return True
        known[stratum].add(count)
    return False
