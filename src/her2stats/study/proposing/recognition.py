"""Which column of a clinical table is which variable: told by its name and by the words in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median

from her2stats.reading.clinical.population import HER2_VARIABLES
from her2stats.study.proposing.headings import RECOGNISABLE, tells_percentages
from her2stats.vocabulary.cells import meanings
from her2stats.vocabulary.percentages import POSITIVE_FROM, is_percentage, percentage
from her2stats.vocabulary.variables import BY_NAME
from her2stats.vocabulary.words import MISSING, fold, plain_name

RECOGNISED = 0.8  # least share of a column's words that the vocabulary has to know
ARMS = re.compile(r"(^|.*[ _.])(arm|arms|visit|timepoint|time.?point|cohort|treatment.?group)([ _.].*|$)")
MOST_ARMS = 30
UNITS = {"cm": "centimetres", "mm": "millimetres", "years": "years", "days": "days"}


@dataclass(frozen=True)
class Recognised:
    """One variable and the column that holds it."""

    # name in the vocabulary, and in the file
    variable: str
    column: str
    # word in the file -> what it means, and how often it is there; empty for numbers
    known: Mapping[str, tuple[str, int]]
    unknown: Mapping[str, int]  # words that the user has to translate, and how often they are there
    missing: int  # cells that hold nothing, or a word for it
    remark: str = ""  # what else there is to know before one agrees

    @property
    def is_number(self) -> bool:
        """Whether the variable is measured, not named."""
        return BY_NAME[self.variable].is_number

    def beyond_vocabulary(self) -> dict[str, str]:
        """Words that are understood here and not when the file is read: the study file has to say their meaning."""
        entry = BY_NAME[self.variable]
        if entry.is_number or entry.open_words:
            return {}
        read = meanings(entry, (*self.known, *self.unknown), heading=self.column)
        return {word: meaning for word, (meaning, _) in self.known.items() if fold(word) not in read}

    @property
    def is_open(self) -> bool:
        """Whether most words have still to be said: the column is taken for what it is named."""
        return sum(self.unknown.values()) > sum(count for _, count in self.known.values()) and not self.is_number

    def words(self) -> str:
        """Say how the cells are read."""
        read = [f"{word!r} is {meaning or 'missing'} ({count})" for word, (meaning, count) in self.known.items()]
        read += [f"{word!r} is not understood ({count})" for word, count in self.unknown.items()]
        read[:0] = ["numbers"] if self.is_number else []
        said = ", ".join([*read, *([f"missing {self.missing}"] if self.missing else [])])
        return "; ".join(filter(None, (said, self.remark)))


def recognise(columns: Mapping[str, list[str]]) -> list[Recognised]:
    """Match columns (name -> words) to variables by name, and by whether the vocabulary knows their words.

    At most one column is taken for a variable and one variable for a column. A column in which nothing is said is none.
    """
    found: list[Recognised] = []
    taken: set[str] = set()
    for variable in RECOGNISABLE:
        item = _column_of(variable, {name: words for name, words in columns.items() if name not in taken})
        stored = {BY_NAME[one.variable].stored for one in found}  # in whatever unit
        if item is not None and BY_NAME[item.variable].stored not in stored:
            found.append(item)
            taken.add(item.column)
    for variable in lacking(found):
        named = [
            name for name in named_like(variable, columns, least=0.0) if name not in taken and is_said(columns[name])
        ]
        if named and variable in lacking(found):  # its words have to be said, not the column forgotten
            found.append(as_variable(variable, named[0], columns[named[0]]))
            taken.add(named[0])
    return found


def lacking(found: Iterable[Recognised]) -> list[str]:
    """Receptors that nothing is read for, each by the variables that would tell."""
    here = {item.variable for item in found}
    receptors = [] if "hr" in here else [name for name in ("er", "pgr") if name not in here]
    return [*receptors, *(HER2_VARIABLES if not here & set(HER2_VARIABLES) else ())]


def is_said(words: Iterable[str]) -> bool:
    """Whether a column says anything at all."""
    return any(fold(word) not in MISSING for word in words)


def read_as(variable: str, column: str, words: list[str]) -> Recognised:
    """Read a column as a variable that the user names: percentages as such, everything else by its words."""
    if tells_percentages(variable, column) and is_percentage(words):
        return as_percentages(variable, column, words)
    return as_variable(variable, column, words)


def unused_columns(columns: Mapping[str, list[str]], sample: str, found: Iterable[Recognised]) -> dict[str, str]:
    """Columns that no variable is read from, with the reason where their name raised hope; else an empty text."""
    taken = {item.variable: item.column for item in found}
    return {
        column: _why_unused(column, words, taken)
        for column, words in columns.items()
        if column != sample and column not in taken.values()
    }


def _why_unused(column: str, words: list[str], taken: Mapping[str, str]) -> str:
    name = plain_name(column)
    if all(fold(word) in MISSING for word in words):
        return "nothing is said in it"
    for variable in RECOGNISABLE:
        if tells_percentages(variable, column):
            read = f"percentages; {variable} is read from {taken[variable]!r}" if variable in taken else ""
            return read or f"named like percentages of {variable}, but its numbers are none"
    for variable in RECOGNISABLE:
        if any(re.fullmatch(pattern, name) for pattern in BY_NAME[variable].headings):
            if variable in taken:
                return f"{variable} is read from {taken[variable]!r}"
            units = _units(variable)
            if len(units) > 1 and named_like(variable, {column: words}):
                what = f"a {BY_NAME[variable].label.casefold()} in {' or in '.join(units)}"
                return f"{what}: neither its name nor its median says which"
            return f"named like {variable}, but its words are not understood"
    return ""


def _column_of(variable: str, columns: Mapping[str, list[str]]) -> Recognised | None:
    """The column that holds a variable: in words of the vocabulary, or as percentages of stained nuclei."""
    for column in named_like(variable, columns):
        if len(_units(variable)) > 1 and BY_NAME[variable].unit not in plain_name(column):
            return _of_unknown_unit(variable, column, columns[column])
        return as_variable(variable, column, columns[column])
    for column, words in columns.items():
        if tells_percentages(variable, column) and is_percentage(words):
            return as_percentages(variable, column, words)
    return None


def _units(variable: str) -> dict[str, str]:
    """Units in which a variable may be given, each with the name that the vocabulary has for it then."""
    return {entry.unit: name for name, entry in BY_NAME.items() if entry.stored == BY_NAME[variable].stored}


def _of_unknown_unit(variable: str, column: str, words: list[str]) -> Recognised | None:
    """A measurement whose column names no unit: told by its median, where only one unit can have it."""
    values = [_number(word) for word in words if is_number(word)]
    middle, named = abs(median(values)), {}
    for unit, name in _units(variable).items():
        usual = BY_NAME[name].plausible
        if usual is None or usual.holds(middle, max(values)):
            named[name] = UNITS[unit]
    if len(named) != 1:
        return None
    ((name, unit),) = named.items()
    return replace(as_variable(name, column, words), remark=f"{unit}, by their median of {middle:g}")


def named_like(variable: str, columns: Mapping[str, list[str]], *, least: float = RECOGNISED) -> list[str]:
    """Columns whose name is one of the variable's and whose words are known to such a share, most telling first."""
    return [
        column
        for pattern in BY_NAME[variable].headings
        for column, words in columns.items()
        if re.fullmatch(pattern, plain_name(column))
        and (not least or _share_known(variable, column, words) >= least)
        and (not least or variable != "her2_ihc" or "ihc" in plain_name(column) or _tells_levels(words))
    ]


