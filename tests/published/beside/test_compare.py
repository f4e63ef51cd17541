"""A run beside the paper."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.published import compare_published, comparison_summary, published_estimates
from her2stats.published.beside.questions import QUESTIONS
from her2stats.statistics import (
    adjust,
    compare_groups,
    correlate,
    fit_ancova,
    fit_interaction,
    fit_logistic,
    response_odds,
)

TYPES = ["Plasma cells", "T cells CD8", "Macrophages M1", "Mast cells resting", "Neutrophils", "B cells naive"]


def _cohort(exposure: str, n: int = 318, seed: int = 3) -> pd.DataFrame:
    """Tumours whose plasma cells, CD8 and M1 fall with the exposure; mast cells and neutrophils turn with HR."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"hr": pd.Categorical(rng.choice(["negative", "positive"], n, p=[0.25, 0.75]))})
    frame["her2_ihc"] = pd.Categorical(rng.choice(["0", "1+", "2+"], n), ["0", "1+", "2+"])
    score = rng.normal(size=n)
    positive = (frame["hr"] == "positive").to_numpy()
    slopes = {"Plasma cells": -0.5, "T cells CD8": -0.4, "Macrophages M1": -0.5, "B cells naive": -0.4}
    for name in TYPES:
        slope = np.full(n, slopes.get(name, 0.0))
        slope = np.where(positive, -0.6, 0.9) if name == "Mast cells resting" else slope
        slope = np.where(positive, 0.4, -0.9) if name == "Neutrophils" else slope
        frame[name] = slope * score + rng.normal(size=n) - 0.8 * positive * (name in ("T cells CD8", "Macrophages M1"))
    frame["Total TIL"] = -0.55 * score + rng.normal(size=n)
    frame[exposure], frame["ESR1"] = score, 0.3 * score + rng.normal(size=n)
    for name in TYPES:
        frame[f"{name} high"] = (frame[name] >= frame[name].median()).astype(int)
    return frame


def _run(exposure: str, cohort: str) -> dict[str, pd.DataFrame]:
    """Tables by the names of the results folder."""
    frame = _cohort(exposure)
    high = frame.drop(columns=TYPES).rename(columns=lambda name: name.removesuffix(" high"))
    til = [correlate(frame, score, "Total TIL", cohort=cohort).table for score in (exposure, "ESR1")]
    overall = correlate(frame, exposure, TYPES, cohort=cohort).table
    groups = adjust(compare_groups(frame, TYPES, group="hr", cohort=cohort), by=("cohort", "stratum", "term"))
    slopes = fit_ancova(frame, ["Plasma cells", "B cells naive"], exposure, cohort=cohort).slopes.table
    return {
        "correlation": pd.concat([overall, *til], ignore_index=True),
        "correlation_by_hr": correlate(frame, exposure, TYPES, by="hr", cohort=cohort).table,
        "group_comparison": groups.table if not isinstance(groups, list) else groups[0].table,
        "odds_ratios": fit_logistic(high, TYPES, exposure, by="hr", cohort=cohort).table,
        "interaction": fit_interaction(high, TYPES, exposure, "hr", cohort=cohort).table,
        "ancova_slopes": slopes.assign(model="unadjusted"),
        "scores": pd.DataFrame({"sample": ["a"]}),
    }


def _row(table: pd.DataFrame, question: str, outcome: str, stratum: str, exposure: str = "HER2_20") -> pd.Series:
    chosen = (table["question"] == QUESTIONS[question]) & (table["outcome"] == outcome) & (table["stratum"] == stratum)
    return table[chosen & (table["exposure"] == exposure)].iloc[0]


def test_every_printed_effect_has_a_row_even_where_the_run_is_silent() -> None:
    table = compare_published(_run("HER2_20", "abim"))
    asked = published_estimates()
    asked = asked[asked["question"] != "response_odds"]
    assert len(table) == len(asked)
    silent = table[table["our_estimate"].isna()]
    assert (silent["note"] != "").all()
    assert set(silent["outcome"]) >= {"T cells gamma delta", "Macrophages M0"}


