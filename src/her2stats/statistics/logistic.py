"""Odds of a binary outcome for an exposure: logistic regression, over all samples or within strata."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from her2stats.statistics.arguments import Names, as_names, percent
from her2stats.statistics.fits.covariates import centred, covariate_columns, covariate_terms, standard_deviation
from her2stats.statistics.fits.feasibility import why_no_fit, why_no_model
from her2stats.statistics.fits.firth import fewest, firth_beside, firth_odds_ratios
from her2stats.statistics.fits.logit import fit_logit
from her2stats.statistics.fits.odds_ratio import interval_name, odds_ratio
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array, ModelFrame, Stratum, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import LogisticSpec, OddsRatioCI, Penalty, StandardDeviation
from her2stats.statistics.terms import term_columns


def fit_logistic(
    data: pd.DataFrame,
    outcome: Names,
    exposure: str,
    *,
    by: str | None = None,
    covariates: Names = (),
    per_sd: bool = True,
    sd: StandardDeviation = "cohort",
    ci: OddsRatioCI = "wald",
    penalty: Penalty = "none",
    conf_level: float = 0.95,
    cohort: str = "",
) -> Result:
    """Odds ratio of each binary outcome for an exposure.

    Parameters
    ----------
    data : DataFrame
        samples x variables.
    outcome : str or sequence of str
        Columns of 0 and 1.
    exposure : str
        A column of numbers.
    by : str, optional
        A factor: one model in each of its levels instead of one over all samples.
    covariates : str or sequence of str
        Numbers, or factors (text, categories) by treatment coding against their first level.
    per_sd : bool
        Odds ratio per standard deviation (n - 1) of the exposure instead of per unit.
    sd : {"cohort", "stratum"}
        Over every row of the frame that has the exposure, or over those of the stratum. With the cohort's, the strata
        give exactly the simple slopes of `fit_interaction`.
    ci : {"wald", "profile"}
        Limits exp(b -+ z SE), or profile likelihood.
    penalty : {"none", "firth"}
        Firth's penalised likelihood, which is finite under separation; its limits and p
        are penalised profile likelihood and likelihood ratio whatever `ci` says.
    conf_level : float
        Between 0 and 1.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        A row for the exposure and one for each covariate term, "age" or "pam50[LumA]", taken apart in the extra columns
        ``variable``, ``level``, ``variable_2`` and ``level_2``. ``estimate`` odds ratio,
        ``std_error`` on the log scale, ``statistic`` z. ``fewest`` is how many have, or have not, the event, whichever
        are fewer. Below 10 the exposure's row is flagged "sparse", its numbers stand, and Firth's stand beside them in
        ``firth_estimate``, ``firth_low``, ``firth_high`` and ``firth_p``, under separation too; below 5 they are the
        ones to read. Other flags: "too few observations" (not more
        complete cases than coefficients), "constant outcome", "constant exposure", "rank deficient", "separation",
        "empty level" (of a covariate), "not converged", "not estimable" (an odds ratio per unit beyond the range of
        numbers).

    Raises
    ------
    DataError
        A column is absent, an outcome is not 0/1, or an exposure is not a number.

    References
    ----------
    Pizzamiglio et al. 2025, Methods, doi:10.1038/s41523-025-00867-z; profile limits: Venzon and Moolgavkar
    1988, doi:10.2307/2347496; penalty: Firth 1993, doi:10.1093/biomet/80.1.27.

    Examples
    --------
    >>> frame = pd.DataFrame({"high": [0, 0, 0, 1, 0, 1, 1, 1], "her2": [1, 2, 3, 4, 5, 6, 7, 8]})
    >>> fit_logistic(frame, "high", "her2", per_sd=False).table[["term", "estimate", "conf_low", "conf_high"]].round(3)
       term  estimate  conf_low  conf_high
    0  her2     3.605     0.668     19.466
    """
    outcomes, adjusted = as_names(outcome), as_names(covariates)
    with telling_columns(data, outcomes, exposure, by, adjusted):
        spec = LogisticSpec(
            cohort=cohort,
            outcomes=outcomes,
            exposure=exposure,
            by="" if by is None else by,
            covariates=adjusted,
            per_sd=per_sd,
            sd=sd,
            ci=ci,
            penalty=penalty,
            conf_level=conf_level,
        )
    return answer_logistic(spec, data)


def answer_logistic(spec: LogisticSpec, data: pd.DataFrame) -> Result:
    """Answer of `fit_logistic` to a spec."""
    frame = model_frame(
        data, numeric=[spec.exposure], binary=spec.outcomes, factors=as_names(spec.by), either=spec.covariates
    )
    rows = [
        {"stratum": within.label, **row}
        for within in frame.strata(spec.by)
        for name in spec.outcomes
        for row in _odds_ratios(frame, within, name, spec)
    ]
    return Result.from_rows(rows, spec, frame.table)


def _odds_ratios(frame: ModelFrame, within: Stratum, outcome: str, spec: LogisticSpec) -> Iterator[Row]:
    names = [spec.exposure, outcome, *spec.covariates]
    cases = frame.complete(names, within)
    adjusted = covariate_columns(frame, cases, spec.covariates)
    shared: Row = {
        "outcome": outcome,
        "measure": "odds_ratio",
        "conf_level": spec.conf_level,
        "per": "sd" if spec.per_sd else "unit",
        "n": cases.n,
        "n_events": int(cases[outcome].sum()),
        "n_missing": cases.n_missing,
        "method": _method(spec),
    }
    why, design = why_no_model(frame, cases, outcome, spec.exposure, names), None
    if not why:
        spread_over = frame.everything if spec.sd == "cohort" else within
        unit = standard_deviation(frame, spec.exposure, spread_over)
        exposure = centred(cases[spec.exposure]) / (unit if spec.per_sd else 1.0)
        design = np.column_stack([np.ones(cases.n), exposure, adjusted.columns])
        why = why_no_fit(design, cases[outcome], penalised=spec.penalty == "firth")
    own = shared | {"role": "exposure"} | term_columns((spec.exposure, ""))
    covariate = shared | {"role": "covariate"}
    fitted = [{"flag": why}] if why or design is None else _fit(design, cases[outcome], spec)
    if spec.penalty == "none":
        fitted[0] = firth_beside(fitted[0], design, cases[outcome], 1, spec.conf_level, fewest(cases[outcome]))
    yield own | fitted[0]
    if why:
        for term in covariate_terms(frame, spec.covariates):
            yield covariate | term_columns(term) | {"flag": why}
        return
    for term in adjusted.terms:
        numbers = fitted[1 + adjusted.places[term]] if term in adjusted.places else {"flag": adjusted.flags[term]}
        yield covariate | term_columns(term) | numbers


def _fit(design: Array, outcome: Array, spec: LogisticSpec) -> list[Row]:
    """Rows of every column but the intercept."""
    if spec.penalty == "firth":
        return firth_odds_ratios(design, outcome, spec.conf_level)
    fit = fit_logit(design, outcome)
    columns = np.eye(design.shape[1])[1:]
    if not fit.converged:
        return [{"flag": flag("not converged", "maximum likelihood")} for _ in columns]
    return [odds_ratio(fit, weights, ci=spec.ci, conf_level=spec.conf_level) for weights in columns]


def _method(spec: LogisticSpec) -> str:
    unit = f"SD of the exposure ({spec.sd}, n-1)" if spec.per_sd else "unit of the exposure"
    if spec.penalty == "firth":
        model = "logistic, Firth penalty"
        interval = f"{percent(spec.conf_level)} CI penalised profile likelihood; p penalised likelihood ratio"
    else:
        model, interval = "logistic", interval_name(spec.ci, spec.conf_level)
    adjusted = f"; adjusted for {', '.join(spec.covariates)}" if spec.covariates else ""
    return f"{model}, odds ratio per {unit}{adjusted}; {interval}"
