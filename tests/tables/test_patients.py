"""Table 1, held to the counts that the paper prints."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.tables import table_one
from her2stats.tables.patients import print_table_one


def clinical(n: int = 81, **counts: dict[object, int]) -> pd.DataFrame:
    columns = {}
    for name, levels in counts.items():
        values = [level for level, count in levels.items() for _ in range(count)]
        columns[name] = values + [None] * (n - len(values))
    return pd.DataFrame(columns, index=[f"p{place}" for place in range(n)])


def cell(table: pd.DataFrame, variable: str, level: str, column: str) -> object:
    row = table[(table["variable"].str.startswith(variable)) & (table["level"] == level)]
    assert len(row) == 1, (variable, level)
    return row[column].iloc[0]


@pytest.fixture
def confirmatory() -> pd.DataFrame:
    return clinical(
        size_cm={1.5: 39, 3.0: 38, 6.0: 3},
        grade={"II": 40, "III": 41},
        hr={"positive": 68, "negative": 13},
        her2_ihc={"0": 25, "1+": 26, "2+": 30},
        pam50={"LumA": 45, "LumB": 14, "Her2": 2, "Basal": 15, "undetermined": 5},
    ).astype({"size_cm": float})


def test_the_confirmatory_cohort_of_the_paper(confirmatory: pd.DataFrame) -> None:
    table = table_one({"confirmatory": confirmatory})
    text = {
        ("Tumour size", "≤ 2 cm"): "39 (48.1%)",
        ("Tumour size", "2–5 cm"): "38 (46.9%)",
        ("Tumour size", "> 5 cm"): "3 (3.7%)",
        ("Tumour size", "missing"): "1 (1.2%)",
        ("Grade", "I"): "0",
        ("Grade", "II"): "40 (49.4%)",
        ("Hormone receptor", "positive"): "68 (84.0%)",
        ("HER2 IHC", "1+"): "26 (32.1%)",
        ("PAM50", "Luminal A"): "45 (55.6%)",
        ("PAM50", "HER2-enriched"): "2 (2.5%)",
    }
    for (variable, level), words in text.items():
        assert cell(table, variable, level, "confirmatory") == words
    assert cell(table, "Patients", "", "confirmatory n") == 81


def test_levels_of_a_variable_sum_to_all_patients(confirmatory: pd.DataFrame) -> None:
    table = table_one({"c": confirmatory})
    for _, rows in table[table["variable"] != "Patients"].groupby("variable"):
        assert rows["c n"].sum() == 81
        assert rows["c percent"].sum() == pytest.approx(100)


def test_bounds_belong_to_the_lower_class() -> None:
    table = table_one({"c": pd.DataFrame({"size_cm": [2.0, 2.01, 5.0, 5.01]})})
    assert table.set_index("level").loc[["≤ 2 cm", "2–5 cm", "> 5 cm"], "c n"].tolist() == [1, 2, 1]


def test_age_is_given_as_median_and_quartiles() -> None:
    ages = pd.DataFrame({"age": [41.0, 48.0, 49.0, 55.0, np.nan]})
    table = table_one({"c": ages})
    assert cell(table, "Age", "median (IQR)", "c") == "49 (46–51)", "48.5 is rounded up"
    assert cell(table, "Age", "median (IQR)", "c median") == 48.5
    assert cell(table, "Age", "missing", "c n") == 1


def test_a_variable_of_one_cohort_only_is_marked_in_the_other(confirmatory: pd.DataFrame) -> None:
    response = pd.DataFrame({"pcr": [1.0, 0.0, np.nan], "hr": ["positive", "negative", "negative"]})
    table = table_one({"confirmatory": confirmatory, "response": response})
    assert cell(table, "Pathological", "yes", "confirmatory") == "—"
    assert pd.isna(cell(table, "Pathological", "yes", "confirmatory n"))
    assert cell(table, "Pathological", "yes", "response") == "1 (33.3%)"
    assert cell(table, "Grade", "II", "response") == "—"


def test_categories_keep_their_order_and_the_users_own_variables_are_taken() -> None:
    nodes = pd.Categorical(["N2", "N0", "N1"], ["N0", "N1", "N2"])
    table = table_one({"c": pd.DataFrame({"nodes": nodes})}, variables=["nodes"])
    assert table["level"].tolist() == ["", "N0", "N1", "N2"]


def test_the_order_of_patients_changes_nothing(confirmatory: pd.DataFrame) -> None:
    shuffled = confirmatory.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(table_one({"c": confirmatory}), table_one({"c": shuffled}))


def test_p_values_on_request(confirmatory: pd.DataFrame) -> None:
    other = confirmatory.assign(hr=["positive"] * 30 + ["negative"] * 51)
    table = table_one({"a": confirmatory, "b": other}, p_values=True)
    rows = table.set_index(["variable", "level"])
    assert rows.loc[("Hormone receptor", "positive"), "p"] < 0.001
    assert rows.loc[("Grade", "I"), "p"] == pytest.approx(1)
    assert set(table["test"].dropna()) == {"chi-squared"}


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(DataError, match="no cohort"):
        table_one({})
    with pytest.raises(DataError, match="'stage'"):
        table_one({"a": pd.DataFrame({"hr": ["positive"]})}, variables=["stage"])
    with pytest.raises(DataError, match="'a n'"):
        table_one({"a": pd.DataFrame({"hr": ["positive"]}), "a n": pd.DataFrame({"hr": ["positive"]})})


def test_an_empty_cohort_is_described_without_a_division_by_zero() -> None:
    table = table_one({"empty": pd.DataFrame({"hr": pd.Series([], dtype="str"), "age": pd.Series([], dtype=float)})})
    assert cell(table, "Patients", "", "empty") == "0"
    assert cell(table, "Age", "median (IQR)", "empty") == "—"


def test_levels_stand_under_their_variable() -> None:
    frame = pd.DataFrame({"age": [50.0, 60.0], "hr": ["positive", "negative"]})
    printed = print_table_one(table_one({"c": frame}), {"c": 2}, caption="Patients")
    assert printed.frame["variable"].tolist() == ["Age, years", "Hormone receptor, n (%)", "Hormone receptor, n (%)"]
    assert printed.frame["level"].tolist() == ["Median (IQR)", "Positive", "Negative"]
    assert printed.heading("c") == "c (n = 2)"
    assert printed.notes == []


def test_what_is_missing_or_absent_is_explained() -> None:
    one, two = pd.DataFrame({"hr": ["positive", None]}), pd.DataFrame({"grade": ["I"]})
    printed = print_table_one(table_one({"a": one, "b": two}), {"a": 2, "b": 1}, caption="Patients")
    assert len(printed.notes) == 2


def test_a_variable_that_nobody_has_is_left_out_and_none_stands_in_for_it() -> None:
    frame = clinical(4, her2_ihc={}, her2_status={"negative": 4}, pam50={}, age={51.0: 4})
    assert list(dict.fromkeys(table_one({"a": frame})["variable"])) == ["Patients", "Age, years"]
    other = clinical(4, pam50={"LumA": 1})
    table = table_one({"a": frame, "b": other})
    assert cell(table, "PAM50", "Luminal A", "b") == "1 (25.0%)"
    assert cell(table, "PAM50", "missing", "a") == "4 (100.0%)"


def test_a_level_that_begins_with_the_word_median_is_counted() -> None:
    frame = pd.DataFrame({"arm": ["median dose", "high dose"]})
    printed = print_table_one(table_one({"c": frame}), {"c": 2}, caption="Patients")
    assert printed.frame["variable"].tolist() == ["Arm, n (%)", "Arm, n (%)"]
    assert set(printed.frame["level"]) == {"Median dose", "High dose"}


def test_the_name_of_a_test_is_text_and_its_p_a_number() -> None:
    frame = pd.DataFrame({"hr": ["positive", "negative"] * 20, "grade": ["II", "II", "III", "III"] * 10})
    printed = print_table_one(
        table_one({"a": frame, "b": frame}, p_values=True), {"a": 40, "b": 40}, caption="Patients"
    )
    assert list(printed.words) == ["test"]


def test_what_divides_one_level_is_missing_of_that_level_alone() -> None:
    frame = pd.DataFrame(
        {
            "her2_ihc": ["0", "0", "0", "1+", "2+", None],
            "her2_zero": pd.Categorical(["null", "ultralow", None, None, None, None], ["null", "ultralow"]),
        }
    )
    table = table_one({"c": frame})
    cells = table[table["variable"] == "HER2 IHC 0"].set_index("level")["c n"].to_dict()
    assert cells == {"null": 1, "ultralow": 1, "missing": 2}  # one read as 0, and one that nobody read
