"""What is known of a clinical variable: the form of an entry in the table of `variables`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["factor", "covariate", "response"]


@dataclass(frozen=True)
class Cut:
    """A variable as 0 / 1: above a number, or at a level; `label` is what its column is called."""

    label: str
    above: float | None = None
    level: str = ""


@dataclass(frozen=True)
class Plausible:
    """What the numbers of a whole column are in any cohort; where they are not, they are in another unit.

    Parameters
    ----------
    wrong, remedy : str
        What is said of such a column, with ``{:g}`` for its median.
    low, high : float
        Bounds of the median, themselves allowed.
    above : float
        The largest value is above this.
    """

    wrong: str
    remedy: str
    low: float = float("-inf")
    high: float = float("inf")
    above: float = float("-inf")

    def holds(self, median: float, largest: float) -> bool:
        """Whether a column with such a median and largest value is in its unit."""
        return self.low <= median <= self.high and largest > self.above


@dataclass(frozen=True, kw_only=True)
class Variable:
    """All that is known of one clinical variable.

    Parameters
    ----------
    name, label, short : str
        In study files and tables of results; as tables print it; as terms and levels do (default: the label).
    meaning : str
        Its values, for the documentation.
    kind : {"factor", "binary", "number"}
        Levels, 0 / 1, or a measurement.
    unit, limits, plausible
        Of a measurement: unit, smallest and largest value that is no mistake, and what a whole column is like.
    stored, divisor : str, float
        The variable into which it turns where it is one in another unit, and by what it is divided then.
    backwards : bool
        It may be counted backwards, below zero.
    words : mapping
        Folded word of a clinical table -> value; an empty value is missing.
    careful : frozenset of str
        Words for missing that may mean a value here: the user has to say.
    open_words : bool
        Further words are kept, since nothing is computed from them.
    levels : tuple of str
        Of a factor, in their order; a reference is the first.
    further : str
        A level that only a file has that is not limited to the study population.
    headings : tuple of str
        Patterns of `plain_name` under which files, English and Italian, hold it, most telling first.
    percentages : str
        Pattern of a heading that announces it as percentages of stained nuclei.
    after : str
        The variable whose headings are tried before its own, where a column may be either.
    remark : str
        What there is to know before one agrees with `init`.
    level_form : str
        How one level is named, with ``{short}`` and ``{level}``.
    table_one : int
        Place in Table 1; 0 is none.
    unless : str
        Table 1 shows it only where this other variable is absent.
    printed : mapping
        Value -> as tables print it, in their order; default: the levels.
    always : bool
        Tables print levels that nobody has, too.
    classes : mapping
        Class of a measurement as tables print it -> its largest value.
    cut : Cut or None
        As the clinical question asks of it.
    role : {"factor", "covariate", "response"} or None
        What it is to the questions by default.
    """

    name: str
    label: str
    meaning: str
    short: str = ""
    kind: Literal["factor", "binary", "number"] = "factor"
    unit: str = ""
    limits: tuple[float, float] = (float("-inf"), float("inf"))
    plausible: Plausible | None = None
    stored: str = ""
    divisor: float = 1.0
    backwards: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    careful: frozenset[str] = frozenset()
    open_words: bool = False
    levels: tuple[str, ...] = ()
    further: str = ""
    headings: tuple[str, ...] = ()
    percentages: str = ""
    after: str = ""
    remark: str = ""
    level_form: str = "{short} {level}"
    table_one: int = 0
    unless: str = ""
    printed: Mapping[str, str] = field(default_factory=dict)
    always: bool = False
    classes: Mapping[str, float] = field(default_factory=dict)
    cut: Cut | None = None
    role: Role | None = None

    def __post_init__(self) -> None:
        """Fill in what follows from the rest."""
        object.__setattr__(self, "short", self.short or self.label)
        object.__setattr__(self, "stored", self.stored or self.name)
        object.__setattr__(self, "printed", self.printed or {level: level for level in self.levels})

    @property
    def is_number(self) -> bool:
        """Whether it is measured, not named."""
        return self.kind == "number"
