"""The linear core: rank, null space, estimable combinations, Type III tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from her2stats.statistics import fit_ancova
from her2stats.statistics.ancova_terms import two_way_terms
from her2stats.statistics.fits.design import Design
from her2stats.statistics.fits.linear import fit_linear, project
from tests.statistics.conftest import simulated

FORMULA = "plasma ~ (C(hr, Sum) + C(her2_ihc, Sum) + score) ** 2"


def plain(term: str) -> str:
    """Term of a formula by the names of the variables."""
    return term.replace("C(", "").replace(", Sum)", "").replace("score", "her2")


def without_cell(data: pd.DataFrame, hr: str = "negative", ihc: str = "2+") -> pd.DataFrame:
    return data[~((data["hr"] == hr) & (data["her2_ihc"] == ihc))]


def terms_of(data: pd.DataFrame, **options: object) -> pd.DataFrame:
    return fit_ancova(data, "plasma", "her2", **options).tests.table.set_index("term")  # type: ignore[arg-type]


def test_coefficients_and_errors_are_those_of_least_squares():
    rng = np.random.default_rng(0)
    matrix = np.column_stack([np.ones(40), rng.normal(size=(40, 3))])
    outcome = rng.normal(size=40) + 100
    reference = sm.OLS(outcome, matrix).fit()
    estimates, errors, _ = fit_linear(project(matrix), outcome).contrasts(np.eye(4))
    np.testing.assert_allclose(estimates, reference.params, rtol=1e-11)
    np.testing.assert_allclose(errors, reference.bse, rtol=1e-11)


def test_a_pseudo_inverse_gives_a_number_where_there_is_none():
    data = without_cell(simulated())
    cells = pd.get_dummies(data["hr"].astype(str) + data["her2_ihc"].astype(str)).astype(float)
    main = pd.get_dummies(data["hr"]).astype(float)
    matrix = np.column_stack([np.ones(len(data)), main, cells])
    # the average of three cells, of which one has no cases and so no column
    mean_of_negative = np.array([1.0, 1, 0, *(1 / 3 if name.startswith("negative") else 0 for name in cells)])
    pseudo = mean_of_negative @ np.linalg.pinv(matrix) @ data["plasma"].to_numpy()
    assert np.isfinite(pseudo)
    assert not project(matrix).estimable(mean_of_negative[None, :])[0]


def test_rank_null_space_and_estimability_of_a_deficient_matrix():
    rng = np.random.default_rng(1)
    matrix = np.column_stack([np.ones(20), rng.normal(size=(20, 2))])
    matrix = np.column_stack([matrix, matrix[:, 1] * 1e6 - matrix[:, 2]])
    projection = project(matrix)
    assert projection.rank == 3
    assert projection.null.shape == (4, 1)
    combinations = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 1e6], [0, 0, 1, -1]])
    assert projection.estimable(combinations).tolist() == [True, False, True, True]


def test_estimable_combinations_do_not_depend_on_the_solution():
    rng = np.random.default_rng(2)
    base = np.column_stack([np.ones(30), rng.normal(size=30)])
    outcome = rng.normal(size=30)
    doubled = np.column_stack([base, base[:, 1]])
    slope, error, _ = fit_linear(project(base), outcome).contrasts(np.array([[0.0, 1]]))
    again, error_again, _ = fit_linear(project(doubled), outcome).contrasts(np.array([[0.0, 1, 1]]))
    np.testing.assert_allclose([again, error_again], [slope, error], rtol=1e-12)


def test_fewer_cases_than_columns():
    projection = project(np.column_stack([np.ones(2), [1.0, 2], [3.0, 5], [0.0, 1]]))
    assert projection.rank == 2
    assert projection.null.shape == (4, 2)


def test_a_perfect_fit_is_seen():
    matrix = np.column_stack([np.ones(10), np.arange(10.0)])
    assert fit_linear(project(matrix), matrix @ [1e6, 3.1]).perfect
    assert not fit_linear(project(matrix), matrix @ [1e6, 3.1] + np.tile([0, 1e-5], 5)).perfect


def test_terms_come_in_rs_order_whatever_order_they_are_asked_for():
    terms = two_way_terms(["hr", "score"], ["age"], [("age", "score"), ("hr", "score"), ("score", "age")])
    assert terms == (("hr",), ("score",), ("age",), ("hr", "score"), ("score", "age"))


def test_columns_of_a_term_are_products_of_contrasts_that_sum_to_zero():
    design = Design((("f",), ("g",), ("f", "g")), {"f": 2, "g": 3}, {})
    grid = {"f": np.repeat([0.0, 1], 3), "g": np.tile([0.0, 1, 2], 2)}
    matrix = design.matrix(grid)
    np.testing.assert_array_equal(matrix[:, 1:].sum(axis=0), 0)
    np.testing.assert_array_equal(matrix[:, 4], matrix[:, 1] * matrix[:, 2])
    assert design.blocks() == [slice(1, 2), slice(2, 4), slice(4, 6)]


def test_the_derivative_is_exact_far_from_zero():
    design = Design((("x",), ("f", "x")), {"f": 2}, {"x": 1e12})
    values = {"x": np.array([1e12, 1e12 + 1]), "f": np.array([0.0, 1])}
    np.testing.assert_array_equal(design.matrix(values, slope_of="x"), [[0, 1, 1], [0, 1, -1]])


def test_type_iii_with_contrasts_that_sum_to_zero_and_a_centred_score(tumours):
    table = terms_of(tumours)
    tumours["score"] = tumours["her2"] - tumours["her2"].mean()
    reference = sm.stats.anova_lm(smf.ols(FORMULA, tumours).fit(), typ=3)
    reference.index = [plain(term) for term in reference.index]
    for column, name in (("F", "statistic"), ("df", "df"), ("PR(>F)", "p_value")):
        np.testing.assert_allclose(table[name], reference.loc[table.index, column], rtol=1e-8)


def test_treatment_coding_would_be_another_test(tumours):
    tumours["score"] = tumours["her2"] - tumours["her2"].mean()
    treatment = sm.stats.anova_lm(smf.ols(FORMULA.replace(", Sum", ""), tumours).fit(), typ=3)["F"]
    ours = terms_of(tumours)["statistic"]
    assert treatment["score"] != pytest.approx(ours["her2"], rel=0.05)
    assert treatment["C(hr):C(her2_ihc)"] == pytest.approx(ours["hr:her2_ihc"], rel=1e-9)  # only this one is the same


def test_a_score_that_is_not_centred_would_be_another_test_of_the_factors(tumours):
    centred, raw = terms_of(tumours), terms_of(tumours, centre=False)
    tumours["score"] = tumours["her2"]
    reference = sm.stats.anova_lm(smf.ols(FORMULA, tumours).fit(), typ=3)["F"]
    reference.index = [plain(term) for term in reference.index]
    np.testing.assert_allclose(raw["statistic"], reference[raw.index], rtol=1e-7)
    assert raw.loc["hr", "statistic"] != pytest.approx(centred.loc["hr", "statistic"], rel=0.05)
    assert raw.loc["hr:her2", "statistic"] == pytest.approx(centred.loc["hr:her2", "statistic"], rel=1e-9)


@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
def test_with_an_empty_cell_an_interaction_has_the_degrees_of_freedom_of_the_ranks(tumours):
    data = without_cell(tumours)
    row = terms_of(data).loc["hr:her2_ihc"]
    assert row["df"] == 1
    assert row["flag"] == "rank deficient: 1 of 2 df"
    data = data.assign(score=data["her2"] - data["her2"].mean())
    model = "plasma ~ (C(hr) + C(her2_ihc) + score) ** 2"
    full, reduced = (smf.ols(formula, data).fit() for formula in (model, f"{model} - C(hr):C(her2_ihc)"))
    ranks = [np.linalg.matrix_rank(fit.model.exog) for fit in (full, reduced)]
    f = (reduced.ssr - full.ssr) / (ranks[0] - ranks[1]) / (full.ssr / (len(data) - ranks[0]))
    assert row["statistic"] == pytest.approx(f, rel=1e-9)
    assert row["df_residual"] == len(data) - ranks[0]
    silent = sm.stats.anova_lm(smf.ols(FORMULA, data).fit(), typ=3).loc["C(hr, Sum):C(her2_ihc, Sum)"]
    assert silent["df"] == 2
    assert silent["F"] != pytest.approx(f, rel=0.05)


def test_with_an_empty_cell_main_effects_inside_the_interaction_mean_nothing(tumours):
    table = terms_of(without_cell(tumours), covariates=["age", "pam50"])
    nothing = table.loc[["hr", "her2_ihc"]]
    assert nothing["flag"].str.startswith("not estimable").all()
    assert nothing[["statistic", "df", "p_value"]].isna().all(axis=None)
    rest = table.drop(index=["hr", "her2_ihc", "hr:her2_ihc"])
    assert (rest["flag"] == "").all()
    assert rest["statistic"].notna().all()


def test_collinear_covariates_are_not_estimable_and_the_others_are(tumours):
    tumours["decades"] = tumours["age"] / 10
    table = terms_of(tumours, covariates=["age", "decades"])
    assert table.loc[["age", "decades"], "flag"].str.startswith("not estimable").all()
    alone = terms_of(tumours, covariates=["age"])
    assert table.loc["her2", "statistic"] == pytest.approx(alone.loc["her2", "statistic"], rel=1e-10)


def test_the_order_of_factors_and_covariates_changes_no_test(tumours):
    one = terms_of(tumours, covariates=["age", "pam50"], extra_terms="hr:age")
    other = terms_of(tumours, factors=("her2_ihc", "hr"), covariates=["pam50", "age"], extra_terms="age:hr")
    named = {":".join(sorted(term.split(":"))): f for term, f in other["statistic"].items()}
    for term, f in one["statistic"].items():
        assert named[":".join(sorted(term.split(":")))] == pytest.approx(f, rel=1e-10)
