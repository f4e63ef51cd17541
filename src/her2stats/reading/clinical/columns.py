"""Columns of a clinical file, each into one variable of the controlled vocabulary."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from her2stats.errors import InputError, ProblemList, TableError, VocabularyError
from her2stats.notes import Note
from her2stats.vocabulary.cells import LOW, OF_ZERO, meanings, parts
from her2stats.vocabulary.entry import Variable
from her2stats.vocabulary.variables import BY_NAME, accepted
from her2stats.vocabulary.words import MISSING, fold, quoted

SHOWN = 6
OPEN = "..."  # a meaning that the user has to fill in; read as it stands, it is refused
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True)
class RawColumn:
    """The words of one column, and where they stand."""

    variable: str  # what it is to become
    column: str  # its name in the file
    words: list[str]  # one a row
    samples: Sequence[str]  # sample id of each row
    lines: Sequence[int]  # line of each row in the file; 0 where rows have no lines
    file: str  # file name, for messages
    values: Mapping[str, str]  # the user's own words
    # words of all rows of the file, of those left out, too: they tell how the column is coded
    whole: Sequence[str] = ()

    @property
    def own(self) -> dict[str, str]:
        """The user's own words, as they are looked up."""
        return {fold(word): fold(value) for word, value in self.values.items()}

    def row(self, place: int) -> str:
        """One row, as messages name it."""
        line = f"line {self.lines[place]}, " if self.lines[place] else ""
        return f"{line}sample {self.samples[place]!r}"

    def add(self, found: ProblemList, kind: type[InputError], what: str, remedy: str, place: int | None = None) -> None:
        """Remember a problem of the whole column, or of one row."""
        row, value = ("", "") if place is None else (self.row(place), self.words[place])
        found.add(kind, what, where=self.file, row=row, column=self.column, value=value, remedy=remedy)


def read_words(raw: RawColumn, found: ProblemList) -> tuple[pd.Series, list[Note]]:
    """Translate a column of words; unknown words are problems of their own, and one that lists them all."""
    entry, own = BY_NAME[raw.variable], raw.own
    known = meanings(entry, (*raw.whole, *raw.words), own, raw.column)
    values: list[str | float] = []
    unknown: dict[str, list[int]] = {}
    lacking: Counter[str] = Counter()
    for place, word in enumerate(map(fold, raw.words)):
        meant = own.get(word, word)
        canonical = entry.words.get(meant) if word in own else known.get(word)
        if canonical == "" or (canonical is None and meant in MISSING and meant not in entry.careful):
            lacking[raw.words[place]] += 1
            values.append(np.nan)
        elif canonical is None:
            level = unicodedata.normalize("NFC", raw.words[place])  # one word in two normal forms is one level
            unknown.setdefault(level, []).append(place)
            values.append(level if entry.open_words else np.nan)
        else:
            values.append(canonical)
    notes = _missing_note(raw, lacking)
    if unknown and entry.open_words:
        listed = ", ".join(repr(word) for word in sorted(unknown)[:SHOWN])
        notes.append(Note("reading", f"{raw.variable}: words kept as they are", len(unknown), listed))
    elif unknown:
        _add_unknown(raw, unknown, found)
    return pd.Series(values, index=list(raw.samples), dtype=object), notes


def said_beside(raw: RawColumn) -> dict[str, pd.Series]:
    """Other HER2 tests that stand in the cells of a column: "2+ (FISH neg)"."""
    entry = BY_NAME[raw.variable]
    meant = {word: raw.own.get(fold(word), word) for word in set(raw.words)}
    told = {word for word, means in meant.items() if fold(means) in OF_ZERO | LOW or fold(word) not in entry.words}
    said = {word: parts(entry, meant[word]) or parts(entry, word) for word in told}
    others = sorted({name for found in said.values() for name in found} - {raw.variable})
    return {
        name: pd.Series([said.get(word, {}).get(name, np.nan) for word in raw.words], list(raw.samples), dtype=object)
        for name in others
    }


def _add_unknown(raw: RawColumn, unknown: Mapping[str, list[int]], found: ProblemList) -> None:
    ordered = sorted(unknown.items(), key=lambda item: (-len(item[1]), item[0]))
    choices = ", ".join(repr(value) for value in accepted(raw.variable))
    remedy = f"map it under values.{raw.variable} to one of {choices}, or to '' for missing"
    for word, places in ordered[:SHOWN]:
        times = "" if len(places) == 1 else f" ({len(places)} rows, this is the first)"
        raw.add(found, VocabularyError, f"{_why_unknown(raw, word)}{times}", remedy, places[0])
    if len(ordered) > 1:
        listed = ", ".join(f"{word!r} {len(places)}" for word, places in ordered)
        lines = [*([] if raw.values else [f"[cohorts.values.{raw.variable}]"])]
        lines += [f"{quoted(word)} = {quoted(OPEN)}" for word, _ in ordered]
        remedy = f"say for each one of {choices}, or '' for missing:\n" + "\n".join(lines)
        raw.add(found, VocabularyError, f"{len(ordered)} words of {raw.variable} are open: {listed}", remedy)


