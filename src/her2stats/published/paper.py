"""A whole paper: its printed numbers as one document, and every check that they allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from her2stats.errors import DataError, ProblemList
from her2stats.packaged import facts
from her2stats.published.checks.correlations import audit_correlation
from her2stats.published.checks.count_tables import audit_counts
from her2stats.published.checks.counts import audit_percentage, audit_total
from her2stats.published.checks.intervals import audit_interaction, audit_interval
from her2stats.published.checks.odds_ratios import audit_odds_from_percentages, audit_odds_ratio
from her2stats.published.checks.sample_sizes import audit_common_sample
from her2stats.published.checks.spans import audit_reduction, audit_spread
from her2stats.published.checks.statements import (
    audit_agreement,
    audit_direction,
    audit_enumeration,
    audit_model,
    audit_rules,
    audit_strength,
)
from her2stats.published.findings import join_findings

Section = Mapping[str, Any]
Check = Callable[[Section, Section], pd.DataFrame]  # of an entry, beside the whole paper
PAPER = "pizzamiglio2025.toml"


def published_results() -> dict[str, Any]:
    """Return everything the paper prints, as transcribed in this package's own data file.

    Returns
    -------
    dict
        Sections of the data file. Numbers are text, as printed. ``["paper"]`` holds the citation and the licence
        (CC BY 4.0).

    Examples
    --------
    >>> published_results()["paper"]["doi"]
    '10.1038/s41523-025-00867-z'
    """
    return facts("her2stats.published", PAPER)


def citation() -> str:
    """Reference of the paper and the licence under which its numbers are repeated here.

    Examples
    --------
    >>> citation()[-11:]
    '(CC BY 4.0)'
    """
    paper = published_results()["paper"]
    return (
        f"{paper['authors']} {paper['title']}. {paper['journal']} ({paper['year']}). "
        f"doi:{paper['doi']} ({paper['licence']})"
    )


def audit_published() -> pd.DataFrame:
    """Recompute everything in the paper that its own printed numbers determine.

    Returns
    -------
    DataFrame
        One row a check: ``item``, ``printed``, ``recomputed``, ``verdict`` ("consistent", "inconsistent", "not
        determinable"), ``arithmetic`` (the sum in words), ``place``, ``check``.

    Source
    ------
    Pizzamiglio et al., npj Breast Cancer 2025, doi 10.1038/s41523-025-00867-z.

    Examples
    --------
    >>> audit = audit_published()
    >>> audit[(audit["place"] == "Table 2") & (audit["verdict"] == "inconsistent")]["check"].tolist()
    ['interval']
    """
    return audit_paper(published_results())


def audit_paper(paper: Mapping[str, Any]) -> pd.DataFrame:
    """Run every check on the printed numbers of any paper, written down as this package's data file is.

    Parameters
    ----------
    paper : mapping
        Any of the sections counts, totals, percentages, spreads, two_by_two, odds_from_percentages, correlations,
        odds_ratios, interactions, reductions, agreements, strengths (with strength_scale), directions, models,
        enumerations, rules: each a list of mappings, as read from a TOML file. ``pizzamiglio2025.toml`` in this
        package is the worked example.

    Returns
    -------
    DataFrame
        As from `audit_published`.

    Raises
    ------
    DataError
        A section is not known, or an entry lacks something; all problems at once.
    TableError
        A printed number cannot be read.

    Examples
    --------
    >>> audit_paper({"totals": [{"item": "patients", "parts": ["40", "61"], "total": "100"}]})["verdict"].item()
    'inconsistent'
    """
    found = ProblemList()
    known = {*_CHECKS, *_NOT_CHECKS}
    for name in paper:
        if name not in known:
            found.add(DataError, f"section '{name}' is not known", remedy=f"known sections: {', '.join(sorted(known))}")
    tables: list[pd.DataFrame] = []
    for name, check in _CHECKS.items():
        for number, entry in enumerate(paper.get(name, []), start=1):
            try:
                tables.append(check(entry, paper))
            except KeyError as error:
                where = f"[[{name}]] number {number}"
                found.add(DataError, f"{error.args[0]!r} is missing", where=where, remedy="add it")
    found.raise_if_any()
    return join_findings(tables)


def _named(audit: Callable[..., pd.DataFrame], *needed: str, may: Sequence[str] = ()) -> Check:
    """Check whose entries carry the arguments of an audit under their own names."""

    def check(entry: Section, _: Section) -> pd.DataFrame:
        return audit(**{name: entry[name] for name in needed}, **_options(entry, *may), **_at(entry))

    return check


def _options(entry: Section, *names: str) -> dict[str, Any]:
    return {name: entry[name] for name in names if name in entry}


def _at(entry: Section) -> dict[str, Any]:
    return {"item": entry.get("item", ""), "place": entry.get("place", "")}


def _counts(entry: Section, _: Section) -> pd.DataFrame:
    rows = [
        {"variable": variable, "level": level, "count": count, "percent": percent}
        for variable, levels in entry["levels"].items()
        for level, count, percent in levels
    ]
    table = pd.DataFrame(rows).assign(n=entry["n"], place=entry.get("place", ""))
    return audit_counts(table, **_options(entry, "rounding", "complete"))


def _effects(entry: Section) -> tuple[list[str], list[list[str]]]:
    """Items and [estimate, low, high] columns of an entry that has many outcomes or many exposures."""
    stratum = "" if entry.get("stratum", "all") == "all" else f", {entry['stratum']}"
    if "outcomes" in entry:
        pairs = [(f"{entry['exposure']} and {name}{stratum}", numbers) for name, numbers in entry["outcomes"].items()]
    else:
        pairs = [(f"{name} and {entry['outcome']}{stratum}", numbers) for name, numbers in entry["exposures"].items()]
    return [item for item, _ in pairs], [list(column) for column in zip(*(n for _, n in pairs), strict=True)]


def _correlations(entry: Section, _: Section) -> pd.DataFrame:
    items, columns = _effects(entry)
    place = entry.get("place", "")
    options = _options(entry, "n", "ci", "conf_level")
    tables = [audit_correlation(*columns, item=items, place=place, **options)]
    if "n" not in entry and len(items) > 1:
        subject = f"{entry.get('group', 'correlations')}: one sample size"
        tables.append(audit_common_sample(*columns, item=items, subject=subject, place=place))
    return join_findings(tables)


def _odds_ratios(entry: Section, _: Section) -> pd.DataFrame:
    items, columns = _effects(entry)
    options = _options(entry, "ci", "claim", "conf_level")
    return audit_interval(*columns, item=items, place=entry.get("place", ""), **options)


def _interaction(entry: Section, paper: Section) -> pd.DataFrame:
    """Fetch the two stratum estimates from the odds_ratios of the same paper."""
    strata = {
        section["stratum"]: section["outcomes"][entry["outcome"]]
        for section in paper["odds_ratios"]
        if entry["outcome"] in section.get("outcomes", {}) and section["exposure"] == entry["exposure"]
    }
    first, second = (strata[name] for name in entry["strata"])
    item = f"{entry['exposure']} and {entry['outcome']}, interaction"
    return audit_interaction(first, second, entry["p"], item=item, place=entry["place"], ci=entry.get("ci", "any"))


def _strength(entry: Section, paper: Section) -> pd.DataFrame:
    scale = {word: tuple(ends) for word, ends in paper["strength_scale"].items() if word != "place"}
    return audit_strength(entry["word"], entry["estimate"], scale, **_at(entry))


def _rules(entry: Section, paper: Section) -> pd.DataFrame:
    samples = {name: cohort["n"] for name, cohort in paper.get("cohorts", {}).items() if "types_kept" in cohort}
    return audit_rules(entry["first"], entry["second"], samples, **_at(entry))


def _two_by_two(entry: Section, _: Section) -> pd.DataFrame:
    options = _options(entry, "p", "ci", "conf_level")
    estimate, low, high = entry["odds_ratio"]
    return audit_odds_ratio(estimate, low, high, cells=entry["cells"], **options, **_at(entry))


def _direction(entry: Section, _: Section) -> pd.DataFrame:
    evidence = [tuple(one) for one in entry["evidence"]]
    return audit_direction(entry["claim"], evidence, **_options(entry, "because", "printed"), **_at(entry))


_CHECKS: dict[str, Check] = {
    "counts": _counts,
    "spreads": _named(audit_spread, "low", "high", "n", "least_sd", may=("source", "called")),
    "totals": _named(audit_total, "parts", "total", may=("rounded",)),
    "percentages": _named(audit_percentage, "count", "n", "percent"),
    "two_by_two": _two_by_two,
    "odds_from_percentages": lambda entry, _: audit_odds_from_percentages(
        entry["odds_ratio"], entry["percent"], entry["percent_reference"], **_at(entry)
    ),
    "agreements": lambda entry, _: audit_agreement(entry["values"], item=entry.get("item", "")),
    "correlations": _correlations,
    "strengths": _strength,
    "odds_ratios": _odds_ratios,
    "interactions": _interaction,
    "reductions": _named(audit_reduction, "odds_ratios", "low", "high"),
    "directions": _direction,
    "models": _named(audit_model, "outcome", "terms"),
    "enumerations": _named(audit_enumeration, "listed", "printed", may=("expected",)),
    "rules": _rules,
}
_NOT_CHECKS = ("paper", "cohorts", "strength_scale", "findings")
