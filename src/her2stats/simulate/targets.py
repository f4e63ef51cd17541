"""What a simulated cohort is to show, and how it is composed: the targets that the simulation is calibrated to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from her2stats.errors import DataError, ProblemList
from her2stats.simulate.planted import CELL_TYPES

HR = ("negative", "positive")
STRATA = ("hr=negative", "hr=positive")
OVERALL = "all"
TIL_PARTNERS = ("score", "ESR1", "ERBB2")
EXCLUDED_FROM, DICHOTOMISED_FROM = 0.75, 0.25

PAM50 = ("Luminal A", "Luminal B", "Normal-like", "HER2-enriched", "Basal-like")
ABIM_PAM50 = (149, 84, 20, 10, 55)

ByStratum = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Margins:
    """Composition of a cohort; a cohort of the same size has exactly these counts, another size their proportions.

    Parameters
    ----------
    hr, her2_ihc, grade, size, pam50 : mapping of str to int
        Tumours of each level. Levels of `size`: "<= 2 cm", "2-5 cm", "> 5 cm", "missing". An empty mapping leaves
        the variable out. The default is ABiM's clinical table (GEO GSE81538); it has no size and no age, which are
        chosen.
    age : tuple of float
        Median and quartiles in years.
    """

    hr: Mapping[str, int] = field(default_factory=lambda: {"negative": 63, "positive": 255})
    her2_ihc: Mapping[str, int] = field(default_factory=lambda: {"0": 129, "1+": 115, "2+": 74})
    grade: Mapping[str, int] = field(default_factory=lambda: {"I": 48, "II": 144, "III": 126})
    size: Mapping[str, int] = field(default_factory=lambda: {"<= 2 cm": 159, "2-5 cm": 143, "> 5 cm": 13, "missing": 3})
    pam50: Mapping[str, int] = field(default_factory=lambda: dict(zip(PAM50, ABIM_PAM50, strict=True)))
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
    """Counts of the same proportions that sum to n, by largest remainders."""
    exact = np.array(list(counts.values()), dtype=np.float64) * n / sum(counts.values())
    whole = np.floor(exact + 1e-9)
    for extra in np.argsort(-(exact - whole), kind="stable")[: n - int(whole.sum())]:
        whole[extra] += 1
    return {level: int(count) for level, count in zip(counts, whole, strict=True)}


@dataclass(frozen=True)
class Targets:
    """Associations of the HER2 score that a simulated cohort has in expectation, and its composition.

    What is not named is not associated with the score: within its stratum, or, where it is named in neither stratum
    nor overall, in both.

    Parameters
    ----------
    margins : Margins
        Table 1.
    correlations : mapping of str to mapping of str to float
        Stratum ("all", "hr=positive", "hr=negative") -> cell type -> Spearman correlation of score and amount. The
        overall correlation of a type is reached by the difference of its amount between the HR groups; of a type that
        is named overall only, by an effect of the score that is the same in both.
    odds_ratios : mapping of str to mapping of str to float
        Stratum -> cell type -> odds ratio of high abundance (at or above the median of the cohort; presence for
        types between 25 % and 75 % zeros) per standard deviation of the score in the cohort.
        Of correlation and odds ratio in a stratum the one that is not named is what the other implies under a
        Gaussian copula; both together are met exactly where they can go together.
    zero_shares : mapping of str to float
        Cell type -> share of tumours in which it is not found; 0 where it is not named.
    til : mapping of str to float
        Spearman correlation over the cohort of total TIL with "score", "ESR1" and "ERBB2".
    score_sd : tuple of float
        Standard deviation of the score within HR-negative and HR-positive tumours, in units of that over the
        cohort; the rest is the difference between the groups.

    Examples
    --------
    >>> Targets(correlations={"hr=positive": {"Plasma cells": -0.27}}).null().correlations
    {}
    """

    margins: Margins = field(default_factory=Margins)
    correlations: ByStratum = field(default_factory=dict)
    odds_ratios: ByStratum = field(default_factory=dict)
    zero_shares: Mapping[str, float] = field(default_factory=dict)
    til: Mapping[str, float] = field(default_factory=dict)
    score_sd: tuple[float, float] = (0.45, 0.62)

    def null(self) -> Targets:
        """Return the same cohort without any association of the score with an amount."""
        return replace(self, correlations={}, odds_ratios={}, til={})

    def check(self) -> None:
        """Refuse targets that no cohort can have; all problems at once.

        Raises
        ------
        DataError
            Words that are not known, numbers out of their range, a correlation of a type that is analysed as absent
            or present, an association of a type that is left out of the analysis.
        """
        problems = ProblemList()
        self._check_words(problems)
        for name, table, low, high in (
            ("correlations", self.correlations, -1.0, 1.0),
            ("odds_ratios", self.odds_ratios, 0.0, float("inf")),
        ):
            for stratum, types in table.items():
                for cell_type, value in types.items():
                    where = f"{name}, {stratum}, {cell_type}"
                    if not low < value < high:
                        remedy = f"give {low:g} < value < {high:g}"
                        problems.add(DataError, f"{value:g} is out of range", where=where, remedy=remedy)
                    self._check_zeros(name, cell_type, where, problems)
        for cell_type, share in self.zero_shares.items():
            if not 0 <= share < 1:
                where = f"zero_shares, {cell_type}"
                problems.add(DataError, f"{share:g} is no share", where=where, remedy="give 0 to below 1")
        p, (negative, positive) = self.margins.share_positive(), self.score_sd
        if min(self.score_sd) <= 0 or (1 - p) * negative**2 + p * positive**2 > 1 + 1e-9:
            what = f"score_sd {self.score_sd} leaves no variance for the difference between the HR groups"
            problems.add(DataError, what, remedy="give positive values whose weighted squares sum to at most 1")
        problems.raise_if_any()

    def _check_words(self, problems: ProblemList) -> None:
        named = [(f"correlations, {stratum}", types) for stratum, types in self.correlations.items()]
        named += [(f"odds_ratios, {stratum}", types) for stratum, types in self.odds_ratios.items()]
        for where, types in [*named, ("zero_shares", self.zero_shares)]:
            for unknown in [name for name in types if name not in CELL_TYPES]:
                remedy = f"known: {', '.join(CELL_TYPES)}"
                problems.add(DataError, f"no simulated cell type {unknown!r}", where=where, remedy=remedy)
        for name, table, known in (
            ("correlations", self.correlations, (OVERALL, *STRATA)),
            ("odds_ratios", self.odds_ratios, STRATA),
            ("til", self.til, TIL_PARTNERS),
        ):
            for unknown in [word for word in table if word not in known]:
                problems.add(DataError, f"{unknown!r} is not known", where=name, remedy=f"known: {', '.join(known)}")

    def _check_zeros(self, table: str, cell_type: str, where: str, problems: ProblemList) -> None:
        share = self.zero_shares.get(cell_type, 0.0)
        if share > EXCLUDED_FROM:
            what = f"{share:.0%} zeros: the type is left out of the analysis"
            problems.add(DataError, what, where=where, remedy="leave it out")
        elif share >= DICHOTOMISED_FROM and table == "correlations":
            what = f"{share:.0%} zeros: the type is analysed as absent or present"
            problems.add(DataError, what, where=where, remedy="give an odds ratio instead")
