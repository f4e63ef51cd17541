"""Names and notes as they stand inside a figure: mathtext where it is meant, and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from her2stats.statistics.arguments import percent
from her2stats.statistics.flags import code_of
from her2stats.vocabulary.names import level_label, stratum_label, variable_label
from her2stats.vocabulary.numbers import NOT_ESTIMABLE, format_number, p_phrase

GENES = ("ERBB2", "ESR1", "PGR", "MKI67", "PTPRC")


def plain(text: str) -> str:
    """Text that matplotlib prints as it stands: a dollar sign starts no formula."""
    return text.replace("$", r"\$")


def display_name(name: str, labels: Mapping[str, str] | None = None) -> str:
    """Return a variable's name for a reader: the user's own label, else the field's; gene symbols in italics."""
    if labels and name in labels:
        return plain(labels[name])
    if name in GENES:
        return rf"$\mathit{{{name}}}$"
    known = variable_label(name)
    return plain(name.replace("_", " ") if known == name else known)


def cohort_name(cohort: str, labels: Mapping[str, str] | None = None) -> str:
    """Return a cohort's name as the user labels it, else as it is.

    >>> cohort_name("scanb"), cohort_name("scanb", {"scanb": "SCAN-B"})
    ('scanb', 'SCAN-B')
    """
    return plain((labels or {}).get(cohort, cohort))


def stratum_name(stratum: str) -> str:
    """Name of a stratum for a reader."""
    return plain(stratum_label(stratum))


def level_name(factor: str, level: object) -> str:
    """Name of one level of a factor for a reader, whatever either is called."""
    return plain(level_label(factor, str(level)))


def axis_numbers(values: Sequence[float]) -> list[str]:
    """Return tick labels with true minus signs, all with the decimals that the finest of them needs."""
    finite = [float(value) for value in values if math.isfinite(value)]
    digits = max((len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in finite), default=0)
    return [format_number(value, digits) if math.isfinite(value) else "" for value in values]


def p_equals(p: float, symbol: str = "p") -> str:
    """P with its symbol, for a note that is broken into lines at its spaces."""
    return p_phrase(p, symbol=symbol).replace("\N{NO-BREAK SPACE}", " ")


def p_of(row: Mapping[Any, Any]) -> str:
    """P of a row with its symbol, the adjusted one where there is one; empty where there is none.

    >>> p_of({"p_value": 0.01, "p_adjusted": 0.2}), p_of({"p_value": 0.01, "p_adjusted": math.nan})
    ('adj. p = 0.20', 'p = 0.010')
    """
    for column, symbol in (("p_adjusted", "adj. p"), ("p_value", "p")):
        if not math.isnan(row[column]):
            return p_equals(row[column], symbol)
    return ""


def level_words(levels: Iterable[float]) -> str:
    """Confidence level of rows as it stands before "CI"; empty where they do not say it.

    >>> level_words([0.95, 0.95, math.nan]), level_words([math.nan])
    ('95% ', '')
    """
    known = dict.fromkeys(percent(level) for level in levels if not math.isnan(level))
    return f"{' or '.join(known)} " if known else ""


def flag_reason(flag: str) -> str:
    """Return the code of a flag, which is short enough to stand in a figure."""
    return plain(code_of(flag)) or "no estimate"


def not_estimable(flag: str) -> str:
    """Return what stands in the place of an estimate that cannot be given."""
    return f"{NOT_ESTIMABLE} ({flag_reason(flag)})"


def within_a_sentence(name: str) -> str:
    """Return a displayed name without its capital, unless it is an abbreviation.

    >>> within_a_sentence("Hormone receptor"), within_a_sentence("HER2 IHC")
    ('hormone receptor', 'HER2 IHC')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def not_shown(counts: Mapping[str, int]) -> str:
    """Say how many tumours a figure leaves out and why, as it follows "tumours"; empty where it leaves out none.

    >>> not_shown({"with unknown HER2 IHC": 39, "without a full composition": 1})
    'Not shown: 39 tumours with unknown HER2 IHC, 1 tumour without a full composition.'
    >>> not_shown({"with unknown HER2 IHC": 0})
    ''
    """
    parts = [f"{count} tumour{'' if count == 1 else 's'} {why}" for why, count in counts.items() if count]
    return f"Not shown: {', '.join(parts)}." if parts else ""