def _why_unknown(raw: RawColumn, word: str) -> str:
    entry, own = BY_NAME[raw.variable], {fold(key): value for key, value in raw.values.items()}
    if own.get(fold(word)) == OPEN:
        return f"nothing is said yet of {word!r}"
    if fold(word) in own:
        return f"{word!r} is mapped to {own[fold(word)]!r}, which is no value of {raw.variable}"
    if entry.words.get(fold(word)):
        codes = sorted({fold(one) for one in (*raw.whole, *raw.words)} - MISSING)
        listed = ", ".join(codes[: 2 * SHOWN]) + (" and more" if len(codes) > 2 * SHOWN else "")
        return f"{word!r} means more than one thing for {raw.variable} in a column of this name that holds {listed}"
    return f"{word!r} is not understood for {raw.variable}"


def _missing_note(raw: RawColumn, lacking: Counter[str]) -> list[Note]:
    if not lacking:
        return []
    words = ", ".join(f"{word!r} {count}" for word, count in sorted(lacking.items()))
    return [
        Note("reading", f"{raw.variable} is missing", lacking.total(), f"{raw.file}, column {raw.column!r}: {words}")
    ]


def read_numbers(raw: RawColumn, found: ProblemList, *, decimal: str = ".") -> tuple[pd.Series, list[Note]]:
    """Read a measurement in the unit in which it is stored; text and impossible values are listed row by row."""
    entry = BY_NAME[raw.variable]
    own = raw.own
    numbers = np.full(len(raw.words), np.nan)
    lacking: Counter[str] = Counter()
    wrong: list[int] = []
    for place, word in enumerate(raw.words):
        folded = own.get(fold(word), fold(word))
        plain = folded.replace(decimal, ".") if decimal != "." else folded
        plain = plain.removesuffix("%").rstrip() if entry.unit == "%" else plain
        if folded in MISSING:
            lacking[word] += 1
        elif _NUMBER.fullmatch(plain):
            numbers[place] = float(plain)
        else:
            wrong.append(place)
    commas = sum(bool(re.fullmatch(r"\d+,\d+", raw.words[place].strip())) for place in wrong)
    remedy = (
        'say clinical_decimal = "," if the comma is the decimal mark'
        if commas
        else "write a plain number, or leave it empty"
    )
    for place in wrong[:SHOWN]:
        raw.add(found, TableError, f"{raw.words[place]!r} is not a number", remedy, place)
    if len(wrong) > SHOWN:
        raw.add(found, TableError, f"{len(wrong) - SHOWN} more rows hold text", remedy)
    for place in np.flatnonzero(np.isinf(numbers))[:SHOWN]:
        raw.add(found, TableError, "is infinite", "correct it", int(place))
    if entry.backwards and (numbers < 0).sum() > (numbers > 0).sum():
        numbers = -numbers
    _check_unit(raw, entry, numbers, found)
    notes = _missing_note(raw, lacking)
    if entry.stored != entry.name:
        what = f"{entry.label.casefold()}s turned from {entry.unit} into {BY_NAME[entry.stored].unit}"
        notes.append(Note("reading", what, int(np.count_nonzero(~np.isnan(numbers)))))
    return pd.Series(numbers / entry.divisor, index=list(raw.samples)), notes


def _check_unit(raw: RawColumn, entry: Variable, numbers: np.ndarray, found: ProblemList) -> None:
    """Neither a whole column in another unit nor a single impossible value."""
    known = numbers[~np.isnan(numbers)]
    if not known.size:
        return
    median, usual = float(np.median(known)), entry.plausible
    if usual is not None and not usual.holds(median, float(known.max())):
        raw.add(found, TableError, *usual.told(median))
        return
    low, high = entry.limits
    wrong = np.flatnonzero(np.isfinite(numbers) & ((numbers < low) | (numbers > high)))
    remedy = f"correct it, or map it to '' under values.{raw.variable} for missing"
    for place in wrong[:SHOWN]:
        what = f"{raw.words[place]!r} is outside {low:g} to {high:g} {entry.unit}"
        raw.add(found, TableError, what, remedy, int(place))
    if len(wrong) > SHOWN:
        what = f"{len(wrong) - SHOWN} more values are outside {low:g} to {high:g} {entry.unit}"
        raw.add(found, TableError, what, remedy)


def read_own_variable(raw: RawColumn) -> pd.Series:
    """Read a variable of the user's own: numbers where every word is one, else categories with sorted levels."""
    own = {fold(word): value for word, value in raw.values.items()}
    words = [own.get(fold(word), word.strip()) for word in raw.words]
    values = [None if fold(word) in MISSING else word for word in words]
    known = [word for word in values if word is not None]
    if known and all(_NUMBER.fullmatch(word) for word in known):
        numbers = [np.nan if word is None else float(word) for word in values]
        return pd.Series(numbers, index=list(raw.samples), dtype="float64")
    levels = pd.CategoricalDtype(sorted(set(known)))
    return pd.Series(values, index=list(raw.samples), dtype=object).astype(levels)


def translated(raw: RawColumn, decimal: str, found: ProblemList) -> tuple[pd.Series, list[Note]]:
    """Read a column as what its variable is: a measurement, words of the vocabulary, or one of the user's own."""
    names = sorted({raw.variable, *raw.words})
    found.refuse_control_codes(VocabularyError, names, where=raw.file, column=raw.column)
    if raw.variable not in BY_NAME:
        return read_own_variable(raw), []
    return read_numbers(raw, found, decimal=decimal) if BY_NAME[raw.variable].is_number else read_words(raw, found)
