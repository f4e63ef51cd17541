"""Which column of a clinical table is which variable: told by its name and by the words in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from her2stats.reading.vocabulary import MISSING, NUMBERS, WORDS, fold

# Names under which clinical files hold a variable, most telling first; matched against the folded column name.
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "er": (r"er", r"er[ _.]?status.*", r"o?estrogen.?receptor.*", r"recettor.* estrogen.*"),
    "pgr": (r"pg?r", r"pg?r[ _.]?status.*", r"progesterone.?receptor.*", r"recettor.* progest.*"),
    "hr": (r"hr", r"hr[ _.]?status", r"hormone.?receptor.*"),
    "her2_ihc": (r"her2[ _.]?(ihc|score)(.?score)?", r".*her2.*ihc.*(score|level).*", r"ihc"),
    "her2_status": (r"her2", r"her2[ _.]?(status|neu).*"),
    "her2_fish": (r".*fish.*", r".*amplif.*"),
    "her2_group": (r"her2.*(group|class|categor|low).*", r"her2.*3.*state.*"),
    "age": (r"age", r"age[ _.]?(at.*|years?.*)", r"et[aà].*"),
    "size_mm": (r".*size.*mm.*",),
    "size_cm": (r".*size.*cm.*", r"tumou?r.?size"),
    "grade": (r"grade", r".*grade.*", r"nhg", r"grado.*"),
    "pcr": (r"pcr", r"pathologic.*complete.*"),
    "complete_response": (r"cr", r"complete.?response.*"),
    "pam50": (r"pam50", r".*pam50.*"),
}
RECOGNISED = 0.8  # least share of a column's words that the vocabulary has to know
ARMS = re.compile(r"(^|.*[ _.])(arm|arms|visit|timepoint|time.?point|cohort|treatment.?group)([ _.].*|$)")
MOST_ARMS = 30


@dataclass(frozen=True)
class Recognised:
    """One variable and the column that holds it.

    Parameters
    ----------
    variable, column : str
        Name in the vocabulary, and in the file.
    known : mapping of str to (str, int)
        Word in the file -> what it means, and how often it is there; empty for numbers.
    unknown : mapping of str to int
        Words that the user has to translate, and how often they are there.
    missing : int
        Cells that hold nothing, or a word for it.
    """

    variable: str
    column: str
    known: Mapping[str, tuple[str, int]]
    unknown: Mapping[str, int]
    missing: int

    @property
    def is_number(self) -> bool:
        """Whether the variable is measured, not named."""
        return self.variable in NUMBERS

    def words(self) -> str:
        """Say how the cells are read."""
        read = [f"{word!r} is {meaning or 'missing'} ({count})" for word, (meaning, count) in self.known.items()]
        read += [f"{word!r} is not understood ({count})" for word, count in self.unknown.items()]
        read += ["numbers"] if self.is_number else []
        return ", ".join([*read, *([f"missing {self.missing}"] if self.missing else [])])


def recognise(columns: Mapping[str, list[str]]) -> list[Recognised]:
    """Match columns to variables by name, and by whether the vocabulary knows their words.

    Parameters
    ----------
    columns : mapping
        Column name -> words.

    Returns
    -------
    list of Recognised
        At most one column a variable and one variable a column. A column in which nothing is said is none.

    Examples
    --------
    >>> recognise({"ER_status": ["pos", "neg"], "notes": ["x", "y"]})[0].variable
    'er'
    """
    found: list[Recognised] = []
    taken: set[str] = set()
    for variable in COLUMN_NAMES:
        column = next((name for name in named_like(variable, columns) if name not in taken), None)
        if column is not None:
            found.append(as_variable(variable, column, columns[column]))
            taken.add(column)
    return found


def named_like(variable: str, columns: Mapping[str, list[str]], *, least: float = RECOGNISED) -> list[str]:
    """Columns whose name is one of the variable's and whose words are known to such a share, most telling first."""
    return [
        column
        for pattern in COLUMN_NAMES[variable]
        for column in columns
        if re.fullmatch(pattern, column.casefold().strip()) and _share_known(variable, columns[column]) >= least
    ]


def as_variable(variable: str, column: str, words: Iterable[str]) -> Recognised:
    """Sort the words of a column into those that the vocabulary knows, those it does not, and missing ones."""
    counts = Counter(words)
    said = {word: count for word, count in sorted(counts.items()) if fold(word) not in MISSING}
    known: dict[str, tuple[str, int]] = {}
    unknown: dict[str, int] = {}
    for word, count in said.items():
        if variable in NUMBERS:
            continue
        if fold(word) in WORDS[variable]:
            known[word] = (WORDS[variable][fold(word)], count)
        else:
            unknown[word] = count
    return Recognised(variable, column, known, unknown, sum(counts.values()) - sum(said.values()))


def arm_columns(columns: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Columns by which a trial is usually divided, with their words: the user may want one arm only."""
    found = {name: sorted({w for w in words if fold(w) not in MISSING}) for name, words in columns.items()}
    return {
        name: words for name, words in found.items() if ARMS.fullmatch(name.casefold()) and 1 < len(words) <= MOST_ARMS
    }


def sample_column(columns: Mapping[str, list[str]], samples: Iterable[str] = ()) -> tuple[str, int]:
    """Take the column that shares most ids with the expression, else the first whose words are all there and differ.

    Returns
    -------
    tuple
        The column, and how many of its ids are among `samples`.
    """
    wanted = set(samples)
    unique = [
        name for name, words in columns.items() if len(set(words)) == len(words) and all(word.strip() for word in words)
    ]
    shared = {name: len(wanted & set(columns[name])) for name in unique}
    best = max(unique, key=lambda name: shared[name], default=next(iter(columns)))
    return best, shared.get(best, 0)


def _share_known(variable: str, words: list[str]) -> float:
    said = [fold(word) for word in words if fold(word) not in MISSING]
    if not said:
        return 0.0
    if variable in NUMBERS:
        return sum(bool(re.fullmatch(r"[-+]?\d+([.,]\d+)?", word)) for word in said) / len(said)
    return sum(word in WORDS[variable] for word in said) / len(said)
