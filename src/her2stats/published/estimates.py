"""The paper's printed effects as one tidy table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from her2stats.published.numerals import Printable, read_numeral
from her2stats.published.paper import published_results

COLUMNS = (
    *("question", "measure", "cohort", "stratum", "exposure", "outcome"),
    *("estimate", "conf_low", "conf_high", "p_value", "direction", "n", "printed", "place"),
)
NO_EFFECT = {"rho": 0.0, "odds ratio": 1.0}
EVERY_COHORT = "every cohort"


def published_estimates() -> pd.DataFrame:
    """Return every effect that the paper prints, one row each.

    Returns
    -------
    DataFrame
        ``question`` (the verb that asks it: correlate, fit_logistic, fit_interaction, response_odds, compare_groups,
        fit_ancova), ``measure`` ("rho", "odds ratio", "p", "direction"), ``cohort``, ``stratum``, ``exposure``,
        ``outcome``, ``estimate``, ``conf_low``, ``conf_high``, ``p_value`` (face values, missing where not printed),
        ``direction`` (1 rises, -1 falls with the exposure, 0 where the print says neither), ``n``, ``printed`` (text
        as printed), ``place``.
        A direction is what the paper concludes: that of the estimate where its interval leaves out no effect.

    Examples
    --------
    >>> table = published_estimates()
    >>> table[table["outcome"] == "pcr"][["estimate", "direction"]].values.tolist()
    [[0.688, 0.0]]
    """
    paper = published_results()
    rows = [*_correlations(paper), *_odds_ratios(paper), *_interactions(paper), *_responses(paper), *_findings(paper)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = dict.fromkeys(("estimate", "conf_low", "conf_high", "p_value", "direction", "n"), "float64")
    return table.astype(numbers)


def _value(printed: Printable) -> float:
    numeral = read_numeral(printed)
    return math.nan if numeral is None else float(numeral.value)


def printed_direction(low: Printable, high: Printable, measure: str) -> float:
    """Direction that an interval shows: 1 or -1 where it leaves out no effect, 0 where not, NaN where it is open.

    >>> printed_direction("0.42", "1.00", "odds ratio"), printed_direction("-0.23", "-0.001", "rho")
    (nan, -1.0)
    """
    ends = [read_numeral(low), read_numeral(high)]
    null = NO_EFFECT[measure]
    below, above = (one.interval() if one is not None else (math.nan, math.nan) for one in ends)
    if below[0] > null or above[1] < null:
        return 1.0 if below[0] > null else -1.0
    return 0.0 if below[1] < null < above[0] else math.nan


def _effect(measure: str, numbers: list[str], n: Any = None) -> dict[str, Any]:
    values = dict(zip(("estimate", "conf_low", "conf_high"), map(_value, numbers), strict=True))
    return {
        **values,
        "measure": measure,
        "direction": printed_direction(numbers[1], numbers[2], measure),
        "n": _value(n),
        "printed": f"{numbers[0]} ({numbers[1]} to {numbers[2]})",
    }


def _correlations(paper: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in paper["correlations"]:
        shared = {name: entry[name] for name in ("cohort", "stratum", "place", "exposure", "outcome") if name in entry}
        for varied in ("outcome", "exposure"):
            for name, numbers in entry.get(f"{varied}s", {}).items():
                effect = _effect("rho", numbers, entry.get("n"))
                yield {"question": "correlate", **shared, varied: name, **effect}


def _odds_ratios(paper: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in paper["odds_ratios"]:
        where = {name: entry[name] for name in ("cohort", "stratum", "place", "exposure")}
        for outcome, numbers in entry["outcomes"].items():
            yield {"question": "fit_logistic", "outcome": outcome, **where, **_effect("odds ratio", numbers)}


def _interactions(paper: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in paper["interactions"]:
        strata = {s["stratum"]: s["outcomes"] for s in paper["odds_ratios"] if entry["outcome"] in s["outcomes"]}
        first, second = (_value(strata[name][entry["outcome"]][0]) for name in entry["strata"])
        yield {
            "question": "fit_interaction",
            "measure": "p",
            "stratum": "all",
            "p_value": _value(entry["p"]),
            "direction": math.copysign(1.0, first - second),
            "printed": f"p = {entry['p']}",
            **{name: entry[name] for name in ("cohort", "exposure", "outcome", "place")},
        }


def _responses(paper: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in paper["two_by_two"]:
        row = _effect("odds ratio", entry["odds_ratio"], sum(entry["cells"]))
        where = {name: entry[name] for name in ("cohort", "outcome", "place")}
        yield {"question": "response_odds", "stratum": "all", "exposure": entry["level"], **where, **row}


def _findings(paper: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in paper["findings"]:
        where = {name: entry[name] for name in ("question", "exposure", "stratum", "place")}
        words = {-1: "lower", 1: "higher"}[entry["direction"]]
        for outcome in entry["outcomes"]:
            yield {
                "measure": "direction",
                "cohort": EVERY_COHORT,
                "outcome": outcome,
                "direction": float(entry["direction"]),
                "printed": words,
                **where,
            }
