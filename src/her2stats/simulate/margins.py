"""How a simulated cohort is composed, as in Table 1 of a paper, and how counts are carried to another size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

HR = ("negative", "positive")


@dataclass(frozen=True)
class Margins:
    """Composition of a cohort; a cohort of the same size has exactly these counts, another size their proportions.

    Parameters
    ----------
    hr, her2_ihc, grade, size, pam50 : mapping of str to int
        Tumours of each level. Levels of `size`: "<= 2 cm", "2-5 cm", "> 5 cm", "missing". An empty mapping leaves
        the variable out.
    age : tuple of float
        Median and quartiles in years.
    """

    hr: Mapping[str, int] = field(default_factory=lambda: {"negative": 63, "positive": 255})
    her2_ihc: Mapping[str, int] = field(default_factory=lambda: {"0": 96, "1+": 132, "2+": 90})
    grade: Mapping[str, int] = field(default_factory=lambda: {"I": 48, "II": 143, "III": 127})
    size: Mapping[str, int] = field(default_factory=lambda: {"<= 2 cm": 159, "2-5 cm": 143, "> 5 cm": 13, "missing": 3})
    pam50: Mapping[str, int] = field(default_factory=dict)
    age: tuple[float, float, float] = (62.0, 51.0, 71.0)

    def share_positive(self) -> float:
        """Share of HR-positive tumours.

        Examples
        --------
        >>> round(Margins().share_positive(), 2)
        0.8
        """
        return self.hr.get("positive", 0) / sum(self.hr.values())


def apportion(counts: Mapping[str, int], n: int) -> dict[str, int]:
    """Counts of the same proportions that sum to n, by largest remainders.

    Examples
    --------
    >>> apportion({"negative": 22, "positive": 82}, 10)
    {'negative': 2, 'positive': 8}
    """
    exact = np.array(list(counts.values()), dtype=np.float64) * n / sum(counts.values())
    whole = np.floor(exact + 1e-9)
    for extra in np.argsort(-(exact - whole), kind="stable")[: n - int(whole.sum())]:
        whole[extra] += 1
    return {level: int(count) for level, count in zip(counts, whole, strict=True)}
