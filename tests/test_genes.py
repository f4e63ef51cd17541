"""Gene symbols: spreadsheet damage, names that changed, rows that share a symbol."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.errors import GeneError
from her2stats.genes import collapse_duplicates, repair_symbols, symbol_of_date


@pytest.mark.parametrize(
    ("cell", "symbol"),
    [
        ("2-Sep", "SEPTIN2"),
        ("02-Sep", "SEPTIN2"),
        ("Sep-02", "SEPTIN2"),
        ("2-Sept", "SEPTIN2"),
        ("2-set", "SEPTIN2"),
        ("9-Mar", "MARCHF9"),
        ("1-Mar", "MARCHF1"),
        ("1-Dec", "DELEC1"),
        ("1-dic", "DELEC1"),
        ("15-Sep", "SELENOF"),
        ("2021-09-02", "SEPTIN2"),
        ("2021-09-02 00:00:00", "SEPTIN2"),
        (date(2021, 3, 5), "MARCHF5"),
        (datetime(2021, 3, 5), "MARCHF5"),
        ("13-Mar", None),
        ("16-Sep", None),
        ("2-Dec", None),
        ("3-Feb", None),
        ("ERBB2", None),
        ("MARCH1", None),
        ("SEP15", None),
        ("2010-05-01", None),
        (44256.0, None),
    ],
)
def test_dates_are_recognised_as_the_gene_they_were(cell: object, symbol: str | None) -> None:
    assert symbol_of_date(cell) == symbol  # type: ignore[arg-type]


def test_every_repair_is_a_note() -> None:
    repaired = repair_symbols(["ERBB2", "2-Sep", "5-Mar"])
    assert repaired.symbols == ["ERBB2", "SEPTIN2", "MARCHF5"]
    assert [(note.stage, note.count) for note in repaired.notes] == [("genes", 2)]
    assert "2-Sep -> SEPTIN2" in repaired.notes[0].detail


@pytest.mark.parametrize("rival", ["MARC1", "MTARC1"])
def test_a_date_that_may_be_two_genes_is_repaired_only_beside_the_other_gene(rival: str) -> None:
    assert repair_symbols(["1-Mar", "ESR1"]).symbols == ["1-Mar", "ESR1"]
    assert "say which gene" in repair_symbols(["1-Mar", "ESR1"]).notes[0].detail
    assert repair_symbols(["1-Mar", rival]).symbols == ["MARCHF1", rival]


def test_a_repair_never_makes_a_duplicate() -> None:
    assert repair_symbols(["2-Sep", "SEPTIN2"]).symbols == ["2-Sep", "SEPTIN2"]


def test_the_users_own_repairs_come_first() -> None:
    assert repair_symbols(["1-Mar"], {"1-Mar": "MTARC1"}).symbols == ["MTARC1"]


def probes(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame([row[1:] for row in rows], index=[row[0] for row in rows], columns=["s1", "s2"])


TWICE = probes(("A", 1, 2), ("B", 5, 5), ("A", 3, 1), ("A", 2, 9))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("mean", [2.0, 4.0]), ("median", [2.0, 2.0]), ("max-mean", [2.0, 9.0])],
)
def test_rows_of_one_symbol_collapse_by_the_declared_rule(rule: str, expected: list[float]) -> None:
    collapsed, notes = collapse_duplicates(TWICE, rule)  # type: ignore[arg-type]
    assert collapsed.loc["A"].tolist() == expected
    assert collapsed.loc["B"].tolist() == [5.0, 5.0]
    assert list(collapsed.index) == ["A", "B"]
    assert notes[0].count == 2


def test_without_a_rule_duplicates_are_an_error_that_names_them() -> None:
    with pytest.raises(GeneError, match=r"e\.tsv: 1 gene symbols .*A \(3\).*max-mean"):
        collapse_duplicates(TWICE, where="e.tsv")


def test_nothing_happens_without_duplicates() -> None:
    table = probes(("A", 1, 2), ("B", 3, 4))
    assert collapse_duplicates(table)[0] is table


@settings(deadline=None)
@given(st.permutations(range(4)), st.sampled_from(["mean", "median", "max-mean"]))
def test_collapsing_does_not_depend_on_the_order_of_rows(order: list[int], rule: str) -> None:
    table = probes(("A", 0.1, 0.2), ("A", 0.3, 0.1), ("A", 0.7, 1e-9), ("A", 0.1, 0.9))
    one = collapse_duplicates(table, rule)[0]  # type: ignore[arg-type]
    other = collapse_duplicates(table.iloc[order], rule)[0]  # type: ignore[arg-type]
    assert np.array_equal(one.to_numpy(), other.to_numpy())
