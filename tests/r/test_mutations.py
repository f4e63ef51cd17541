"""The crosscheck is worth something: each wrong convention in Python turns it red, and where it should."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, ndtri

from her2stats.r_engine.engines import Engine
from her2stats.r_engine.two_answers import AGREE, DISAGREE, compare_answers
from her2stats.statistics import (
    Result,
    ancova_rows,
    compare_groups,
    correlate,
    correlate_draws,
    correlation,
    fit_ancova,
    fit_interaction,
    fit_logistic,
    fit_ordinal,
    logistic,
    ordinal,
    response_odds,
    specification_curve,
    study_wide,
)
from her2stats.statistics.claims import draws, robustness
from her2stats.statistics.fits import covariates, feasibility, firth, odds_ratio, permuted_slopes
from her2stats.statistics.fits.design import Design
from her2stats.statistics.fits.firth import BESIDE
from her2stats.statistics.fits.logit import LogitFit
from her2stats.statistics.fits.rank_tests import permuted_ranks, wilcoxon
from her2stats.statistics.fits.rank_tests.given_ranks import rank_shares
from her2stats.statistics.fits.rank_tests.max_t import own_p
from her2stats.statistics.frame import Array, ModelFrame, Stratum

from .frames import AGE, CELLS, SCORE, Recipe

pytestmark = pytest.mark.r
FRAME = Recipe(seed=20, n=150, score_offset=8.0, missing=0.02).frame()
Patch = pytest.MonkeyPatch
STUDY_WIDE = importlib.import_module("her2stats.statistics.claims.study_wide")  # its verb has the module's name


def opposite_sign(patch: Patch) -> None:
    right = LogitFit.contrast
    patch.setattr(LogitFit, "contrast", lambda fit, weights: (-right(fit, weights)[0], right(fit, weights)[1]))


def sd_with_n(patch: Patch) -> None:
    def by_n(frame: ModelFrame, name: str, within: Stratum) -> float:
        values = frame.values[name][within.rows]
        return float(np.std(values[~np.isnan(values)]))

    for room in (covariates, logistic):
        patch.setattr(room, "standard_deviation", by_n)


def treatment_coding(patch: Patch) -> None:
    right = Design._coded

    def coded(design: Design, name: str, values: Array, slope_of: str) -> Array:
        if name in design.n_levels and name != slope_of:
            return np.eye(design.n_levels[name])[values.astype(int)][:, 1:]
        return right(design, name, values, slope_of)

    patch.setattr(Design, "_coded", coded)


def z_for_t(patch: Patch) -> None:
    patch.setattr(ancova_rows, "stdtrit", lambda df, level: ndtri(level))
    patch.setattr(ancova_rows, "t_two_sided", lambda statistic, df: float(2 * ndtr(-abs(statistic))))


def z_for_t_in_correlation(patch: Patch) -> None:
    patch.setattr(correlation, "t_two_sided", lambda statistic, df: float(2 * ndtr(-abs(statistic))))


def wald_for_profile(patch: Patch) -> None:
    def wald(fit: LogitFit, weights: Array, conf_level: float) -> tuple[float, float]:
        estimate, error = fit.contrast(weights)
        reach = float(ndtri(0.5 + conf_level / 2)) * error
        return estimate - reach, estimate + reach

    patch.setattr(odds_ratio, "profile_limits", wald)


def pearson_for_spearman(patch: Patch) -> None:
    patch.setattr(correlation, "doubled_ranks", lambda values: np.round(1000 * (values - values.mean())))


def no_continuity_correction(patch: Patch) -> None:
    def plain(statistic: float, m: int, n: int, counts: Array) -> float:
        return float(2 * ndtr(-abs(statistic - m * n / 2) / np.sqrt(m * n * (m + n + 1) / 12)))

    patch.setattr(wilcoxon, "_normal_p", plain)


def spread_of_all(patch: Patch) -> None:
    """Standard deviation of n over data and permutations, instead of n - 1 over the permutations."""

    def standardised(statistics: Array) -> Array:
        found: Array = (statistics - statistics.mean(axis=1, keepdims=True)) / statistics.std(axis=1, keepdims=True)
        return found

    patch.setattr(STUDY_WIDE, "standardised", standardised)


def single_step(patch: Patch) -> None:
    def largest_of_all(sizes: Array) -> Array:
        return own_p(np.column_stack([sizes[:, 0], np.tile(sizes.max(axis=0)[1:], (len(sizes), 1))]))

    patch.setattr(STUDY_WIDE, "step_down", largest_of_all)


def over_all_samples(patch: Patch) -> None:
    right = STUDY_WIDE.permutations_within
    patch.setattr(STUDY_WIDE, "permutations_within", lambda sizes, *rest: right([sum(sizes)], *rest))


def scores_for_likelihoods(patch: Patch) -> None:
    patch.setattr(ordinal, "chi2_upper", lambda ratio, df: float(2 * ndtr(-np.sqrt(ratio)) * 1.001))


def penalty_without_the_held_column(patch: Patch) -> None:
    """The ratio of two penalised likelihoods of two models, in place of one model with a coefficient held at 0."""
    right = firth._maximum

    def maximum(design: Array, outcome: Array, start: Array, held: int | None = None) -> firth._Place | None:
        if held is None or start[held] != 0:
            return right(design, outcome, start, held)
        found = right(np.delete(design, held, axis=1), outcome, np.delete(start, held))
        return found and replace(found, coefficients=np.insert(found.coefficients, held, 0.0))

    patch.setattr(firth, "_maximum", maximum)


def wald_for_penalised_profile(patch: Patch) -> None:
    def wald(profile: firth._Profile, side: int, target: float) -> float:
        return profile._held(profile.top) + side * target * profile.pace / firth.PACE

    patch.setattr(firth._Profile, "limit", wald)


def sparse_below_five(patch: Patch) -> None:
    patch.setattr(firth, "SAFE", 5)


def over_all_cells(patch: Patch) -> None:
    right = permuted_slopes._places
    patch.setattr(permuted_slopes, "_places", lambda sizes, *rest: right((sum(sizes),), *rest))


def one_too_few(patch: Patch) -> None:
    """The share of the permutations alone, in which p may be 0."""
    right = ancova_rows.permuted_p
    patch.setattr(ancova_rows, "permuted_p", lambda *asked: (right(*asked) * 100 - 1) / 99)


def over_all_exposures(patch: Patch) -> None:
    """Permutations of the exposures over all samples, and not within the factor."""
    right = robustness.permutations_within
    patch.setattr(robustness, "permutations_within", lambda sizes, *rest: right([sum(sizes)], *rest))


def without_the_data(patch: Patch) -> None:
    patch.setattr(robustness, "own_p", lambda sizes: own_p(sizes) - 1 / sizes.shape[1])


def ranks_for_halves(patch: Patch) -> None:
    patch.setattr(permuted_ranks, "centred_scores", lambda values, binary: rank_shares(values) + 0.1 * values)


def t_for_z(patch: Patch) -> None:
    """The t of a residual correlation taken for a z."""
    patch.setattr(permuted_ranks, "betainc", lambda a, b, x: 2 * ndtr(-np.sqrt(2 * a * (1 - x) / x)))


def draws_without_their_number(patch: Patch) -> None:
    """The variance between draws without what comes of there being so few."""
    right = draws.z_interval
    patch.setattr(draws, "z_interval", lambda *asked, beside: right(*asked, beside=beside * 4 / 5))


def amounts_for_presence(patch: Patch) -> None:
    right = draws._rho
    patch.setattr(draws, "_rho", lambda frame, column, presence, spec: right(frame, column, False, spec))


def drawn_amounts() -> Result:
    few = FRAME.assign(**{CELLS: (FRAME[CELLS] - FRAME[CELLS].quantile(0.3)).clip(lower=0)})
    drawn = {f"{CELLS}, draw {one}": few[CELLS] + 0.1 * np.sin(one * few[AGE]) for one in range(1, 5)}
    return correlate_draws(few.assign(**drawn), SCORE, CELLS, draws=4, within="hr")


def curve() -> Result:
    outcomes = {"cells": {"absolute": CELLS, "markers": AGE}}
    asked = {"within": "hr", "covariates": ["her2_ihc"], "permutations": 99}
    return specification_curve(FRAME.head(40), outcomes, SCORE, **asked)


def plain_curve() -> Result:
    return specification_curve(FRAME.head(40), {"cells": {"absolute": CELLS}}, SCORE, permutations=99)


def sparse_interaction() -> Result:
    few = FRAME["hr"].eq("negative") & (FRAME["high"].where(FRAME["hr"].eq("negative"), 0).cumsum() > 7)
    return fit_interaction(FRAME.assign(high=FRAME["high"].mask(few & FRAME["high"].eq(1), 0.0)), "high", SCORE, "hr")


def permuted_slopes_of_cells() -> Result:
    few = FRAME.assign(**{CELLS: FRAME[CELLS].rank() % 17})
    return fit_ancova(few, CELLS, SCORE, covariates=AGE, permutations=99, seed=3).slopes


def whole_study() -> Result:
    asked = {"high": ["high", "present"], "totals": "older", "within": "hr", "alpha": 0.5, "permutations": 99}
    return study_wide(FRAME, SCORE, [CELLS, AGE], **asked)


def ordinal_model() -> Result:
    return fit_ordinal(FRAME, [CELLS, AGE], SCORE, by="hr")


def logistic_model() -> Result:
    return fit_logistic(FRAME, "high", SCORE, by="hr", covariates=AGE)


def profile() -> Result:
    return fit_logistic(FRAME, "high", SCORE, ci="profile")


def type_three() -> Result:
    return fit_ancova(FRAME, CELLS, SCORE).tests


def slopes() -> Result:
    return fit_ancova(FRAME, CELLS, SCORE).slopes


def spearman() -> Result:
    return correlate(FRAME, SCORE, [CELLS, AGE])


def ranks() -> Result:
    return compare_groups(FRAME, [CELLS, AGE], group="hr")


OR_LIMITS = {"conf_low", "conf_high"}
MUTATIONS: dict[str, tuple[Callable[[Patch], None], Callable[[], Result], set[str]]] = {
    "sign": (opposite_sign, logistic_model, {"estimate", "statistic", *OR_LIMITS}),
    "SD with n for n - 1": (sd_with_n, logistic_model, {"estimate", "std_error", *OR_LIMITS}),
    "treatment for sum-to-zero coding": (treatment_coding, type_three, {"statistic", "p_value"}),
    "z for t": (z_for_t, slopes, {"p_value", *OR_LIMITS}),
    "z for t, correlation": (z_for_t_in_correlation, spearman, {"p_value"}),
    "Wald for profile": (wald_for_profile, profile, OR_LIMITS),
    "Pearson for Spearman": (
        pearson_for_spearman,
        spearman,
        {"estimate", "statistic", "p_value", "std_error", *OR_LIMITS},
    ),
    "no tie and continuity correction": (no_continuity_correction, ranks, {"p_value"}),
    "spread over the data, too": (spread_of_all, whole_study, {"statistic", "p_value", "p_study"}),
    "one step for step-down": (single_step, whole_study, {"p_primary", "p_study"}),
    "permutations over all samples": (over_all_samples, whole_study, {"statistic", "p_value", "p_primary", "p_study"}),
    "exposures permuted over all samples": (over_all_exposures, curve, {"p_value"}),
    "the data are no permutation": (without_the_data, curve, {"p_value"}),
    "other scores than ranks": (ranks_for_halves, curve, {"estimate", "p_value"}),
    "t for z": (t_for_z, plain_curve, {"estimate", "p_value"}),
    "variance between draws without their number": (draws_without_their_number, drawn_amounts, OR_LIMITS),
    "amounts for presence": (amounts_for_presence, drawn_amounts, {"estimate", "std_error", "sd_draws", *OR_LIMITS}),
    "penalty without the held column": (penalty_without_the_held_column, sparse_interaction, {"firth_p"}),
    "Wald for the penalised profile": (wald_for_penalised_profile, sparse_interaction, {"firth_low", "firth_high"}),
    "another word for sparse": (sparse_below_five, sparse_interaction, {"flag", *BESIDE}),
    "permutations over all cells": (over_all_cells, permuted_slopes_of_cells, {"p_permutation"}),
    "the data are no permutation of slopes": (one_too_few, permuted_slopes_of_cells, {"p_permutation"}),
    "another tail of the likelihood ratio": (scores_for_likelihoods, ordinal_model, {"p_value"}),
}


def _verdicts(result: Result, engine: Engine) -> pd.DataFrame:
    return compare_answers(result, engine.ask(result, 60), "mutant")


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_convention_turns_the_crosscheck_red(name: str, engine: Engine, monkeypatch: Patch) -> None:
    mutate, ask, touched = MUTATIONS[name]
    assert set(_verdicts(ask(), engine)["verdict"]) == {AGREE}
    mutate(monkeypatch)
    found = _verdicts(ask(), engine)
    wrong = set(found.loc[found["verdict"] == DISAGREE, "quantity"])
    assert wrong == touched


def test_a_flag_forgotten_turns_the_crosscheck_red(engine: Engine, monkeypatch: Patch) -> None:
    frame = FRAME.assign(high=(FRAME[SCORE] > FRAME[SCORE].median()).astype("float64"))
    monkeypatch.setattr(feasibility, "is_separated", lambda design, outcome: False)
    found = _verdicts(fit_logistic(frame, "high", SCORE), engine)
    assert "flag" in set(found.loc[found["verdict"] == DISAGREE, "quantity"])


def test_groups_in_the_other_direction_turn_the_crosscheck_red(engine: Engine) -> None:
    asked = response_odds(FRAME, "high", "hr", reference="negative")
    turned = response_odds(FRAME, "high", "hr", reference="positive").table.assign(term=asked.table["term"])
    found = _verdicts(asked.with_table(turned), engine)
    assert {"estimate", "n_reference"} <= set(found.loc[found["verdict"] == DISAGREE, "quantity"])


def test_the_interaction_on_the_wrong_scale_turns_the_crosscheck_red(engine: Engine) -> None:
    per_sd = fit_interaction(FRAME, "high", SCORE, "hr")
    per_unit = fit_interaction(FRAME, "high", SCORE, "hr", per_sd=False)
    found = _verdicts(per_sd.with_table(per_unit.table), engine)
    assert {"estimate", "std_error"} <= set(found.loc[found["verdict"] == DISAGREE, "quantity"])


def one_sided(result: Result) -> pd.DataFrame:
    return result.table.assign(p_value=result.table["p_value"] / 2)


# What Python was asked, and the table of a neighbouring convention that it must not be taken for.
NEIGHBOURS: dict[str, tuple[Callable[[], Result], Callable[[], pd.DataFrame], set[str]]] = {
    "stratum SD for the cohort's": (
        lambda: fit_logistic(FRAME, "high", SCORE, by="hr"),
        lambda: fit_logistic(FRAME, "high", SCORE, by="hr", sd="stratum").table,
        {"estimate", "std_error", *OR_LIMITS},
    ),
    "one-sided p, logistic": (logistic_model, lambda: one_sided(logistic_model()), {"p_value"}),
    "one-sided p, correlation": (spearman, lambda: one_sided(spearman()), {"p_value"}),
    "one-sided p, groups": (ranks, lambda: one_sided(ranks()), {"p_value"}),
    "one-sided p, slopes": (slopes, lambda: one_sided(slopes()), {"p_value"}),
    "90 % limits for 95 %": (
        profile,
        lambda: fit_logistic(FRAME, "high", SCORE, ci="profile", conf_level=0.9).table,
        OR_LIMITS,
    ),
    "another interval of Spearman's rho": (
        spearman,
        lambda: correlate(FRAME, SCORE, [CELLS, AGE], ci="fieller").table,
        {"std_error", *OR_LIMITS},
    ),
    "weights of the sample for equal ones": (
        slopes,
        lambda: fit_ancova(FRAME, CELLS, SCORE, weights="cells").slopes.table,
        {"estimate", "std_error", "statistic", "p_value", *OR_LIMITS},
    ),
    "Type III of an uncentred score": (
        type_three,
        lambda: fit_ancova(FRAME, CELLS, SCORE, centre=False).tests.table,
        {"statistic", "p_value"},
    ),
    "a covariate forgotten": (
        lambda: fit_logistic(FRAME, "high", SCORE, covariates=AGE),
        lambda: fit_logistic(FRAME, "high", SCORE).table,
        {"estimate", "std_error", "statistic", "p_value", "n", "n_missing", *OR_LIMITS},
    ),
}


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_neighbouring_convention_is_not_taken_for_the_one_asked(name: str, engine: Engine) -> None:
    ask, neighbour, touched = NEIGHBOURS[name]
    asked = ask()
    found = compare_answers(asked.with_table(neighbour()), engine.ask(asked, 60), "mutant", whole=True)
    wrong = set(found.loc[found["verdict"] == DISAGREE, "quantity"])
    assert touched <= wrong


@pytest.mark.parametrize("ask", [logistic_model, type_three, slopes, spearman, ranks])
def test_a_row_dropped_turns_the_crosscheck_red(ask: Callable[[], Result], engine: Engine) -> None:
    whole = ask()
    for gone in range(len(whole.table)):
        kept = whole.with_table(whole.table.drop(index=gone).reset_index(drop=True))
        found = compare_answers(kept, engine.ask(whole, 60), "mutant", whole=True)
        assert "the result has no such row" in set(found.loc[found["verdict"] == DISAGREE, "reason"])
