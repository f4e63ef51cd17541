"""Why a number is missing: the codes that stand in the `flag` column, the same in Python and in R."""

from __future__ import annotations

from typing import Any, Literal

Code = Literal[
    "separation",
    "constant outcome",
    "constant exposure",
    "rank deficient",
    "not estimable",
    "too few observations",
    "perfect correlation",
    "few degrees of freedom",
    "sparse",
    "empty level",
    "not converged",
    "missing variable",
]
Row = dict[str, Any]


def flag(code: Code, detail: str) -> str:
    """Text of a flag: the code, which both engines share, and a detail for the reader.

    >>> flag("too few observations", "3 complete cases")
    'too few observations: 3 complete cases'
    """
    return f"{code}: {detail}"


def code_of(text: str) -> str:
    """Return the code of a flag without its detail."""
    return text.split(":", 1)[0]
