"""Uncertain fractions in a run: where draws were made they are asked, and else it is said how to ask for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from her2stats.report.sections.draws import draws_in_words
from her2stats.study.analysis.cohort_analysis import CohortAnalysis
from her2stats.study.analysis.fraction_draws import fraction_draws
from her2stats.study.analysis.material import Answers
from her2stats.study.preparing import Prepared
from her2stats.study.sections import AnalysisSection

DRAWS = 4


def asked(prepared: Prepared, analysis: CohortAnalysis, draws: int | None, **settings: object) -> Answers:
    study = prepared.study.model_copy(update={"analysis": AnalysisSection(**settings)})
    answers, fractions = Answers("one"), analysis.deconvolution
    assert fractions is not None
    drawn = None
    if draws is not None:
        rng = np.random.default_rng(3)
        parts = [fractions.fractions * rng.uniform(0.5, 1.5, fractions.fractions.shape) for _ in range(draws)]
        drawn = pd.concat(parts, keys=range(1, draws + 1), names=["draw", "sample"])
    fraction_draws(analysis.material, replace(fractions, drawn=drawn), study, answers)
    return answers


def test_every_kept_type_is_asked_in_every_draw(prepared: Prepared, analysis: CohortAnalysis) -> None:
    (result,) = asked(prepared, analysis, DRAWS).results["fraction_draws"]
    assert result.table["outcome"].tolist() == analysis.material.kept
    assert set(result.table["draws"].dropna()) == {DRAWS}
    beside = pd.concat([one.table for one in analysis.answers.results["correlation_given_hr"]])
    beside = beside[beside["term"] == analysis.material.exposure].set_index("outcome")
    for row in result.table[result.table["flag"] == ""].to_dict("records"):
        assert row["estimate"] == pytest.approx(beside.loc[row["outcome"], "estimate"], rel=1e-12)
        wider = row["std_error"] > beside.loc[row["outcome"], "std_error"]
        assert wider == (row["outcome"] in analysis.material.continuous), "no draw made an absent type present"


def test_the_interval_of_the_study_is_taken_but_no_bootstrap_of_samples(
    prepared: Prepared, analysis: CohortAnalysis
) -> None:
    for ci, spec in (("fieller", "fieller"), ("bootstrap", "bonett-wright")):
        (result,) = asked(prepared, analysis, DRAWS, correlation_ci=ci).results["fraction_draws"]
        assert result.spec.ci == spec


@pytest.mark.parametrize(
    ("draws", "reason"),
    [
        (None, "no bootstrap draws of the signature's genes were asked for ([deconvolution] bootstrap = 50)"),
        (1, "one bootstrap draw says nothing of how draws differ; 50 are usual"),
    ],
)
def test_without_draws_it_is_said_how_to_ask(
    prepared: Prepared, analysis: CohortAnalysis, draws: int | None, reason: str
) -> None:
    assert asked(prepared, analysis, draws).omitted == [("fraction_draws", reason)]


def test_how_draws_differ_is_said_whole() -> None:
    rows = pd.DataFrame(
        {"outcome": ["CD8", "M1", "M2"], "sd_draws": [0.01, 0.0304, None], "kind_changes": [0.05, 0.06, 0.5]}
    )
    assert draws_in_words(rows) == [
        "Standard deviation of ρ between draws: median 0.020, largest 0.030 (M1).",
        "Share of draws in which the zero rule takes a type for another kind: M1 6 %, M2 50 %.",
    ]
    assert draws_in_words(rows.head(0)) == []
