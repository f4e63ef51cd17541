"""The clinical variables, one entry each: reading, `init`, Table 1, questions, figures and docs know no more of them.

The entries stand in ``variables.toml``; here they become what `Variable` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from her2stats.packaged import facts
from her2stats.vocabulary.entry import Cut, Plausible, Role, Variable
from her2stats.vocabulary.words import BETWEEN, ISH, SIGNED, YES_NO, amplification_test, receptor, spelled


def _words_of(entry: dict[str, Any]) -> dict[str, str]:
    """The words of an entry, taken out of it."""
    words = receptor(*names) if (names := entry.pop("receptor", ())) else {}
    if entry.pop("ish", False):  # "FISH: yes" may say that it was done
        words |= {word: value for word, value in amplification_test(*ISH).items() if word not in YES_NO}
    for name in entry.pop("sets", ()):
        words |= SIGNED if name == "signed" else spelled(name)
    for name, value in entry.pop("mapped", {}).items():
        words |= dict.fromkeys(spelled(name), value)
    return words | {word: value for value, some in entry.pop("words", {}).items() for word in some}


def _variable(written: Mapping[str, Any], read: str) -> Variable:
    entry = dict(written)
    words = _words_of(entry)
    entry |= {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
    entry["headings"] = tuple(one.replace("{read}", read) for one in entry.get("headings", ()))
    careful = frozenset(entry.get("careful", ()))
    entry["careful"] = careful - {"between"} | BETWEEN if "between" in careful else careful
    if "cut" in entry:
        entry["cut"] = Cut(**entry["cut"])
    if usual := entry.get("plausible"):
        entry["plausible"] = Plausible(**usual | {"instead": tuple(map(tuple, usual.get("instead", ())))})
    return Variable(**entry, words=words)


_TABLE = facts("her2stats.vocabulary", "variables.toml")

# In the order in which they stand in a clinical table that was read.
VARIABLES = tuple(_variable(entry, _TABLE["read"]) for entry in _TABLE["variable"])
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
