"""Words for people: what the machine name of a stratum, variable or term is called where it is printed."""

from __future__ import annotations

import re

from her2stats.vocabulary.variables import BY_NAME, HER2_GROUPS

# What tables and figures print beside the clinical variables: scores, and variables of published papers.
_OTHERS = {
    "chemotherapy": "Chemotherapy",
    "her2": "HER2 score",
    "nodes": "Nodal status",
    "til": "Total TIL",
    "total_til": "Total TIL",
}
_LEVEL = re.compile(r"^(?P<name>.+?)\[(?P<level>.+)\]$")


def variable_label(name: str) -> str:
    """Name a variable as a table prints it; what is not in the vocabulary stays as the user wrote it.

    Examples
    --------
    >>> variable_label("her2_ihc"), variable_label("T cells CD8")
    ('HER2 IHC', 'T cells CD8')
    """
    return BY_NAME[name].label if name in BY_NAME else _OTHERS.get(name, name)


def stratum_label(stratum: str) -> str:
    """Name a stratum ("all" or "<by>=<level>") as a table prints it.

    Examples
    --------
    >>> stratum_label("all"), stratum_label("hr=positive"), stratum_label("her2_ihc=1+")
    ('All tumours', 'HR-positive', 'HER2 IHC 1+')
    """
    if stratum in ("all", ""):
        return "All tumours"
    name, _, level = stratum.partition("=")
    if not level:
        return stratum
    return level_label(name, level)


def level_label(name: str, level: str) -> str:
    """Name one level of a factor.

    Examples
    --------
    >>> level_label("hr", "negative"), level_label("grade", "III"), level_label("site", "Milan")
    ('HR-negative', 'Grade III', 'site: Milan')
    """
    if name in BY_NAME:
        return BY_NAME[name].level_form.format(short=BY_NAME[name].short, level=level)
    return f"{_OTHERS[name]} {level}" if name in _OTHERS else f"{name}: {level}"


def split_level(term: str) -> tuple[str, str]:
    """Take "name[level]" apart; the level is empty where the term is a plain variable.

    Examples
    --------
    >>> split_level("her2_group[HER2-low]"), split_level("ERBB2")
    (('her2_group', 'HER2-low'), ('ERBB2', ''))
    """
    found = _LEVEL.match(term)
    return (found["name"], found["level"]) if found else (term, "")


def term_label(term: str) -> str:
    """Name a model term: products with a multiplication sign, factor levels in words.

    Examples
    --------
    >>> term_label("ERBB2:hr[positive]"), term_label("hr:her2_ihc"), term_label("hr")
    ('ERBB2 × HR-positive', 'HR × HER2 IHC', 'HR')
    """
    words = []
    for part in term.split(":"):
        name, level = split_level(part)
        plain = BY_NAME[name].short if name in BY_NAME else variable_label(name)
        words.append(level_label(name, level) if level else plain)
    return " × ".join(words)


def reference_label(group: str) -> str:
    """Name the reference level of a grouping variable where only its result table is at hand."""
    return HER2_GROUPS[0] if group == "her2_group" else "Reference"


def sentence_case(text: str) -> str:
    """Put a capital at the beginning and leave the rest (HER2, CD8) alone."""
    return text[:1].upper() + text[1:]
