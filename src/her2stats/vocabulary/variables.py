"""The clinical variables, one entry each: reading, `init`, Table 1, questions, figures and docs know no more of them.

The entries stand in ``variables.toml``; here they become what `Variable` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from her2stats.packaged import facts
from her2stats.vocabulary.entry import Cut, Plausible, Role, Variable
from her2stats.vocabulary.words import AMPLIFIED, ISH, RESULT, SIGNED, YES_NO, amplification_test, receptor, spelled

_SETS: Mapping[str, Mapping[str, str]] = {"amplified": AMPLIFIED, "result": RESULT, "signed": SIGNED}
OWN = "own"  # the value of shared words that say different things


def _words(entry: dict[str, Any], shared: Mapping[str, Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    """The words of an entry, taken out of it: those of receptors and tests, of sets, shared ones, and its own."""
    yield receptor(*names) if (names := entry.pop("receptor", ())) else {}
    if entry.pop("ish", False):  # "FISH: yes" may say that it was done
        yield {word: value for word, value in amplification_test(*ISH).items() if word not in YES_NO}
    yield from (_SETS[name] for name in entry.pop("sets", ()))
    for name, value in entry.pop("shared", {}).items():
        yield spelled(shared[name]) if value == OWN else dict.fromkeys(spelled(shared[name]), value)
    yield spelled(entry.pop("words", {}))


def _variables() -> Iterator[Variable]:
    table = facts("her2stats.vocabulary", "variables.toml")
    for written in table["variable"]:
        entry = dict(written)
        words = {word: value for some in _words(entry, table["shared"]) for word, value in some.items()}
        entry |= {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
        entry["headings"] = tuple(one.replace("{read}", table["read"]) for one in entry.get("headings", ()))
        if "careful" in entry:
            entry["careful"] = frozenset(entry["careful"])
        if "cut" in entry:
            entry["cut"] = Cut(**entry["cut"])
        if usual := entry.get("plausible"):
            entry["plausible"] = Plausible(**usual | {"instead": tuple(map(tuple, usual.get("instead", ())))})
        yield Variable(**entry, words=words)


# In the order in which they stand in a clinical table that was read.
VARIABLES = tuple(_variables())
BY_NAME: Mapping[str, Variable] = {variable.name: variable for variable in VARIABLES}
TABLE_ONE = tuple(sorted((variable for variable in VARIABLES if variable.table_one), key=lambda one: one.table_one))
IHC_LEVELS, HER2_GROUPS = BY_NAME["her2_ihc"].levels, BY_NAME["her2_group"].levels
HER2_POSITIVE = BY_NAME["her2_group"].further
GROUP_OF_IHC = dict(zip((*IHC_LEVELS, "3+"), (*HER2_GROUPS, HER2_GROUPS[1], HER2_POSITIVE), strict=True))


def with_role(role: Role) -> tuple[str, ...]:
    """Names of the variables that play a role in the questions by default, in the order of Table 1."""
    return tuple(variable.name for variable in TABLE_ONE if variable.role == role)


def accepted(name: str) -> list[str]:
    """Values that a word of a clinical table may be mapped to.

    >>> accepted("her2_ihc"), accepted("age")
    (['0', '1+', '2+', '3+'], [])
    """
    return list(dict.fromkeys(value for value in BY_NAME[name].words.values() if value))
