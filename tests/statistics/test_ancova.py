"""Analysis of covariance: marginal slopes and means, their weights, and what cannot be estimated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from her2stats.errors import DataError
from her2stats.statistics import AncovaSpec, fit_ancova
from her2stats.statistics.fits.marginal_means import ReferenceGrid
from her2stats.statistics.fits.rank_tests.permutations import permutations_within

from .conftest import simulated

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value"]
STRATA = ["all", "hr=negative", "hr=positive", "her2_ihc=0", "her2_ihc=1+", "her2_ihc=2+"]


def test_three_results_with_a_spec_of_their_own(tumours):
    ancova = fit_ancova(tumours, ["plasma", "cd8"], "her2", covariates="age", points=5, cohort="discovery")
    for quantity in ("tests", "slopes", "curve"):
        result = getattr(ancova, quantity)
        assert isinstance(result.spec, AncovaSpec)
        assert result.spec.quantity == quantity
        assert (result.table["cohort"] == "discovery").all()
        assert result.table["n_events"].isna().all()
        assert result.data.columns.tolist() == ["her2", "plasma", "cd8", "hr", "her2_ihc", "age"]
    terms = ["hr", "her2_ihc", "her2", "age", "hr:her2_ihc", "hr:her2", "her2_ihc:her2"]
    assert ancova.tests.table["term"].tolist() == terms * 2
    assert ancova.slopes.table["stratum"].tolist() == STRATA * 2
    assert ancova.curve.table["stratum"].tolist() == list(np.repeat(STRATA, 5)) * 2
    assert (ancova.curve.table["term"] == "mean").all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([60, 150]), st.booleans())
def test_the_equal_weight_slope_is_the_type_iii_test_of_the_score(seed, n, adjusted):
    data = simulated(n, seed, missing=True)
    ancova = fit_ancova(data, "plasma", "her2", covariates=["age", "pam50"] if adjusted else ())
    slope = ancova.slopes.table.iloc[0]
    test = ancova.tests.table.set_index("term").loc["her2"]
    assume(slope["flag"] == "")
    assert slope["statistic"] ** 2 == pytest.approx(test["statistic"], rel=1e-9)
    assert slope["p_value"] == pytest.approx(test["p_value"], rel=1e-8)


def test_slopes_and_means_by_prediction(tumours):
    model = smf.ols("plasma ~ (C(hr) + C(her2_ihc) + her2) ** 2 + age", tumours).fit()
    ancova = fit_ancova(tumours, "plasma", "her2", covariates="age", points=3)
    levels = [(hr, ihc) for hr in ("negative", "positive") for ihc in ("0", "1+", "2+")]
    means = {}
    for at in np.linspace(tumours["her2"].min(), tumours["her2"].max(), 3):
        grid = pd.DataFrame(levels, columns=["hr", "her2_ihc"]).assign(her2=at, age=tumours["age"].mean())
        means[at] = model.predict(grid)
    low, _, high = means
    curve = ancova.curve.table
    np.testing.assert_allclose(curve.loc[curve["stratum"] == "all", "estimate"], [m.mean() for m in means.values()])
    np.testing.assert_allclose(
        curve.loc[curve["stratum"] == "hr=positive", "estimate"], [m[3:].mean() for m in means.values()]
    )
    slope = ancova.slopes.table.set_index("stratum")["estimate"]
    assert slope["her2_ihc=1+"] == pytest.approx((means[high] - means[low])[[1, 4]].mean() / (high - low), rel=1e-9)


def test_limits_are_t_limits(tumours):
    row = fit_ancova(tumours, "plasma", "her2", conf_level=0.9).slopes.table.iloc[0]
    assert row["df"] == 150 - 10 + 0
    reach = stats.t.ppf(0.95, row["df"]) * row["std_error"]
    assert row["conf_high"] - row["estimate"] == pytest.approx(reach, rel=1e-12)
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(abs(row["statistic"]), row["df"]), rel=1e-11)


def test_centring_moves_the_tests_only(tumours):
    one, other = (fit_ancova(tumours, "plasma", "her2", covariates="age", centre=centre) for centre in (True, False))
    pd.testing.assert_frame_equal(one.slopes.table, other.slopes.table)
    pd.testing.assert_frame_equal(one.curve.table, other.curve.table)
    assert one.tests.table["method"].str.contains("numbers centred at their mean").all()
    assert other.tests.table["method"].str.contains("numbers at 0").all()


@pytest.mark.parametrize(("factor", "shift"), [(1e-6, 0), (1e6, 0), (1, 1e6)])
def test_the_unit_of_the_score_only_changes_the_unit_of_the_slope(tumours, factor, shift):
    plain = fit_ancova(tumours, "plasma", "her2")
    tumours["her2"] = tumours["her2"] * factor + shift
    scaled = fit_ancova(tumours, "plasma", "her2")
    np.testing.assert_allclose(scaled.tests.table["statistic"], plain.tests.table["statistic"], rtol=1e-8)
    np.testing.assert_allclose(scaled.slopes.table["estimate"] * factor, plain.slopes.table["estimate"], rtol=1e-8)
    np.testing.assert_allclose(
        scaled.curve.table[["estimate", "std_error"]], plain.curve.table[["estimate", "std_error"]], rtol=1e-8
    )


def test_the_curve_runs_from_the_smallest_to_the_largest_complete_score(gappy):
    curve = fit_ancova(gappy, "plasma", "her2", points=7).curve.table
    complete = gappy.dropna(subset=["her2", "plasma", "hr", "her2_ihc"])["her2"]
    for _, rows in curve.groupby("stratum"):
        np.testing.assert_allclose(rows["at"], np.linspace(complete.min(), complete.max(), 7), rtol=1e-14)
    assert (curve["n"] == len(complete)).all()
    assert (curve["n_missing"] == 150 - len(complete)).all()
    assert curve[["statistic", "p_value"]].isna().all(axis=None)


def grid(counts: list[list[int]]) -> ReferenceGrid:
    cells = np.array([[a, b] for a in range(2) for b in range(3)], dtype=float)
    return ReferenceGrid(None, ("hr", "ihc"), cells, np.array(counts, dtype=float).ravel())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scheme", "overall", "negative"),
    [
        ("equal", np.full(6, 1 / 6), [1 / 3, 1 / 3, 1 / 3, 0, 0, 0]),
        ("proportional", np.array([1, 2, 3, 4, 0, 10]) / 20, [5 / 20, 2 / 20, 13 / 20, 0, 0, 0]),
        ("outer", np.outer([6, 14], [5, 2, 13]).ravel() / 400, [5 / 20, 2 / 20, 13 / 20, 0, 0, 0]),
        ("cells", np.array([1, 2, 3, 4, 0, 10]) / 20, [1 / 6, 2 / 6, 3 / 6, 0, 0, 0]),
    ],
)
def test_weights_are_those_of_emmeans(scheme, overall, negative):
    counted = grid([[1, 2, 3], [4, 0, 10]])
    np.testing.assert_allclose(counted.weights(scheme), overall, rtol=1e-14)
    np.testing.assert_allclose(counted.weights(scheme, "hr", 0), negative, rtol=1e-14)


def test_an_empty_cell_takes_away_the_means_that_need_it_and_no_others(tumours):
    data = tumours[~((tumours["hr"] == "negative") & (tumours["her2_ihc"] == "2+"))]
    ancova = fit_ancova(data, "plasma", "her2", points=2)
    lost = ancova.curve.table.groupby("stratum", sort=False)["flag"].agg(lambda flags: (flags != "").all())
    assert lost.to_dict() == dict(zip(STRATA, [True, True, False, False, False, True], strict=True))
    assert ancova.curve.table.loc[ancova.curve.table["flag"] != "", NUMBERS].isna().all(axis=None)
    assert ancova.curve.table["at"].notna().all()
    assert (ancova.slopes.table["flag"] == "").all()  # slopes add up over the factors and need no such cell
    by_cells = fit_ancova(data, "plasma", "her2", points=2, weights="cells")
    assert (by_cells.curve.table["flag"] == "").all()  # an empty cell weighs nothing there


def test_a_level_without_cases_is_left_out_of_the_model_and_said(tumours):
    data = tumours[tumours["her2_ihc"] != "2+"]
    ancova = fit_ancova(data, "plasma", "her2", points=4)
    flagged = ancova.slopes.table.set_index("stratum")["flag"]
    assert flagged["her2_ihc=2+"].startswith("empty level")
    assert (flagged.drop("her2_ihc=2+") == "").all()
    assert (ancova.curve.table["stratum"] == "her2_ihc=2+").sum() == 1
    fewer = data.assign(her2_ihc=data["her2_ihc"].cat.remove_unused_categories())
    expected = fit_ancova(fewer, "plasma", "her2", points=4)
    pd.testing.assert_frame_equal(ancova.tests.table, expected.tests.table)
    pd.testing.assert_frame_equal(ancova.slopes.table.iloc[:5], expected.slopes.table)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"plasma": lambda d: 2.0}, "constant outcome"),
        ({"her2": lambda d: 2.0}, "constant exposure"),
        ({"hr": lambda d: "positive"}, "empty level"),
        ({"pam50": lambda d: "LumA"}, "empty level"),
        ({"her2_ihc": lambda d: pd.Categorical([None] * len(d), categories=["0", "1+", "2+"])}, "missing variable"),
        ({"plasma": lambda d: np.nan}, "missing variable"),
        ({"plasma": lambda d: np.where(np.arange(len(d)) < 8, d["plasma"], np.nan)}, "too few observations"),
        ({"plasma": lambda d: 3 + 2 * d["her2"]}, "not estimable"),
    ],
)
def test_what_cannot_be_fitted_keeps_its_rows_with_a_flag(tumours, change, code):
    tumours["hr"] = tumours["hr"].astype("object")
    tumours["hr"] = pd.Categorical(tumours["hr"], categories=["negative", "positive"])
    for column, of in change.items():
        tumours[column] = of(tumours)
    tumours["hr"] = pd.Categorical(tumours["hr"].astype("object"), categories=["negative", "positive"])
    ancova = fit_ancova(tumours, "plasma", "her2", covariates=["age", "pam50"])
    for result, rows in ((ancova.tests, 8), (ancova.slopes, 6), (ancova.curve, 6)):
        assert result.table["flag"].str.split(":").str[0].tolist() == [code] * rows
        assert result.table[[*NUMBERS, "df"]].isna().all(axis=None)
        assert result.table["n"].notna().all()


def test_one_outcome_that_fails_does_not_stop_the_others(tumours):
    tumours["constant"] = 1.0
    tables = fit_ancova(tumours, ["constant", "plasma"], "her2").slopes.table
    assert tables.groupby("outcome")["estimate"].count().to_dict() == {"constant": 0, "plasma": 6}


def test_outcomes_fitted_together_are_as_if_fitted_alone(gappy):
    together = fit_ancova(gappy, ["plasma", "cd8"], "her2", covariates="pam50", points=3)
    for name in ("plasma", "cd8"):
        alone = fit_ancova(gappy, name, "her2", covariates="pam50", points=3)
        for quantity in ("tests", "slopes", "curve"):
            table = getattr(together, quantity).table
            own = table[table["outcome"] == name].reset_index(drop=True)
            pd.testing.assert_frame_equal(own, getattr(alone, quantity).table, check_exact=True)


def test_one_factor_is_enough(tumours):
    slopes = fit_ancova(tumours, "plasma", "her2", factors="hr").slopes.table
    assert slopes["stratum"].tolist() == STRATA[:3]
    for level in ("negative", "positive"):
        part = tumours[tumours["hr"] == level]
        expected = np.polyfit(part["her2"], part["plasma"], 1)[0]
        assert slopes.set_index("stratum").loc[f"hr={level}", "estimate"] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("hr:weight", "'hr:weight' uses 'weight', which is not in the model"),
        ("age", "not a product of different variables"),
        ("age:age", "not a product of different variables"),
        ("hr:age:her2", "needs 'age:her2'"),
    ],
)
def test_extra_terms_that_make_no_sense_are_refused(tumours, terms, message):
    with pytest.raises(DataError, match=message):
        fit_ancova(tumours, "plasma", "her2", covariates="age", extra_terms=terms)


def test_arguments_are_checked_together(tumours):
    with pytest.raises(DataError) as caught:
        fit_ancova(tumours, "plasma", "hr", factors=("hr", "her2_ihc"), weights="flat", points=1, conf_level=0)
    assert len(caught.value.problems) >= 4


def test_the_flag_of_what_the_data_leave_open_names_the_empty_cell():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"hr": ["n", "p"] * 20, "her2_ihc": ["0"] * 20 + ["1+"] * 20, "score": rng.normal(size=40)})
    frame["cells"] = rng.normal(size=40)
    full = frame[~((frame["hr"] == "n") & (frame["her2_ihc"] == "1+"))]
    fitted = fit_ancova(full, "cells", "score")
    assert set(fitted.slopes.table["flag"]) == {""}  # a slope needs no case there
    flags = fitted.curve.table.groupby("stratum")["flag"].first()
    assert flags["all"] == "not estimable: no case in the cell hr=n her2_ihc=1+"
    assert flags["hr=p"] == ""


def test_filled_cells_that_hold_too_little_are_not_called_empty():
    rng = np.random.default_rng(4)
    cells = {("n", "0"): 2, ("n", "1+"): 1, ("p", "0"): 25, ("p", "1+"): 25}
    rows = [(hr, ihc) for (hr, ihc), count in cells.items() for _ in range(count)]
    frame = pd.DataFrame(rows, columns=["hr", "her2_ihc"]).assign(score=rng.normal(size=53), cells=rng.normal(size=53))
    frame.loc[frame["hr"] == "n", "score"] = 1.5  # no slope within HR-negative
    flags = fit_ancova(frame, "cells", "score").slopes.table.set_index("stratum")["flag"]
    assert flags["all"] == ("not estimable: the cases of the cells leave it open, 6 of 7 columns are independent")


def by_the_whole_hat_matrix(frame: pd.DataFrame, contrast: np.ndarray, power: int) -> tuple[float, float]:
    """HC standard error and Bell-McCaffrey degrees of freedom as they are written down, n x n."""
    model = smf.ols("plasma ~ (C(hr) + C(her2_ihc) + her2) ** 2", frame).fit()
    x = model.model.exog
    hat = x @ np.linalg.solve(x.T @ x, x.T)
    part, left = x @ np.linalg.solve(x.T @ x, contrast), 1 - np.diag(hat)
    weights = part**2 / left
    rest = (np.eye(len(x)) - hat) ** 2
    error = np.sqrt((part**2 / left**power * model.resid.to_numpy() ** 2).sum())
    return float(error), float((weights * left).sum() ** 2 / (weights @ rest @ weights))


def test_hc2_errors_and_their_degrees_of_freedom_by_the_whole_hat_matrix(tumours):
    names = smf.ols("plasma ~ (C(hr) + C(her2_ihc) + her2) ** 2", tumours).fit().params.index
    share = {"her2": 1, "C(hr)[T.positive]:her2": 1, "C(her2_ihc)[T.1+]:her2": 1 / 3, "C(her2_ihc)[T.2+]:her2": 1 / 3}
    contrast = np.array([share.get(name, 0.0) for name in names])
    plain = fit_ancova(tumours, "plasma", "her2").slopes.table.set_index("stratum").loc["hr=positive"]
    for covariance, power in (("hc2", 1), ("hc3", 2)):
        row = fit_ancova(tumours, "plasma", "her2", covariance=covariance).slopes.table.set_index("stratum")
        row = row.loc["hr=positive"]
        error, df = by_the_whole_hat_matrix(tumours, contrast, power)
        assert row["estimate"] == plain["estimate"]
        assert row["std_error"] == pytest.approx(error, rel=1e-10)
        assert row["df"] == pytest.approx(df if covariance == "hc2" else plain["df"], rel=1e-10)
        assert row["p_value"] == pytest.approx(2 * stats.t.sf(abs(row["statistic"]), row["df"]), rel=1e-11)
        reach = stats.t.ppf(0.975, row["df"]) * row["std_error"]
        assert (row["conf_low"], row["conf_high"]) == pytest.approx((row["estimate"] - reach, row["estimate"] + reach))
        assert row["method"].endswith(
            {"hc2": ", HC2 errors with Bell-McCaffrey degrees of freedom", "hc3": ", HC3 errors"}[covariance]
        )


def test_the_tests_keep_one_residual_variance(tumours):
    one, other = (fit_ancova(tumours, "plasma", "her2", covariance=kind).tests.table for kind in ("ols", "hc2"))
    pd.testing.assert_frame_equal(one, other)


def test_a_slope_on_few_degrees_of_freedom_says_so_and_stands():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"cells": rng.normal(size=60), "score": rng.normal(size=60), "hr": ["n", "p"] * 30})
    frame.loc[0, "score"] = 40.0  # one tumour has nearly all of the leverage of its group
    rows = fit_ancova(frame, "cells", "score", factors="hr", covariance="hc2").slopes.table.set_index("stratum")
    assert rows.loc["hr=n", "df"] < 10 < rows.loc["hr=p", "df"]
    assert rows.loc["hr=n", "flag"] == (
        f"few degrees of freedom: {rows.loc['hr=n', 'df']:.1f}, it rests on a few cases"
    )
    assert rows.loc["hr=p", "flag"] == ""
    assert rows["p_value"].notna().all()
    for few in (frame, frame.iloc[:12]):  # residual degrees of freedom are no sign of leverage, however few
        assert fit_ancova(few, "cells", "score", factors="hr", covariance="hc3").slopes.table["flag"].eq("").all()


@pytest.mark.parametrize("covariance", ["hc2", "hc3"])
def test_what_one_case_alone_decides_has_no_robust_error(covariance):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"cells": rng.normal(size=22), "score": rng.normal(size=22), "hr": ["p"] * 20 + ["n"] * 2})
    rows = fit_ancova(frame, "cells", "score", factors="hr", covariance=covariance).slopes.table.set_index("stratum")
    alone = "not estimable: one case alone decides it (leverage 1)"
    assert rows.loc[["all", "hr=n"], "flag"].tolist() == [alone, alone]
    assert alone not in rows.loc["hr=p", "flag"]
    assert rows.loc["hr=p", NUMBERS].notna().all()
    assert rows.loc["hr=n", NUMBERS].isna().all()
    assert fit_ancova(frame, "cells", "score", factors="hr").slopes.table["flag"].eq("").all()


def permutable(n: int = 48) -> pd.DataFrame:
    rng = np.random.default_rng(12)
    cells = {"hr": rng.choice(["negative", "positive"], n), "her2_ihc": rng.choice(["0", "1+"], n)}
    return pd.DataFrame({**cells, "score": rng.normal(size=n), "plasma": rng.normal(size=n), "age": rng.normal(size=n)})


@pytest.mark.parametrize("covariance", ["ols", "hc2"])
def test_permuting_what_is_left_is_permuting_the_score_within_the_cells(covariance):
    frame = permutable().sort_values(["hr", "her2_ihc", "score"], ignore_index=True)
    asked = {"factors": ["hr", "her2_ihc"], "covariance": covariance}
    found = fit_ancova(frame, "plasma", "score", permutations=59, seed=4, **asked).slopes.table
    sizes = frame.groupby(["hr", "her2_ihc"]).size().tolist()
    size = found["statistic"].abs()
    count = pd.Series(1, found.index)
    for places in next(permutations_within(sizes, 59, 4)).T:
        moved = frame["score"].to_numpy().copy()
        moved[places] = frame["score"]  # the outcome from place p meets this score: the same pairs
        drawn = fit_ancova(frame.assign(score=moved), "plasma", "score", **asked).slopes.table
        count += drawn["statistic"].abs() >= size
    assert (found["p_permutation"] * 60).round(9).tolist() == count.tolist()
    assert found["p_permutation"].nunique() > 2


def test_with_covariates_the_residuals_of_the_model_without_the_score_are_permuted():
    frame = permutable().sort_values(["hr", "score"], ignore_index=True)
    found = fit_ancova(frame, "plasma", "score", factors="hr", covariates="age", permutations=40, seed=2).slopes.table
    side = np.where(frame["hr"] == "negative", 1.0, -1.0)
    reduced = np.column_stack([np.ones(48), side, frame["age"]])
    told = reduced @ np.linalg.lstsq(reduced, frame["plasma"], rcond=None)[0]
    left, count = frame["plasma"].to_numpy() - told, pd.Series(1, found.index)
    for places in next(permutations_within(frame.groupby("hr").size().tolist(), 40, 2)).T:
        drawn = fit_ancova(frame.assign(plasma=told + left[places]), "plasma", "score", factors="hr", covariates="age")
        count += drawn.slopes.table["statistic"].abs() >= found["statistic"].abs()
    assert (found["p_permutation"] * 41).round(9).tolist() == count.tolist()


def test_the_order_of_the_rows_changes_no_permutation_and_the_seed_does():
    frame = permutable().round(1)  # with ties
    asked = {"factors": ["hr", "her2_ihc"], "covariates": "age", "permutations": 99}
    one = fit_ancova(frame, "plasma", "score", **asked).slopes.table
    other = fit_ancova(frame.sample(frac=1, random_state=2), "plasma", "score", **asked).slopes.table
    seeded = fit_ancova(frame, "plasma", "score", **asked, seed=9).slopes.table
    assert one["p_permutation"].tolist() == other["p_permutation"].tolist()
    assert one["p_permutation"].tolist() != seeded["p_permutation"].tolist()


def test_what_has_no_slope_has_no_permutation_and_too_few_are_refused():
    frame = permutable()
    frame.loc[(frame["hr"] == "negative") & (frame["her2_ihc"] == "1+"), "score"] = 1.5  # one value in a cell
    table = fit_ancova(frame, "plasma", "score", factors=["hr", "her2_ihc"], permutations=30).slopes.table
    assert (table["p_permutation"].isna() == table["p_value"].isna()).all()
    constant = fit_ancova(frame.assign(plasma=1.0), "plasma", "score", factors=["hr", "her2_ihc"], permutations=30)
    assert constant.slopes.table["p_permutation"].isna().all()
    assert "p_permutation" not in fit_ancova(frame, "plasma", "score", factors="hr").slopes.table
    with pytest.raises(DataError, match="permutations=19"):
        fit_ancova(frame, "plasma", "score", permutations=19)
    with pytest.raises(DataError, match="seed=-1"):
        fit_ancova(frame, "plasma", "score", permutations=30, seed=-1)


def test_a_tenth_of_null_studies_has_a_permutation_p_below_a_tenth_where_the_variance_follows_the_mean():
    rng, below, studies = np.random.default_rng(3), 0, 100
    for _ in range(studies):
        frame = permutable().assign(score=rng.normal(size=48))
        spread = np.where(frame["hr"] == "negative", 5.0, 0.5)
        frame["plasma"] = rng.exponential(spread)
        found = fit_ancova(frame, "plasma", "score", factors=["hr", "her2_ihc"], permutations=39).slopes.table
        below += found["p_permutation"].iloc[0] <= 0.1
    assert 2 <= below <= 20  # 10 on the average; 99.8 % of binomial counts
