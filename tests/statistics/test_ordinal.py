"""Proportional odds over all values: against statsmodels, a plain logistic model, and what must not matter."""

from __future__ import annotations

import math
import time
import warnings

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.statistics import fit_interaction, fit_logistic, fit_ordinal
from her2stats.statistics.fits.proportional_odds import fit_proportional_odds

NUMBERS = ["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value"]


def in_statsmodels(levels: pd.Series, columns: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients, standard errors and log-likelihood, by another programme's general optimiser."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = OrderedModel(levels, columns, distr="logit")
        fit = model.fit(method="bfgs", disp=0, gtol=1e-9, maxiter=1000)
    k = columns.shape[1]
    return np.asarray(fit.params)[:k], np.asarray(fit.bse)[:k], float(fit.llf)


def test_the_odds_are_those_of_statsmodels(tumours: pd.DataFrame) -> None:
    data = tumours.assign(cells=pd.qcut(tumours["plasma"], 5, labels=False).astype(float))
    columns = pd.DataFrame(
        {"her2": data["her2"], "positive": (data["hr"] == "positive") * 1.0, "age": data["age"] / 10}
    )
    slopes, errors, height = in_statsmodels(data["cells"].astype(int), columns)
    reduced = in_statsmodels(data["cells"].astype(int), columns.drop(columns="her2"))[2]
    row = fit_ordinal(data, "cells", "her2", covariates=["hr", "age"], per_sd=False).table.iloc[0]
    assert math.log(row["estimate"]) == pytest.approx(slopes[0], rel=1e-6)
    assert row["std_error"] == pytest.approx(errors[0], rel=1e-5)
    assert row["statistic"] == pytest.approx(2 * (height - reduced), rel=1e-7)
    assert row["levels"] == 5
    product = columns.assign(product=columns["her2"] * columns["positive"])
    slopes, errors, _ = in_statsmodels(data["cells"].astype(int), product)
    row = fit_ordinal(data, "cells", "her2", moderator="hr", covariates="age", per_sd=False).table.iloc[0]
    assert row["term"] == "her2:hr[positive]"
    assert math.log(row["estimate"]) == pytest.approx(slopes[3], rel=1e-5)
    assert row["std_error"] == pytest.approx(errors[3], rel=1e-5)


def test_two_values_are_the_logistic_model(tumours: pd.DataFrame) -> None:
    ordinal = fit_ordinal(tumours, "plasma_high", "her2", by="hr").table
    logistic = fit_logistic(tumours, "plasma_high", "her2", by="hr").table
    same = ["stratum", "estimate", "std_error", "conf_low", "conf_high", "n"]
    pd.testing.assert_frame_equal(ordinal[same], logistic[same], rtol=1e-9)
    product = fit_ordinal(tumours, "plasma_high", "her2", moderator="hr").table.iloc[0]
    rows = fit_interaction(tumours, "plasma_high", "her2", "hr").table
    assert product["estimate"] == pytest.approx(rows.loc[3, "estimate"], rel=1e-9)
    assert product["statistic"] == pytest.approx(rows.loc[4, "statistic"], rel=1e-8)


def test_only_the_order_of_the_outcome_counts(tumours: pd.DataFrame) -> None:
    plain = fit_ordinal(tumours, "plasma", "her2").table
    bent = fit_ordinal(tumours.assign(plasma=np.exp(tumours["plasma"])), "plasma", "her2").table
    pd.testing.assert_frame_equal(plain[NUMBERS], bent[NUMBERS], rtol=1e-12)
    turned = fit_ordinal(tumours.assign(plasma=-tumours["plasma"]), "plasma", "her2").table.iloc[0]
    assert turned["estimate"] == pytest.approx(1 / plain.loc[0, "estimate"], rel=1e-9)
    assert turned["p_value"] == pytest.approx(plain.loc[0, "p_value"], rel=1e-7)
    noisy = tumours.assign(cd8=tumours["cd8"] * (1 + 1e-15 * np.arange(len(tumours))))
    assert fit_ordinal(noisy, "cd8", "her2").table.loc[0, "levels"] == tumours["cd8"].nunique()


def test_rows_units_and_origin_do_not_matter(gappy: pd.DataFrame) -> None:
    ours = fit_ordinal(gappy, "plasma", "her2", covariates="age").table
    turned = gappy.sample(frac=1, random_state=2).assign(her2=lambda d: 1e4 * d["her2"] - 7e5)
    pd.testing.assert_frame_equal(
        ours[NUMBERS], fit_ordinal(turned, "plasma", "her2", covariates="age").table[NUMBERS], rtol=1e-7
    )
    assert ours.loc[0, "n"] == len(gappy.dropna(subset=["plasma", "her2", "age"]))


def test_hundreds_of_levels_are_fitted_at_once_and_to_the_top() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(1500, 2))
    levels = np.argsort(np.argsort(-0.5 * x[:, 0] + rng.logistic(size=1500)))
    started = time.perf_counter()
    fit = fit_proportional_odds(x, levels)
    assert time.perf_counter() - started < 2.0
    assert fit.converged
    assert fit.coefficients[0] == pytest.approx(-0.5, abs=4 * math.sqrt(fit.covariance[0, 0]))
    for place in (0, 1):  # at the top no step along a slope leads higher, even with the intercepts of the fit beside it
        for step in (1e-4, -1e-4):
            moved = fit.coefficients.copy()
            moved[place] += step
            rest = fit_proportional_odds(np.column_stack([x @ moved]), levels)
            assert rest.log_likelihood <= fit.log_likelihood + 1e-9


