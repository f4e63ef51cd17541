"""The tests of one exposure, each as what it takes from it: weights of values or ranks, or a model of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy.special import expit

from her2stats.statistics.fits.covariates import centred, covariate_columns
from her2stats.statistics.fits.exposure_model import ExposureModel, spanned
from her2stats.statistics.fits.feasibility import why_no_fit
from her2stats.statistics.fits.logit import fit_logit
from her2stats.statistics.fits.rank_tests.given_ranks import centred_scores, doubled_ranks, is_binary, rank_shares
from her2stats.statistics.flags import flag
from her2stats.statistics.frame import Array, Cases, Mask, ModelFrame, without_noise
from her2stats.statistics.specs import StudyQuestion, StudyWideSpec
from her2stats.statistics.terms import term_columns
from her2stats.vocabulary.names import stratum_of

Names = Sequence[str]
Made = dict[str, Any]
Asked = tuple[Callable[..., Made], StudyQuestion, str, str, Names, dict[str, Any]]
FEWEST = 4
PERFECT = 1e-7
Kind = Literal["values", "ranks", "shares"]
RANK_SUM, T = "rank sum", "t of the ANCOVA"
WORDS: dict[StudyQuestion, str] = {
    **{"given": RANK_SUM, "correlation": RANK_SUM, "odds": "score of the logistic model"},
    **{"interaction": "one-step interaction", "slopes": T, "slopes adjusted": T, "difference": T},
}


@dataclass(frozen=True, eq=False)
class Scores:
    """The exposure of all samples that can be permuted, level by level of `within`, in an order of their values."""

    frame: ModelFrame
    rows: np.ndarray  # where the samples stand in the frame
    strata: Array  # position of the level of each
    kinds: dict[Kind, Array]  # the exposure in units of its spread, its ranks, its ranks within the levels

    @property
    def n(self) -> int:
        """How many samples."""
        return len(self.rows)

    @property
    def sizes(self) -> list[int]:
        """How many are in each level."""
        return [int(count) for count in np.unique(self.strata, return_counts=True)[1]]

    @classmethod
    def of(cls, frame: ModelFrame, spec: StudyWideSpec) -> Scores:
        """Order samples by level, exposure, and every other column, so that the order of the rows changes nothing."""
        everything = frame.values
        exposure = everything[spec.exposure]
        strata = everything[spec.within] if spec.within else np.zeros(len(exposure))
        others = [everything[name] for name in sorted(everything) if name not in (spec.exposure, spec.within)]
        kept = np.flatnonzero(~np.isnan(exposure) & ~np.isnan(strata))
        rows = kept[np.lexsort([column[kept] for column in (*others[::-1], exposure, strata)])]
        values, strata = exposure[rows], strata[rows]
        ranked = without_noise(values)
        shares = np.zeros(len(rows))
        for level in np.unique(strata):
            own = strata == level
            shares[own] = rank_shares(ranked[own])
        unit = float(np.std(values)) if len(rows) else 1.0
        kinds: dict[Kind, Array] = {"values": centred(values) / (unit or 1.0), "ranks": doubled_ranks(ranked)}
        return cls(frame, rows, strata, kinds | {"shares": shares})

    def column(self, name: str) -> Array:
        """A variable, in the order of the samples."""
        found: Array = self.frame.values[name][self.rows]
        return found

    def cases(self, names: Sequence[str], among: Mask) -> Cases:
        """Those of some samples that have every one of the variables; its rows are places among the samples."""
        columns = {name: self.column(name) for name in names}
        places = np.flatnonzero(among & ~np.isnan([*columns.values(), self.strata]).any(axis=0))
        return Cases({name: values[places] for name, values in columns.items()}, places, 0)

    def spread(self, cases: Cases, values: Array) -> Array:
        """Values of cases at their places among all samples, 0 elsewhere; rows of a matrix likewise."""
        found = np.zeros((self.n, *values.shape[1:]))
        found[cases.rows] = values
        return found


@dataclass(frozen=True, eq=False)
class StudyTest:
    """One test: what it is about, and either weights of the exposure's values or ranks, or a model; or why not."""

    question: StudyQuestion
    stratum: str
    outcome: str
    term: str
    n: int
    flag: str = ""
    kind: Kind | None = None
    weights: Array | None = None
    model: ExposureModel | None = None


