"""Odds ratios of a study's cohorts, pooled where they ask the same question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from her2stats.r_engine import crosscheck_r
from her2stats.statistics import Abundance, combine, pool
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.pooled import DIFFERENT, pooled_odds_ratios, pooled_results
from her2stats.study.preparing import prepare
from her2stats.study.run import analyse_study
from her2stats.study.study_figures import all_drawings
from her2stats.study.study_file import Study, read_study
from tests.study.conftest import write_small_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two cohorts with expression: the small study's, and the same tumours under another name."""
    path = write_small_study(tmp_path_factory.mktemp("two"))
    text = path.read_text()
    first = text[text.index("[[cohorts]]") : text.index('[[cohorts]]\nname = "answers"')]
    path.write_text(text.replace(first, first + first.replace('name = "one"', 'name = "two"')))
    return read_study(path)


@pytest.fixture(scope="module")
def analyses(study: Study) -> list[CohortAnalysis]:
    return analyse_study(prepare(study))


def test_equal_cohorts_give_their_own_odds_with_a_smaller_error(analyses: list[CohortAnalysis], study: Study) -> None:
    own = combine(analyses[0].answers.results["odds_ratios"]).set_index(["stratum", "outcome", "term"])
    pooled = pooled_odds_ratios(analyses, study).table.set_index(["stratum", "outcome", "term"])
    both = own.join(pooled.add_suffix("_pooled")).dropna(subset="estimate")
    np.testing.assert_allclose(both["estimate_pooled"], both["estimate"], rtol=1e-12)
    np.testing.assert_allclose(both["std_error_pooled"], both["std_error"] / np.sqrt(2), rtol=1e-12)
    assert len(both) > 10
    assert pooled.index.get_level_values("term").str.contains(":").any()


def test_correlations_are_pooled_overall_by_and_given_hormone_receptor(
    analyses: list[CohortAnalysis], study: Study
) -> None:
    table = combine(pooled_results(analyses, study)["pooled_correlations"])
    til = table[table["outcome"].eq("Total TIL") & table["term"].eq("HER2 score")]
    assert til[["stratum", "given"]].values.tolist() == [
        ["all", ""],
        ["hr=negative", ""],
        ["hr=positive", ""],
        ["all", "hr"],
    ]
    own = combine(analyses[0].answers.results["correlation_given_hr"])
    own = own[own["outcome"].eq("Total TIL") & own["term"].eq("HER2 score")].iloc[0]
    assert til["estimate"].iloc[3] == pytest.approx(own["estimate"], rel=1e-12)
    assert til["std_error"].iloc[3] == pytest.approx(own["std_error"] / np.sqrt(2), rel=1e-12)


def test_a_type_that_cohorts_cut_differently_is_flagged(analyses: list[CohortAnalysis], study: Study) -> None:
    abundance = analyses[1].material.abundance
    assert abundance is not None
    name = abundance.continuous[0]
    kinds = abundance.kinds.copy()
    kinds.loc[name, "kind"] = "dichotomised"
    other = replace(analyses[1].material, abundance=Abundance(kinds, abundance.high, "two"))
    pooled = pooled_odds_ratios([analyses[0], replace(analyses[1], material=other), *analyses[2:]], study).table
    flagged = pooled[pooled["outcome"] == name]
    assert set(flagged["flag"]) == {DIFFERENT}
    assert flagged["estimate"].isna().all()
    assert DIFFERENT not in set(pooled.loc[pooled["outcome"] != name, "flag"])


def test_one_cohort_is_not_pooled_and_has_no_figure_of_it(analyses: list[CohortAnalysis], study: Study) -> None:
    assert pooled_odds_ratios([analyses[0], analyses[2]], study).table.columns.tolist()[:20] == list(
        pool([]).table.columns[:20]
    )
    assert pooled_odds_ratios([analyses[0], analyses[2]], study).table.empty
    assert "fig2c_pooled" not in {drawing.stem for drawing in all_drawings([analyses[0]], study)}
    (drawing,) = [drawing for drawing in all_drawings(analyses, study) if drawing.stem == "fig2c_pooled"]
    odds, tests = drawing.arguments
    assert isinstance(odds, pd.DataFrame)
    assert odds["cohort"].unique().tolist() == ["one", "two", "pooled"]
    assert "pooled" in set(tests["cohort"])


@pytest.mark.r
def test_r_pools_to_the_same_numbers_and_flags(analyses: list[CohortAnalysis], study: Study) -> None:
    abundance = analyses[1].material.abundance
    assert abundance is not None
    kinds = abundance.kinds.copy()
    kinds.loc[abundance.continuous[0], "kind"] = "dichotomised"
    other = replace(analyses[1].material, abundance=Abundance(kinds, abundance.high, "two"))
    pooled = pooled_odds_ratios([analyses[0], replace(analyses[1], material=other), *analyses[2:]], study)
    checked = crosscheck_r({"pooled": pooled}, whole=True)
    assert checked.agrees, checked.disagreements.to_string()
    assert set(checked.table["verdict"]) == {"agree"}
    assert {"estimate", "std_error", "conf_low", "q", "q_p_value", "i2", "tau2", "k", "flag"} <= set(
        checked.table["quantity"]
    )
    wrong = pooled.with_table(pooled.table.assign(std_error=pooled.table["std_error"] * 1.001))
    assert not crosscheck_r({"pooled": wrong}).agrees
