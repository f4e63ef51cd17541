"""Odds over all values of an outcome: proportional odds, in place of a cut at the median."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from her2stats.errors import DataError, Problem
from her2stats.statistics.arguments import Names, as_names, percent
from her2stats.statistics.fits.covariates import centred, column_rank, covariate_columns, standard_deviation
from her2stats.statistics.fits.feasibility import why_no_model
from her2stats.statistics.fits.odds_ratio import on_odds_scale
from her2stats.statistics.fits.proportional_odds import fit_proportional_odds
from her2stats.statistics.fits.tails import chi2_upper
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Cases, ModelFrame, Stratum, model_frame, telling_columns, without_noise
from her2stats.statistics.result import Result
from her2stats.statistics.specs import OrdinalSpec
from her2stats.statistics.terms import term_columns

FEW = 20
TOO_OFTEN = f"; with fewer than {FEW} samples the test rejects about 7.5% where it should reject 5%"


def fit_ordinal(
    data: pd.DataFrame,
    outcome: Names,
    exposure: str,
    *,
    by: str | None = None,
    moderator: str | None = None,
    covariates: Names = (),
    per_sd: bool = True,
    conf_level: float = 0.95,
    cohort: str = "",
) -> Result:
    """Odds ratio of a higher value of each outcome for an exposure, by proportional odds over every distinct value.

    It reads as the odds ratio of "high" averaged over every cut. The median split throws the order within the halves
    away, and about half of the power with it.

    Parameters
    ----------
    data : DataFrame
        samples x variables.
    outcome : str or sequence of str
        Columns of numbers; only their order counts, and equal values (zeros) are one level.
    exposure : str
        A column of numbers.
    by : str, optional
        A factor: one model in each of its levels instead of one over all samples.
    moderator : str, optional
        A factor of two levels: the ratio of the odds ratios in its second and first level, instead of one odds ratio.
    covariates : str or sequence of str
        Adjusted for, without rows of their own; "hr" for the odds ratio given hormone receptor.
    per_sd : bool
        Odds ratio per standard deviation (n - 1) over every row of the frame that has the exposure, or per unit.
    conf_level : float
        Of Wald's interval, between 0 and 1.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        A row an outcome and stratum: ``estimate`` odds ratio, ``std_error`` on the log scale, ``statistic`` that of the
        likelihood ratio on ``df`` 1, and its p; the extra column ``levels`` says how many distinct values there are.
        Flags as `fit_logistic`; "separation" where the likelihood rises for ever.

    Raises
    ------
    DataError
        A column is absent or of the wrong type, or the moderator has not two levels.

    References
    ----------
    McCullagh 1980, doi:10.1111/j.2517-6161.1980.tb01109.x.

    Examples
    --------
    >>> frame = pd.DataFrame({"cd8": [0.0, 0, 0.1, 0.2, 0.2, 0.4, 0.5, 0.9], "her2": [5, 8, 6, 7, 4, 3, 1, 2]})
    >>> fit_ordinal(frame, "cd8", "her2", per_sd=False).table[["estimate", "conf_low", "conf_high", "levels"]].round(3)
       estimate  conf_low  conf_high  levels
    0     0.305     0.106      0.877       6
    """
    outcomes, adjusted = as_names(outcome), as_names(covariates)
    with telling_columns(data, outcomes, exposure, by, moderator, adjusted):
        spec = OrdinalSpec(
            cohort=cohort,
            outcomes=outcomes,
            exposure=exposure,
            by=by or "",
            moderator=moderator or "",
            covariates=adjusted,
            per_sd=per_sd,
            conf_level=conf_level,
        )
    return answer_ordinal(spec, data)


def answer_ordinal(spec: OrdinalSpec, data: pd.DataFrame) -> Result:
    """Answer of `fit_ordinal` to a spec."""
    factors = [*as_names(spec.by), *as_names(spec.moderator)]
    frame = model_frame(data, numeric=[spec.exposure, *spec.outcomes], factors=factors, either=spec.covariates)
    if spec.moderator and len(frame.levels[spec.moderator]) != 2:
        what = f"moderator '{spec.moderator}' has {len(frame.levels[spec.moderator])} levels"
        raise DataError(Problem(what, remedy="give a factor of two levels"))
    rows = [_row(frame, within, name, spec) for within in frame.strata(spec.by) for name in spec.outcomes]
    return Result.from_rows(rows, spec, frame.table)


def _row(frame: ModelFrame, within: Stratum, outcome: str, spec: OrdinalSpec) -> Row:
    others = (*as_names(spec.moderator), *spec.covariates)
    cases = frame.complete([spec.exposure, outcome, *others], within)
    levels = np.unique(without_noise(cases[outcome]), return_inverse=True)[1]
    product = ((spec.moderator, frame.levels[spec.moderator][1]),) if spec.moderator else ()
    unit = "SD of the exposure (cohort, n-1)" if spec.per_sd else "unit of the exposure"
    adjusted = f"; adjusted for {', '.join(spec.covariates)}" if spec.covariates else ""
    how = f"{percent(spec.conf_level)} CI Wald; p likelihood ratio{TOO_OFTEN if cases.n < FEW else ''}"
    row: Row = {"stratum": within.label, "outcome": outcome} | term_columns((spec.exposure, ""), *product)
    row |= {"role": "interaction" if product else "exposure", "measure": "odds_ratio", "conf_level": spec.conf_level}
    row |= {"per": "sd" if spec.per_sd else "unit", "n": cases.n, "n_missing": cases.n_missing}
    row |= {"levels": len(set(levels.tolist())), "method": f"proportional odds, odds ratio per {unit}{adjusted}; {how}"}
    names = [spec.exposure, outcome, *others]
    if why := why_no_model(frame, cases, outcome, spec.exposure, names):
        return row | {"flag": why}
    scale = standard_deviation(frame, spec.exposure, frame.everything) if spec.per_sd else 1.0
    return row | _numbers(frame, cases, levels, others, spec, scale)


def _numbers(
    frame: ModelFrame, cases: Cases, levels: np.ndarray, others: tuple[str, ...], spec: OrdinalSpec, scale: float
) -> Row:
    """The exposure, or its product with the moderator, in the first column; without it the reduced model."""
    exposed, columns = centred(cases[spec.exposure]), covariate_columns(frame, cases, others).columns
    size = float(np.std(exposed))
    tested = [exposed / size]
    if spec.moderator:
        tested = [exposed / size * cases[spec.moderator], *tested]
    design = np.column_stack([*tested, columns - columns.mean(axis=0)])
    if cases.n <= design.shape[1] + 1:
        return {
            "flag": flag("too few observations", f"{cases.n} complete cases for {design.shape[1] + 1} coefficients")
        }
    if column_rank(np.column_stack([np.ones(cases.n), design])) <= design.shape[1]:
        return {"flag": flag("rank deficient", f"not all of {design.shape[1]} columns are independent")}
    full, reduced = fit_proportional_odds(design, levels), fit_proportional_odds(design[:, 1:], levels)
    if full.far or reduced.far:
        return {"flag": flag("separation", "the variables order the outcome, there is no finite estimate")}
    if not (full.converged and reduced.converged):
        return {"flag": flag("not converged", "maximum likelihood")}
    per = scale / size
    estimate, error = full.coefficients[0] * per, float(np.sqrt(full.covariance[0, 0])) * per
    reach = float(ndtri(0.5 + spec.conf_level / 2)) * error
    ratio = max(0.0, 2 * (full.log_likelihood - reduced.log_likelihood))
    found = on_odds_scale(float(estimate), float(estimate - reach), float(estimate + reach))
    return found | {"std_error": error, "statistic": ratio, "df": 1, "p_value": chi2_upper(ratio, 1)}