def test_the_interval_covers_and_the_test_keeps_its_level() -> None:
    rng, covered, rejected = np.random.default_rng(17), 0, 0
    for _ in range(300):
        x = rng.normal(size=60)
        frame = pd.DataFrame(
            {"x": x, "y": np.maximum(0, -0.6 * x + rng.logistic(size=60)), "null": rng.normal(size=60)}
        )
        table = fit_ordinal(frame, ["y", "null"], "x", per_sd=False).table
        covered += bool(table.loc[0, "conf_low"] < math.exp(-0.6) < table.loc[0, "conf_high"])
        rejected += bool(table.loc[1, "p_value"] < 0.05)
    assert 273 <= covered <= 296  # 0.95 of 300, 99.9 %
    assert rejected <= 28


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({"plasma": 1.0}, "constant outcome"),
        ({"her2": 3.0}, "constant exposure"),
        ({"her2": np.nan}, "missing variable"),
        ({"age": 2.0}, "rank deficient"),
    ],
)
def test_what_cannot_be_fitted_says_why(tumours: pd.DataFrame, changed: dict[str, float], flag: str) -> None:
    row = fit_ordinal(tumours.assign(**changed), "plasma", "her2", covariates="age").table.iloc[0]
    assert row["flag"].startswith(flag)
    assert row[NUMBERS].isna().all()


def test_an_outcome_that_the_exposure_orders_has_no_finite_odds(tumours: pd.DataFrame) -> None:
    row = fit_ordinal(tumours.assign(plasma=tumours["her2"] ** 3), "plasma", "her2").table.iloc[0]
    assert row["flag"].startswith("separation")
    few = fit_ordinal(tumours.iloc[:2], "plasma", "her2").table.iloc[0]
    assert few["flag"].startswith("too few observations")
    assert "fewer than 20" in fit_ordinal(tumours.iloc[:15], "plasma", "her2").table.loc[0, "method"]


def test_a_far_outlier_is_no_separation(tumours: pd.DataFrame) -> None:
    far = tumours["her2"].copy()
    far.iloc[0] += 200 * far.std()
    row = fit_ordinal(tumours.assign(her2=far), "plasma", "her2").table.iloc[0]
    assert row["flag"] == ""
    assert np.isfinite(row[NUMBERS].astype(float)).all()


def test_a_moderator_has_two_levels_and_no_variable_stands_twice(tumours: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="moderator 'pam50' has 3 levels"):
        fit_ordinal(tumours, "plasma", "her2", moderator="pam50")
    with pytest.raises(DataError, match="names 'hr' twice"):
        fit_ordinal(tumours, "plasma", "her2", by="hr", covariates="hr")
