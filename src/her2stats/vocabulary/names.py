"""Words for people: what the machine name of a stratum, variable or term is called where it is printed."""

from __future__ import annotations

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


def term_label(variable: str, level: str = "", variable_2: str = "", level_2: str = "") -> str:
    """Name a model term from its parts: products with a multiplication sign, factor levels in words.

    Examples
    --------
    >>> term_label("ERBB2", "", "hr", "positive"), term_label("hr", "", "her2_ihc"), term_label("hr")
    ('ERBB2 × HR-positive', 'HR × HER2 IHC', 'HR')
    """
    parts = [(variable, level), (variable_2, level_2)]
    return " × ".join(
        level_label(name, of) if of else _SHORT.get(name, variable_label(name)) for name, of in parts if name
    )


def sentence_case(text: str) -> str:
    """Put a capital at the beginning and leave the rest (HER2, CD8) alone."""
    return text[:1].upper() + text[1:]
