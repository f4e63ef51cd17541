"""Numbers and names as a journal prints them inside a figure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import pandas as pd

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
NOT_ESTIMABLE = "n.e."
GENES = ("ERBB2", "ESR1", "PGR", "MKI67", "PTPRC")
_STRATA = {
    "all": "All tumours",
    "hr=positive": "HR-positive",
    "hr=negative": "HR-negative",
    "her2_ihc=0": "HER2 IHC 0",
    "her2_ihc=1+": "HER2 IHC 1+",
    "her2_ihc=2+": "HER2 IHC 2+",
    "her2_group=HER2-0": "HER2-0",
    "her2_group=HER2-low": "HER2-low",
}
_NAMES = {
    "til": "Total TIL",
    "total_til": "Total TIL",
    "her2": "HER2 score",
    "pcr": "Pathological complete response",
    "complete_response": "Mid-course complete response",
    "hr": "Hormone receptor",
    "her2_ihc": "HER2 IHC",
    "her2_group": "HER2 group",
}


def plain(text: str) -> str:
    """Text that matplotlib prints as it stands: a dollar sign starts no formula."""
    return text.replace("$", r"\$")


def display_name(name: str, labels: Mapping[str, str] | None = None) -> str:
    """Return a variable's name for a reader: the user's own label, else the field's; gene symbols in italics.

    Examples
    --------
    >>> display_name("pcr")
    'Pathological complete response'
    >>> display_name("her2_20", {"her2_20": "HER2 20-gene score"})
    'HER2 20-gene score'
    """
    if labels and name in labels:
        return plain(labels[name])
    if name in GENES:
        return rf"$\mathit{{{name}}}$"
    return _NAMES.get(name, plain(name.replace("_", " ")))


def cohort_name(cohort: str, labels: Mapping[str, str] | None = None) -> str:
    """Return a cohort's name as the user labels it, else as it is.

    Examples
    --------
    >>> cohort_name("scanb"), cohort_name("scanb", {"scanb": "SCAN-B"})
    ('scanb', 'SCAN-B')
    """
    return plain((labels or {}).get(cohort, cohort))


def stratum_name(stratum: str) -> str:
    """Name of a stratum for a reader.

    Examples
    --------
    >>> stratum_name("hr=positive"), stratum_name("site=Milan")
    ('HR-positive', 'site: Milan')
    """
    return _STRATA.get(stratum, plain(stratum.replace("=", ": ", 1)))


def number(value: float, digits: int = 2) -> str:
    """Fixed digits, a true minus sign, and no negative zero.

    Examples
    --------
    >>> number(-0.314), number(-0.001)
    ('−0.31', '0.00')
    """
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}\N{INFINITY}"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        return text.removeprefix("-")
    return text.replace("-", MINUS)


def axis_numbers(values: Sequence[float]) -> list[str]:
    """Return tick labels with true minus signs, all with the decimals that the finest of them needs.

    Examples
    --------
    >>> axis_numbers([-2, 0, 2]), axis_numbers([0, 0.05, 0.1])
    (['−2', '0', '2'], ['0.00', '0.05', '0.10'])
    """
    finite = [float(value) for value in values if math.isfinite(value)]
    digits = max((len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in finite), default=0)
    return [number(value, digits) if math.isfinite(value) else "" for value in values]


def ratio(value: float) -> str:
    """Odds ratio with the digits that carry information.

    Examples
    --------
    >>> [ratio(v) for v in (0.0042, 0.61, 5.29, 24.04, 318.7, 2.1e6)]
    ['0.004', '0.61', '5.29', '24.0', '319', '>1000']
    """
    if value > 1000:
        return ">1000"
    if value >= 100:
        return f"{value:.0f}"
    if value >= 9.995:
        return f"{value:.1f}"
    if 0 < value < 0.001:
        return "<0.001"
    return f"{value:.3f}" if value < 0.00995 else f"{value:.2f}"


def ratio_interval(estimate: float, low: float, high: float) -> str:
    """Odds ratio with its interval, as in the paper's text.

    Examples
    --------
    >>> ratio_interval(0.61, 0.42, 0.89)
    '0.61 (0.42–0.89)'
    """
    between = EN_DASH if high <= 1000 else " to "
    return f"{ratio(estimate)} ({ratio(low)}{between}{ratio(high)})"


def interval(estimate: float, low: float, high: float, digits: int = 2) -> str:
    """Estimate with its interval, where the limits may be negative.

    Examples
    --------
    >>> interval(-0.44, -0.53, -0.34)
    '−0.44 (−0.53 to −0.34)'
    """
    return f"{number(estimate, digits)} ({number(low, digits)} to {number(high, digits)})"


def slope_interval(estimate: float, low: float, high: float) -> str:
    """Slope with its interval, with the digits that its precision deserves.

    Examples
    --------
    >>> slope_interval(-0.016653, -0.04123, 0.007925)
    '−0.017 (−0.041 to 0.008)'
    """
    half = abs(high - low) / 2
    digits = min(max(1 - math.floor(math.log10(half)), 0), 6) if half > 0 else 3
    return interval(estimate, low, high, digits)


def p_value(p: float) -> str:
    """P as journals want it: two digits, three below 0.1, a bound below 0.001; 0.0496 never becomes 0.05.

    Examples
    --------
    >>> [p_value(p) for p in (0.43, 0.0496, 0.0049, 0.0000002, 0.999)]
    ['0.43', '0.050', '0.005', '<0.001', '>0.99']
    """
    if p < 0.001:
        return "<0.001"
    if p > 0.99:
        return ">0.99"
    return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"


def p_equals(p: float, symbol: str = "p") -> str:
    """P with its symbol, for running text.

    Examples
    --------
    >>> p_equals(0.0049), p_equals(1e-9)
    ('p = 0.005', 'p < 0.001')
    """
    text = p_value(p)
    return f"{symbol} {text[0]} {text[1:]}" if text[0] in "<>" else f"{symbol} = {text}"


def flag_reason(flag: str) -> str:
    """Return the code of a flag, which is short enough to stand in a figure.

    Examples
    --------
    >>> flag_reason("separation: all 6 events have a high score")
    'separation'
    """
    return plain(re.split(r":\s", flag, maxsplit=1)[0].rstrip(":")) or "no estimate"


def not_estimable(flag: str) -> str:
    """Return what stands in the place of an estimate that cannot be given.

    Examples
    --------
    >>> not_estimable("too few observations: n = 3")
    'n.e. (too few observations)'
    """
    return f"{NOT_ESTIMABLE} ({flag_reason(flag)})"


def within_a_sentence(name: str) -> str:
    """Return a displayed name without its capital, unless it is an abbreviation.

    Examples
    --------
    >>> within_a_sentence("Hormone receptor"), within_a_sentence("HER2 IHC")
    ('hormone receptor', 'HER2 IHC')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def not_shown(counts: Mapping[str, int]) -> str:
    """Say how many tumours a figure leaves out and why; empty where it leaves out none.

    Parameters
    ----------
    counts : mapping
        Reason, as it follows "tumours", to how many.

    Examples
    --------
    >>> not_shown({"with unknown HER2 IHC": 39, "without a full composition": 1})
    'Not shown: 39 tumours with unknown HER2 IHC, 1 tumour without a full composition.'
    >>> not_shown({"with unknown HER2 IHC": 0})
    ''
    """
    parts = [f"{count} tumour{'' if count == 1 else 's'} {why}" for why, count in counts.items() if count]
    return f"Not shown: {', '.join(parts)}." if parts else ""


def count_label(counts: pd.Series) -> str:
    """Return "n = 104", or the range where models of one panel used different numbers of tumours.

    Examples
    --------
    >>> count_label(pd.Series([104, 104])), count_label(pd.Series([98, 104]))
    ('n = 104', 'n = 98–104')
    """
    known = counts.dropna()
    if not len(known):
        return "n = 0"
    low, high = int(known.min()), int(known.max())
    return f"n = {low}" if low == high else f"n = {low}{EN_DASH}{high}"
