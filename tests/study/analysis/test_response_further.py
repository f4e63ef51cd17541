"""Response by arm, PD-L1 and stromal TIL, and residual cancer burden, in a study of a clinical table alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.statistics import fit_ordinal
from her2stats.study import StudyResults, run_study

TABLE = "response_further"


def patients(n: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(12)
    hr = rng.choice(["negative", "positive"], n, p=[0.4, 0.6])
    stil = rng.gamma(1.5, 15, n).clip(0, 95).round()
    odds = -0.8 + 1.2 * (hr == "negative") + 0.02 * stil
    pcr = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    return pd.DataFrame(
        {
            "sample": [f"p{number:03d}" for number in range(n)],
            "hr": hr,
            "her2_ihc": rng.choice(["0", "1+", "2+"], n),
            "arm": rng.choice(["control", "immunotherapy"], n, p=[0.55, 0.45]),
            "stil": stil,
            "pdl1": rng.choice(["PD-L1+", "PD-L1-"], n),
            "pcr": pcr,
            "rcb": np.where(pcr == 1, "0", rng.choice(["I", "II", "III"], n)),
        }
    )


def study_of(folder: Path, table: pd.DataFrame, *, cohort: str = "", analysis: str = "") -> StudyResults:
    table.to_csv(folder / "clinical.csv", index=False)
    path = folder / "study.toml"
    path.write_text(
        f'[study]\ntitle = "t"\n[analysis]\ncrosscheck = false\n{analysis}\n'
        f'[[cohorts]]\nname = "trial"\nclinical = "clinical.csv"\n{cohort}\n'
    )
    return run_study(path)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> StudyResults:
    folder = tmp_path_factory.mktemp("trial")
    said = 'pcr_definition = "ypT0/is ypN0"\nher2_assay = "4B5"\nzeros_read_again = true'
    return study_of(folder, patients(), cohort=said)


def logit(columns: list[np.ndarray], y: np.ndarray) -> np.ndarray:
    """Coefficients of a logistic model, by Newton's steps of their own."""
    X = np.column_stack([np.ones(len(y)), *columns])
    b = np.zeros(X.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-X @ b))
        b = b + np.linalg.solve((X.T * (p * (1 - p))) @ X, X.T @ (y - p))
    return b


def test_response_is_asked_by_arm_given_hormone_receptor(results: StudyResults) -> None:
    row = results.tables[TABLE].query("group == 'arm' and given == 'hr'").iloc[0]
    table = patients()
    arm, hr = (table["arm"] == "immunotherapy").to_numpy(), (table["hr"] == "positive").to_numpy()
    assert row["reference"] == "control"
    assert row["estimate"] == pytest.approx(np.exp(logit([arm, hr], table["pcr"].to_numpy())[1]), rel=1e-8)


def test_her2_groups_are_compared_given_and_within_arms_with_their_interaction(results: StudyResults) -> None:
    rows = results.tables[TABLE]
    table = patients()
    arm, hr = (table["arm"] == "immunotherapy").to_numpy(), (table["hr"] == "positive").to_numpy()
    low = (table["her2_ihc"] != "0").to_numpy()
    own = rows.query("group == 'her2_group' and given == 'hr, arm'").iloc[0]
    assert own["estimate"] == pytest.approx(np.exp(logit([low, hr, arm], table["pcr"].to_numpy())[1]), rel=1e-8)
    assert set(rows.query("group == 'her2_group' and given == ''")["stratum"]) == {"arm=control", "arm=immunotherapy"}
    product = rows.query("role == 'interaction' and measure == 'odds_ratio' and exposure == 'HER2-low'").iloc[0]
    by_hand = np.exp(logit([low, arm, low & arm, hr], table["pcr"].to_numpy())[3])
    assert product["estimate"] == pytest.approx(by_hand, rel=1e-8)


def test_stromal_til_and_pdl1_are_asked(results: StudyResults) -> None:
    rows = results.tables[TABLE]
    til = rows.query("term == 'stil' and stratum == 'all'").iloc[0]
    assert til["estimate"] > 1
    assert til["given"] == "hr, arm"
    assert rows.query("group == 'pdl1'")["reference"].tolist() == ["negative"]


def test_residual_cancer_burden_is_asked_by_proportional_odds(results: StudyResults) -> None:
    rows = results.tables[TABLE].query("outcome == 'rcb'")
    assert list(zip(rows["stratum"], rows["given"], strict=True)) == [
        ("all", ""),
        ("all", "hr, arm"),
        ("hr=negative", ""),
        ("hr=positive", ""),
    ]
    table = patients()
    table["rcb"] = table["rcb"].map({"0": 0, "I": 1, "II": 2, "III": 3})
    table["low"] = (table["her2_ihc"] != "0").astype(float)
    alone = fit_ordinal(table, "rcb", "low", per_sd=False).table["estimate"].iloc[0]
    assert rows["estimate"].iloc[0] == pytest.approx(alone, rel=1e-9)
    assert rows["levels"].tolist() == [4] * 4


def test_what_the_study_file_says_of_the_cohort_is_printed(results: StudyResults) -> None:
    page = (results.folder / "report.html").read_text(encoding="utf-8")
    methods = (results.folder / "manuscript" / "methods.md").read_text(encoding="utf-8")
    assert "pCR defined as ypT0/is ypN0." in page
    assert "ypT0/is ypN0" in methods
    assert "4B5" in methods
    assert "HER2 IHC: 4B5; slides of IHC 0 were read again" in set(results.tables["notes"]["what"])


def test_an_arm_of_one_patient_is_told_and_compared_with_nothing(tmp_path: Path) -> None:
    table = patients()
    table.loc[0, "arm"] = "other"
    found = study_of(tmp_path, table)
    omitted = found.tables["omitted"].set_index("part")["reason"]
    assert omitted[f"{TABLE}: arm other"] == "only 1 patient(s) in this arm: it is compared with no other"
    assert not found.tables[TABLE]["term"].str.contains("other]", regex=False).any()


def test_three_arms_are_each_compared_with_the_largest(tmp_path: Path) -> None:
    table = patients()
    table.loc[table.index[table["arm"] == "immunotherapy"][::2], "arm"] = "vaccine"
    rows = study_of(tmp_path, table).tables[TABLE]
    assert rows.query("group == 'arm'")["comparison"].tolist() == ["immunotherapy", "vaccine"]
    products = rows.query("role == 'interaction' and measure == 'odds_ratio' and exposure == 'HER2-low'")
    assert products["term"].tolist() == [f"HER2-low:arm {arm}[{arm}]" for arm in ("immunotherapy", "vaccine")]
    keys = ["stratum", "outcome", "term", "role", "given", "exposure", "group"]
    assert not rows.assign(**rows[keys].fillna("")).duplicated([*keys, "measure", "method"]).any()


def test_nothing_depends_on_the_order_of_the_rows(tmp_path: Path, results: StudyResults) -> None:
    again = study_of(tmp_path, patients().sample(frac=1, random_state=3)).tables[TABLE]
    numbers = ["estimate", "conf_low", "conf_high", "p_value"]
    pd.testing.assert_frame_equal(again[numbers], results.tables[TABLE][numbers], rtol=1e-9)