def test_the_same_cohort_and_score_are_compared_number_by_number() -> None:
    table = compare_published(_run("HER2_20", "ABiM"))
    row = _row(table, "correlate", "total TIL", "all")
    assert row["comparison"] == "same cohort"
    assert row["printed"] == "-0.44 (-0.53 to -0.34)"
    assert row["difference"] == pytest.approx(row["our_estimate"] + 0.44)
    assert (row["our_measure"], row["difference_scale"]) == ("rho", "rho")
    assert row["overlap"]
    assert row["same_sign"]
    assert row["same_conclusion"]
    odds = _row(table, "fit_logistic", "Plasma cells", "hr=positive")
    assert odds["difference"] == pytest.approx(np.log(odds["our_estimate"] / 0.41))
    assert (odds["our_measure"], odds["difference_scale"]) == ("odds ratio", "log odds ratio")


def test_an_external_cohort_with_another_exposure_is_compared_by_direction() -> None:
    table = compare_published(_run("ERBB2", "scanb"))
    plasma = _row(table, "correlate", "Plasma cells", "hr=positive")
    assert plasma["comparison"] == "replication, ERBB2 for the HER2 score"
    assert np.isnan(plasma["difference"])
    assert pd.isna(plasma["overlap"])
    assert plasma["difference_scale"] == ""
    assert plasma["same_sign"]
    assert plasma["same_conclusion"]
    own = _row(table, "correlate", "total TIL", "all", exposure="ERBB2")
    assert own["comparison"] == "replication"  # ERBB2 is printed too: number against number
    assert not np.isnan(own["difference"])


def test_interactions_groups_and_marginal_slopes_are_compared_by_direction() -> None:
    table = compare_published(_run("HER2_20", "abim"))
    for question, outcome in (
        ("fit_interaction", "Mast cells resting"),
        ("fit_interaction", "Neutrophils"),
        ("fit_ancova", "Plasma cells"),
        ("fit_ancova", "B cells naive"),
    ):
        row = _row(table, question, outcome, "all")
        assert row["same_sign"], row
        assert row["same_conclusion"], row
    for outcome in ("Macrophages M1", "T cells CD8"):
        row = _row(table, "compare_groups", outcome, "all", exposure="hr")
        assert row["same_conclusion"]
        assert row["our_measure"] == "shift (Hodges-Lehmann)"
    measures = table.groupby("question")["our_measure"].agg(lambda names: set(names) - {""})
    assert measures[QUESTIONS["fit_interaction"]] == {"ratio of odds ratios"}
    assert measures[QUESTIONS["fit_ancova"]] == {"slope"}


def test_a_reversed_reference_level_turns_the_contrast() -> None:
    frame = _cohort("HER2_20")
    frame["hr"] = frame["hr"].cat.reorder_categories(["positive", "negative"])
    high = frame.drop(columns=TYPES).rename(columns=lambda name: name.removesuffix(" high"))
    results = [compare_groups(frame, TYPES, group="hr"), fit_interaction(high, TYPES, "HER2_20", "hr")]
    table = compare_published(results)
    assert _row(table, "compare_groups", "T cells CD8", "all", exposure="hr")["same_sign"]
    assert _row(table, "fit_interaction", "Neutrophils", "all")["same_sign"]


def test_response_in_table_2_gives_the_printed_midcourse_interval() -> None:
    counts = {("HER2-0", 1): 17, ("HER2-0", 0): 22, ("HER2-low", 1): 9, ("HER2-low", 0): 23}
    rows = [cell for cell, count in counts.items() for _ in range(count)]
    frame = pd.DataFrame(rows, columns=["her2_group", "complete_response"])
    result = response_odds(frame, "complete_response", "her2_group", reference="HER2-0", cohort="immunotherapy")
    row = compare_published({"response": result}).iloc[0]
    assert row["our_estimate"] == pytest.approx(0.506, abs=5e-4)
    assert (row["comparison"], row["overlap"], row["same_conclusion"]) == ("same cohort", True, True)


