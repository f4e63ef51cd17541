"""Words for people: what the machine name of a stratum, variable or term is called where it is printed."""

from __future__ import annotations

import re

from her2stats.vocabulary.variables import BY_NAME

LEVEL_FOLLOWS = "="  # in the name of a stratum, "<by>=<level>": no variable that divides samples may hold it

# What tables and figures print beside the clinical variables: scores, and variables of published papers.
_OTHERS = {
    "chemotherapy": "Chemotherapy",
    "her2": "HER2 score",
    "nodes": "Nodal status",
    "til": "Total TIL",
    "total_til": "Total TIL",
}


def variable_label(name: str) -> str:
    """Name a variable as a table prints it; what is not in the vocabulary stays as the user wrote it."""
    return BY_NAME[name].label if name in BY_NAME else _OTHERS.get(name, name)


def known_label(name: str) -> str:
    """Say that a variable is known, as the flow of tumours counts it."""
    return f"{variable_label(name)} known"


def stratum_of(variable: str, level: object) -> str:
    """Name of the stratum of one level, as it stands in tables and as `stratum_label` takes it apart."""
    return f"{variable}{LEVEL_FOLLOWS}{level}"


def stratum_label(stratum: str) -> str:
    """Name a stratum ("all" or "<by>=<level>") as a table prints it."""
    if stratum in ("all", ""):
        return "All tumours"
    name, _, level = stratum.partition(LEVEL_FOLLOWS)
    if not level:
        return stratum
    return level_label(name, level)


def model_label(model: str) -> str:
    """Name a model ("unadjusted", "adjusted for <covariates>") as a table prints it; other names that hold it stay."""
    return re.sub(r"(?<!\w)size_cm(?!\w)", "size", model)


def level_label(name: str, level: str) -> str:
    """Name one level of a factor.

    >>> level_label("hr", "negative"), level_label("grade", "III"), level_label("site", "Milan")
    ('HR-negative', 'Grade III', 'site: Milan')
    """
    if name in BY_NAME:
        return BY_NAME[name].level_form.format(short=BY_NAME[name].short, level=level)
    return f"{_OTHERS[name]} {level}" if name in _OTHERS else f"{name}: {level}"


def term_label(variable: str, level: str = "", variable_2: str = "", level_2: str = "") -> str:
    """Name a model term from its parts: products with a multiplication sign, factor levels in words."""
    words = []
    for name, of in ((variable, level), (variable_2, level_2)):
        plain = BY_NAME[name].short if name in BY_NAME else variable_label(name)
        words += [level_label(name, of) if of else plain] if name else []
    return " × ".join(words)


def sentence_case(text: str) -> str:
    """Put a capital at the beginning and leave the rest (HER2, CD8) alone."""
    return text[:1].upper() + text[1:]
