"""What can be wrong with an input: one exception class a kind, each problem with what, where and what to do."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from her2stats.lookalike import look_alike

CONTROL_CODES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in words for the person who can mend it."""

    what: str  # what was found, with the offending value quoted
    where: str = ""  # file, or cohort, signature, argument; empty where there is no place
    remedy: str = ""  # what to do about it
    row: str = ""  # row within the file, in words: "row 7 (gene 'ERBB2')", "line 3, sample 'A1'", "header"
    column: str = ""  # name of the column
    value: str = ""  # what stands there

    def __str__(self) -> str:
        column = f"column {self.column!r}" if self.column else ""
        place = ", ".join(part for part in (self.where, self.row, column) if part)
        advice = f" -> {self.remedy}" if self.remedy else ""
        return CONTROL_CODES.sub("\N{REPLACEMENT CHARACTER}", f"{place}{': ' if place else ''}{self.what}{advice}")


class Her2statsError(Exception):
    """The common base: carries every problem found, not only the first.

    Parameters
    ----------
    *problems : Problem
        At least one.

    Examples
    --------
    >>> error = FileError(Problem("is missing", "clinical.csv", "correct the path"))
    >>> print(error)
    clinical.csv: is missing -> correct the path
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems: tuple[Problem, ...] = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[type[Her2statsError], tuple[Problem, ...]]:
        return type(self), self.problems  # errors cross process borders (joblib, the R worker)


class InputError(Her2statsError):
    """Something the user gave cannot be used; raised itself when problems are of several kinds.

    Examples
    --------
    >>> issubclass(FileError, InputError)
    True
    """


class FileError(InputError):
    """A file is missing, unreadable, damaged or of an unknown format."""


class TableError(InputError):
    """A table lacks a column, holds text among numbers, or lies on its side."""


class SampleError(InputError):
    """Sample ids are duplicated, or differ between two files."""


class GeneError(InputError):
    """Gene symbols are duplicated, damaged or absent."""


class ScaleError(InputError):
    """Values contradict the declared scale."""


class VocabularyError(InputError):
    """A word in a clinical column is not understood."""


class PopulationError(InputError):
    """No patient is left to analyse."""


class CoverageError(InputError):
    """Too few genes of a signature are present."""


class StudyFileError(InputError):
    """The study file asks for something that does not exist."""


class DataError(InputError):
    """A statistic was asked of variables that cannot give it."""


class OutputError(Her2statsError):
    """Results cannot be written where the user wants them."""


class EngineError(Her2statsError):
    """R is missing, unusable or failed."""


@dataclass
class ProblemList:
    """Collects problems so that a person hears of all of them at once."""

    _found: list[tuple[type[InputError], Problem]] = field(default_factory=list)

    def add(
        self,
        kind: type[InputError],
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        row: str = "",
        column: str = "",
        value: str = "",
    ) -> None:
        """Remember a problem."""
        self._found.append((kind, Problem(what, where, remedy, row, column, value)))

    def refuse_control_codes(
        self, kind: type[InputError], names: Iterable[str], *, where: str, column: str = ""
    ) -> None:
        """Remember names that hold codes which a terminal would obey; line ends and tabs are none."""
        for name in [name for name in names if CONTROL_CODES.search(name)][:5]:
            remedy = "take them out; no honest name has any"
            self.add(kind, f"{name!r} holds control codes", where=where, column=column, value=repr(name), remedy=remedy)

    def take(self, error: InputError) -> None:
        """Remember every problem of an exception caught elsewhere."""
        self._found.extend((type(error), problem) for problem in error.problems)

    @contextmanager
    def collect(self, where: str = "") -> Iterator[None]:
        """Remember the problems of whatever is raised inside, and go on after the block.

        `where` is said before the place that each problem names.
        """
        try:
            yield
        except InputError as error:
            for problem in error.problems:
                place = ", ".join(part for part in (where, problem.where) if part)
                self._found.append((type(error), replace(problem, where=place)))

    def errors(self) -> list[InputError]:
        """Every problem as an exception of its own kind."""
        return [kind(problem) for kind, problem in self._found]

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter([problem for _, problem in self._found])

    def raise_if_any(self) -> None:
        """Raise what was found: the kind itself when there is one kind only, else `InputError`."""
        if self._found:
            kinds = {kind for kind, _ in self._found}
            error = kinds.pop() if len(kinds) == 1 else InputError
            raise error(*(problem for _, problem in self._found))


def near(word: object, choices: Iterable[str]) -> str:
    """Ask after the choice that a wrong word is nearest to, or name one that looks the same; empty text for neither."""
    known = [*choices]
    found = get_close_matches(str(word), known, n=1)
    return look_alike(str(word), known) or (f"did you mean {found[0]!r}?" if found else "")


def refuse_unknown(given: Iterable[str], *takers: Callable[..., Any]) -> None:
    """Refuse with DataError keywords that a verb does not have, all at once, each with the one that may be meant.

    A verb that takes ``**unknown: Never`` for this is as strict for a type checker as one without. The `takers` are the
    verb, and what takes further keywords of it.

    >>> def read(path, *, duplicates="error"): ...
    >>> refuse_unknown(["duplicate"], read)
    Traceback (most recent call last):
    her2stats.errors.DataError: read: there is no keyword 'duplicate' -> did you mean 'duplicates'?
    """
    parameters = [one for taker in takers for one in inspect.signature(taker).parameters.values()]
    known = [one.name for one in parameters if one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD)]
    found = ProblemList()
    for name in (name for name in given if name not in known):
        remedy = near(name, known) or f"the keywords are {', '.join(known)}"
        found.add(DataError, f"there is no keyword {name!r}", where=takers[0].__name__, remedy=remedy)
    found.raise_if_any()
