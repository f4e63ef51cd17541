"""The questions that the paper and a run both answer: their words, and on which scale each answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Verb that asks -> words for readers.
QUESTIONS = {
    "correlate": "correlation",
    "fit_logistic": "odds ratio of high abundance",
    "fit_interaction": "interaction with HR",
    "compare_groups": "difference between HR groups",
    "fit_ancova": "marginal slope",
    "response_odds": "odds ratio of response",
}
# Measure that is printed -> scale on which a difference from it is taken.
DIFFERENCE_SCALES = {"rho": "rho", "odds ratio": "log odds ratio"}

# Measure of a row -> what it is called beside the paper, where that is not its name.
_WORDS = {
    "odds_ratio": "odds ratio",
    "risk_difference": "difference of shares",
    "shift": "shift (Hodges-Lehmann)",
}


def own_measure(row: Mapping[str, Any]) -> str:
    """Name what a row of a result table estimates.

    Examples
    --------
    >>> own_measure({"measure": "odds_ratio", "role": "interaction"}), own_measure({"measure": "risk_difference"})
    ('ratio of odds ratios', 'difference of shares')
    """
    if row.get("role") == "interaction":
        return "ratio of odds ratios"
    return _WORDS.get(row["measure"], str(row["measure"]))
