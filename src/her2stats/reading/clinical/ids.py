"""Sample ids: the tissue that a TCGA barcode tells, and the forms under which two files call one tumour."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from her2stats.errors import Problem, SampleError
from her2stats.lookalike import look_alike, shape
from her2stats.notes import Note
from her2stats.packaged import facts
from her2stats.reading.clinical.visits import in_time
from her2stats.vocabulary.words import fold

SampleId = Literal["as written", "letters", "tcga-patient", "tcga-sample"]
Repeats = Literal["error", "first", "keep"]
FORMS: tuple[SampleId, ...] = ("letters", "tcga-sample", "tcga-patient")
SHOWN = 6
_BARCODE = re.compile(r"X?(TCGA-[A-Z0-9]+(?:-[A-Z0-9]{4})?)(?:-(\d\d)[A-Z]?(?:-.*)?)?")
_TISSUES = {"1": "normal tissue", "02": "recurrences", "06": "metastases", "07": "metastases"}

KNOWN = facts("her2stats.reading.clinical", "ids.toml")


def any_of(likes: Iterable[str]) -> re.Pattern[str]:
    """One pattern that is any of several."""
    return re.compile("|".join(f"(?:{like})" for like in likes), re.IGNORECASE)


_COLUMNS = {name: any_of(likes) for name, likes in KNOWN["columns"].items()}
_FRONT = re.compile(f"^(?:{any_of(KNOWN['around']['front']).pattern})", re.IGNORECASE)
_BEHIND = re.compile(f"(?:{any_of(KNOWN['around']['behind']).pattern})$", re.IGNORECASE)


def names(kind: str, column: str) -> bool:
    """Whether a column is called like one of patients' ids, of the tissue or species of samples, or of visits.

    >>> names("patients", "Patient_ID"), names("species", "organism_ch1"), names("tissue", "organism part")
    (True, True, True)
    """
    return bool(_COLUMNS[kind].fullmatch(fold(re.sub(r"[_.:-]", " ", column))))


def _bare(sample: str) -> str:
    """The name of a sample without what programs and servers put around it: folders, endings, accessions, measures."""
    bare, before = sample.strip(), ""
    while bare != before:
        before, bare = bare, _FRONT.sub("", _BEHIND.sub("", bare) or bare) or bare
    return bare


def _barcode(sample: str) -> tuple[str, str]:
    """Patient and sample type of a TCGA barcode of any length; empty where it is none, or has no type."""
    found = _BARCODE.fullmatch(re.sub(r"[._ ]", "-", _bare(sample).upper()))
    return (found[1], found[2] or "") if found else ("", "")


def patient_of(sample: str) -> str:
    """The patient that a TCGA barcode names; empty where it is none."""
    return _barcode(sample)[0]


def tissue_of(sample: str) -> str:
    """What a TCGA barcode says of the tissue; empty for a primary tumour, and where nothing is said.

    >>> tissue_of("TCGA-A1-A0SB-11A"), tissue_of("TCGA.A1.A0SB.06"), tissue_of("TCGA-A1-A0SB-01")
    ('normal tissue (TCGA sample type 11)', 'metastases (TCGA sample type 06)', '')
    """
    if re.match(r"GTEX[-.]", sample, re.IGNORECASE):
        return "normal tissue (GTEx)"
    kind = _barcode(sample)[1]
    if kind in ("", "01"):
        return ""
    return f"{_TISSUES.get(kind) or _TISSUES.get(kind[0], 'other samples')} (TCGA sample type {kind})"


def key(sample: str, form: SampleId) -> str:
    """Give the form in which ids of two files are compared.

    >>> key("TCGA.A1.A0SB.01A.11R", "tcga-patient"), key("TCGA.A1.A0SB.01A", "tcga-sample"), key("X7.B", "letters")
    ('TCGA-A1-A0SB', 'TCGA-A1-A0SB-01', '7-b')
    >>> key("/data/bam/P-7.sorted.bam", "letters"), key("GSM712_P7.CEL.gz", "letters"), key("P7_counts", "letters")
    ('p-7', 'p7', 'p7')
    """
    patient, kind = _barcode(sample)
    if form == "tcga-patient" and patient:
        return patient
    if form == "tcga-sample" and kind:
        return f"{patient}-{kind}"
    if form == "letters":  # R puts an X before a digit, a spreadsheet takes leading zeros away
        letters = re.sub(r"[^a-z0-9]+", "-", _bare(sample).casefold()).strip("-")
        return re.sub(r"^0+(?=\d+$)", "", re.sub(r"^x(?=\d)", "", letters))
    return sample


def form_that_joins(first: Collection[str], second: Collection[str]) -> tuple[SampleId | None, list[tuple[str, str]]]:
    """The first form under which most ids of two files meet, and which; none where they meet best as they are."""
    best: SampleId | None = None
    most: list[tuple[str, str]] = []
    for form in FORMS:
        here, there = Counter(key(one, form) for one in first), {key(one, form): one for one in reversed([*second])}
        met = [(one, there[key(one, form)]) for one in first if here[key(one, form)] == 1 and key(one, form) in there]
        if len(met) > len(most):
            best, most = form, met
    return best, most


def ids_that_look_alike(first: Collection[str], second: Collection[str]) -> str:
    """What to do about ids of two files that look the same and are not; empty text where there are none."""
    shapes = {shape(one): one for one in second}
    pairs = [(one, shapes[shape(one)]) for one in first if shape(one) in shapes]
    if not pairs:
        return ""
    return f"write {len(pairs)} ids alike: of {pairs[0][0]!r}, {look_alike(pairs[0][0], [pairs[0][1]])}"


def primaries(samples: Sequence[str], what: str) -> tuple[list[int], list[Note]]:
    """Places of the samples that are no normal tissue, metastasis or recurrence by their barcode, and what was not."""
    tissues = [tissue_of(sample) for sample in samples]
    notes = [Note("population", f"{what} left out: {one}", n) for one, n in sorted(Counter(tissues).items()) if one]
    return [place for place, tissue in enumerate(tissues) if not tissue], notes


def one_each(
    samples: Sequence[str],
    patients: Sequence[str],
    rule: Repeats,
    *,
    where: str,
    there: Collection[str] = (),
    hint: str = "",
    moments: Sequence[str] = (),
) -> tuple[list[int], list[Note]]:
    """Places of the samples that stay where patients have several: all, or the first of each, `there` first.

    The first one is so in time where `moments`, one a sample, or the ids tell it, else in the order of the ids.

    Raises SampleError when patients have several and nothing is declared; `hint` is a way to choose, for the message.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for place, patient in enumerate(patients):
        groups[patient].append(place)
    several = [places for places in groups.values() if len(places) > 1]
    further = sum(len(places) - 1 for places in several)
    if several and rule == "error":
        listed = listed_ids(samples[place] for places in several[:3] for place in places)
        what = f"{len(several)} patients have more than one sample, {further} too many ({listed})"
        remedy = (
            f'choose rows by where{hint}; or say repeats = "first" (the first of each patient, in time where ids or '
            'visits tell, else in the order of the ids), or "keep" where every sample is a tumour of its own'
        )
        raise SampleError(Problem(what, where, remedy, value=listed))
    if not several or rule == "keep":
        kept = [Note("population", "further samples of one patient kept", further)] if several else []
        return list(range(len(samples))), kept
    ranks = in_time(samples, moments or [""] * len(samples))
    first = [min(places, key=lambda place: (samples[place] not in there, ranks[place])) for places in groups.values()]
    return sorted(first), [Note("population", "further samples of one patient left out: the first id stays", further)]


def listed_ids(ids: Iterable[str]) -> str:
    """Some ids, and how many more there are."""
    every = list(ids)
    return (", ".join(every[:SHOWN]) or "none") + (f" and {len(every) - SHOWN} more" if len(every) > SHOWN else "")
