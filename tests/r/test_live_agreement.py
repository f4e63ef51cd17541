"""Both engines agree on frames that nobody chose: ties, empty cells, odd scales, missing values, rare events.

Deterministic by default; HER2STATS_FUZZ=1000 draws a thousand new examples a model instead.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from her2stats.errors import DataError
from her2stats.r_engine.engines import Engine
from her2stats.r_engine.two_answers import DISAGREE, NOT_CHECKED, compare_answers
from her2stats.statistics import correlate, fit_ancova, fit_interaction, fit_logistic, fit_ordinal
from her2stats.statistics.flags import code_of

from .frames import Recipe, drawn, recipes
from .questions import QUESTIONS

pytestmark = [pytest.mark.r, pytest.mark.slow]


@pytest.mark.parametrize("verb", QUESTIONS)
def test_r_agrees(verb: str, engine: Engine) -> None:
    @drawn(100)
    @given(recipe=recipes(), data=st.data())
    def agree(recipe: Recipe, data: st.DataObject) -> None:
        question = data.draw(QUESTIONS[verb])
        try:
            results = question(recipe.frame())
        except DataError:  # bad input is refused, and that is right
            event("refused")
            return
        for name, result in results.items():
            for flag in result.table["flag"]:
                event(code_of(flag) or "fitted")
            found = compare_answers(result, engine.ask(result, 60), name)
            wrong = found[found["verdict"].isin([DISAGREE, NOT_CHECKED])]
            columns = ["stratum", "outcome", "term", "quantity", "python", "r", "rel_diff", "reason"]
            assert wrong.empty, f"{result.spec}\n{wrong[columns].to_string()}"

    agree()


def test_a_covariate_of_one_level_among_the_complete_cases_is_no_covariate(engine: Engine) -> None:
    frame = pd.DataFrame({"x": [3.0, 1, 4, 1, 5, 9, 2, 6], "y": [2.0, 7, 1, 8, 2, 8, None, None]})
    frame["grade"] = pd.Categorical([*["I"] * 6, "II", "II"])
    result = correlate(frame, "x", "y", covariates="grade")
    assert result.table["flag"].tolist() == [""]
    assert (compare_answers(result, engine.ask(result, 60), "one level")["verdict"] == "agree").all()


def test_r_too_takes_the_noise_of_computing_for_no_variation(engine: Engine) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": np.where(rng.random(60) < 0.5, 0.1 + 0.2, 0.3), "y": rng.normal(size=60)})
    frame["b"], frame["hr"] = rng.integers(0, 2, 60), rng.choice(["neg", "pos"], 60)
    results = {
        "logistic": fit_logistic(frame, "b", "x", by="hr", covariates="y"),
        "covariate": fit_logistic(frame, "b", "y", covariates="x"),
        "interaction": fit_interaction(frame, "b", "x", moderator="hr"),
        "ordinal": fit_ordinal(frame, ["x", "y"], "x"),
        "slopes": fit_ancova(frame, "y", "x", factors=("hr",)).slopes,
    }
    for name, result in results.items():
        found = compare_answers(result, engine.ask(result, 60), name)
        assert not found["verdict"].isin([DISAGREE, NOT_CHECKED]).any(), found.to_string()
        assert result.table["estimate"].isna().all()
