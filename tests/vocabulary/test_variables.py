"""The table of clinical variables: what an entry says is what reading, `init` and Table 1 do."""

from __future__ import annotations

import pandas as pd
import pytest

from her2stats.errors import TableError
from her2stats.reading import read_clinical
from her2stats.study.proposing.headings import RECOGNISABLE
from her2stats.study.proposing.recognition import recognise
from her2stats.tables import table_one
from her2stats.vocabulary.names import term_label, variable_label
from her2stats.vocabulary.variables import BY_NAME, TABLE_ONE, VARIABLES, with_role
from her2stats.vocabulary.words import fold, plain_name


def read(words: list[str], **columns: str) -> pd.DataFrame:
    samples = [f"s{place}" for place in range(len(words))]
    frame = pd.DataFrame({"sample": samples, "her2_ihc": "0", "er": "pos", "column": words})
    return read_clinical(frame, columns=columns).table


def test_names_and_places_are_given_once() -> None:
    assert len(BY_NAME) == len(VARIABLES)
    assert [entry.table_one for entry in TABLE_ONE] == list(range(1, len(TABLE_ONE) + 1))
    assert set(RECOGNISABLE) == {entry.name for entry in VARIABLES if entry.headings}


@pytest.mark.parametrize("entry", VARIABLES, ids=lambda entry: entry.name)
def test_an_entry_is_of_one_piece(entry) -> None:
    assert entry.stored in BY_NAME
    assert entry.is_number == bool(entry.unit)
    assert entry.is_number != bool(entry.words or entry.open_words)
    assert all(word == fold(word) for word in entry.words)
    values = {*entry.levels, entry.further} if entry.kind == "factor" else {"1", "0"}
    assert {value for value in entry.words.values() if value} <= values
    assert not entry.cut or not entry.cut.level or entry.cut.level in entry.levels


def test_the_order_in_which_headings_are_tried_puts_the_more_telling_variable_first() -> None:
    assert RECOGNISABLE[:5] == ("er", "pgr", "hr", "her2_ihc", "her2_status")
    assert RECOGNISABLE.index("size_mm") + 1 == RECOGNISABLE.index("size_cm")


def test_roles() -> None:
    assert with_role("factor") == ("hr", "her2_ihc")
    assert with_role("covariate") == ("age", "size_cm")
    assert with_role("response") == ("complete_response", "pcr")
    assert with_role("count") == ("stil", "lymphocyte_density")


@pytest.mark.parametrize(
    "heading", ["Ki67", "ki-67", "Ki-67 (%)", "KI67_index", "MKI67 index", "Ki67 labeling index", "Ki67 % IHC"]
)
def test_ki67_is_recognised(heading) -> None:
    (found,) = recognise({heading: ["20", "5%", "", "80"]})
    assert (found.variable, found.words()) == ("ki67", "numbers, missing 1")


@pytest.mark.parametrize("heading", ["MKI67", "Ki67 status", "Ki67 mRNA", "kit 67"])
def test_a_gene_or_a_class_is_no_percentage_of_nuclei(heading) -> None:
    assert recognise({heading: ["7.5", "8.25", "9"]}) == [], plain_name(heading)


def test_ki67_is_read_in_percent_up_to_its_limits() -> None:
    assert read(["0", "40", "20%", "100"], ki67="column")["ki67"].tolist() == [0, 40, 20, 100]
    with pytest.raises(TableError, match=r"'100.5' is outside 0 to 100 %"):
        read(["40", "100.5"], ki67="column")
    with pytest.raises(TableError, match=r"'-1' is outside 0 to 100 %"):
        read(["40", "-1"], ki67="column")


def test_shares_of_one_are_no_percentages() -> None:
    what = "no value is above 1: these are shares of one or codes, not percentages -> write 0 to 100"
    with pytest.raises(TableError, match=what):
        read(["0.2", "0.05", "1"], ki67="column")
    assert read(["0.2", "0.05", "1.1"], ki67="column")["ki67"].tolist() == [0.2, 0.05, 1.1]
    assert read(["", "NA"], ki67="column")["ki67"].isna().all()


def test_ki67_in_table_one() -> None:
    table = table_one({"c": read(["10", "20", "30", ""], ki67="column")})
    rows = table[table["variable"] == "Ki-67, %"]
    assert rows[["level", "c"]].to_numpy().tolist() == [["median (IQR)", "20 (15–25)"], ["missing", "1 (25.0%)"]]
    assert (variable_label("ki67"), term_label("ERBB2", "", "ki67")) == ("Ki-67, %", "ERBB2 × Ki-67")


def test_a_percent_sign_belongs_to_percentages_only() -> None:
    with pytest.raises(TableError, match="'51%' is not a number"):
        read(["51%"], age="column")


def test_a_variable_of_ones_own_has_no_limits_but_its_numbers() -> None:
    table = read(["-5", "1e6", "", "40"], my_marker="column")
    assert table["my_marker"].dropna().tolist() == [-5, 1e6, 40]
    assert list(read(["N1", "N0"], nodal="column")["nodal"].cat.categories) == ["N0", "N1"]


def test_a_size_is_measured_in_its_own_unit_up_to_the_very_limits() -> None:
    assert read(["0", "250"], size_mm="column")["size_cm"].tolist() == [0, 25]
    with pytest.raises(TableError, match="'251' is outside 0 to 250 mm"):
        read(["20", "251"], size_mm="column")
    assert read(["10"], size_cm="column")["size_cm"].tolist() == [10]
    assert read(["4"], size_mm="column")["size_cm"].tolist() == [0.4]
    assert read(["15"], age="column")["age"].tolist() == [15]
    assert read(["110"], age="column")["age"].tolist() == [110]
