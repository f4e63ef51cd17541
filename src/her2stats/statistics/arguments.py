"""Arguments of the verbs, checked together: a person hears of every wrong one at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, get_args

from her2stats.errors import DataError, Problem, ProblemList, near
from her2stats.vocabulary.names import LEVEL_FOLLOWS

Names = str | Iterable[str]
NEAREST = 1e-9  # of a confidence level to 0 and 1: digits of 1 - level are left


def as_names(names: Names | None) -> tuple[str, ...]:
    """One name or many as a tuple. Raises DataError for what is neither text nor a collection.

    >>> as_names("age"), as_names(["age", "grade"]), as_names(None)
    (('age',), ('age', 'grade'), ())
    """
    if names is None or (isinstance(names, str) and not names):
        return ()
    if not isinstance(names, Iterable):
        raise DataError(Problem(f"{names!r} is not a name of a column", remedy="give a name, or several in a list"))
    return (names,) if isinstance(names, str) else tuple(names)


def check_choice(problems: ProblemList, argument: str, value: object, choices: Any) -> None:
    """Note a problem when a word is not among the members of a ``Literal`` type, or among the keys of a registry."""
    words = get_args(choices) or tuple(choices)
    if value not in words:
        problems.add(DataError, f"{argument}={value!r} is not a choice", remedy=remedy_for(value, words))


def remedy_for(value: object, words: Iterable[str]) -> str:
    """Say what can be chosen, the nearest word first.

    >>> remedy_for("walt", ("wald", "profile"))
    "did you mean 'wald'? use one of 'wald', 'profile'"
    """
    choices = "use one of " + ", ".join(repr(word) for word in words)
    return " ".join(part for part in (near(value, words), choices) if part)


def check_level(problems: ProblemList, conf_level: float) -> None:
    """Note a problem when a confidence level is not between 0 and 1, or so near that no interval has its width."""
    if not (isinstance(conf_level, Real) and 0 < conf_level < 1):
        problems.add(DataError, f"conf_level={conf_level!r} is not between 0 and 1", remedy="0.95 is usual")
    elif not NEAREST <= conf_level <= 1 - NEAREST:
        problems.add(DataError, f"conf_level={conf_level!r} is too near to 0 or 1", remedy="0.95 is usual")


def check_strata(problems: ProblemList, by: object) -> None:
    """Note a problem when strata are asked of anything but one column, or of one whose name a stratum's would hide."""
    if not isinstance(by, str):
        remedy = "give the name of one column, such as one that joins the groups of several"
        problems.add(DataError, f"by={by!r} is not the name of one column", remedy=remedy)
    elif LEVEL_FOLLOWS in by:
        what = f"column '{by}' divides samples into strata, and '{LEVEL_FOLLOWS}' ends a column's name there"
        problems.add(DataError, what, remedy=f"rename the column, without '{LEVEL_FOLLOWS}'")


def check_names(problems: ProblemList, argument: str, names: Sequence[str], *, required: bool = True) -> None:
    """Note a problem when no name is given where one is needed, or one is given twice."""
    if required and not names:
        problems.add(DataError, f"{argument} names no variable", remedy="name at least one column")
    for name in names:
        if not isinstance(name, str):
            problems.add(DataError, f"{argument} names {name!r}, which is no text", remedy="rename the column")
    for name in dict.fromkeys(name for name in names if list(names).count(name) > 1):
        problems.add(DataError, f"{argument} names '{name}' twice", remedy="name each column once")


def check_permutations(problems: ProblemList, alpha: float, permutations: int, seed: int) -> None:
    """Note a problem when so many permutations cannot tell a p-value below alpha, or a seed starts nothing."""
    if not (isinstance(alpha, int | float) and 0 < alpha < 1):
        problems.add(DataError, f"alpha={alpha!r} is not between 0 and 1", remedy="0.05 is usual")
    elif not (isinstance(permutations, int) and permutations > 1 / alpha):
        what = f"permutations={permutations!r}: no p-value of so many can be below alpha = {alpha:g}"
        problems.add(DataError, what, remedy="thousands are usual")
    if not (isinstance(seed, int) and seed >= 0):
        problems.add(DataError, f"seed={seed!r} is not a whole number from 0", remedy="1 will do")


def percent(conf_level: float) -> str:
    """Confidence level as it is written in the `method` column.

    >>> percent(0.95), percent(0.995)
    ('95%', '99.5%')
    """
    return f"{100 * conf_level:.10g}%"
