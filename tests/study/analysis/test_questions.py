"""What the paper's questions are asked of: cuts at their edges, and every pair of scores and cell types."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from her2stats.study.analysis.material import clinical_cuts


def test_age_size_and_grade_are_cut_above_50_years_above_2_cm_and_at_grade_iii() -> None:
    clinical = pd.DataFrame(
        {"age": [50.0, 50.5, 30, np.nan], "size_cm": [2.0, 2.1, np.nan, 0.5], "grade": ["II", "III", "I", None]}
    )
    cuts = clinical_cuts(clinical)
    assert cuts["age > 50 years"].tolist() == pytest.approx([0, 1, 0, np.nan], nan_ok=True)
    assert cuts["size > 2 cm"].tolist() == pytest.approx([0, 1, np.nan, 0], nan_ok=True)
    assert cuts["grade III"].tolist() == pytest.approx([0, 1, 0, np.nan], nan_ok=True)


def test_a_variable_that_a_cohort_lacks_has_no_cut() -> None:
    assert list(clinical_cuts(pd.DataFrame({"age": [61.0]}))) == ["age > 50 years"]


def test_total_infiltration_is_compared_between_the_receptor_groups(small_results, small_study) -> None:
    rows, scores = small_results.tables["infiltration_by_hr"], small_results.tables["scores"]
    clinical = pd.read_csv(small_study.parent / "one.csv", dtype={"sample": str}).set_index("sample")
    frame = scores.set_index("sample").join(clinical["hr"], how="inner").dropna(subset=["hr", "Total TIL"])
    frame["z"] = frame["HER2 score"] / frame["HER2 score"].std()
    by_hand = {level: np.polyfit(own["z"], own["Total TIL"], 1)[0] for level, own in frame.groupby("hr")}
    slopes = rows[rows["measure"] == "slope"].set_index("stratum")["estimate"]
    assert slopes["hr=negative"] == pytest.approx(by_hand["negative"], rel=1e-9)
    assert slopes["hr=positive"] == pytest.approx(by_hand["positive"], rel=1e-9)
    assert slopes["all"] == pytest.approx(np.mean(list(by_hand.values())), rel=1e-9)  # groups weigh alike
    tests = rows[rows["measure"] == "test"]
    assert tests["role"].tolist() == ["factor", "exposure", "interaction"]
    assert tests["term"].tolist() == ["hr", "HER2 score per SD", "hr:HER2 score per SD"]
    assert set(rows["family_size"]) == {1}


def test_the_correlation_matrix_has_every_pair_in_each_stratum(small_results, small_study) -> None:
    tables = {name: small_results.tables[name] for name in ("correlation_matrix", "scores", "fractions", "abundance")}
    matrix = tables["correlation_matrix"]
    wide = tables["scores"].merge(tables["fractions"], on=["cohort", "sample"]).set_index("sample")
    hr = pd.read_csv(small_study.parent / "one.csv", dtype={"sample": str}).set_index("sample")["hr"]
    continuous = tables["abundance"].loc[tables["abundance"]["kind"] == "continuous", "type"]
    variables = {"HER2 score", "ERBB2", "Total TIL", *continuous} & set(wide)
    for stratum, rows in matrix.groupby("stratum"):
        pairs = {frozenset(pair) for pair in rows[["term", "outcome"]].to_numpy()}
        asked = {variable for pair in pairs for variable in pair}
        assert asked >= set(continuous)
        assert asked <= variables
        assert pairs == {frozenset(pair) for pair in combinations(asked, 2)}
        assert len(rows) == len(pairs)
        inside = wide.loc[hr.index[hr == str(stratum).removeprefix("hr=")]]
        for row in rows.itertuples():
            assert row.estimate == pytest.approx(spearmanr(inside[row.term], inside[row.outcome])[0], abs=1e-12)
    assert set(matrix["stratum"]) == {"hr=negative", "hr=positive"}