def _tells_levels(words: list[str]) -> bool:
    """Whether a column that is only called HER2 holds IHC levels: 0 and 1 alone may be no and yes."""
    return any(re.fullmatch(r"[1-3]\+|\+[1-3]|[23]|\+{2,3}", fold(word)) for word in words)


def as_variable(variable: str, column: str, words: Iterable[str]) -> Recognised:
    """Sort the words of a column into those that the vocabulary knows, those it does not, and missing ones."""
    counts, entry = Counter(words), BY_NAME[variable]
    understood = meanings(entry, counts, heading=column)
    said = {word: count for word, count in sorted(counts.items()) if fold(word) not in MISSING}
    known: dict[str, tuple[str, int]] = {}
    unknown: dict[str, int] = {}
    for word, count in said.items():
        if entry.is_number:
            if not _is_plausible(variable, word):
                unknown[word] = count
        elif fold(word) in understood:
            known[word] = (understood[fold(word)], count)
        elif entry.open_words:
            known[word] = (word, count)
        else:
            unknown[word] = count
    return Recognised(variable, column, known, unknown, sum(counts.values()) - sum(said.values()), entry.remark)


def as_percentages(variable: str, column: str, words: Iterable[str]) -> Recognised:
    """Percentages of stained nuclei into positive and negative, each word by itself so that the user sees it."""
    found = as_variable(variable, column, words)
    read = {word: percentage(word) for word in sorted({*found.known, *found.unknown})}
    counts = {**found.unknown, **{word: count for word, (_, count) in found.known.items()}}
    positive = {
        word: ("positive" if value >= POSITIVE_FROM else "negative", counts[word])
        for word, value in read.items()
        if value is not None
    }
    unknown = {word: counts[word] for word, value in read.items() if value is None}
    return replace(found, known=positive, unknown=unknown, remark=f"percentages: positive from {POSITIVE_FROM:g} %")


def arm_columns(columns: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Columns by which a trial is usually divided, with their words: the user may want one arm only."""
    found = {name: sorted({w for w in words if fold(w) not in MISSING}) for name, words in columns.items()}
    return {
        name: words for name, words in found.items() if ARMS.fullmatch(name.casefold()) and 1 < len(words) <= MOST_ARMS
    }


def _share_known(variable: str, column: str, words: list[str]) -> float:
    said = [fold(word) for word in words if fold(word) not in MISSING]
    if not said:
        return 0.0
    if BY_NAME[variable].is_number:
        return sum(_is_plausible(variable, word) for word in said) / len(said)
    understood = meanings(BY_NAME[variable], words, heading=column)
    return sum(word in understood for word in said) / len(said)


def is_number(word: str) -> bool:
    """Whether a cell holds a plain number, with a point or a decimal comma."""
    return re.fullmatch(r"[-+]?\d+([.,]\d+)?", fold(word)) is not None


def _number(word: str) -> float:
    return float(fold(word).replace(",", "."))


def _is_plausible(variable: str, word: str) -> bool:
    """Whether a cell of a measured variable will be accepted when it is read."""
    entry = BY_NAME[variable]
    bare = fold(word).removesuffix("%").rstrip() if entry.unit == "%" else word
    low, high = entry.limits
    return is_number(bare) and low <= (abs(_number(bare)) if entry.backwards else _number(bare)) <= high


def decimal_comma(words: Iterable[str]) -> bool:
    """Whether numbers of a column are written with a decimal comma."""
    return any(re.fullmatch(r"[-+]?\d+,\d+ ?%?", word.strip()) for word in words)
