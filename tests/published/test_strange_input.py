"""Whatever stands in a table somebody types in, only our own errors come out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from her2stats.errors import InputError
from her2stats.published import (
    audit_agreement,
    audit_correlation,
    audit_counts,
    audit_interaction,
    audit_interval,
    audit_odds_from_percentages,
    audit_odds_ratio,
    audit_percentage,
    audit_reduction,
    audit_spread,
    audit_total,
    implied_sample_size,
)

PRINTS = [
    "0",
    "-0",
    "1",
    "1.00",
    "-1",
    "0.999",
    "<0.001",
    ">0.99",
    "1e-9",
    "1e9",
    "100",
    "",
    "NA",
    "inf",
    "nan",
    "½",
    "3,4",
]
PRINT = st.one_of(
    st.sampled_from(PRINTS),
    st.decimals(-1000, 1000, places=2).map(str),
    st.floats(),
    st.integers(-(10**15), 10**15),
    st.text(max_size=6),
    st.none(),
)
COUNT = st.one_of(st.integers(0, 300), st.sampled_from([0, 1, -1, 2.5, 3000, 10**5, 10**12, float("nan")]))
CALLS: dict[str, Any] = {
    "correlation": lambda a, b, c, d, e, f: audit_correlation(a, b, c, n=d, p=e),
    "sample size": lambda a, b, c, d, e, f: implied_sample_size(a, b, c),
    "interval": lambda a, b, c, d, e, f: audit_interval(a, b, c, p=d, ci="wald"),
    "interaction": lambda a, b, c, d, e, f: audit_interaction((a, b, c), (d, e, f), a),
    "percentage": lambda a, b, c, d, e, f: audit_percentage(a, b, c, rounding="either"),
    "total": lambda a, b, c, d, e, f: audit_total([a, b, c], d, rounded=True),
    "agreement": lambda a, b, c, d, e, f: audit_agreement({"a": a, "b": b, "c": c}),
    "odds": lambda a, b, c, d, e, f: audit_odds_from_percentages(a, b, c),
    "reduction": lambda a, b, c, d, e, f: audit_reduction([a, b, c], d, e),
    "spread": lambda a, b, c, d, e, f: audit_spread(a, b, n=5, least_sd=1),
}


@pytest.mark.parametrize("call", CALLS)
@given(prints=st.tuples(*[PRINT] * 6))
@example(prints=("0", None, ">0.99", "0", None, None))
@example(prints=(">0.99", None, ">0.99", "0", None, None))
@example(prints=("0", "0", 1.79e306, "0", "0", None))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_only_our_own_errors_come_out(call: str, prints: tuple[Any, ...]) -> None:
    try:
        found = CALLS[call](*prints)
    except InputError:
        return
    assert isinstance(found, pd.DataFrame)
    if "verdict" in found:
        assert set(found["verdict"]) <= {"consistent", "inconsistent", "not determinable"}


@given(st.lists(COUNT, min_size=4, max_size=4), st.tuples(PRINT, PRINT, PRINT, PRINT))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_odds_ratios_of_strange_tables(cells: list[Any], prints: tuple[Any, ...]) -> None:
    try:
        found = audit_odds_ratio(*prints[:3], cells=cells, p=prints[3])
    except InputError:
        return
    assert set(found["verdict"]) <= {"consistent", "inconsistent", "not determinable"}


@given(st.lists(st.tuples(PRINT, PRINT, PRINT, PRINT), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_strange_tables_of_counts(rows: list[tuple[Any, ...]]) -> None:
    table = pd.DataFrame(rows, columns=["level", "count", "percent", "n"], dtype="object").assign(variable="v")
    try:
        found = audit_counts(table)
    except InputError:
        return
    assert set(found["verdict"]) <= {"consistent", "inconsistent", "not determinable"}
