"""Numbers as journals print them: p-values, estimates with their interval, percentages.

Full precision stays in the csv files; these texts are for reading. Minus signs are typographic (U+2212). The limits
of a ratio are joined by an en dash; those of a measure that can be negative by "to", in every row of a column,
because a dash beside a minus sign is misread.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from her2stats.vocabulary.measures import Measure
from her2stats.vocabulary.measures import measure as measure_named

MINUS = "−"
EN_DASH = "–"
NOT_ESTIMABLE = "n.e."

_LARGEST_RATIO = 1000
_MOST_DECIMALS = 6


def is_missing(value: object) -> bool:
    """Say whether a table cell holds no value (None, NaN or pandas' NA)."""
    return value is None or type(value).__name__ == "NAType" or (isinstance(value, float) and math.isnan(value))


def format_number(value: float, decimals: int) -> str:
    """Write a number with fixed decimals and a typographic minus; missing gives an empty text.

    A value that rounds to zero carries no sign.
    """
    if is_missing(value):
        return ""
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{abs(value):,.{decimals}f}"
    negative = value < 0 and any(digit in "123456789" for digit in text)
    return f"{MINUS}{text}" if negative else text


def format_p(p: float, *, alpha: float = 0.05) -> str:
    """Write a p-value: "<0.001", three decimals below 0.1, two above, ">0.99" at the top; NaN gives an empty text.

    The rounded text never lands on, or beyond, the threshold `alpha` when the value is on the other side: 0.04996 at
    alpha 0.05 is written "0.04996", not "0.050".
    """
    if is_missing(p):
        return ""
    if p < 0.001:
        return "<0.001"
    if p > 0.99:
        return ">0.99"
    decimals = 3 if p < 0.0995 else 2
    while decimals < _MOST_DECIMALS and (float(f"{p:.{decimals}f}") < alpha) != (p < alpha):
        decimals += 1
    return f"{p:.{decimals}f}"


def p_phrase(p: float, *, alpha: float = 0.05, symbol: str = "p") -> str:
    """Write a p-value for running text, with spaces at which no line is broken."""
    text = format_p(p, alpha=alpha)
    sign, digits = (text[0], text[1:]) if text[:1] in "<>" else ("=", text)
    return "\N{NO-BREAK SPACE}".join((symbol, sign, digits))


def format_estimate(estimate: float, low: float = math.nan, high: float = math.nan, *, measure: str = "shift") -> str:
    """Write an estimate with its confidence interval, with the digits that its measure deserves.

    The text is empty where the estimate is missing. Without limits the estimate stands alone; one missing limit is
    written "n.e.". Odds ratios get two decimals (one from 10, none from 100), rho two; differences, slopes and means as
    many as show two digits of the interval's half-width. A limit that is not the null value is never rounded onto it
    (0.9964 gives "0.996", not "1.00"), so that the interval and its p-value cannot seem to disagree. Measures are the
    names of `her2stats.vocabulary.measures`.
    """
    kind = measure_named(measure)
    if is_missing(estimate):
        return ""
    shared = _decimals_from_width(estimate, low, high)
    middle = _write(estimate, kind, shared)
    if is_missing(low) and is_missing(high):
        return middle
    ends = [NOT_ESTIMABLE if is_missing(end) else _write_limit(end, kind, shared) for end in (low, high)]
    joint = EN_DASH if kind.decimals == "ratio" and not ends[1].startswith(">") else " to "
    return f"{middle} ({ends[0]}{joint}{ends[1]})"


def format_percent(part: int, whole: int, decimals: int = 1) -> str:
    """Write a share as a percentage, rounded half up from the exact fraction; empty where nobody is counted."""
    if whole == 0:
        return ""
    share = Decimal(100) * Decimal(int(part)) / Decimal(int(whole))
    return str(share.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def format_count(count: object) -> str:
    """Write a count with thousands separators from 10,000 on; missing gives an empty text."""
    if is_missing(count):
        return ""
    number = int(count)  # type: ignore[call-overload]
    return f"{number:,}" if abs(number) >= 10_000 else str(number)


def count_range(counts: Iterable[object]) -> str:
    """Say how many tumours models rest on: "n = 104", or the range where they used different numbers."""
    known = [int(count) for count in counts if not is_missing(count)]  # type: ignore[call-overload]
    if not known:
        return "n = 0"
    low, high = min(known), max(known)
    return f"n = {low}" if low == high else f"n = {low}{EN_DASH}{high}"


def _decimals_from_width(estimate: float, low: float, high: float) -> int:
    """Decimals that show two digits of the interval's half-width (of the estimate where there is no interval)."""
    width = (high - low) / 2 if not (is_missing(low) or is_missing(high)) else abs(estimate)
    if width == 0 or math.isinf(width):
        width = abs(estimate)
    if width == 0 or math.isinf(width):
        return 2
    return max(0, 1 - math.floor(math.log10(width)))


def _write(value: float, measure: Measure, shared: int) -> str:
    if measure.decimals == "two":
        return format_number(value, 2)
    if measure.decimals == "ratio":
        return _write_ratio(value)
    if shared > _MOST_DECIMALS:
        return _write_scientific(value)
    return format_number(value, shared)


def _write_ratio(value: float) -> str:
    if _LARGEST_RATIO < value < math.inf:
        return f">{_LARGEST_RATIO}"
    if 0 < value < 0.001:
        return "<0.001"
    if 0 < value < 0.01:
        return format_number(value, 3)
    return format_number(value, 2 if value < 9.995 else 1 if value < 99.95 else 0)


def _write_scientific(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def _write_limit(value: float, measure: Measure, shared: int) -> str:
    """Write a limit, with more decimals where rounding would put it on the null value."""
    text = _write(value, measure, shared)
    null = measure.null
    if null is None or value == null or text != _write(null, measure, shared):
        return text
    decimals = len(text.partition(".")[2])
    longer = (format_number(value, decimals + more) for more in (1, 2, 3))
    return next((found for found in longer if float(found.replace(MINUS, "-").replace(",", "")) != null), text)


def limits_in_words(limits: Mapping[str, float]) -> str:
    """Say within which limits a number has to be.

    >>> limits_in_words({"ge": 0}), limits_in_words({"gt": 0, "lt": 1})
    ('0 or more', 'above 0 and below 1')
    """
    words = {"gt": "above {:g}", "ge": "{:g} or more", "lt": "below {:g}", "le": "at most {:g}"}
    return " and ".join(words[name].format(limit) for name, limit in limits.items())
