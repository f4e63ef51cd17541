"""What the small study could find, and what its answers could not stand: each number is that of the verb."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from her2stats.statistics import bias_ihc, e_value, power_correlation, power_response, response_odds
from her2stats.study import StudyResults
from her2stats.study.analysis.sensitivity import sensitivity
from her2stats.study.sections import AnalysisSection


def rows(table: pd.DataFrame, **where: object) -> pd.DataFrame:
    for name, value in where.items():
        table = table[table[name] == value]
    return table


def test_the_least_correlations_are_those_of_the_strata(small_results: StudyResults) -> None:
    found, by_hr = small_results.tables["detectable"], small_results.tables["correlation_by_hr"]
    totals = rows(by_hr, outcome="Total TIL", term="HER2 score")
    assert len(totals) == 2
    for stratum, n in zip(totals["stratum"], totals["n"], strict=True):
        (least,) = rows(found, outcome="Total TIL", stratum=stratum, given="")["effect"]
        assert least == power_correlation(int(n))["effect"].iloc[0]
    (given,) = rows(found, outcome="Total TIL", given="hr")["effect"]
    (n,) = rows(found, outcome="Total TIL", given="hr")["n"]
    assert given == power_correlation(int(n), strata=2)["effect"].iloc[0]


def test_a_cell_type_is_asked_at_the_threshold_of_its_family(small_results: StudyResults) -> None:
    types = rows(small_results.tables["correlation"], term="HER2 score", cohort="one")
    size = int(types.loc[types["outcome"] != "Total TIL", "family_size"].iloc[0])
    row = rows(small_results.tables["detectable"], outcome="", stratum="all", given="").iloc[0]
    assert row["tests"] == size > 1
    assert row["alpha"] == pytest.approx(0.05 / size)
    assert row["effect"] == power_correlation(int(row["n"]), alpha=0.05 / size)["effect"].iloc[0]


def test_the_least_odds_ratios_of_response_follow_from_its_counts(small_results: StudyResults) -> None:
    asked = small_results.tables["response"].to_dict("records")
    assert asked
    for row in asked:
        share = row["n_events_reference"] / row["n_reference"]
        sizes = (row["n_reference"], row["n_comparison"])
        theirs = power_response(sum(sizes), share=share, split=sizes)["effect"]
        found = rows(small_results.tables["detectable"], outcome=row["outcome"], stratum="all", given="")
        assert found["effect"].tolist() == pytest.approx(theirs.tolist(), nan_ok=True)


def test_every_estimate_has_its_e_value(small_results: StudyResults) -> None:
    tables = small_results.tables
    odds = tables["odds_ratios"]["estimate"].notna().sum()
    ranked = tables["correlation_given_hr"].query("term == 'HER2 score'")["estimate"].notna().sum()
    found = tables["e_values"]
    assert (found["term"].eq("HER2 score") & found["measure"].eq("odds_ratio")).sum() == odds
    assert (found["given"].eq("hr") & found["measure"].eq("rho")).sum() == ranked
    for row in found.to_dict("records"):
        theirs = e_value(row["estimate"], row["conf_low"], row["conf_high"], measure=row["measure"], share=row["share"])
        assert row["e_value"] == pytest.approx(theirs["e_value"])
        held = row["conf_low"] <= (0 if row["measure"] == "rho" else 1) <= row["conf_high"]
        assert (row["e_value_limit"] == 1) == held


def test_response_and_infiltration_are_corrected_for_misreading(small_results: StudyResults) -> None:
    found = small_results.tables["misread_ihc"]
    response = small_results.tables["response"]
    theirs = bias_ihc(response, kappa=0.49, seed=3)
    ours = rows(found, cohort="answers", stratum="all")
    assert ours["estimate"].tolist() == pytest.approx(theirs["estimate"].tolist(), nan_ok=True)
    read = rows(found, outcome="Total TIL", stratum="all", assumed="as read").iloc[0]
    kappa = rows(found, outcome="Total TIL", stratum="all", assumed="kappa").iloc[0]
    assert read["measure"] == "shift"
    assert abs(kappa["estimate"]) > abs(read["estimate"]) > 0
    assert not math.isnan(rows(found, outcome="Total TIL", assumed="priors")["share_impossible"].iloc[0])


def test_how_well_ihc_is_read_can_be_said_in_the_study_file() -> None:
    group = pd.Categorical(["HER2-low"] * 120 + ["HER2-0"] * 80, ["HER2-0", "HER2-low"])
    frame = pd.DataFrame({"her2_group": group, "pcr": ([1, 0, 0] * 67)[:200]})
    odds = response_odds(frame, "pcr", "her2_group", reference="HER2-0")
    said = {"ihc_sensitivity": [0.97], "ihc_specificity": [0.9, 0.8], "ihc_kappa": 0.7}
    said |= {"ihc_sensitivity_prior": [90, 3], "ihc_specificity_prior": [40, 8]}
    material = SimpleNamespace(clinical=frame, til="", exposure="")
    answers = SimpleNamespace(results={"response": [odds]})
    for given, asked in ((said, said), ({"ihc_kappa": 0}, {})):
        study = SimpleNamespace(analysis=AnalysisSection(**given), study=SimpleNamespace(seed=4))
        told = {name.removeprefix("ihc_"): value for name, value in asked.items() if "prior" not in name}
        if asked:
            told["priors"] = ((90, 3), (40, 8))
        theirs = bias_ihc(odds, seed=4, **told)
        ours = sensitivity(material, study, answers)["misread_ihc"]
        pd.testing.assert_frame_equal(
            ours.drop(columns="given")[[*theirs.columns]].drop(columns="method"), theirs.drop(columns="method")
        )
    assert not ours["assumed"].eq("kappa").any()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ihc_sensitivity": [0]},
        {"ihc_specificity": [1.2]},
        {"ihc_kappa": -0.1},
        {"ihc_sensitivity_prior": [0, 3]},
        {"ihc_specificity_prior": [3]},
    ],
)
def test_what_is_no_share_and_no_distribution_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        AnalysisSection(**wrong)
