"""Whose a sample is, and when it was taken, where its id tells: "P1_V1", "P001-post", "P1a" and "P1b"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from her2stats.lookalike import shape
from her2stats.packaged import facts
from her2stats.vocabulary.words import fold

_KNOWN = facts("her2stats.reading.clinical", "ids.toml")["visits"]
_MOST = 4  # samples of one patient that letters or digits count; more are wells, centres or numbers of patients


def _any(*kinds: str) -> str:
    return "|".join(f"(?:{like})" for kind in kinds for like in _KNOWN[kind])


_VISIT, _END = (re.compile(_any(*kinds), re.IGNORECASE) for kinds in (("word",), ("word", "end")))
_GLUED = re.compile(rf"(?<=\d)(?:{_any('glued')})$", re.IGNORECASE)
_COUNTED = re.compile(r"(.*\d)(?:[_.: -]+([a-z]|[1-9])|([a-z]))", re.IGNORECASE)
_TIMES = [re.compile(_any(kind)) for kind in ("first", "last")]


def patients_of(samples: Sequence[str]) -> list[str]:
    """Whose the samples are, where ids differ by a visit only, "P1_V1" and "P1_V2"; otherwise the ids as they look.

    Parts of ids are visits where they recur: one patient has two samples, and there are at least as many patients as
    visits, or a few visits of numbered patients. Single letters and digits are where they count the samples of each
    patient from the first one on.
    """
    samples = [shape(sample) for sample in samples]
    parted = [_without_visit(sample) for sample in samples]
    seen = Counter(stem for stem, _ in parted)
    stems = {stem for stem, visit in parted if visit and seen[stem] > 1}
    visits = {fold(visit) for stem, visit in parted if stem in stems and visit}
    few = len(visits) <= _MOST and all(re.search(r"\d", stem) for stem in stems)
    if len({stem for stem, _ in parted}) < len(visits) and not few:
        stems = set()
    owners = [stem if stem in stems else sample for sample, (stem, _) in zip(samples, parted, strict=True)]
    return owners if stems else _counted(samples)


def _counted(samples: list[str]) -> list[str]:
    """Whose the samples are where a last letter or digit counts those of each patient: "P1a", "P1b"; "P1", "P1.1"."""
    found = [_COUNTED.fullmatch(sample) for sample in samples]
    parted = [
        (one[1], fold(one[2] or one[3])) if one else (sample, "") for one, sample in zip(found, samples, strict=True)
    ]
    groups = defaultdict(list)
    for stem, last in parted:
        groups[stem].append(last)
    several = [sorted(lasts) for lasts in groups.values() if len(lasts) > 1]
    if len(groups) < max(map(len, several), default=0) or not all(map(_counts, several)):
        return samples
    return [stem if len(groups[stem]) > 1 else sample for sample, (stem, _) in zip(samples, parted, strict=True)]


def _counts(lasts: list[str]) -> bool:
    """Whether they are 1, 2, 3 or a, b, c, the first of them perhaps unsaid; and few."""
    bare = lasts[0] == ""
    starts = ("1", "a", "2", "b") if bare else ("1", "a")
    rows = ([chr(ord(start) + place) for place in range(len(lasts) - bare)] for start in starts)
    return len(lasts) <= _MOST and lasts[bare:] in rows


def _without_visit(sample: str) -> tuple[str, str]:
    """An id without the part that is a visit, and that part; empty where there is none."""
    parts = re.split(r"[_.:/|()\[\] -]+", sample.strip(" ()[]"))
    for size in (2, 1):  # "on-treatment" is two
        for place in range(len(parts) - size, -1, -1):
            word = " ".join(parts[place : place + size])
            last = place + size == len(parts)
            if size < len(parts) and (_END if last else _VISIT).fullmatch(fold(word)):
                return "-".join(parts[:place] + parts[place + size :]).casefold(), word
    if found := _GLUED.search(sample.strip()):
        return sample.strip()[: found.start()].casefold(), found[0]
    return "-".join(parts).casefold(), ""


def in_time(samples: Sequence[str], moments: Sequence[str]) -> list[int]:
    """Rank of each sample by when it was taken: by its moment, else by its id; numbers in ids count as numbers.

    >>> in_time(["P1_V10", "P1_V2", "P1_baseline", "P1_post"], ["", "", "", ""])
    [2, 1, 0, 3]
    """
    visits = [moment or _without_visit(sample)[1] for sample, moment in zip(samples, moments, strict=True)]
    keys = [(_time(visit), _natural(sample)) for visit, sample in zip(visits, samples, strict=True)]
    ranks = [0] * len(keys)
    for rank, place in enumerate(sorted(range(len(keys)), key=keys.__getitem__)):
        ranks[place] = rank
    return ranks


def _time(moment: str) -> tuple[int, list[tuple[int, str]]]:
    """A moment as it can be compared: the first one, one between, the last; and its numbers."""
    folded = re.sub(r"[_.-]", " ", fold(moment))
    first, last = (like.match(folded) is not None for like in _TIMES)
    return (0 if first else 2 if last else 1), _natural(folded)


def _natural(word: str) -> list[tuple[int, str]]:
    """A word with its numbers as numbers, to be compared with others."""
    return [(int(part) if part.isascii() and part.isdigit() else -1, part) for part in re.split(r"(\d+)", word)]
