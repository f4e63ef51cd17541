"""What is known of a clinical variable: the form of an entry in the table of `variables`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["factor", "covariate", "response", "count"]  # the last a pathologist's, of infiltrating lymphocytes


@dataclass(frozen=True)
class Cut:
    """A variable as 0 / 1: above a number, or at a level; `label` is what its column is called."""

    label: str
    above: float | None = None
    level: str = ""


@dataclass(frozen=True)
class Plausible:
    """What the numbers of a whole column are in any cohort; where they are not, they are in another unit."""

    # what is said of such a column, with ``{:g}`` for its median
    wrong: str
    remedy: str
    # bounds of the median, themselves allowed
    low: float = float("-inf")
    high: float = float("inf")
    above: float = float("-inf")  # the largest value is above this
    # smallest and largest median of what else such a column may be, with what is said of it and the remedy
    instead: tuple[tuple[float, float, str, str], ...] = ()

    def holds(self, median: float, largest: float) -> bool:
        """Whether a column with such a median and largest value is in its unit."""
        return self.low <= median <= self.high and largest > self.above

    def told(self, median: float) -> tuple[str, str]:
        """What is wrong with a column that is in another unit, and the remedy."""
        fits = ((wrong, remedy) for low, high, wrong, remedy in self.instead if low <= median <= high)
        wrong, remedy = next(fits, (self.wrong, self.remedy))
        return wrong.format(median), remedy


@dataclass(frozen=True, kw_only=True)
class Variable:
    """All that is known of one clinical variable."""

    # in study files and tables of results; as tables print it; as terms and levels do (default: the label)
    name: str
    label: str
    meaning: str  # its values, for the documentation
    short: str = ""
    kind: Literal["factor", "binary", "number"] = "factor"  # levels, 0 / 1, or a measurement
    # of a measurement: unit, smallest and largest value that is no mistake, and what a whole column is like
    unit: str = ""
    limits: tuple[float, float] = (float("-inf"), float("inf"))
    plausible: Plausible | None = None
    # the variable into which it turns where it is one in another unit, and by what it is divided then
    stored: str = ""
    divisor: float = 1.0
    backwards: bool = False  # it may be counted backwards, below zero
    # folded word of a clinical table -> value; an empty value is missing
    words: Mapping[str, str] = field(default_factory=dict)
    careful: frozenset[str] = frozenset()  # words for missing that may mean a value here: the user has to say
    open_words: bool = False  # further words are kept, since nothing is computed from them
    levels: tuple[str, ...] = ()  # of a factor, in their order; a reference is the first
    further: str = ""  # A level that only a file has that is not limited to the study population
    # patterns of `plain_name` under which files, English and Italian, hold it, most telling first
    headings: tuple[str, ...] = ()
    percentages: str = ""  # pattern of a heading that announces it as percentages of stained nuclei
    after: str = ""  # the variable whose headings are tried before its own, where a column may be either
    remark: str = ""  # what there is to know before one agrees with `init`
    level_form: str = "{short} {level}"  # how one level is named, with ``{short}`` and ``{level}``
    table_one: int = 0  # place in Table 1; 0 is none
    unless: str = ""  # table 1 shows it only where this other variable is absent
    # other variable -> its level that this one divides: of tumours beyond it nothing is missing
    divides: Mapping[str, str] = field(default_factory=dict)
    # value -> as tables print it, in their order; default: the levels
    printed: Mapping[str, str] = field(default_factory=dict)
    always: bool = False  # tables print levels that nobody has, too
    # class of a measurement as tables print it -> its largest value
    classes: Mapping[str, float] = field(default_factory=dict)
    cut: Cut | None = None  # as the clinical question asks of it
    role: Role | None = None  # what it is to the questions by default

    def __post_init__(self) -> None:
        """Fill in what follows from the rest."""
        object.__setattr__(self, "short", self.short or self.label)
        object.__setattr__(self, "stored", self.stored or self.name)
        object.__setattr__(self, "printed", self.printed or {level: level for level in self.levels})

    @property
    def is_number(self) -> bool:
        """Whether it is measured, not named."""
        return self.kind == "number"
