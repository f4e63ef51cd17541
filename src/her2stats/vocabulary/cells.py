"""What the cells of a clinical column mean: words, codes that mean one thing only, and several tests in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from her2stats.vocabulary.entry import Variable
from her2stats.vocabulary.percentages import POSITIVE_FROM, percentage
from her2stats.vocabulary.variables import BY_NAME
from her2stats.vocabulary.words import BESIDE_LEVEL, ISH, MISSING, SIGNED, YES_NO, fold

HER2_TESTS = ("her2_ihc", "her2_fish", "her2_status")
RESTATED = (
    ("0", "negative"),
    ("1+", "negative"),
    ("3+", "positive"),
)  # "negative (1+)": no second test, the level alone
HER2_LEVELS = ("her2_ihc", "her2_group")  # their words may divide IHC 0
OF_ZERO = {word: value for word, value in BY_NAME["her2_zero"].words.items() if value}
LOW = {word: value for word, value in BY_NAME["her2_group"].words.items() if BY_NAME["her2_ihc"].words.get(word) == ""}
FAINT = 10.0  # percent of cells: ultralow up to there, 1+ beyond (ASCO/CAP 2023); 1+ of just 10 % is left at its word
_EXACT = re.compile(r"(\d+(?:[.,]\d+)?) ?%")
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
# What is written before a level of IHC: "HER2-Score 1+"; and pluses that say a digit again, "2 (++)"
_BEFORE_LEVEL = re.compile(r"^(?:(?:her-?2(?:[ /-]?neu)?|dako|ih[cq]|score)[\s:=-]+)+(?=[0-3](?!\d))")
_PLUSES = re.compile(r"([1-3])\+? \((\+{1,3})\)")
# A heading that names the other side, too, or one choice of several (er___2 of REDCap): a 1 under "pCR/RD" or "ER
# negative" may stand for either.
_OTHER_SIDE = re.compile(r".*(?<![a-z])(neg(ati[vf][oae]?)?|nicht|kein|non?|not|rd|residual)(?![a-z]).*|.*___\w+")
_BETWEEN = re.compile(
    r"\s*(?:[()\[\];|/:]|,(?!\d)|(?<![<>])=)+\s*"  # brackets and signs, no decimal comma and no ">="
    r"|\s+-\s+|(?<=^\d)\s+(?=[a-z]{3})|(?<=\d)\.\s+|(?<=%)\s+|(?<![<>=≤≥])\s+(?=[<>≤≥]?=?\s?\d+\s?%)"
    rf"|\s+(?=(?:{'|'.join(ISH)})\b)|(?<=\d\+)\s+(?=[a-z]{{3}})"
)


def meanings(
    entry: Variable, words: Iterable[str], own: Mapping[str, str] | None = None, heading: str = ""
) -> dict[str, str]:
    """Tell what the words of a whole column mean, each by its folded form; one that is not there has to be asked.

    Built-in meanings of codes are used where every number of the column is one of the variable's own codes, and no
    other coding has the same numbers: 1 and 2 for a receptor, a 1 alone, and 1 to 3 without a 0 for IHC, may mean
    anything. What the user has said (`own`: folded word -> folded value) is not judged, and not among the answers.

    >>> meanings(BY_NAME["er"], ["0", "1"]), meanings(BY_NAME["er"], ["1", "2"])
    ({'0': 'negative', '1': 'positive'}, {})
    >>> meanings(BY_NAME["her2_ihc"], ["2+ (FISH neg)"])
    {'2+ (fish neg)': '2+'}
    """
    own, folded = own or {}, {fold(word) for word in words}
    asked = _of_two_meanings(entry, folded, own, heading)
    found = {}
    for word in sorted(folded - asked - set(own)):
        value = entry.words.get(word, parts(entry, word).get(entry.name))
        if word == "-" and "+" in folded - asked and "positive" in entry.words.values():
            value = "negative"  # beside a plus, a dash is a minus; alone it may stand for anything
        if value is not None:
            found[word] = value
    return found


def _of_two_meanings(entry: Variable, folded: set[str], own: Mapping[str, str], heading: str) -> set[str]:
    """Words with a built-in meaning that may be another one in this column."""
    codes = {word for word in entry.words if word.isdigit()}
    asked: set[str] = set()
    if "++" in entry.words and not {"++", "+++"} & folded:
        asked.add("+")  # positive, or 1+
    if entry.name in HER2_LEVELS and not any("her2_zero" in parts(entry, word) for word in folded - {"null"}):
        asked.add("null")  # no staining where other words divide IHC 0, too; else a database's word for missing
    if not codes:
        return asked
    numbers = {word for word in folded if _NUMBER.fullmatch(word) and own.get(word, word) not in MISSING}
    open_ = numbers - set(own)
    graded = any("+" in word for word in folded & set(entry.words))
    binary = len(entry.levels) > 2 and open_ == {"0", "1"} and not graded  # two levels, or no and yes
    worded = any(entry.words.get(word) for word in folded - codes)  # beside words a 1 is one of 0 and 1
    unanchored = "0" in codes and bool(open_) and "0" not in numbers and (len(codes) > 2 or not worded)
    if numbers - codes or binary or unanchored:
        asked |= open_
    if _OTHER_SIDE.fullmatch(heading.casefold()):
        asked |= open_ | set(YES_NO)
    return asked


def parts(entry: Variable, word: str) -> dict[str, str]:
    """Take a cell apart that says several things: "2+ (FISH neg)", "1 - positivo", "positivo (>=1%)".

    It gives values of this variable and of other HER2 tests; nothing where any part is not understood or two parts do
    not agree.

    >>> parts(BY_NAME["her2_ihc"], "2+/FISH-"), parts(BY_NAME["her2_ihc"], "1+/2+")
    ({'her2_ihc': '2+', 'her2_fish': 'negative'}, {})
    >>> parts(BY_NAME["er"], "2 - negative")
    {'er': 'negative'}
    """
    text = re.sub(rf"\b({'|'.join(ISH)}|ihc|score)\s*[:=]\s*", r"\1 ", re.sub(r"(?<=\d) \+", "+", fold(word)))
    if entry.name == "her2_ihc" and text not in OF_ZERO:
        text = _PLUSES.sub(lambda said: f"{said[1]}+" if len(said[2]) == int(said[1]) else said[0], text)
        text = _BEFORE_LEVEL.sub("score ", text)
    pieces = [piece for piece in _BETWEEN.split(text) if piece]
    if entry.name == "her2_ihc" and text in LOW:
        return {"her2_group": LOW[text]}
    if entry.name in HER2_LEVELS and text in OF_ZERO:
        pieces = [text]
    elif entry.is_number or entry.open_words or not pieces or (len(pieces) == 1 and text == fold(word)):
        return {}
    if pieces[0].isdigit() and re.search(r"[a-z]{2}", " ".join(pieces[1:])):
        labelled = _agreed(entry, pieces[1:])  # "2 - negative": the label of a code says what the code means
        if entry.name in labelled:
            return labelled
    return _agreed(entry, pieces)


def _agreed(entry: Variable, pieces: Iterable[str]) -> dict[str, str]:
    """What parts of a cell say together."""
    found: dict[str, str] = {}
    shares = []
    for piece in pieces:
        if entry.name == "her2_ihc" and (exact := _EXACT.fullmatch(piece)):
            shares.append(float(exact[1].replace(",", ".")))
            continue
        variable, value = _piece(entry, piece)
        if not value or found.setdefault(variable, value) != value:
            return {}
        divides = entry.name in HER2_LEVELS and piece in OF_ZERO
        if divides and found.setdefault("her2_zero", OF_ZERO[piece]) != OF_ZERO[piece]:
            return {}
    if (found.get("her2_ihc"), found.get("her2_status")) in RESTATED:
        del found["her2_status"]
    return found if entry.name in found and all(_stains(found, share) for share in shares) else {}


def _stains(found: dict[str, str], share: float) -> bool:
    """Whether a level of IHC goes with a percentage of stained cells, which divides a zero."""
    if found.get("her2_ihc") != "0":
        return 100 >= share >= (FAINT if found.get("her2_ihc") == "1+" else 0.1)
    part = "ultralow" if share else "null"
    return share <= FAINT and found.setdefault("her2_zero", part) == part


def _piece(entry: Variable, piece: str) -> tuple[str, str]:
    """What one part of a cell says, and of which variable; no value where it is not understood."""
    share = percentage(piece) if entry.percentages and "%" in piece else None
    if share is not None:
        return entry.name, "positive" if share >= POSITIVE_FROM else "negative"
    if entry.name == "her2_ihc" and piece in BESIDE_LEVEL:
        return entry.name, BESIDE_LEVEL[piece]
    if piece.isdigit() and piece != "0":
        return entry.name, ""  # a code is judged by its column
    if entry.words.get(piece) or entry.name not in (*HER2_TESTS, "her2_group"):
        return entry.name, entry.words.get(piece, "")
    if entry.name == "her2_ihc" and piece in LOW:
        return "her2_group", LOW[piece]
    for other in HER2_TESTS:
        unsaid = other == "her2_fish" and piece in SIGNED  # of which test?
        if piece != "0" and not unsaid and piece in BY_NAME[other].words:
            return other, BY_NAME[other].words[piece]
    return entry.name, ""
