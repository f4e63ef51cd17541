"""How HER2 IHC levels are put together into groups: as the paper does, with ultralow and null apart, or otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.notes import Note
from her2stats.vocabulary.variables import BY_NAME, HER2_GROUPS, IHC_LEVELS
from her2stats.vocabulary.words import MISSING, fold

Grouping = Mapping[str, Sequence[str]]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 ()+/_-]{0,39}")  # of a group: a level in tables, a term in models
LOW = IHC_LEVELS[1:]
PAPER: Grouping = {HER2_GROUPS[0]: ("0",), HER2_GROUPS[1]: LOW}
GROUPINGS: Mapping[str, Grouping] = {
    "paper": PAPER,
    "ultralow": {"HER2-null": ("null",), "HER2-ultralow": ("ultralow",), HER2_GROUPS[1]: LOW},
}
# What a level, or one of the paper's groups, may be at its finest
_FINEST = {"0": ("null", "ultralow"), **{level: (level,) for level in ("null", "ultralow", *LOW)}}
_FINEST |= {HER2_GROUPS[0]: _FINEST["0"], HER2_GROUPS[1]: LOW}


def why_no_grouping(grouping: Grouping) -> tuple[str, str] | None:
    """What is wrong with a grouping, and the remedy; None where it can be used."""
    levels = [level for group in grouping.values() for level in group]
    if unknown := sorted(set(levels) - set(_FINEST) | set(levels) & set(HER2_GROUPS)):
        return f"{', '.join(unknown)}: no level of HER2 IHC", f"levels are 0, null, ultralow, {', '.join(LOW)}"
    finest = [part for level in levels for part in _FINEST[level]]
    if twice := sorted({part for part in finest if finest.count(part) > 1}):
        return f"{', '.join(twice)} in two groups", "put each level into one; 0 holds null and ultralow"
    if len(grouping) < 2 or not all(grouping.values()):
        return "fewer than two groups, or one without a level", "give two groups or more; the first is the reference"
    for name, group in grouping.items():
        if not _NAME.fullmatch(name) or name in BY_NAME or fold(name) in MISSING | {"patients"}:
            return f"{name!r} cannot be the name of a group", "give it another, such as HER2-null"
        if set(group) != set(PAPER.get(name, group)):
            return f"{name} is {', '.join(PAPER[name])} everywhere else", "give a group of other levels another name"
    return None


def in_words(grouping: Grouping) -> str:
    """Write a grouping for people: each group with its levels.

    >>> in_words(PAPER)
    'HER2-0 (0), HER2-low (1+, 2+)'
    """
    return ", ".join(f"{name} ({', '.join(levels)})" for name, levels in grouping.items())


def grouped(clinical: pd.DataFrame, grouping: Grouping) -> tuple[pd.DataFrame, list[Note]]:
    """Give tumours the groups of a grouping, as far as what is known of each tells; those of none are counted."""
    if grouping == PAPER or "her2_group" not in clinical:
        return clinical, []
    if taken := [name for name in grouping if name in clinical]:
        raise DataError(Problem(f"{', '.join(taken)}: a group and a variable of one name", remedy="rename one of them"))
    said = clinical["her2_group"].astype(object)
    for finer in ("her2_ihc", "her2_zero"):
        if finer in clinical:
            said = clinical[finer].astype(object).where(clinical[finer].notna(), said)
    parts = {name: {part for level in levels for part in _FINEST[level]} for name, levels in grouping.items()}
    into = {
        word: next((name for name, of in parts.items() if set(finest) <= of), None) for word, finest in _FINEST.items()
    }
    held = set().union(*parts.values())
    notes = []
    for word in (word for word in _FINEST if into[word] is None and (said == word).any()):
        why = "in no group of her2_groups" if not held & set(_FINEST[word]) else "not known in which group"
        label = word if word in HER2_GROUPS else f"HER2 IHC {word}"
        notes.append(Note("population", f"{label}: {why}", int((said == word).sum()), "they stay in, without a group"))
    groups = pd.Categorical(said.map(into), list(grouping))
    counts = ", ".join(f"{name} {int((groups == name).sum())}" for name in grouping)
    notes.append(Note("population", f"HER2 groups are {in_words(grouping)}", int(groups.notna().sum()), counts))
    return clinical.assign(her2_group=groups), notes
