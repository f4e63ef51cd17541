"""Words that look the same and are not: another normal form, a letter of another alphabet, a sign without a shape."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_SHAPES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲ" + "‐‑‒–—−",  # Cyrillic, Greek, dashes
    "ABESIJKMHOPCTYXaesijopcyxdh" + "ABEZHIKMNOPTYXoc" + "------",
)


def shape(word: str) -> str:
    """What a word looks like, in Latin letters.

    >>> shape("ТСGА\N{EN DASH}1") == "TCGA-1"
    True
    """
    seen = unicodedata.normalize("NFKC", word).translate(_SHAPES)
    return "".join(sign for sign in seen if unicodedata.category(sign) != "Cf")


def look_alike(word: str, choices: Iterable[str]) -> str:
    """Name a choice that looks like a word and is another, and where they differ; empty text where there is none.

    >>> look_alike("АB", ["AB"])
    "'AB' looks the same: it has U+0041 LATIN CAPITAL LETTER A for U+0410 CYRILLIC CAPITAL LETTER A"
    """
    seen = shape(word)
    other = next((one for one in choices if one != word and shape(one) == seen), None)
    if other is None:
        return ""
    differ = (place for place, pair in enumerate(zip(word, other, strict=False)) if len(set(pair)) > 1)
    place = next(differ, min(len(word), len(other)))
    return f"{other!r} looks the same: it has {_named(other[place:])} for {_named(word[place:])}"


def file_that_looks_like(path: Path) -> str:
    """As `look_alike`, among the files that lie where a path leads."""
    with contextlib.suppress(OSError, ValueError):
        return look_alike(path.name, sorted(os.listdir(path.parent)))
    return ""


def _named(signs: str) -> str:
    """The first sign, with what stands upon it."""
    marks = next((place for place, sign in enumerate(signs[1:], 1) if not unicodedata.combining(sign)), len(signs))
    names = (f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name')}" for sign in signs[:marks])
    return " with ".join(names) or "nothing"
