"""Gene symbols: spreadsheet damage, names that changed, rows that share a symbol."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.cohort.genes import (
    CollapseRule,
    collapse_duplicates,
    harmonise_genes,
    match_symbols,
    repair_symbols,
    symbol_of_date,
    symbol_table,
    symbols_of_ids,
)
from her2stats.errors import GeneError


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
        (44256.0, "MARCHF1"),
        ("44441", "SEPTIN2"),
        ("9/2/2021", "SEPTIN2"),
        ("02/09/2021", "SEPTIN2"),
        ("3/9/2021", None),
        (7157.0, None),
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


@pytest.mark.parametrize("cells", [["2-Sep", "SEPT2"], ["2-Sep", "02-Sep"], ["15-Sep", "SEP15"], ["1-Mar", "1-Mar"]])
def test_a_date_is_left_alone_where_two_rows_could_be_the_gene(cells: list[str]) -> None:
    assert repair_symbols(cells).symbols == cells


def test_serial_numbers_are_dates_among_symbols_and_entrez_ids_among_numbers() -> None:
    symbols = [f"G{i}" for i in range(200)]
    assert repair_symbols([*symbols, "44441"]).symbols[-1] == "SEPTIN2"
    numbers = [str(number) for number in range(44400, 44500)]
    assert repair_symbols(numbers).symbols == numbers


def test_the_users_own_repairs_come_first() -> None:
    assert repair_symbols(["1-Mar"], {"1-Mar": "MTARC1"}).symbols == ["MTARC1"]


def probes(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame([row[1:] for row in rows], index=[row[0] for row in rows], columns=["s1", "s2"])


TWICE = probes(("A", 1, 2), ("B", 5, 5), ("A", 3, 1), ("A", 2, 9))


@pytest.mark.parametrize(("rule", "expected"), [("mean", [2.0, 4.0]), ("median", [2.0, 2.0]), ("max-mean", [2.0, 9.0])])
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


class TestNamesThatChanged:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("SEPT2", "SEPTIN2"),
            ("MARCH1", "MARCHF1"),
            ("MARC1", "MTARC1"),
            ("SEP15", "SELENOF"),
            ("DEC1", "DELEC1"),
            ("EMR1", "ADGRE1"),
            ("FAIM3", "FCMR"),
            ("KIAA0125", "FAM30A"),
            ("C13orf18", "KIAA0226L"),
            ("SQRDL", "SQOR"),
            ("ORC1L", "ORC1"),
            ("HLA.DRA", "HLA-DRA"),
            ("NKX2_1", "NKX2-1"),
        ],
    )
    def test_both_ways(self, one: str, other: str) -> None:
        assert match_symbols([one], [other]).renamed == {one: other}
        assert match_symbols([other], [one]).renamed == {other: one}

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("KIAA0754", "MACF1"),
            ("TNAP", "ALPL"),
            ("MRC1L1", "MRC1"),
            ("AKAP2", "PALM2"),
            ("C9orf47", "S1PR3"),
            ("CD97", "EMR2"),
        ],
    )
    def test_nicknames_merged_neighbours_and_ambiguous_aliases_are_never_taken(self, one: str, other: str) -> None:
        assert match_symbols([one], [other]).rows == {}
        assert match_symbols([other], [one]).rows == {}

    def test_a_row_whose_own_name_is_wanted_is_given_to_nobody_else(self) -> None:
        assert match_symbols(["EMR1", "ADGRE1"], ["ADGRE1"]).rows == {"ADGRE1": "ADGRE1"}

    def test_the_signature_calls_one_gene_by_two_names(self) -> None:
        matched = match_symbols(["C13orf18", "KIAA0226L"], ["RUBCNL"])
        assert matched.rows == {}
        assert matched.unclear == ("C13orf18", "KIAA0226L")
        assert match_symbols(["EMR1", "ADGRE1"], ["ADGRE1", "EMR1"]).rows == {"EMR1": "EMR1", "ADGRE1": "ADGRE1"}

    @pytest.mark.parametrize(
        ("wanted", "rows"),
        [
            ("RUBCNL", ("C13orf18", "KIAA0226L")),
            ("SEPTIN2", ("SEPTIN2", "SEPT2")),
            ("SEPT2", ("SEPT2", "SEPTIN2")),
            ("HLA-DRA", ("HLA-DRA", "HLA.DRA")),
        ],
    )
    def test_between_two_rows_that_are_the_gene_nothing_is_chosen(self, wanted: str, rows: tuple[str, str]) -> None:
        matched = match_symbols([wanted], [*reversed(rows), "ERBB2"])
        assert matched.rows == {}
        assert matched.several == {wanted: rows}
        matrix = pd.DataFrame({"s": [1.0, 2.0, 4.0]}, index=["ERBB2", *rows])
        both = f"rows '{rows[0]}' and '{rows[1]}' are one gene"
        with pytest.raises(GeneError, match=rf"gene '{wanted}': {both}, .* today -> say how to make them one"):
            harmonise_genes(matrix, [wanted])

    @pytest.mark.parametrize(
        ("rule", "value"), [("max-mean", [2.0, 7.0]), ("mean", [3.0, 5.0]), ("median", [3.0, 5.0])]
    )
    def test_a_declared_rule_makes_them_one(self, rule: CollapseRule, value: list[float]) -> None:
        rows = {"SEPT2": [4.0, 3.0], "ERBB2": [1.0, 1.0], "SEPTIN2": [2.0, 7.0]}
        matrix = pd.DataFrame(rows, index=["s", "t"]).T
        for order in (list(rows), list(rows)[::-1]):
            merged, notes = harmonise_genes(matrix.loc[order], ["SEPTIN2"], what="LM22", duplicates=rule)
            assert merged.loc["SEPTIN2"].tolist() == value
            assert sorted(merged.index) == ["ERBB2", "SEPTIN2"]
            assert notes[0].what == f"LM22: genes that stand in rows of two names, made one ({rule})"
            assert notes[0].detail == "SEPTIN2: SEPTIN2 and SEPT2"

    def test_rows_that_no_signature_wants_are_left_alone(self) -> None:
        matrix = pd.DataFrame({"s": [1.0, 2.0, 3.0]}, index=["SEPT2", "SEPTIN2", "ERBB2"])
        assert harmonise_genes(matrix, ["ERBB2"])[0] is matrix

    def test_real_data_where_the_choice_matters(self, shared: Path) -> None:
        """On these arrays FAM30A and KIAA0125, one of Danaher's markers, are two rows with a correlation of 0.42."""
        path = shared / "pbmc_sdy420" / "expr.tsv.gz"
        available = first_words(gzip.decompress(path.read_bytes()).decode(), 0)
        wanted = first_words((shared / "signatures" / "danaher_markers.tsv").read_text(), 1)
        assert match_symbols(wanted, available).several == {"KIAA0125": ("KIAA0125", "FAM30A")}

    def test_rows_are_renamed_with_a_note(self) -> None:
        matrix = pd.DataFrame({"s": [1.0, 2.0]}, index=["ADGRE1", "ERBB2"])
        renamed, notes = harmonise_genes(matrix, ["EMR1", "ERBB2", "XYZ"], what="LM22")
        assert list(renamed.index) == ["EMR1", "ERBB2"]
        assert notes[0].what == "LM22: genes found under another symbol"
        assert notes[0].detail == "ADGRE1 is EMR1"

    def test_nothing_is_copied_where_nothing_changes(self) -> None:
        matrix = pd.DataFrame({"s": [1.0]}, index=["ERBB2"])
        assert harmonise_genes(matrix, ["ERBB2"])[0] is matrix

    def test_spellings_are_all_symbols_that_lead_to_the_same_gene(self) -> None:
        table = symbol_table()
        meant: dict[str, set[str]] = {}
        for symbol in {*table.current, *table.earlier}:
            meant.setdefault(table.canonical(symbol), set()).add(symbol)
        for canonical, symbols in meant.items():
            spelt = table.spellings(canonical)
            assert symbols <= spelt
            assert all(table.canonical(symbol) == canonical for symbol in spelt)
        assert {"HLA.DRA", "HLA_DRA", "HLA-DRA"} <= table.spellings("HLA-DRA")
        assert table.spellings("no such gene") == {"no such gene"}

    def test_every_earlier_symbol_leads_to_a_current_one_and_is_none_itself(self) -> None:
        table = symbol_table()
        assert set(table.earlier.values()) <= table.current
        assert not set(table.earlier) & table.current

    @pytest.mark.parametrize(
        ("matrix", "signature", "before", "after"),
        [
            ("scanb400/expr_log2fpkm.tsv.gz", "LM22.txt", 287, 287),
            ("scanb400/expr_log2fpkm.tsv.gz", "danaher_markers.tsv", 42, 42),
            ("tcga121/tcga121_rnaseq_raw_counts.tsv.gz", "LM22.txt", 523, 530),
            ("tcga121/tcga121_rnaseq_raw_counts.tsv.gz", "danaher_markers.tsv", 59, 59),
            ("pbmc_abis_s13/TPMPBMC.txt.gz", "LM22.txt", 467, 474),
            ("pbmc_abis_s13/TPMPBMC.txt.gz", "danaher_markers.tsv", 58, 59),
        ],
    )
    def test_genes_found_in_real_data_before_and_after(
        self, shared: Path, matrix: str, signature: str, before: int, after: int
    ) -> None:
        available = first_words(gzip.decompress((shared / matrix).read_bytes()).decode(), 0)
        text = (shared / "signatures" / signature).read_text()
        wanted = first_words(text, 1 if signature.startswith("danaher") else 0)
        matched = match_symbols(wanted, available)
        assert (len(matched.rows) - len(matched.renamed), len(matched.rows)) == (before, after)

    def test_what_is_renamed_in_tcga_for_lm22_is_right_gene_by_gene(self, shared: Path) -> None:
        path = shared / "tcga121/tcga121_rnaseq_raw_counts.tsv.gz"
        available = first_words(gzip.decompress(path.read_bytes()).decode(), 0)
        wanted = first_words((shared / "signatures/LM22.txt").read_text(), 0)
        assert match_symbols(wanted, available).renamed == {
            "ATHL1": "PGGHG",
            "EMR1": "ADGRE1",
            "EMR2": "ADGRE2",
            "EMR3": "ADGRE3",
            "FAIM3": "FCMR",
            "GPR97": "ADGRG3",
            "KIAA0226L": "RUBCNL",
        }


