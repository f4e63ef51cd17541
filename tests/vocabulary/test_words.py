"""Words of clinical tables, English and Italian."""

from __future__ import annotations

import pytest

from her2stats.errors import ProblemList
from her2stats.reading.clinical.columns import RawColumn, read_words

UNKNOWN = object()


def meaning(variable: str, word: str, *others: str) -> object:
    found = ProblemList()
    words = [word, *others]
    raw = RawColumn(variable, "c", words, [str(i) for i in range(len(words))], [0] * len(words), "f", {})
    value = read_words(raw, found)[0].iloc[0]
    if found:
        return UNKNOWN
    return None if value != value else value


@pytest.mark.parametrize(
    ("variable", "word", "meant"),
    [
        ("er", "Positive", "positive"),
        ("er", " POS ", "positive"),
        ("er", "+", "positive"),
        ("er", "1", UNKNOWN),
        ("er", "1.0", UNKNOWN),
        ("er", "ER+", "positive"),
        ("er", "positivo", "positive"),
        ("er", "Positiva", "positive"),
        ("er", "negativo", "negative"),
        ("er", "neg.", "negative"),
        ("er", "0", "negative"),
        ("er", "false", "negative"),
        ("er", "Indeterminate", None),
        ("er", "[Not Evaluated]", None),
        ("er", "non valutabile", None),
        ("er", "", None),
        ("er", "NA", None),
        ("er", "90%", UNKNOWN),
        ("er", "-", UNKNOWN),
        ("er", "2", UNKNOWN),
        ("pgr", "PR-negative", "negative"),
        ("hr", "HR pos", "positive"),
        ("her2_status", "Equivocal", None),
        ("her2_status", "non amplificato", "negative"),
        ("her2_status", "HER2+", "positive"),
        ("her2_status", "HER2-low", UNKNOWN),
        ("her2_fish", "Amplified", "positive"),
        ("her2_fish", "not amplified", "negative"),
        ("her2_ihc", "0", "0"),
        ("her2_ihc", "1", UNKNOWN),
        ("her2_ihc", "2+", "2+"),
        ("her2_ihc", "+++", "3+"),
        ("her2_ihc", "Score 1+", "1+"),
        ("her2_ihc", "[Not Available]", None),
        ("her2_ihc", "1+/2+", UNKNOWN),
        ("her2_ihc", "equivocal", UNKNOWN),
        ("her2_ihc", "negative", UNKNOWN),
        ("her2_ihc", "4", UNKNOWN),
        ("her2_group", "HER2=0", "HER2-0"),
        ("her2_group", "HER2low", "HER2-low"),
        ("her2_group", "HER2+", "HER2-positive"),
        ("her2_group", "HER2–low", "HER2-low"),
        ("her2_group", "ultralow", "HER2-0"),
        ("grade", "G2", "II"),
        ("grade", "2", "II"),
        ("grade", "II", "II"),
        ("grade", "Grade 3", "III"),
        ("grade", "grado 1", "I"),
        ("grade", "GX", None),
        ("grade", "G1-2", UNKNOWN),
        ("grade", "4", UNKNOWN),
        ("pcr", "pCR", "1"),
        ("pcr", "RD", "0"),
        ("pcr", "sì", "1"),
        ("pcr", "risposta completa", "1"),
        ("pcr", "partial", UNKNOWN),
        ("pam50", "Luminal A", "LumA"),
        ("pam50", "HER2-enriched", "Her2"),
        ("pam50", "claudin-low", "claudin-low"),
    ],
)
def test_words(variable, word, meant):
    assert meaning(variable, word) is meant or meaning(variable, word) == meant


def test_a_dash_is_a_minus_only_beside_a_plus():
    assert meaning("er", "-", "+") == "negative"
    assert meaning("er", "-", "positive") is UNKNOWN
