"""Words for people: what the machine name of a stratum, variable or term is called where it is printed."""

from __future__ import annotations

import re

_VARIABLES = {
    "age": "Age, years",
    "age_over_50": "Age > 50 years",
    "chemotherapy": "Chemotherapy",
    "complete_response": "Mid-course complete response",
    "er": "Estrogen receptor",
    "grade": "Grade",
    "grade_iii": "Grade III",
    "her2": "HER2 score",
    "her2_fish": "HER2 FISH",
    "her2_group": "HER2 group",
    "her2_ihc": "HER2 IHC",
    "hr": "Hormone receptor",
    "nodes": "Nodal status",
    "pam50": "PAM50 subtype",
    "pcr": "Pathological complete response",
    "pgr": "Progesterone receptor",
    "size_cm": "Tumour size",
    "size_over_2cm": "Size > 2 cm",
    "til": "Total TIL",
    "total_til": "Total TIL",
}
_SHORT = {"hr": "HR", "her2_ihc": "HER2 IHC", "er": "ER", "pgr": "PgR", "age": "age", "size_cm": "size"}
_REFERENCES = {"her2_group": "HER2-0"}
_LEVEL = re.compile(r"^(?P<name>.+?)\[(?P<level>.+)\]$")


def variable_label(name: str) -> str:
    """Name a variable as a table prints it; what is not in the vocabulary stays as the user wrote it.

    Examples
    --------
    >>> variable_label("her2_ihc"), variable_label("T cells CD8")
    ('HER2 IHC', 'T cells CD8')
    """
    return _VARIABLES.get(name, name)


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
    if name in ("hr", "er", "pgr"):
        return f"{_SHORT[name]}-{level}"
    if name == "her2_group":
        return level
    if name not in _VARIABLES:
        return f"{name}: {level}"
    return f"{_SHORT.get(name, variable_label(name))} {level}"


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
        words.append(level_label(name, level) if level else _SHORT.get(name, variable_label(name)))
    return " × ".join(words)


def reference_label(group: str) -> str:
    """Name the reference level of a grouping variable where only its result table is at hand."""
    return _REFERENCES.get(group, "Reference")


def sentence_case(text: str) -> str:
    """Put a capital at the beginning and leave the rest (HER2, CD8) alone."""
    return text[:1].upper() + text[1:]