def study_tests(scores: Scores, spec: StudyWideSpec) -> Iterator[StudyTest]:
    """Every test of a spec, outcome by outcome."""
    within = (spec.within,) if spec.within else ()
    levels = scores.frame.levels[spec.within] if within else ()
    product = term_columns((spec.exposure, ""), (spec.within, levels[1]))["term"] if len(levels) == 2 else ""
    strata = {stratum_of(spec.within, level): scores.strata == k for k, level in enumerate(levels)}
    strata = {"all": np.ones(scores.n, dtype=bool)} | strata
    for outcome in (*spec.outcomes, *spec.totals):
        for make, question, stratum, measured, others, how in _asked(scores, spec, outcome, [*strata], bool(product)):
            cases = scores.cases([measured, *within, *others], strata[stratum])
            why = _why_not(scores, cases, measured, spec.exposure)
            term = product if question in ("interaction", "difference") else spec.exposure
            test = StudyTest(question, stratum, outcome, term, cases.n, why)
            yield test if why else replace(test, **make(scores, cases, measured, others, **how))


def _asked(scores: Scores, spec: StudyWideSpec, outcome: str, strata: Names, two_levels: bool) -> Iterator[Asked]:
    """What makes each test of an outcome, its question and stratum, what is measured, the other variables, and how."""
    within, factors = (spec.within,) if spec.within else (), spec.factors
    if within:
        given = {"adjusted": bool(spec.covariates)}
        yield _given, "given", "all", outcome, (*within, *spec.covariates), given
    for stratum in strata:
        yield _correlation, "correlation", stratum, outcome, (), {"kind": "ranks" if stratum == "all" else "shares"}
    if outcome in spec.totals:
        if two_levels:
            yield _slope, "difference", "all", outcome, within, {"factors": within, "tested": 1}
        return
    high, values = spec.high[spec.outcomes.index(outcome)], scores.column(outcome)
    for stratum in strata:
        yield _odds, "odds", stratum, high, spec.covariates, {}
    if two_levels:
        yield _interaction, "interaction", "all", high, (*within, *spec.covariates), {}
    if not factors or np.isin(values[~np.isnan(values)], (0.0, 1.0)).all():
        return
    yield _slope, "slopes", "all", outcome, factors, {"factors": factors}
    if spec.slope_covariates:
        yield _slope, "slopes adjusted", "all", outcome, (*factors, *spec.slope_covariates), {"factors": factors}


def _why_not(scores: Scores, cases: Cases, outcome: str, exposure: str) -> str:
    if cases.n < FEWEST:
        return flag("too few observations", f"{cases.n} samples, {FEWEST} are needed")
    if cases[outcome].min() == cases[outcome].max():
        return flag("constant outcome", f"'{outcome}' is {cases[outcome][0]:g} throughout")
    values = scores.column(exposure)[cases.rows]
    same = values.min() == values.max()
    return flag("constant exposure", f"'{exposure}' is {values[0]:g} throughout") if same else ""


def _given(scores: Scores, cases: Cases, outcome: str, others: Names, *, adjusted: bool) -> Made:
    """Ranks within the levels, of what is 0 or 1 the values; with covariates, what they leave of the ranks."""
    values, strata = without_noise(cases[outcome]), cases[others[0]]
    if adjusted:
        levels, every = scores.frame.levels, cases.values.items()
        ranked = {name: v if name in levels else doubled_ranks(without_noise(v)) for name, v in every}
        rest = _spanned(scores, Cases(ranked, cases.rows, 0), others)
        return {"kind": "ranks", "weights": scores.spread(cases, _less(doubled_ranks(values), rest))}
    binary, weights = is_binary(values), np.zeros(cases.n)
    for level in np.unique(strata):
        own = strata == level
        weights[own] = centred_scores(values[own], binary)
    return {"kind": "shares", "weights": scores.spread(cases, weights)}


