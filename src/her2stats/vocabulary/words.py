"""The words of clinical tables, English and Italian, that say the same of several variables, and what is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

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


def spelled(meanings: Mapping[str, str]) -> dict[str, str]:
    """Turn value -> its words, with commas between, into word -> value.

    >>> spelled({"1": "yes, sì"})
    {'yes': '1', 'sì': '1'}
    """
    return {word: value for value, words in meanings.items() for word in words.split(", ")}


YES_NO = spelled({"positive": "yes, true, si, sì", "negative": "no, false"})  # of a test also whether it was done
RESULT = spelled(
    {
        "positive": "positive, pos, pos., +, 1, positivo, positiva, positivi",
        "negative": "negative, neg, neg., 0, negativo, negativa, negativi",
    }
)
SIGNED = RESULT | YES_NO
AMPLIFIED = spelled(
    {
        "positive": "amplified, amplificato, amplificata, amp, amplification",
        "negative": "not amplified, non-amplified, non amplified, unamplified, non amplificato, non amplificata, "
        "not amp, non amp, non-amp",
    }
)


def receptor(*names: str) -> dict[str, str]:
    """Words of a receptor or a test that is positive or negative, with its names before them.

    >>> receptor("er")["er+"], receptor("er")["neg"]
    ('positive', 'negative')
    """
    words = dict(SIGNED)
    for name in names:
        for join in ("", " ", "-"):
            words |= {f"{name}{join}{word}": "positive" for word in ("positive", "pos", "positivo")}
            words |= {f"{name}{join}{word}": "negative" for word in ("negative", "neg", "negativo")}
        words |= {f"{name}+": "positive", f"{name}-": "negative"}
    return words


ISH = ("fish", "ish", "cish", "sish", "dish")


def amplification_test(*names: str) -> dict[str, str]:
    """Words of a test of amplification, with its names before them.

    >>> amplification_test("fish")["fish not amplified"], amplification_test("fish")["fish-"]
    ('negative', 'negative')
    """
    results = {word: value for word, value in (RESULT | AMPLIFIED).items() if word not in ("0", "1")}
    return receptor(*names) | AMPLIFIED | {f"{name} {word}": results[word] for name in names for word in results}


def fold(word: object) -> str:
    """Bring a word to the form in which the vocabulary knows it.

    >>> fold("[Not  Available]"), fold(" 1.0"), fold("HER2–Low")
    ('not available', '1', 'her2-low')
    """
    text = re.sub(r"\s+", " ", str(word).replace("−", "-").replace("–", "-")).strip().casefold()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    return text


def quoted(text: str) -> str:
    r"""Write a text as a study file holds it; JSON's rules are valid in TOML, but for DEL, which JSON leaves as it is.

    >>> print(quoted('a "b"'))
    "a \"b\""
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
