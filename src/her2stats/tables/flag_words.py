"""What stands in a printed table where a number cannot stand, and the sentence that explains it."""

from __future__ import annotations

from collections.abc import Iterable

from her2stats.statistics.flags import code_of

_MEANING = {
    "separation": "the exposure divides the outcomes completely, so no finite odds ratio exists",
    "constant outcome": "every tumour of the stratum has the same outcome",
    "constant exposure": "the exposure has the same value in every tumour of the stratum",
    "rank deficient": "combinations of factor levels are empty, so fewer degrees of freedom are tested",
    "not estimable": "the data hold no information on this quantity",
    "too few observations": "the stratum is too small",
    "perfect correlation": "one variable determines the rank of the other",
    "empty level": "one of the groups is empty",
    "not converged": "the fit found no maximum",
    "missing variable": "the cohort does not have the variable",
}
MARK = "†"


def flag_meaning(code: str) -> str:
    """Explain the code of a flag in a few words; empty for a code that is not known.

    Examples
    --------
    >>> flag_meaning("empty level")
    'one of the groups is empty'
    """
    return _MEANING.get(code, "")


def flag_notes(flags: Iterable[str]) -> list[str]:
    """Explain every flag that occurs, one sentence a code, in alphabetical order.

    Examples
    --------
    >>> flag_notes(["", "empty level: no HR-negative tumour"])
    ['Empty level: one of the groups is empty.']
    """
    codes = sorted({code_of(flag) for flag in flags if flag})
    return [
        f"{code[:1].upper()}{code[1:]}: {flag_meaning(code) or 'see the flag column of the csv file'}."
        for code in codes
    ]