def first_words(text: str, column: int) -> list[str]:
    return [line.split("\t")[column].strip('"') for line in text.splitlines()[1:]]


class TestEnsembl:
    def test_ids_with_and_without_a_version(self) -> None:
        symbols, notes = symbols_of_ids(["ENSG00000141736.13", "ENSG00000153563", "ENSG00000000000"])
        assert symbols == ["ERBB2", "CD8A", "ENSG00000000000"]
        assert [(note.count) for note in notes] == [2, 1]

    def test_a_few_ids_among_symbols_stay(self) -> None:
        names = ["ERBB2", "ESR1", "ENSG00000153563"]
        assert symbols_of_ids(names) == (names, [])


SYMBOLS = ["ERBB2", "ESR1", "CD8A", "HLA-DRA", "no_gene"]
ENTREZ = ["2064", "2099", "925", "3122", "1"]


class TestNamesInLongerOnes:
    @pytest.mark.parametrize(
        "form",
        [
            "{0};{1}",
            "{0}:{1}",
            "{0} ({1})",
            "{0}_{1}",
            "{0}.{1}",
            "{0}|{1}_calculated",
            "{0}_at",
            "{0}_HUMAN",
            "{0}.1",
            "GRCh38_{0}",
            "hg19_{0}",
            "gene:{0}",
            "HGNC:{0}",
            "GRCh38_{0}_at",
        ],
    )
    def test_what_stands_around_most_symbols_is_taken_away(self, form: str) -> None:
        names = [form.format(symbol, number) for symbol, number in zip(SYMBOLS, ENTREZ, strict=True)]
        symbols, notes = symbols_of_ids(names)
        assert symbols[:4] == SYMBOLS[:4]
        assert [note.what for note in notes] == ["names taken out of longer ones"]
        assert notes[0].detail == f"as ERBB2 of {names[0]}"

    @pytest.mark.parametrize("form", ["{}_at", "hsa:{}", "X{}", "gene-{}"])
    def test_ids_of_entrez_are_found_in_the_same_way(self, form: str) -> None:
        symbols, notes = symbols_of_ids([form.format(number) for number in ENTREZ[:4]])
        assert symbols == SYMBOLS[:4]
        assert [note.count for note in notes] == [4, 4]

    def test_both_ways_one_after_the_other(self) -> None:
        names = [f"gene:{symbol}|{number}" for symbol, number in zip(SYMBOLS, ENTREZ, strict=True)]
        symbols, notes = symbols_of_ids(names)
        assert symbols == SYMBOLS
        assert [note.count for note in notes] == [5, 5]

    def test_half_of_the_names_must_be_known_then_and_not_before(self) -> None:
        known, unknown = ["ERBB2_at", "ESR1_at"], ["Q1_at", "Q2_at"]
        assert symbols_of_ids([*known, *unknown])[0] == ["ERBB2", "ESR1", "Q1", "Q2"]
        names = [*known, *unknown, "Q3_at"]
        assert symbols_of_ids(names) == (names, [])
        names = ["ERBB2", "ESR1", "CD8A_at", "MKI67_at"]
        assert symbols_of_ids(names) == (names, [])

    def test_probes_of_an_array_are_no_ids(self) -> None:
        names = [f"{number}_at" for number in range(200000, 201000)]
        assert symbols_of_ids(names) == (names, [])
        names = [f"ILMN_{number}" for number in range(1343291, 1344291)]
        assert symbols_of_ids(names) == (names, [])

    def test_real_symbols_stay(self) -> None:
        names = ["HLA-DRA", "NKX2-1", "MT-CO1", "IL-6", "ERBB2", "TRAV1-2"]
        assert symbols_of_ids(names) == (names, [])
