"""Statsmodels and scipy as the second opinion: right where they answer, silent where they have no routine."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2stats.errors import DataError
from her2stats.r_engine import crosscheck_r
from her2stats.r_engine.second_engine import NO_ROUTINE, SecondEngine
from her2stats.r_engine.two_answers import AGREE, DISAGREE, NOT_CHECKED, compare_answers
from her2stats.statistics import Result, adjust, correlate, fit_logistic, pool

from .frames import CELLS, SCORE, Recipe, drawn, recipes
from .questions import QUESTIONS

FRAME = Recipe(seed=3, n=160).frame()
# what is checked of an unflagged row where nothing unusual is asked
GIVEN = {
    "correlate": {"estimate", "std_error", "conf_low", "conf_high", "statistic", "df", "p_value", "n", "n_missing"},
    "compare_groups": {"estimate", "statistic", "p_value", "n", "superiority", "df", "value_reference"},
    "fit_logistic": {"estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "n", "n_events"},
    "fit_interaction": {"estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "df"},
    "fit_clinical": {"estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "df"},
    "fit_ancova": {"estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "df", "df_residual"},
    "response_odds": {"estimate", "std_error", "conf_low", "conf_high", "p_value", "risk_difference", "rd_low"},
}


def compared(result: Result, name: str = "m"):
    return compare_answers(result, SecondEngine().ask(result, 60), name, silence=NO_ROUTINE)


@pytest.mark.slow
@pytest.mark.parametrize("verb", GIVEN)
def test_it_never_disagrees_and_gives_what_it_promises(verb: str) -> None:
    checked: set[str] = set()

    @drawn(40)
    @given(recipe=recipes(), data=st.data())
    def agree(recipe: Recipe, data: st.DataObject) -> None:
        question = data.draw(QUESTIONS[verb])
        try:
            results = question(recipe.frame())
        except DataError:
            return
        for name, result in results.items():
            found = compared(result, name)
            wrong = found[found["verdict"] == DISAGREE]
            assert wrong.empty, f"{result.spec}\n{wrong.drop(columns=['model', 'verb', 'note']).to_string()}"
            checked.update(found.loc[found["verdict"] == AGREE, "quantity"])

    agree()
    assert GIVEN[verb] <= checked


def test_a_wrong_number_is_a_disagreement() -> None:
    right = fit_logistic(FRAME, "high", SCORE, by="hr")
    for quantity in ("estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value", "n", "n_events"):
        table = right.table.copy()
        table[quantity] = table[quantity] + (1 if quantity.startswith("n") else 1e-5 * table[quantity].abs())
        found = compared(right.with_table(table))
        wrong = found[found["verdict"] == DISAGREE]
        assert set(wrong["quantity"]) == {quantity}
        assert len(wrong) == 2


def test_what_it_leaves_out_is_told_as_not_checked() -> None:
    found = compared(correlate(FRAME, SCORE, CELLS, within="hr"))
    silent = found[found["verdict"] == NOT_CHECKED]
    assert set(silent["quantity"]) == {"std_error", "conf_low", "conf_high", "statistic", "p_value"}
    assert set(silent["reason"]) == {NO_ROUTINE}
    assert found.loc[found["verdict"] == AGREE, "quantity"].tolist() == ["estimate", "n", "n_missing"]


def test_a_flagged_row_is_not_checked() -> None:
    apart = FRAME.assign(high=(FRAME[SCORE] > FRAME[SCORE].median()).astype(float))
    found = compared(fit_logistic(apart, "high", SCORE))
    assert set(found["verdict"]) == {NOT_CHECKED}
    assert "estimate" not in set(found["quantity"])


def test_the_crosscheck_tells_it_apart_from_r() -> None:
    scored = adjust(correlate(FRAME, SCORE, [CELLS, "age"]))
    ratios = [fit_logistic(part, "high", SCORE, cohort=name) for name, part in (("a", FRAME[:80]), ("b", FRAME[80:]))]
    checked = crosscheck_r({"a": scored, "pool": pool(ratios)}, engine="statsmodels")
    assert checked.engine == "statsmodels"
    assert set(checked.table["engine"]) == {f"statsmodels {version('statsmodels')}, not R"}
    assert set(checked.table["r_version"]) == {""}
    assert checked.agrees
    by_verb = checked.table.groupby("verb")["verdict"].agg(set)
    assert by_verb["correlate"] == {AGREE}
    assert by_verb["adjust"] == {AGREE}
    assert by_verb["pool"] == {NOT_CHECKED}
    assert set(checked.table.loc[checked.table["verb"] == "pool", "reason"]) == {f"{NO_ROUTINE}: pool"}


def test_a_wrong_correction_is_a_disagreement() -> None:
    scored = adjust(correlate(FRAME, SCORE, [CELLS, "age"]), method="holm")
    table = scored.table.assign(p_bh=scored.table["p_bh"] * 1.001)
    checked = crosscheck_r({"a": scored.with_table(table)}, engine="statsmodels")
    assert set(checked.disagreements["quantity"]) == {"p_bh"}


def test_a_method_that_nobody_knows_is_refused() -> None:
    with pytest.raises(DataError, match=r"use one of 'auto', 'rpy2', 'rscript', 'statsmodels'"):
        crosscheck_r({}, engine="sas")  # type: ignore[arg-type]