def test_a_limit_printed_as_one_leaves_the_conclusion_open() -> None:
    frame = _cohort("HER2_20").rename(columns={"Plasma cells high": "T cells gamma delta"})
    table = compare_published([fit_logistic(frame, "T cells gamma delta", "HER2_20", by="hr", cohort="abim")])
    row = _row(table, "fit_logistic", "T cells gamma delta", "hr=positive")
    assert row["same_sign"]
    assert pd.isna(row["same_conclusion"])


def test_names_of_types_are_recognised_in_any_spelling_and_ambiguity_is_said() -> None:
    frame = _cohort("HER2.20").rename(columns={"Plasma cells": "Plasma.cells", "B cells naive": "B_cells_naïve"})
    frame["T.cells.CD4.memory.resting"] = frame["Plasma cells high"]
    frame["T.cells.CD4.memory.activated"] = 1 - frame["Plasma cells high"]
    both = ["T.cells.CD4.memory.resting", "T.cells.CD4.memory.activated"]
    correlation = correlate(frame, "HER2.20", ["Plasma.cells", "B_cells_naïve"], by="hr", cohort="abim")
    table = compare_published([correlation, fit_logistic(frame, both, "HER2.20", by="hr", cohort="abim")])
    assert _row(table, "correlate", "B cells naive", "hr=positive")["our_outcome"] == "B_cells_naïve"
    memory = table[table["outcome"] == "T cells CD4 memory"]
    assert memory["our_outcome"].tolist() == both
    assert memory["same_sign"].tolist() == [True, False]
    assert memory["note"].eq("'T cells CD4 memory' in the paper may mean this type or another").all()
    (counted,) = comparison_summary(table)[["question", "printed", "compared", "same_sign"]].values.tolist()[1:]
    assert counted[:3] == [QUESTIONS["fit_logistic"], 11, 1], "one printed effect, two types of ours"
    assert counted[3] == 0, "the two types disagree"


def test_a_dichotomised_type_is_compared_by_the_score_between_absent_and_present() -> None:
    frame = _cohort("HER2_20")
    frame["Macrophages M1"] = frame["Macrophages M1 high"]
    groups = compare_groups(frame, "HER2_20", group="Macrophages M1", by="hr", cohort="abim")
    table = compare_published({"correlation_by_hr": groups.table})
    row = _row(table, "correlate", "Macrophages M1", "hr=negative")
    assert row["same_sign"]
    assert pd.isna(row["overlap"])
    said = "a type present or absent by the zero rule: ours is the shift (Hodges-Lehmann) of HER2_20 between them"
    assert row["note"] == said
    assert (row["measure"], row["our_measure"], row["difference_scale"]) == ("rho", "shift (Hodges-Lehmann)", "")


def test_a_share_of_tumours_is_named_as_such() -> None:
    frame = _cohort("HER2_20")
    frame["Macrophages M1"] = frame["Macrophages M1 high"]
    table = compare_published([compare_groups(frame, "Macrophages M1", group="hr", cohort="abim")])
    assert (
        _row(table, "compare_groups", "Macrophages M1", "all", exposure="hr")["our_measure"] == "difference of shares"
    )


def test_what_the_zero_rule_left_out_is_said_and_what_was_not_measured_too() -> None:
    run = _run("HER2_20", "abim")
    columns = {"cohort": "abim", "type": ["T cells gamma delta", "Macrophages M0"], "kind": ["excluded", "continuous"]}
    run["abundance"] = pd.DataFrame({**columns, "share_zero": [0.918, 0.1]})
    table = compare_published(run)
    left_out = _row(table, "fit_logistic", "T cells gamma delta", "hr=positive")
    assert left_out["note"] == "left out here by the zero rule (92% zeros)"
    absent = _row(table, "correlate", "Macrophages M0", "hr=positive")
    assert absent["note"] == "the run has no Macrophages M0 with HER2_20: not measured, or left out"


