"""Intervals of an odds ratio by every usual method, against R, scipy, statsmodels and their own definition."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, nchypergeom_fisher
from scipy.stats.contingency import odds_ratio as scipy_odds_ratio
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep

from her2stats.errors import DataError
from her2stats.published import odds_ratio_intervals, two_by_two_p_values
from her2stats.published.exact.cells import as_cells
from her2stats.published.exact.conditional import conditional_limits
from her2stats.published.exact.likelihood import likelihood_limits
from her2stats.published.exact.two_by_two import METHODS

HERE = Path(__file__).parent
TABLES = np.array([[23, 13, 36, 14], [9, 23, 17, 22], [5, 40, 30, 8], [60, 45, 33, 70], [2, 30, 1, 40]], dtype=float)
# glm stops at 1e-8 in the standard error; confint interpolates the profile by a spline; fisher.test looks for the odds
# ratio, or its reciprocal where that is below 1, by uniroot at its default tolerance 1.22e-4.
RELATIVE = {"Wald": 1e-6, "profile likelihood": 1e-3}
UNIROOT = 1.3e-4


def _agree_with_r(reference: pd.DataFrame) -> None:
    for row in reference.itertuples():
        ours = odds_ratio_intervals([row.a, row.b, row.c, row.d]).set_index("method").loc[row.method]
        expected = [row.estimate, row.conf_low, row.conf_high]
        if row.method in RELATIVE:
            np.testing.assert_allclose(ours, expected, rtol=RELATIVE[row.method], err_msg=f"{row}")
            continue
        for value, wanted in zip(ours, expected, strict=True):
            pair = (value, wanted) if wanted < 1 else (1 / value, 1 / wanted)
            assert pair[0] == pytest.approx(pair[1], abs=UNIROOT), row


def test_stored_numbers_of_r() -> None:
    _agree_with_r(pd.read_csv(HERE / "reference_2x2.csv"))


@pytest.mark.r
def test_r_still_gives_the_stored_numbers() -> None:
    script = HERE / "reference_2x2.R"
    run = subprocess.run(["Rscript", "--vanilla", script], capture_output=True, text=True, check=True)
    assert run.stdout == (HERE / "reference_2x2.csv").read_text()


@pytest.mark.parametrize("table", TABLES.tolist())
def test_wald_and_haldane_are_those_of_statsmodels(table: list[float]) -> None:
    ours = odds_ratio_intervals(table).set_index("method")
    for shift, method in ((False, "Wald"), (True, "Wald with 0.5 added (Haldane)")):
        counts = np.reshape(table, (2, 2)) + (0.5 if shift else 0)
        theirs = Table2x2(counts, shift_zeros=False)
        np.testing.assert_allclose(ours.loc[method], [theirs.oddsratio, *theirs.oddsratio_confint()], rtol=1e-9)


@pytest.mark.parametrize("table", TABLES.tolist())
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_exact_limits_are_those_of_scipy(table: list[float], level: float) -> None:
    theirs = scipy_odds_ratio(np.reshape(table, (2, 2)).astype(int))
    low, high = conditional_limits(np.array([table]), level, "central")
    np.testing.assert_allclose([low[0], high[0]], theirs.confidence_interval(level), rtol=1e-6)
    estimate = odds_ratio_intervals(table).set_index("method").loc["exact conditional (Fisher)", "estimate"]
    np.testing.assert_allclose(estimate, theirs.statistic, rtol=1e-6)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")  # its search steps beyond the possible
@pytest.mark.parametrize("table", TABLES.tolist())
def test_miettinen_nurminen_and_cornfield_are_those_of_statsmodels(table: list[float]) -> None:
    a, b, c, d = table
    for statistic, correction in (("miettinen", True), ("score", False)):
        theirs = confint_proportions_2indep(
            a, a + b, c, c + d, method="score", compare="odds-ratio", correction=correction
        )
        ours = likelihood_limits(np.array([table]), 0.95, statistic)  # type: ignore[arg-type]
        np.testing.assert_allclose([ours[0][0], ours[1][0]], theirs, rtol=1e-5)


@pytest.mark.parametrize("table", TABLES.tolist())
def test_mid_p_limits_leave_half_the_error_in_each_tail(table: list[float]) -> None:
    a, b, c, d = (int(count) for count in table)
    low, high = (float(end[0]) for end in conditional_limits(np.array([table]), 0.95, "mid-p"))
    at_low, at_high = (nchypergeom_fisher(a + b + c + d, a + c, a + b, ratio) for ratio in (low, high))
    assert at_low.sf(a) + at_low.pmf(a) / 2 == pytest.approx(0.025, abs=1e-6)
    assert at_high.cdf(a - 1) + at_high.pmf(a) / 2 == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("table", TABLES.tolist())
def test_beyond_baptista_pike_limits_the_two_sided_test_rejects(table: list[float]) -> None:
    a, b, c, d = (int(count) for count in table)

    def p_value(ratio: float) -> float:
        chances = nchypergeom_fisher(a + b + c + d, a + c, a + b, ratio).pmf(np.arange(0, a + b + 1))
        return float(chances[chances <= chances[a] * (1 + 1e-7)].sum())

    low, high = (float(end[0]) for end in conditional_limits(np.array([table]), 0.95, "least likely"))
    assert p_value(low * 1.0001) > 0.05 or p_value(low * 1.001) > 0.05
    assert p_value(high / 1.0001) > 0.05 or p_value(high / 1.001) > 0.05
    assert all(p_value(low / factor) < 0.05 for factor in (1.001, 1.1, 1.5, 3))
    assert all(p_value(high * factor) < 0.05 for factor in (1.001, 1.1, 1.5, 3))


@pytest.mark.parametrize("table", TABLES.tolist())
def test_at_a_profile_limit_the_deviance_is_the_critical_value(table: list[float]) -> None:
    import statsmodels.api as sm

    counts = np.array(table)
    events, group = np.array([1, 0, 1, 0]), np.array([1, 1, 0, 0])
    free = sm.GLM(events, sm.add_constant(group), sm.families.Binomial(), freq_weights=counts).fit(tol=1e-12)
    for end in likelihood_limits(counts[None, :], 0.95, "profile"):
        offset = np.log(end[0]) * group
        bound = sm.GLM(events, np.ones(4), sm.families.Binomial(), freq_weights=counts, offset=offset).fit(tol=1e-12)
        assert 2 * (free.llf - bound.llf) == pytest.approx(chi2.ppf(0.95, 1), rel=1e-6)


def test_turning_groups_round_turns_every_interval_round() -> None:
    for name, limits in METHODS.items():
        low, high = limits(TABLES, 0.95)
        low_turned, high_turned = limits(TABLES[:, [2, 3, 0, 1]], 0.95)
        np.testing.assert_allclose(low, 1 / high_turned, rtol=2e-5, err_msg=name)
        np.testing.assert_allclose(high, 1 / low_turned, rtol=2e-5, err_msg=name)


def test_many_tables_at_once_are_the_same_tables_one_by_one() -> None:
    for name, limits in METHODS.items():
        together = np.stack(limits(TABLES, 0.9))
        single = np.stack([np.stack(limits(table[None, :], 0.9))[:, 0] for table in TABLES], axis=1)
        np.testing.assert_allclose(together, single, rtol=1e-9, err_msg=name)


def test_a_zero_cell_gives_an_open_end_and_no_number_that_is_not_one() -> None:
    table = odds_ratio_intervals([0, 8, 6, 6]).set_index("method")
    assert table.loc["Wald", ["conf_low", "conf_high"]].isna().all()
    assert table.loc["profile likelihood", "conf_low"] == 0
    assert 0 < table.loc["profile likelihood", "conf_high"] < 1
    empty = odds_ratio_intervals([0, 8, 0, 6]).set_index("method")
    assert empty.loc["profile likelihood":"exact conditional, mid-p", ["conf_low", "conf_high"]].isna().all(axis=None)


@pytest.mark.parametrize("cells", [[1, 2, 3], "abcd", [1, -2, 3, 4], [1, np.nan, 3, 4], 7, [["a", "b"], ["c", "d"]]])
def test_what_is_not_a_table_is_refused(cells: object) -> None:
    with pytest.raises(DataError):
        as_cells(cells)


def test_p_values_are_those_of_the_usual_tests() -> None:
    from scipy.stats import chi2_contingency, fisher_exact

    for table in TABLES:
        counts = table.reshape(2, 2).astype(int)
        ours = {name: float(p[0]) for name, p in two_by_two_p_values(table).items()}
        assert ours["Pearson"] == pytest.approx(chi2_contingency(counts, correction=False).pvalue)
        assert ours["Pearson with continuity correction"] == pytest.approx(chi2_contingency(counts).pvalue)
        likelihood = chi2_contingency(counts, correction=False, lambda_="log-likelihood").pvalue
        assert ours["likelihood ratio"] == pytest.approx(likelihood)
        assert ours["Fisher"] == pytest.approx(fisher_exact(counts).pvalue)
        assert ours["Wald"] == pytest.approx(Table2x2(counts).log_oddsratio_pvalue())


def test_every_method_has_the_estimate_that_goes_with_it() -> None:
    cells = [23, 13, 36, 14]
    estimates = odds_ratio_intervals(cells).set_index("method")["estimate"]
    conditional = scipy_odds_ratio(np.reshape(cells, (2, 2)), kind="conditional").statistic
    smoothed = (23.5 * 14.5) / (13.5 * 36.5)
    wanted = dict.fromkeys(METHODS, (23 * 14) / (13 * 36))
    wanted |= {name: conditional for name in METHODS if name.split(" ")[0] == "exact"}
    wanted |= dict.fromkeys(("penalised likelihood (Firth), profile", "penalised likelihood (Firth), Wald"), smoothed)
    wanted["Wald with 0.5 added (Haldane)"] = smoothed
    assert estimates.to_dict() == pytest.approx(wanted, rel=1e-6)
