"""The tissue of samples, where a column of a clinical table tells it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from her2stats.errors import ProblemList, SampleError
from her2stats.reading.clinical.ids import KNOWN, any_of, names
from her2stats.reading.formats.text import TextTable
from her2stats.vocabulary.words import MISSING, fold, quoted

_LIKE = KNOWN["tissue"]
TUMOUR, PLAIN = any_of(_LIKE["tumour"]), any_of([*_LIKE["plain"], *_LIKE["lines"]])
NO_TUMOUR = any_of([*_LIKE["normal"], *_LIKE["model"], *_LIKE["lines"]])  # of a patient, not even where all are
NO_PRIMARY = any_of([NO_TUMOUR.pattern, *_LIKE["other"]])
HUMAN = any_of(_LIKE["human"])
NO_EVENT = re.compile(r"no (?!tumoral)")  # "no tumor" beside "with tumor": of what followed
SHOWN = 8


def check_tissue(table: TextTable, where: Collection[str], name: str, found: ProblemList) -> None:
    """Refuse normal tissue, models, and metastases among others, where a column tells and `where` says nothing."""
    for place, column in enumerate(table.header):
        words = Counter(row[place] for row in table.rows)
        species = names("species", column)
        odd = _odd({word: fold(word) for word in words}, column)
        if column in where or not odd or (len(words) == 1 and not species and not NO_TUMOUR.search(fold(*odd))):
            continue
        listed = ", ".join(f"{word!r} {words[word]}" for word in odd)
        blank = not species and not names("tissue", column)  # remarks stand beside few samples
        rest = [word for word in sorted(words) if word not in odd and (word or blank)][:SHOWN]
        said = f"say where = {{ {quoted(column)} = [{', '.join(map(quoted, rest or odd[:SHOWN]))}] }}"
        remedy = f"{said}, or list all to keep all" if rest else f"only to keep what is no tumour of a patient, {said}"
        what = f"more than primary tumours{' of humans' if species else ''}"
        found.add(SampleError, f"holds {what}: {listed}", where=name, column=column, remedy=remedy)


def _odd(folded: dict[str, str], column: str) -> list[str]:
    """Words that are no primary tumour: by the name of their column, by the words beside them, or by themselves."""
    if names("species", column):
        return sorted(word for word in folded if folded[word] not in MISSING and not HUMAN.fullmatch(folded[word]))
    if names("tissue", column):
        return sorted(word for word in folded if NO_PRIMARY.search(folded[word]))
    odd = sorted(word for word in folded if NO_PRIMARY.search(folded[word]) and not folded[word].isdigit())
    others = [folded[word] for word in folded if word not in odd and folded[word] not in MISSING]
    if others and all(word.startswith("prim") for word in others):
        return odd
    normal = [word for word in odd if NO_TUMOUR.search(folded[word])]
    if others and all(map(TUMOUR.search, others)) and not any(map(NO_EVENT.match, map(fold, normal))):
        return normal if normal == odd else []
    return [word for word in normal if PLAIN.search(folded[word])]