def test_a_cohort_is_asked_what_its_run_has_asked() -> None:
    frame = _cohort("HER2_20")
    frame["complete_response"] = frame["Plasma cells high"]
    frame["her2_group"] = frame["her2_ihc"].map(lambda level: "HER2-0" if level == "0" else "HER2-low")
    answers = response_odds(frame, "complete_response", "her2_group", reference="HER2-0", cohort="answers")
    summary = comparison_summary(compare_published([correlate(frame, "HER2_20", TYPES, cohort="one"), answers]))
    asked = summary[["cohort", "question"]].values.tolist()
    assert asked == [["one", QUESTIONS["correlate"]], ["answers", QUESTIONS["response_odds"]]]


def test_flagged_rows_say_so_and_compare_nothing() -> None:
    frame = _cohort("HER2_20")
    frame["Plasma cells high"] = 1
    high = frame.drop(columns=TYPES).rename(columns=lambda name: name.removesuffix(" high"))
    table = compare_published([fit_logistic(high, TYPES, "HER2_20", by="hr", cohort="abim")])
    row = _row(table, "fit_logistic", "Plasma cells", "hr=positive")
    assert row["note"].startswith("constant outcome")
    assert pd.isna(row["same_sign"])


def test_the_summary_counts_what_agrees() -> None:
    summary = comparison_summary(compare_published(_run("HER2_20", "abim")))
    row = summary[summary["question"] == QUESTIONS["correlate"]].iloc[0]
    assert row["printed"] == 12
    assert 0 < row["same_sign"] <= row["same_sign_of"] <= row["compared"] <= row["printed"]


def test_the_summary_has_no_count_where_nothing_can_be_judged() -> None:
    summary = comparison_summary(compare_published(_run("ERBB2", "scanb"))).set_index("question")
    logistic = summary.loc[QUESTIONS["fit_logistic"]]
    assert pd.isna(logistic["overlap"])
    assert logistic["overlap_of"] == 0
    correlation = summary.loc[QUESTIONS["correlate"]]
    assert correlation["overlap_of"] == 2, "ESR1 and ERBB2, which the paper prints too"


def test_tables_that_answer_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="none of the tables"):
        compare_published({"scores": pd.DataFrame({"sample": ["a"]})})


@pytest.mark.parametrize("name", ["HER2: 20 genes", "HER2 [20 genes]", "HER2 20 genes (likelihood ratio)"])
def test_a_score_is_compared_whatever_its_name_holds(name: str) -> None:
    columns = ["question", "stratum", "outcome", "our_measure", "our_estimate", "our_direction", "note"]
    table, plain = (compare_published(_run(score, "abim")) for score in (name, "HER2_20"))
    table["note"] = table["note"].str.replace(name, "HER2_20", regex=False)
    pd.testing.assert_frame_equal(table[columns], plain[columns])
    assert _row(table, "fit_interaction", "Mast cells resting", "all")["our_measure"] == "ratio of odds ratios"


def test_rows_that_do_not_say_what_their_estimate_is_are_refused() -> None:
    run = {"odds_ratios": _run("HER2_20", "abim")["odds_ratios"].drop(columns="measure")}
    with pytest.raises(DataError, match="do not say what their estimate is"):
        compare_published(run)


def test_rows_that_do_not_say_what_their_term_is_made_of_are_refused_together() -> None:
    row = {
        "cohort": "m",
        "stratum": "all",
        "outcome": "T cells CD8",
        "estimate": 0.8,
        "measure": "odds_ratio",
        "n": 300,
    }
    product = pd.DataFrame([{**row, "term": "ERBB2:hr[positive]", "role": "interaction"}])
    response = pd.DataFrame([{**row, "outcome": "pcr", "term": "her2_group[HER2-low]", "role": "group"}])
    with pytest.raises(DataError) as caught:
        compare_published({"interaction": product, "response": response})
    assert [(problem.what, problem.remedy) for problem in caught.value.problems] == [
        ("interaction with HR: no column variable, level_2", "pass what fit_interaction returned, or a table of a run"),
        ("odds ratio of response: no column comparison", "pass what response_odds returned, or a table of a run"),
    ]
    with pytest.raises(DataError, match="do not say what their term is to the model -> add the column role"):
        compare_published({"odds_ratios": product.drop(columns="role")})
