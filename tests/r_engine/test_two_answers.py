"""What counts as agreement, decided without R on tables that are changed by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.r_engine.two_answers import AGREE, DISAGREE, NOT_CHECKED, compare_answers
from her2stats.statistics import fit_logistic

from .results import STRANGE, all_results, study_frame

RESULTS = all_results()


@pytest.mark.parametrize("name", RESULTS)
def test_a_table_agrees_with_itself(name: str) -> None:
    result = RESULTS[name]
    found = compare_answers(result, result.table, name)
    assert set(found["verdict"]) == {AGREE}
    assert (found["quantity"] == "flag").sum() == len(result.table)
    assert found["rel_diff"].fillna(0).max() == 0


@pytest.mark.parametrize("name", RESULTS)
def test_every_number_that_is_changed_is_found_where_it_is(name: str) -> None:
    result = RESULTS[name]
    for quantity in ("estimate", "std_error", "conf_low", "conf_high", "statistic", "df", "p_value", "n", "n_events"):
        values = result.table[quantity].astype("float64").to_numpy(na_value=np.nan, copy=True)
        if np.isnan(values).all():
            continue
        row = int(np.flatnonzero(~np.isnan(values) & (values != 0))[0])
        values[row] *= 1 + 1e-3 if quantity[0] != "n" else 2
        found = compare_answers(result, result.table.assign(**{quantity: values}), name)
        wrong = found[found["verdict"] == DISAGREE]
        assert wrong["quantity"].tolist() == [quantity]
        assert wrong["term"].tolist() == [result.table["term"][row]]


def test_the_order_of_rows_does_not_matter() -> None:
    result = RESULTS["toy.odds_ratios"]
    found = compare_answers(result, result.table.iloc[::-1].reset_index(drop=True), "m")
    assert set(found["verdict"]) == {AGREE}


def test_rows_are_kept_apart_where_only_the_exposure_differs() -> None:
    result = RESULTS["toy.clinical"]
    other = result.table.assign(exposure="another")
    table = pd.concat([other, result.table], ignore_index=True)
    found = compare_answers(result, table, "m")
    assert set(found.loc[found["reason"] == "", "verdict"]) == {AGREE}
    assert (found["reason"] == "the result has no such row").sum() == len(other)


def test_a_flag_on_one_side_only_is_a_disagreement() -> None:
    result = RESULTS["toy.odds_ratios"]
    found = compare_answers(result, result.table.assign(flag="separation: R says so"), "m")
    wrong = found[found["verdict"] == DISAGREE]
    assert set(wrong["quantity"]) == {"flag"}
    assert wrong["reason"].iloc[0] == "Python '', R 'separation'"


def test_details_of_a_flag_may_differ_and_the_agreement_names_the_code() -> None:
    result = RESULTS["toy.odds_ratios"]
    ours = result.with_table(result.table.assign(flag="separation: in our words"))
    found = compare_answers(ours, result.table.assign(flag="separation"), "m")
    assert set(found["verdict"]) == {AGREE}
    assert "both flag separation" in set(found["reason"])


def test_a_number_on_one_side_only_is_a_disagreement() -> None:
    result = RESULTS["toy.correlation"]
    found = compare_answers(result, result.table.assign(std_error=np.nan), "m")
    wrong = found[found["verdict"] == DISAGREE]
    assert set(wrong["reason"]) == {"only Python gives a number"}


def test_a_row_that_r_lacks_is_a_disagreement() -> None:
    result = RESULTS["toy.response"]
    found = compare_answers(result, result.table.iloc[:1], "m")
    assert set(found.loc[found["verdict"] == DISAGREE, "reason"]) == {"R gives no such row"}


def test_no_answer_of_r_is_never_a_pass() -> None:
    for name, result in RESULTS.items():
        found = compare_answers(result, "R is not on the PATH", name)
        assert set(found["verdict"]) == {NOT_CHECKED}
        assert set(found["reason"]) == {"R is not on the PATH"}


def test_bootstrap_limits_are_not_checked_and_the_rest_is() -> None:
    from her2stats.statistics import correlate

    result = correlate(study_frame(), "ERBB2", STRANGE, ci="bootstrap", draws=200)
    found = compare_answers(result, result.table.assign(conf_low=np.nan, conf_high=np.nan), "m").set_index("quantity")
    assert found.loc[["conf_low", "conf_high"], "verdict"].tolist() == [NOT_CHECKED] * 2
    assert set(found.drop(["conf_low", "conf_high"])["verdict"]) == {AGREE}


def test_near_zero_a_difference_is_judged_by_the_standard_error() -> None:
    result = RESULTS["toy.ancova_slopes"]
    table = result.table.copy()
    table.loc[0, "estimate"] = 1e-13 * table.loc[0, "std_error"]
    ours = result.with_table(table.assign(estimate=table["estimate"] * 2))
    assert set(compare_answers(ours, table, "m")["verdict"].iloc[:1]) == {AGREE}


def test_infinite_on_both_sides_is_agreement() -> None:
    result = RESULTS["toy.odds_ratios"]
    both = result.table.assign(conf_high=np.inf)
    assert set(compare_answers(result.with_table(both), both, "m")["verdict"]) == {AGREE}
    found = compare_answers(result, both, "m")
    assert set(found.loc[found["verdict"] == DISAGREE, "quantity"]) == {"conf_high"}


@pytest.mark.parametrize(
    ("kept", "verdicts"), [((), {AGREE}), (("age",), {AGREE, DISAGREE}), (("age", "size"), {AGREE})]
)
def test_a_result_may_leave_its_covariates_out_but_not_one_of_them(kept: tuple[str, ...], verdicts: set[str]) -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(80, 3)), columns=["her2", "age", "size"]).assign(high=rng.integers(0, 2, 80))
    whole = fit_logistic(frame, "high", "her2", covariates=["age", "size"])
    rows = whole.table["role"].ne("covariate") | whole.table["term"].isin(kept)
    found = compare_answers(whole.with_table(whole.table[rows]), whole.table, "m", whole=True)
    assert set(found["verdict"]) == verdicts
