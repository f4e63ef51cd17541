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

_MEASURES = {
    "correlate": "rho",
    "fit_logistic": "odds ratio",
    "fit_interaction": "ratio of odds ratios",
    "fit_ancova": "slope",
    "response_odds": "odds ratio",
}


def own_measure(question: str, row: Mapping[str, Any], *, dichotomised: bool = False) -> str:
    """Name what a row of ours estimates.

    Parameters
    ----------
    question : str
        Verb that asked.
    row : mapping
        A row of a result table.
    dichotomised : bool
        The row answers a question of correlation by the score of tumours without and with the cell type.

    Examples
    --------
    >>> own_measure("fit_interaction", {}), own_measure("compare_groups", {"method": "chi-squared without ..."})
    ('ratio of odds ratios', 'difference of shares')
    """
    if question == "compare_groups" or dichotomised:
        shares = str(row.get("method", "")).startswith(("chi-squared", "Fisher"))
        return "difference of shares" if shares else "shift (Hodges-Lehmann)"
    return _MEASURES[question]
