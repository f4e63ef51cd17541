"""Percentages of stained nuclei, as pathologists write them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from her2stats.vocabulary.words import MISSING, fold

POSITIVE_FROM = 1.0  # percent of stained nuclei; ASCO/CAP 2020, doi:10.1200/JCO.19.02309
MOST_PERCENT = 100.0
MOST_SCORE = 8.0  # Allred's score ends there: a column that stays below it may hold scores
UNDERSTOOD = 0.8  # least share of a column's words


def percentage(word: str) -> float | None:
    """The least percentage that a word means; None where that leaves open on which side of the cut-off it is."""
    number = r"(\d+(?:[.,]\d+)?) ?%?"
    text = fold(word).replace("≥", ">=").replace("≤", "<=")
    found = re.fullmatch(rf"(?:([<>]=?) ?)?{number}(?: ?- ?{number})?", text)
    if found is None:
        return None
    sign, *ends = found.groups()
    low, high = (float(end.replace(",", ".")) if end else None for end in ends)
    assert low is not None
    if sign in ("<", "<="):
        return 0.0 if low < POSITIVE_FROM or (low == POSITIVE_FROM and sign == "<") else None
    straddles = low < POSITIVE_FROM and (sign or (high is not None and high >= POSITIVE_FROM))
    return None if straddles or max(low, high or 0.0) > MOST_PERCENT else low


def is_percentage(words: Iterable[str]) -> bool:
    """Whether a column holds percentages, not shares of one nor scores of a few levels."""
    read = [percentage(word) for word in words if fold(word) not in MISSING]
    values = [value for value in read if value is not None]
    return bool(values) and len(values) >= UNDERSTOOD * len(read) and max(values) > MOST_SCORE
