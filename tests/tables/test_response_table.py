"""Table 2, held to the counts that the paper prints."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import fit_interaction, response_odds
from her2stats.tables import table_response


def patients(counts: dict[str, tuple[int, int]], outcome: str) -> pd.DataFrame:
    rows = [
        {"her2_group": group, outcome: float(place < events)}
        for group, (events, n) in counts.items()
        for place in range(n)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def table() -> pd.DataFrame:
    course = patients({"HER2-0": (17, 39), "HER2-low": (9, 32)}, "complete_response")
    final = patients({"HER2-0": (36, 50), "HER2-low": (23, 36)}, "pcr")
    results = [
        response_odds(frame, frame.columns[1], "her2_group", reference="HER2-0", cohort="immunotherapy")
        for frame in (course, final)
    ]
    return table_response(results)


def test_counts_and_percentages_of_the_paper(table: pd.DataFrame) -> None:
    columns = ["patients n", "patients %", "HER2-0 n", "HER2-0 %", "HER2-low n", "HER2-low %"]
    assert table[columns].to_numpy().tolist() == [
        ["71", "", "39", "", "32", ""],
        ["26", "37", "17", "44", "9", "28"],
        ["45", "63", "22", "56", "23", "72"],
        ["", "", "1 (reference)", "", "0.51 (0.19–1.37)", ""],
        ["86", "", "50", "", "36", ""],
        ["59", "69", "36", "72", "23", "64"],
        ["27", "31", "14", "28", "13", "36"],
        ["", "", "1 (reference)", "", "0.69 (0.27–1.72)", ""],
    ]
    assert table["level"].tolist() == ["", "complete", "partial or none", "Odds ratio", "", "yes", "no", "Odds ratio"]


def test_an_odds_ratio_that_does_not_exist_is_named() -> None:
    frame = patients({"HER2-0": (0, 8), "HER2-low": (6, 12)}, "pcr")
    table = table_response(response_odds(frame, "pcr", "her2_group", reference="HER2-0"))
    assert table["HER2-low n"].tolist() == ["12", "6", "6", "separation"]


def test_the_reference_is_the_one_that_was_asked_for() -> None:
    frame = patients({"HER2-0": (5, 20), "HER2-low": (6, 12)}, "pcr")
    table = table_response(response_odds(frame, "pcr", "her2_group", reference="HER2-low").table)
    assert table.loc[3, "HER2-low n"] == "1 (reference)"


def test_other_rows_are_refused() -> None:
    with pytest.raises(DataError, match="response_odds"):
        table_response(pd.DataFrame([{"outcome": "x", "estimate": 1.0, "measure": "odds_ratio"}]))


@pytest.mark.parametrize(("reference", "group"), [("a; b", "c[d]"), ("odds ratio against x", "[y]:z"), ("0", "1")])
def test_groups_are_named_as_they_are(reference: str, group: str) -> None:
    frame = patients({reference: (5, 20), group: (6, 12)}, "pcr")
    table = table_response(response_odds(frame, "pcr", "her2_group", reference=reference))
    assert set(table.columns[5:]) == {f"{reference} n", f"{reference} %", f"{group} n", f"{group} %"}
    assert table.loc[3, [f"{reference} n", f"{group} n"]].tolist() == ["1 (reference)", "3.00 (0.66–13.7)"]


def test_a_group_that_is_called_as_all_of_them_is_refused() -> None:
    frame = patients({"HER2-0": (5, 20), "patients": (6, 12)}, "pcr")
    with pytest.raises(DataError, match="the group 'patients' occurs twice for pcr"):
        table_response(response_odds(frame, "pcr", "her2_group", reference="HER2-0"))


def test_further_questions_stand_below_the_crude_odds_ratio_in_the_column_of_their_group() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {"her2_group": rng.choice(["HER2-0", "HER2-low", "ultra"], 400), "pcr": rng.integers(0, 2, 400)}
    )
    frame["hr"], frame["arm"] = rng.choice(["negative", "positive"], 400), rng.choice(["A", "B"], 400)
    asked = {"reference": "HER2-0", "cohort": "trial"}
    crude = response_odds(frame, "pcr", "her2_group", **asked)
    given = response_odds(frame, "pcr", "her2_group", covariates=("hr", "arm"), **asked)
    low = frame["her2_group"].map({"HER2-0": 0.0, "HER2-low": 1.0})
    more = [
        given.with_table(given.table.assign(given="hr, arm")),
        response_odds(frame, "pcr", "her2_group", by="arm", **asked),
        response_odds(frame, "pcr", "arm", reference="A", cohort="trial"),  # about other groups
        fit_interaction(frame.assign(**{"HER2-low": low}), "pcr", "HER2-low", "hr", per_sd=False, cohort="trial"),
        response_odds(frame, "pcr", "her2_group", by="hr", reference="HER2-0", cohort="another"),
    ]
    table = table_response(crude, further=more)
    assert table["level"].tolist()[3:] == [
        *("Odds ratio", "Odds ratio, adjusted for HR, Arm", "Odds ratio, Arm A", "Odds ratio, Arm B"),
        "Ratio of odds ratios, HR-positive",
    ]
    line = given.table.iloc[0]
    told = f"{line['estimate']:.2f} ({line['conf_low']:.2f}–{line['conf_high']:.2f})"
    assert table.loc[4, "HER2-low n"] == told
    assert table.loc[4, "ultra n"] not in ("", told)
    assert table.loc[7, "ultra n"] == ""
    assert table_response(crude).equals(table.iloc[:4])
