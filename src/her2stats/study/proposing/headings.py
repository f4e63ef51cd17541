"""Headings of clinical files as the patterns of the vocabulary see them, and the order in which they are tried."""

from __future__ import annotations

import re
import unicodedata

from her2stats.vocabulary.variables import BY_NAME

PERCENT = re.compile(r".*(%|perc).*")


def _in_order() -> tuple[str, ...]:
    """Variables that have headings, as they are looked for."""
    names = [name for name, entry in BY_NAME.items() if entry.headings and not entry.after]
    for name, entry in BY_NAME.items():
        if entry.headings and entry.after:
            names.insert(names.index(entry.after) + 1, name)
    return tuple(names)


RECOGNISABLE = _in_order()


def plain_name(column: str) -> str:
    """A column name as the patterns see it.

    Examples
    --------
    >>> plain_name("Et\u00e0 alla diagnosi"), plain_name("HER2 (IHC)"), plain_name("PgR_%")
    ('eta alla diagnosi', 'her2 ihc', 'pgr %')
    """
    letters = unicodedata.normalize("NFKD", column.casefold())
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9%]+", " ", bare.replace("%", " % ")).strip()


def tells_percentages(variable: str, column: str) -> bool:
    """Whether a column is named like percentages of stained nuclei of this receptor."""
    name, pattern = plain_name(column), BY_NAME[variable].percentages
    return bool(pattern and PERCENT.fullmatch(name) and re.fullmatch(pattern, name))
