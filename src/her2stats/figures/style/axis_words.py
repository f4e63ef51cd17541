"""What an axis measures and in which unit: the words of every figure's axes, in one place."""

from __future__ import annotations

from collections.abc import Mapping

from her2stats.errors import DataError, Problem, near
from her2stats.figures.style.wording import GENES, display_name

AXES = {
    "marginal": "Marginal mean abundance\n({unit})",
    "distribution": "Abundance ({unit}; square-root scale, exact zeros in the lane on the left)",
    "amount": "Abundance ({unit})",
    "share": "Share of the infiltrate (%)",
    "responders": "Responders (%)",
    "rank mean": "Mean of the two ranks (% of tumours)",
    "rank difference": "Rank of the score less that of the count\n(percentage points)",
    "lists": "Random gene lists (number)",
    "rho": "Spearman correlation (\N{GREEK SMALL LETTER RHO})",
    "rho with": "Spearman correlation with {name} (\N{GREEK SMALL LETTER RHO})",
    "odds ratio": "Odds ratio{per} (logarithmic scale)",
    "panels": "Score named above each panel",
    "agreement": "Relative difference between Python and R (logarithmic scale)",
}
# How amounts were estimated -> their unit; without a word of it they are those of the table that was given.
UNITS = {
    "absolute": "absolute score",
    "relative": "fraction of all cell types",
    "no.sumto1": "absolute score, no.sumto1",
    "score": "score units of its program",
    "": "units of the estimates",
}
GENE, SCORE = "log2 expression", "score units"


def axis_words(axis: str, mode: str = "", **names: str) -> str:
    """Words of an axis by its name in `AXES`; `mode` is how amounts were estimated, and DataError tells another one."""
    if mode not in UNITS:
        what = f"mode={mode!r} is not a choice"
        raise DataError(Problem(what, remedy=near(mode, UNITS) or f"use one of {', '.join(map(repr, UNITS))}"))
    return AXES[axis].format(unit=UNITS[mode], **names)


def score_words(name: str, labels: Mapping[str, str] | None = None) -> str:
    """Name of a score with its unit: log2 of a gene; a label that ends in brackets tells the unit itself.

    >>> score_words("Total TIL"), score_words("her2", {"her2": "HER2 (z)"})
    ('Total TIL (score units)', 'HER2 (z)')
    """
    shown = display_name(name, labels)
    told = shown.endswith(")") and name in (labels or {})
    return shown if told else f"{shown} ({GENE if name in GENES else SCORE})"