def _correlation(scores: Scores, cases: Cases, outcome: str, _: Names, *, kind: Kind) -> Made:
    return {"kind": kind, "weights": scores.spread(cases, doubled_ranks(without_noise(cases[outcome])))}


def _odds(scores: Scores, cases: Cases, high: str, others: Names) -> Made:
    chance, why = _chance(scores, cases, high, others)
    return {"flag": why} if why else {"kind": "values", "weights": scores.spread(cases, cases[high] - chance)}


def _chance(scores: Scores, cases: Cases, high: str, others: Names) -> tuple[Array, str]:
    """Chance of high abundance without the exposure, or why there is none."""
    design = _design(scores, cases, others)
    if design.shape[1] == 1:
        return np.full(cases.n, cases[high].mean()), ""
    why = why_no_fit(design, cases[high])
    fit = fit_logit(design, cases[high]) if not why else None
    if fit is None or not fit.converged:
        return np.empty(0), why or flag("not converged", "maximum likelihood without the exposure")
    return expit(design @ fit.coefficients), ""


def _interaction(scores: Scores, cases: Cases, high: str, others: Names) -> Made:
    chance, why = _chance(scores, cases, high, others)
    if why:
        return {"flag": why}
    root = np.sqrt(chance * (1 - chance))
    own = np.column_stack([np.ones(cases.n), cases[others[0]] == 1])
    return _modelled(scores, cases, own, _spanned(scores, cases, others, root), cases[high] - chance, root, tested=1)


def _slope(scores: Scores, cases: Cases, outcome: str, others: Names, *, factors: Names, tested: int = 0) -> Made:
    """The exposure in outcome ~ (factors + exposure)^2 + others; contrasts that sum to 0 average over the levels."""
    parts = [_sum_to_zero(cases[name]) for name in factors]
    pairs = [a[:, [j]] * b for k, a in enumerate(parts) for b in parts[k + 1 :] for j in range(a.shape[1])]
    own = np.column_stack([np.ones(cases.n), *parts])
    rest = spanned(np.column_stack([own, *pairs, _design(scores, cases, others)]))
    df = cases.n - rest.shape[1] - own.shape[1]
    if df < FEWEST:  # with fewer the t of a permutation has no spread to be measured by
        return {"flag": flag("too few observations", f"{cases.n} samples for the covariance analysis")}
    if own.shape[1] <= tested:
        return {"flag": flag("empty level", f"every sample is of one level of '{factors[0]}'")}
    values = centred(cases[outcome])
    full = spanned(np.column_stack([rest, own * scores.kinds["values"][cases.rows, None]]))
    if np.linalg.norm(_less(values, full)) <= PERFECT * np.linalg.norm(values):
        return {"flag": flag("not estimable", "the fit is perfect, nothing is left to judge errors by")}
    left = _less(values, rest)
    return _modelled(scores, cases, own, rest, left, np.ones(cases.n), tested=tested, df=df)


def _sum_to_zero(codes: Array) -> Array:
    """Contrasts of the levels that have cases; the first is -1 in each."""
    present = np.unique(codes)
    columns: Array = (codes[:, None] == present[1:]).astype("float64")
    columns[codes == present[0]] = -1.0
    return columns


def _design(scores: Scores, cases: Cases, others: Names) -> Array:
    return np.column_stack([np.ones(cases.n), covariate_columns(scores.frame, cases, others).columns])


def _spanned(scores: Scores, cases: Cases, others: Names, root: Array | float = 1.0) -> Array:
    return spanned((_design(scores, cases, others).T * root).T)


def _less(values: Array, rest: Array) -> Array:
    left: Array = values - rest @ (rest.T @ values)
    return left


def _modelled(
    scores: Scores,
    cases: Cases,
    own: Array,
    rest: Array,
    left: Array,
    root: Array,
    *,
    tested: int,
    df: int | None = None,
) -> Made:
    at = [scores.spread(cases, values) for values in (own, rest, root, left[:, None])]
    model = ExposureModel(at[0], at[1], at[2], at[3], tested, df)
    why = model.why_not(scores.kinds["values"])
    return {"flag": flag("rank deficient", why)} if why else {"model": model}
