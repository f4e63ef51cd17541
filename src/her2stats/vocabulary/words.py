"""The words of clinical tables, in seven languages, that say the same of several variables, and what is missing."""

from __future__ import annotations

import json
import re
import unicodedata

from her2stats.packaged import facts

_WORDS = facts("her2stats.vocabulary", "words.toml")
BETWEEN = frozenset(_WORDS["between"])
MISSING = BETWEEN.union(_WORDS["missing"])  # texts that say nothing is known


def spelled(variable: str) -> dict[str, str]:
    """Word -> value of what the table of words says of a variable, or of a kind of answer.

    >>> spelled("node")["n0"], spelled("yes_no")["ja"]
    ('negative', 'positive')
    """
    return {word: value for value, words in _WORDS[variable].items() for word in words}


YES_NO, RESULT, AMPLIFIED = (spelled(name) for name in ("yes_no", "result", "amplified"))
SIGNED = RESULT | YES_NO
BESIDE_LEVEL = spelled("beside_level")


def receptor(*names: str) -> dict[str, str]:
    """Words of a receptor or a test that is positive or negative, with its names before them.

    >>> receptor("er")["er+"], receptor("er")["neg"]
    ('positive', 'negative')
    """
    words = dict(SIGNED)
    for name in names:
        for join in ("", " ", "-"):
            words |= {f"{name}{join}{word}": value for word, value in RESULT.items() if word[-1].isalpha()}
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

    >>> fold("[Not  Available]"), fold(" 1.0"), fold("HER2–Low"), fold("Négatif")
    ('not available', '1', 'her2-low', 'negatif')
    """
    text = re.sub(r"\s+", " ", str(word).replace("−", "-").replace("–", "-")).strip().casefold()
    if not text.isascii():  # accents are set, or left out, or written as signs of their own
        text = re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", unicodedata.normalize("NFD", text))
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    return text


def plain_name(column: str) -> str:
    """A column name as the patterns see it.

    >>> plain_name("Et\u00e0 alla diagnosi"), plain_name("HER2 (IHC)"), plain_name("PgR_%")
    ('eta alla diagnosi', 'her2 ihc', 'pgr %')
    """
    letters = unicodedata.normalize("NFKD", column.casefold())
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    plain = re.sub(r"[^a-z0-9%]+", " ", bare.replace("%", " % ")).strip()
    return re.sub(r"\bher ?2 ?neu\b", "her2 neu", re.sub(r"\bher 2\b", "her2", plain))


def quoted(text: str) -> str:
    r"""Write a text as a study file holds it; JSON's rules are valid in TOML, but for DEL, which JSON leaves as it is.

    >>> print(quoted('a "b"'))
    "a \"b\""
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
