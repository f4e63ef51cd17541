"""The paper's study as targets: its printed numbers, and choices of our own where it prints none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from her2stats.published import published_results
from her2stats.simulate.planted import ZERO_SHARES
from her2stats.simulate.targets import OVERALL, STRATA, Margins, Targets

EXPRESSION_COHORTS = tuple(ZERO_SHARES)
_NEGATIVE, _POSITIVE = STRATA
_FULL_NAMES = {"T cells CD4 memory": "T cells CD4 memory resting"}  # the paper does not say which; resting is kept

# Printed as "between -0.3 and -0.6 in every cohort". With the printed correlations within HR groups, nearly every
# HR-negative tumour would have to be high to come further into that range. M0 is printed as higher in HR-negative only.
_OVERALL = {"T cells CD8": -0.33, "Macrophages M1": -0.31, "Macrophages M0": -0.22}
# Printed in words: "less pronounced" (CD8, activated NK); a fall in the ANCOVA, over both HR groups (naive B, plasma).
_HR_NEGATIVE = {"T cells CD8": -0.10, "NK cells activated": -0.10, "B cells naive": -0.15, "Plasma cells": -0.27}


def paper_targets(cohort: str = "abim") -> Targets:
    """Targets for one of the paper's expression cohorts.

    Parameters
    ----------
    cohort : {"discovery", "confirmatory", "abim"}
        Table 1 is printed for the first two; the composition of ABiM is that of its public clinical table (GEO
        GSE81538), its ages and sizes are chosen. Correlations and odds ratios by HR are printed for ABiM, and taken for
        all three; correlations over the cohort are printed as a range, and their middle is taken.

    Returns
    -------
    Targets

    Source
    ------
    Pizzamiglio et al., npj Breast Cancer 2025, doi 10.1038/s41523-025-00867-z: Tables 1 and 2, Results, Fig. 1 and 2b.

    Examples
    --------
    >>> paper_targets().odds_ratios["hr=negative"]["Neutrophils"]
    0.16
    """
    if cohort not in EXPRESSION_COHORTS:
        raise ValueError(f"the paper has no expression cohort {cohort!r}, but {', '.join(EXPRESSION_COHORTS)}")
    paper = published_results()
    return Targets(
        margins=_margins(paper, cohort),
        correlations=_correlations(paper),
        odds_ratios=_odds_ratios(paper),
        zero_shares=ZERO_SHARES[cohort],
        til={"score" if name == "HER2_20" else name: rho for name, rho in _til(paper).items()},
    )


def paper_responses() -> dict[str, dict[str, tuple[int, int]]]:
    """Table 2: outcome -> HER2 group -> (responders, non-responders).

    Examples
    --------
    >>> paper_responses()["pcr"]["HER2-0"]
    (36, 14)
    """
    tables = {}
    for entry in published_results()["two_by_two"]:
        a, b, c, d = entry["cells"]
        tables[entry["outcome"]] = {"HER2-low": (a, b), "HER2-0": (c, d)}
    return tables


def _til(paper: Mapping[str, Any]) -> dict[str, float]:
    [entry] = [entry for entry in paper["correlations"] if "exposures" in entry]
    return {name: float(numbers[0]) for name, numbers in entry["exposures"].items()}


def _correlations(paper: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {OVERALL: _OVERALL, _NEGATIVE: dict(_HR_NEGATIVE), _POSITIVE: {}}
    for entry in paper["correlations"]:
        printed = {name: float(numbers[0]) for name, numbers in entry.get("outcomes", {}).items()}
        found[entry["stratum"]] = {**found[entry["stratum"]], **printed}
    return found


def _odds_ratios(paper: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    return {
        entry["stratum"]: {
            _FULL_NAMES.get(name, name): float(numbers[0]) for name, numbers in entry["outcomes"].items()
        }
        for entry in paper["odds_ratios"]
    }


def _margins(paper: Mapping[str, Any], cohort: str) -> Margins:
    place = f"Table 1, {cohort} cohort"
    printed = [entry["levels"] for entry in paper["counts"] if entry["place"] == place]
    if not printed:
        return Margins()
    counts = {name: {level: int(count) for level, count, _ in rows} for name, rows in printed[0].items()}
    [age] = [entry for entry in paper["spreads"] if entry["place"] == place]
    median = float(age["called"].rstrip(",").split()[-1])
    return Margins(
        hr={level: counts["hormone receptor"][level] for level in ("negative", "positive")},
        her2_ihc=counts["HER2 IHC"],
        grade=counts["grade"],
        size=counts["tumor size"],
        pam50=counts["PAM50"],
        age=(median, float(age["low"]), float(age["high"])),
    )
