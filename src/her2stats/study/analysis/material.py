"""Everything known about the tumours of one cohort, side by side: what the questions are asked of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from her2stats.notes import Note
from her2stats.statistics import Abundance, Result
from her2stats.vocabulary.variables import VARIABLES, with_role

NO_HR = "hormone-receptor status is unknown or the same in every tumour"
# The paper's cuts (Methods, Statistical analysis): label -> variable it needs.
CLINICAL_CUTS = dict(sorted((entry.cut.label, entry.name) for entry in VARIABLES if entry.cut is not None))


@dataclass(frozen=True)
class Material:
    """One cohort, ready to be analysed."""

    name: str  # the cohort
    clinical: pd.DataFrame  # samples x clinical variables in the controlled vocabulary
    exposure: str  # the score whose association with the cells is the question; a column of `scores`
    also: tuple[str, ...] = ()  # further scores that are shown beside it
    # by what tumours are divided: hormone receptor, and HER2 by the groups of the study
    factors: tuple[str, ...] = with_role("factor")
    til: str = ""  # column of `scores` that holds the total TIL score; empty where there is none
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)  # samples x scores
    # samples x cell types; no columns where there was no deconvolution
    fractions: pd.DataFrame = field(default_factory=pd.DataFrame)
    abundance: Abundance | None = None  # what the zero rule made of the fractions

    @property
    def her2(self) -> str:
        """Variable that divides tumours by HER2: the IHC level, or the groups that the study declares."""
        return self.factors[1]

    @property
    def predictors(self) -> tuple[str, ...]:
        """The exposure and the scores beside it, as far as the cohort has them."""
        return tuple(name for name in dict.fromkeys((self.exposure, *self.also)) if name in self.scores)

    @property
    def continuous(self) -> list[str]:
        """Types that the zero rule leaves continuous."""
        return list(self.abundance.continuous) if self.abundance is not None else []

    @property
    def dichotomised(self) -> list[str]:
        """Types analysed as absent or present."""
        return list(self.abundance.dichotomised) if self.abundance is not None else []

    @property
    def kept(self) -> list[str]:
        """All types that are analysed."""
        return self.continuous + self.dichotomised

    def has(self, variable: str) -> bool:
        """Whether a clinical variable is there with at least two different values."""
        return variable in self.clinical and self.clinical[variable].nunique(dropna=True) > 1

    def known(self, variables: Sequence[str]) -> tuple[str, ...]:
        """Those of the clinical variables that are there with at least two different values."""
        return tuple(name for name in variables if self.has(name))

    def amounts(self) -> pd.DataFrame:
        """Clinical variables, scores, and the fractions of the continuous types."""
        return pd.concat([self.clinical, self.scores, self.fractions[self.continuous]], axis=1)

    def presence(self) -> pd.DataFrame:
        """Clinical variables, scores, and 0 / 1 for the dichotomised types."""
        assert self.abundance is not None
        return pd.concat([self.clinical, self.scores, self.abundance.high[self.dichotomised]], axis=1)

    def measured(self) -> pd.DataFrame:
        """As `amounts` for the continuous types and as `presence` for the dichotomised ones."""
        assert self.abundance is not None
        return pd.concat([self.amounts(), self.abundance.high[self.dichotomised]], axis=1)

    def abundances(self) -> pd.DataFrame:
        """Clinical variables with the paper's cuts, scores, and 0 / 1 high abundance of every kept type."""
        assert self.abundance is not None
        cuts = clinical_cuts(self.clinical)
        return pd.concat([self.clinical, cuts, self.scores, self.abundance.high[self.kept]], axis=1)


def clinical_cuts(clinical: pd.DataFrame) -> pd.DataFrame:
    """Dichotomise as the paper does (age > 50 years, grade III, size > 2 cm) as 0 / 1; missing stays missing."""
    cuts = pd.DataFrame(index=clinical.index)
    for entry in VARIABLES:
        if entry.cut is not None and entry.name in clinical:
            values, cut = clinical[entry.name], entry.cut
            at = values == cut.level if cut.above is None else values > cut.above
            cuts[cut.label] = at.astype(float).where(values.notna())
    return cuts


@dataclass
class Answers:
    """What was found in one cohort: results by table, and what could not be asked, with the reason."""

    cohort: str
    results: dict[str, list[Result]] = field(default_factory=dict)
    omitted: list[tuple[str, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, table: str, results: Sequence[Result]) -> None:
        """Put results into a table."""
        self.results.setdefault(table, []).extend(results)

    def omit(self, part: str, reason: str) -> None:
        """Say that a part is absent, and why."""
        self.omitted.append((part, reason))
