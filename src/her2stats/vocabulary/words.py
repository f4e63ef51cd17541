"""The words of clinical tables, English and Italian, and what they mean in the controlled vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping

from her2stats.vocabulary.variables import GRADES, HER2_GROUPS

# Texts that say nothing is known. Brackets are taken off before: "[Not Available]" of TCGA is "not available".
MISSING = frozenset(
    [
        *("", "na", "n/a", "n.a.", "nan", "none", "null", "nd", "n.d.", "nr.", ".", "?", "#n/a", "<na>", "nat"),
        *("not available", "not evaluated", "not evaluable", "not done", "not performed", "not tested", "not reported"),
        *("not applicable", "not known", "unknown", "unk", "missing", "unspecified", "discrepancy", "not assessed"),
        *("indeterminate", "equivocal", "equivoco", "equivoca", "undetermined", "borderline", "inconclusive"),
        *("non disponibile", "non noto", "non nota", "non valutabile", "non valutato", "non eseguito", "non eseguita"),
        *("non valutata", "non determinato", "non determinata", "indeterminato", "indeterminata", "dubbio", "dubbia"),
        *("sconosciuto", "sconosciuta", "mancante", "ignoto", "ignota"),
    ]
)

_POSITIVE = ("positive", "pos", "pos.", "+", "1", "yes", "true", "positivo", "positiva", "positivi", "si", "sì")
_NEGATIVE = ("negative", "neg", "neg.", "0", "no", "false", "negativo", "negativa", "negativi")


def _receptor(*names: str) -> dict[str, str]:
    words = {**dict.fromkeys(_POSITIVE, "positive"), **dict.fromkeys(_NEGATIVE, "negative")}
    for name in names:
        for join in ("", " ", "-"):
            words |= {f"{name}{join}{word}": "positive" for word in ("positive", "pos", "positivo")}
            words |= {f"{name}{join}{word}": "negative" for word in ("negative", "neg", "negativo")}
        words |= {f"{name}+": "positive", f"{name}-": "negative"}
    return words


_AMPLIFIED = {
    **dict.fromkeys(("amplified", "amplificato", "amplificata", "amp", "amplification"), "positive"),
    **dict.fromkeys(
        ("not amplified", "non-amplified", "non amplified", "unamplified", "non amplificato", "non amplificata"),
        "negative",
    ),
}
_IHC = {
    **dict.fromkeys(("0", "ihc 0", "score 0", "ihc0"), "0"),
    **{form.format(n): f"{n}+" for n in (1, 2, 3) for form in ("{}", "{}+", "ihc {}+", "ihc {}", "score {}+", "+{}")},
    **{"+" * n: f"{n}+" for n in (1, 2, 3)},
}
_GROUP_ZERO = (
    "her2-0",
    "her2 0",
    "her2=0",
    "her2:0",
    "her2_0",
    "her20",
    "her2-zero",
    "her2 zero",
    "her2zero",
    "zero",
    "0",
)
_GROUP_LOW = ("her2-low", "her2 low", "her2low", "her2=low", "her2_low", "low", "her2 basso", "basso")
_GROUP_POSITIVE = ("her2-positive", "her2 positive", "her2positive", "her2+", "her2 pos", "positive", "positivo", "3+")
_ROMAN = dict(zip(("i", "ii", "iii"), GRADES, strict=True))
_GRADE = {
    f"{prefix}{join}{number}": _ROMAN[roman]
    for prefix in ("", "g", "grade", "grado", "nhg", "grading", "sbr")
    for join in ("", " ", "-")
    for roman, arabic in zip(_ROMAN, "123", strict=True)
    for number in (roman, arabic)
    if prefix or not join
} | {
    **dict.fromkeys(("well differentiated", "ben differenziato"), "I"),
    **dict.fromkeys(("moderately differentiated", "moderatamente differenziato"), "II"),
    **dict.fromkeys(("poorly differentiated", "scarsamente differenziato"), "III"),
}
_RESPONSE = {
    **dict.fromkeys(
        ("1", "yes", "true", "si", "sì", "pcr", "cr", "complete", "complete response", "risposta completa", "pcr+"), "1"
    ),
    **dict.fromkeys(
        (
            "0",
            "no",
            "false",
            "non-pcr",
            "non pcr",
            "no pcr",
            "npcr",
            "rd",
            "residual disease",
            "no cr",
            "non-cr",
            "pcr-",
        ),
        "0",
    ),
}
_PAM50 = {
    **dict.fromkeys(("luma", "luminal a", "luminala", "lum a"), "LumA"),
    **dict.fromkeys(("lumb", "luminal b", "luminalb", "lum b"), "LumB"),
    **dict.fromkeys(("her2", "her2-enriched", "her2 enriched", "her2e", "her2-e"), "Her2"),
    **dict.fromkeys(("basal", "basal-like", "basal like", "basallike"), "Basal"),
    **dict.fromkeys(("normal", "normal-like", "normal like", "normallike"), "Normal"),
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "hr": _receptor("hr", "hormone receptor"),
    "er": _receptor("er"),
    "pgr": _receptor("pgr", "pr"),
    "her2_status": _receptor("her2", "her2/neu", "erbb2") | _AMPLIFIED,
    "her2_fish": _receptor("fish", "ish") | _AMPLIFIED,
    "her2_amplified": _receptor() | _AMPLIFIED,
    "her2_ihc": _IHC,
    "her2_group": {
        **dict.fromkeys(_GROUP_ZERO, HER2_GROUPS[0]),
        **dict.fromkeys(_GROUP_LOW, HER2_GROUPS[1]),
        **dict.fromkeys(_GROUP_POSITIVE, "HER2-positive"),
    },
    "grade": {**_GRADE, "gx": "", "x": "", "grade x": ""},
    "pcr": _RESPONSE,
    "complete_response": _RESPONSE,
    "pam50": _PAM50,
}
# IHC "equivocal" means 2+ by the guidelines, and is written for a repeat just as well: the user has to say.
KNOWN_ONLY_WITH_CARE: Mapping[str, frozenset[str]] = {
    "her2_ihc": frozenset({"equivocal", "equivoco", "equivoca", "borderline", "dubbio", "dubbia"})
}
OPEN_WORDS = frozenset({"pam50"})  # further words are kept: nothing is computed from them
NUMBERS = ("age", "size_cm", "size_mm")
VARIABLES = (*WORDS, *NUMBERS)


def fold(word: object) -> str:
    """Bring a word to the form in which the vocabulary knows it.

    Examples
    --------
    >>> fold("[Not  Available]"), fold(" 1.0"), fold("HER2–Low")
    ('not available', '1', 'her2-low')
    """
    text = re.sub(r"\s+", " ", str(word).replace("−", "-").replace("–", "-")).strip().casefold()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    return text


def accepted(variable: str) -> list[str]:
    """Values of the controlled vocabulary that a word may be mapped to."""
    return list(dict.fromkeys(value for value in WORDS[variable].values() if value))
