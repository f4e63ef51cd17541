"""What a paper says in words, held against its own numbers, lists and definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.published.columns import read_numerals
from her2stats.published.findings import CONSISTENT, INCONSISTENT, NOT_DETERMINABLE, Finding, Verdict, findings_table
from her2stats.published.numerals import Printable, read_numeral

Direction = Literal["higher", "lower"]
_NO_EFFECT = {"ratio": 1.0, "difference": 0.0, "correlation": 0.0}


def audit_agreement(values: Mapping[str, Printable], *, item: str = "") -> pd.DataFrame:
    """Hold one quantity printed in several places against its first print.

    Parameters
    ----------
    values : mapping
        Place -> number as printed there. The first place is the one the others are held against.
    item : str
        What the number is.

    Returns
    -------
    DataFrame
        One row a further place: consistent when both prints can stand for one value. See `findings_table`.

    Examples
    --------
    >>> audit_agreement({"Table 2": "72", "abstract": "72", "text": "70"})[["place", "verdict"]].values.tolist()
    [['abstract', 'consistent'], ['text', 'inconsistent']]
    """
    places = list(values)
    numerals = read_numerals(list(values.values()), len(places), name=item, places=places)
    first, findings = numerals[0], []
    for place, other in zip(places[1:], numerals[1:], strict=True):
        if first is None or other is None:
            reason = "not printed in both places"
            findings.append(Finding(item, "", "", NOT_DETERMINABLE, reason, place, "agreement"))
            continue
        ends, others = first.interval(), other.interval()
        agree = ends[0] <= others[1] and others[0] <= ends[1]
        sentence = f"{place} prints {other.text}, {places[0]} prints {first.text}"
        verdict: Verdict = CONSISTENT if agree else INCONSISTENT
        findings.append(Finding(item, other.text, first.text, verdict, sentence, place, "agreement"))
    return findings_table(findings)


def audit_direction(
    claim: Direction,
    evidence: Sequence[tuple[str, Printable, str]],
    *,
    because: str = "",
    printed: str = "",
    item: str = "",
    place: str = "",
) -> pd.DataFrame:
    """Hold a stated direction against printed effects.

    Parameters
    ----------
    claim : {"higher", "lower"}
        Whether the text says that the outcome rises or falls with the exposure.
    evidence : sequence of (label, estimate, scale)
        Printed effects of the same exposure on the same outcome; scale as in `audit_interval`.
    because : str
        How the text comes to mean that direction, where it does not say so outright.
    printed : str
        What stands in print then; the direction itself as a rule.
    item, place : str
        What the statement is about and where it stands.

    Returns
    -------
    DataFrame
        One row: inconsistent when a printed effect points the other way at every value it can stand for.

    Examples
    --------
    >>> audit_direction("higher", [("odds ratio", "0.56", "ratio")])["verdict"].item()
    'inconsistent'
    """
    if claim not in ("higher", "lower"):
        raise DataError(Problem(f"direction '{claim}' is not known", remedy='say "higher" or "lower"'))
    found = [(label, printed, _direction(printed, scale)) for label, printed, scale in evidence]
    parts = [f"{label} {printed} means {direction or 'either'}" for label, printed, direction in found]
    against = any(direction and direction != claim for _, _, direction in found)
    agree = bool(found) and all(direction == claim for _, _, direction in found)
    verdict: Verdict = INCONSISTENT if against else CONSISTENT if agree else NOT_DETERMINABLE
    lead = f"{because}: {claim}" if because else f"stated: {claim}"
    sentence = f"{lead}; {'; '.join(parts)}"
    recomputed = ", ".join(sorted({direction or "either" for _, _, direction in found}))
    return findings_table([Finding(item, printed or claim, recomputed, verdict, sentence, place, "direction")])


def _direction(printed: Printable, scale: str) -> str:
    numeral = read_numeral(printed)
    if numeral is None or scale not in _NO_EFFECT:
        return ""
    low, high = numeral.interval()
    return "higher" if low > _NO_EFFECT[scale] else "lower" if high < _NO_EFFECT[scale] else ""


def audit_strength(
    word: str, estimate: Any, scale: Mapping[str, tuple[float, float]], *, item: str = "", place: str = ""
) -> pd.DataFrame:
    """Hold a word for the strength of a correlation against the paper's own scale.

    Parameters
    ----------
    word : str
        As in the text; one of the words of `scale`.
    estimate : str or number
        Printed correlation.
    scale : mapping
        Word -> lowest and highest absolute value it stands for.
    item, place : str
        What the number is about and where it stands.

    Examples
    --------
    >>> scale = {"weak": (0.1, 0.3), "moderate": (0.3, 0.5), "strong": (0.5, 1.0)}
    >>> audit_strength("moderate", "-0.27", scale)["recomputed"].item()
    'weak'
    """
    numeral = read_numeral(estimate)
    if word not in scale:
        raise DataError(Problem(f"'{word}' is not on the scale", remedy=f"the scale has: {', '.join(scale)}"))
    if numeral is None:
        found = Finding(item, word, "", NOT_DETERMINABLE, "no correlation is printed", place, "strength")
        return findings_table([found])
    ends = sorted(abs(end) for end in numeral.interval())
    fits = [name for name, (low, high) in scale.items() if ends[0] <= high and ends[1] >= low]
    low, high = scale[word]
    sentence = f"absolute value of {numeral.text} against {word} ({low:g} to {high:g}) on the paper's own scale"
    verdict: Verdict = CONSISTENT if word in fits else INCONSISTENT
    recomputed = " or ".join(fits) or "off the scale"
    return findings_table([Finding(item, word, recomputed, verdict, sentence, place, "strength")])


def audit_enumeration(
    listed: Sequence[str], printed: Printable, *, expected: Sequence[str] = (), item: str = "", place: str = ""
) -> pd.DataFrame:
    """Count a list whose length is printed.

    Parameters
    ----------
    listed : sequence of str
        The entries as printed.
    printed : str or number
        How many there should be.
    expected : sequence of str
        The full list from another source, to name what is missing.
    item, place : str
        What is listed and where.

    Examples
    --------
    >>> audit_enumeration(["CD8", "CD4 naive"], 3, expected=["CD8", "CD4 naive", "CD4 memory"])["arithmetic"].item()
    '3 announced, 2 listed; missing: CD4 memory'
    """
    numeral = read_numeral(printed)
    missing = [name for name in expected if name not in listed]
    sentence = f"{printed} announced, {len(listed)} listed"
    sentence += f"; missing: {', '.join(missing)}" if missing else ""
    verdict: Verdict = NOT_DETERMINABLE
    if numeral is not None:
        verdict = CONSISTENT if numeral.value == len(listed) else INCONSISTENT
    return findings_table([Finding(item, str(printed), str(len(listed)), verdict, sentence, place, "enumeration")])


def audit_model(outcome: str, terms: Sequence[str], *, item: str = "", place: str = "") -> pd.DataFrame:
    """Ask whether a model as described has its own outcome among its covariates.

    Parameters
    ----------
    outcome : str
        What is modelled.
    terms : sequence of str
        Covariates; a product is written "hr:age".
    item, place : str
        What the model is called and where it is described.

    Examples
    --------
    >>> audit_model("TIIC", ["age", "hr:TIIC"])["verdict"].item()
    'inconsistent'
    """
    circular = [term for term in terms if outcome in term.split(":")]
    sentence = f"outcome {outcome}, adjusted for {', '.join(terms)}"
    sentence += f": {', '.join(circular)} holds the outcome itself" if circular else ""
    verdict: Verdict = INCONSISTENT if circular else CONSISTENT
    recomputed = ", ".join(term for term in terms if term not in circular)
    return findings_table([Finding(item, ", ".join(terms), recomputed, verdict, sentence, place, "model")])


def audit_rules(
    first: Mapping[str, Any], second: Mapping[str, Any], samples: Mapping[str, int], *, item: str = "", place: str = ""
) -> pd.DataFrame:
    """Hold two statements of one exclusion rule by the share of zeros against each other.

    Parameters
    ----------
    first, second : mapping
        ``place``, ``zeros`` (the cut, a share) and ``at_cut``: "kept" or "excluded" where the share equals the cut.
    samples : mapping
        Cohort -> number of samples, to say where the difference can occur at all.
    item, place : str
        What the rule is and where the second statement stands.

    Examples
    --------
    >>> rules = [{"place": place, "zeros": "0.75", "at_cut": at} for place, at in (("M", "kept"), ("R", "excluded"))]
    >>> audit_rules(*rules, {"a": 104, "b": 81})["arithmetic"].item()[-66:]
    ' differ where the share is exactly 0.75, possible in a (78 of 104)'
    """
    cuts = [Fraction(str(rule["zeros"])) for rule in (first, second)]
    words = {"kept": "up to and including", "excluded": "only below"}
    said = [f"{r['place']} keeps {words[r['at_cut']]} {r['zeros']} zeros" for r in (first, second)]
    if cuts[0] == cuts[1] and first["at_cut"] == second["at_cut"]:
        found = Finding(item, said[1], said[0], CONSISTENT, f"{said[0]}, {said[1]}", place, "rule")
        return findings_table([found])
    if cuts[0] != cuts[1]:
        sentence = f"{said[0]}, {said[1]}"
    else:
        reached = [f"{name} ({cuts[0] * n} of {n})" for name, n in samples.items() if (cuts[0] * n).denominator == 1]
        where = f"possible in {', '.join(reached)}" if reached else "which no cohort's number of samples allows"
        sentence = f"{said[0]}, {said[1]}: they differ where the share is exactly {first['zeros']}, {where}"
    return findings_table([Finding(item, said[1], said[0], INCONSISTENT, sentence, place, "rule")])
