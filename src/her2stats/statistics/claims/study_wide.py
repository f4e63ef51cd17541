"""Which findings hold in the whole study: a gate and the maximum of all tests, over one set of permutations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from her2stats.statistics.arguments import Names, as_names
from her2stats.statistics.claims.study_tests import WORDS, Scores, StudyTest, study_tests
from her2stats.statistics.fits.rank_tests.max_t import own_p, standardised, step_down
from her2stats.statistics.fits.rank_tests.permutations import permutations_within
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import Primary, StudyWideSpec


def study_wide(
    data: pd.DataFrame,
    exposure: str,
    outcomes: Names = (),
    *,
    high: Names = (),
    totals: Names = (),
    within: str | None = None,
    factors: Names = (),
    covariates: Names = (),
    slope_covariates: Names = (),
    primary: Primary = "given",
    primary_outcomes: Names = (),
    alpha: float = 0.05,
    permutations: int = 10_000,
    seed: int = 1,
    cohort: str = "",
) -> Result:
    """Error of the whole study: p-values of every test of one exposure, for how many were looked at and how.

    The exposure is permuted within the levels of a factor, the same way for all tests. Outcomes whose answers to the
    primary question hold against each other (step-down maximum) pass the gate; all other tests of these share one
    maximum. What does not pass is exploratory, with a p of 1.

    Parameters
    ----------
    data : DataFrame
        samples x variables; samples without exposure or `within` are left out.
    exposure : str
        A column of numbers.
    outcomes : str or sequence of str
        Columns of numbers; of 0 and 1 for what is absent or present.
    high : str or sequence of str
        For each outcome a column of 0 and 1, its high abundance.
    totals : str or sequence of str
        Further columns of numbers, that have no high abundance: total infiltration.
    within : str, optional
        A factor: hormone-receptor status. Of the levels of one of two are asked the interaction and the difference.
    factors : str or sequence of str
        Of the covariance analysis whose marginal slope is tested; not asked where there are none.
    covariates, slope_covariates : str or sequence of str
        Of correlations given the factor, odds and interaction; of a second covariance analysis.
    primary : {"given", "correlation", "odds", "interaction", "slopes"}
        The primary question: rank correlation given `within`, the plain one overall and within each level, the odds of
        high abundance likewise, their interaction, or the marginal slope.
    primary_outcomes : str or sequence of str
        Of which outcomes it is asked; of all, unless named.
    alpha : float
        Level of the gate.
    permutations, seed : int
        How many, and where their random numbers start.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        A row a test, outcome by outcome, of measure "test": ``model`` is the question, ``statistic`` the rank sum, the
        score of the logistic model, its interaction after one step, or the t of the covariance analysis, less its mean
        and divided by its standard deviation over the permutations, ``p_value`` that of the test by itself. Extra
        columns ``p_primary`` (of the primary question; missing for others) and ``p_study``: below `alpha`, the finding
        holds in the whole study. Flags: "too few observations" (below 4 in a level), "constant outcome",
        "constant exposure", "rank deficient", "not converged"; such a test takes no part, and where it is that of the
        primary question, the outcome does not pass.

    Raises
    ------
    DataError
        A column is absent or of the wrong type, `alpha` is not between 0 and 1 or out of reach of so few permutations,
        or a primary outcome is none of the outcomes.

    References
    ----------
    Westfall and Young 1993, Resampling-Based Multiple Testing, Wiley.

    Examples
    --------
    >>> her2 = np.arange(24.0)
    >>> frame = pd.DataFrame({"her2": her2, "cd8": -her2 + 5 * np.sin(her2), "m1": np.cos(5 * her2)})
    >>> asked = study_wide(frame, "her2", totals=["cd8", "m1"], primary="correlation", permutations=999)
    >>> asked.table[["outcome", "model", "p_value", "p_study"]]
      outcome        model  p_value  p_study
    0     cd8  correlation    0.001    0.001
    1      m1  correlation    0.384    0.384
    """
    several = [as_names(names) for names in (outcomes, high, totals, factors, covariates, slope_covariates)]
    with telling_columns(data, exposure, within, *several):
        spec = StudyWideSpec(
            cohort=cohort,
            exposure=exposure,
            outcomes=several[0],
            high=several[1],
            totals=several[2],
            within=within or "",
            factors=several[3],
            covariates=several[4],
            slope_covariates=several[5],
            primary=primary,
            primary_outcomes=as_names(primary_outcomes),
            alpha=alpha,
            permutations=permutations,
            seed=seed,
        )
    return answer_study_wide(spec, data)


def answer_study_wide(spec: StudyWideSpec, data: pd.DataFrame) -> Result:
    """Answer of `study_wide` to a spec."""
    frame = model_frame(
        data,
        numeric=[spec.exposure, *spec.outcomes, *spec.totals],
        binary=spec.high,
        factors=[*dict.fromkeys([*as_names(spec.within), *spec.factors])],
        either=[*dict.fromkeys([*spec.covariates, *spec.slope_covariates])],
    )
    scores = Scores.of(frame, spec)
    tests = list(study_tests(scores, spec))
    found = standardised(_all_statistics(tests, scores, spec)) if tests else np.empty((0, 1))
    still = flag("constant exposure", "no permutation changes the statistic")
    flags = [test.flag or (still if np.isnan(row[0]) else "") for test, row in zip(tests, found, strict=True)]
    able = np.array([not why for why in flags], dtype=bool)
    sizes = np.abs(found)
    alone, first, study = _judged(tests, sizes, able, spec)
    where = f"within {spec.within}" if spec.within else "over all samples"
    how = f"{spec.permutations} permutations {where}; step-down maximum after a gate of '{spec.primary}'"
    rows: list[Row] = [
        {"stratum": test.stratum, "outcome": test.outcome, "term": test.term, "measure": "test", "model": test.question}
        | {"role": "exposure" if test.term == spec.exposure else "interaction", "n": test.n, "flag": why}
        | {"n_missing": len(data) - test.n, "method": f"{WORDS[test.question]}; {how}"}
        | {"statistic": found[k, 0], "p_value": alone[k], "p_primary": first[k], "p_study": study[k]}
        for k, (test, why) in enumerate(zip(tests, flags, strict=True))
    ]
    return Result.from_rows(rows, spec, frame.table)


def _all_statistics(tests: Sequence[StudyTest], scores: Scores, spec: StudyWideSpec) -> Array:
    """Every test, of the data and of each permutation: shape (tests, 1 + permutations)."""
    found = np.zeros((len(tests), 1 + spec.permutations))
    linear = {kind: [k for k, t in enumerate(tests) if t.kind == kind and not t.flag] for kind in scores.kinds}
    weights = {kind: np.array([tests[place].weights for place in places]) for kind, places in linear.items()}
    models = {id(t.model): t.model for t in tests if t.model is not None and not t.flag}
    where = {key: [k for k, t in enumerate(tests) if not t.flag and id(t.model) == key] for key in models}
    at, unpermuted = 0, np.arange(scores.n)[:, None]
    drawn = permutations_within(scores.sizes, spec.permutations, spec.seed)
    for places in (unpermuted, *drawn) if scores.n else ():
        here = slice(at, at + places.shape[1])
        for kind, rows in linear.items():
            if rows:
                found[rows, here] = weights[kind] @ scores.kinds[kind][places]
        for key, model in models.items():
            found[where[key], here] = model.statistics(scores.kinds["values"][places])
        at = here.stop
    return found


def _judged(
    tests: Sequence[StudyTest], sizes: Array, able: np.ndarray, spec: StudyWideSpec
) -> tuple[Array, Array, Array]:
    """P of each test by itself, of the primary question, and in the whole study."""
    alone, first, study = (np.full(len(tests), np.nan) for _ in range(3))
    asked = spec.primary_outcomes or (*spec.outcomes, *spec.totals)
    is_primary = np.array([t.question == spec.primary and t.outcome in asked for t in tests], dtype=bool)
    alone[able] = own_p(sizes[able])
    gate = able & is_primary
    first[gate] = step_down(sizes[gate])
    least: dict[str, float] = {}
    for test, p in zip(tests, first, strict=True):
        if p < spec.alpha:
            least[test.outcome] = min(p, least.get(test.outcome, 1.0))
    others = able & ~is_primary
    let_in = others & np.array([test.outcome in least for test in tests], dtype=bool)
    study[gate], study[others] = first[gate], 1.0
    if let_in.any():
        own = [least[test.outcome] for test, counts in zip(tests, let_in, strict=True) if counts]
        study[let_in] = np.maximum(step_down(sizes[let_in]), own)
    return alone, first, study
