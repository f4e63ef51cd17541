"""Columns that seem to tell of a receptor and that nothing is read from: nobody is to miss them unawares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from her2stats.reading.clinical.population import HER2_VARIABLES
from her2stats.study.proposing.recognition import Recognised, is_said, lacking, named_like, unused_columns
from her2stats.vocabulary.words import plain_name

RECEPTORS = ("hr", "er", "pgr", *HER2_VARIABLES)
TELLING = {
    "er": r"\b(er|r[eo]|o?estrogen receptor)\b|(recep?t|rezeptor).*strogen|strogen ?rezeptor",
    "pgr": r"\b(pg?r|rp|progesterone receptor)\b|(recep?t|rezeptor).*progest|progesteron ?rezeptor",
    "her2": r"\b(her2|erbb2)\b",
}
MEASURED = re.compile(r"log2|tpm|fpkm|rsem|gsva|module|z ?score")  # the gene, not the stain


def dropped(columns: Mapping[str, list[str]], sample: str, found: Iterable[Recognised]) -> dict[str, str]:
    """Columns that seem to tell of a receptor and that nothing is read from, each with the variable that lacks.

    >>> dropped({"id": ["a", "b"], "ER Allred": ["8", "2"]}, "id", [])
    {'ER Allred': 'er'}
    """
    found = list(found)
    open_ = unused_columns(columns, sample, found)
    told: dict[str, str] = {}
    for variable in lacking(found):
        pattern = TELLING["her2" if variable in HER2_VARIABLES else variable]
        for column in (one for one in open_ if re.search(pattern, plain_name(one)) and is_said(columns[one])):
            if MEASURED.search(plain_name(column)):
                continue
            told.setdefault(column, "HER2" if variable in HER2_VARIABLES else variable)
    for column, why in open_.items():
        like = [one for one in RECEPTORS if named_like(one, {column: []}, least=0.0)]
        if like and why.endswith("its words are not understood"):
            told.setdefault(column, like[0])
    return told
