"""How strongly does a score go with each of many variables: Spearman correlation with its interval."""

from __future__ import annotations

import math

import pandas as pd

from her2stats.statistics.arguments import Names, as_names, percent
from her2stats.statistics.correlation_interval import bootstrap_interval, interval, z_interval, z_std_error
from her2stats.statistics.fits.covariates import covariate_columns
from her2stats.statistics.fits.rank_tests.given_ranks import doubled_ranks, given_columns, within_strata
from her2stats.statistics.fits.tails import t_two_sided
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Cases, ModelFrame, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import CorrelationCI, CorrelationSpec, DrawsSpec

FEWEST = 4  # the standard errors of z divide by n - 3
PERFECT = 1e-12  # of residual ranks, which are no whole numbers


def correlate(
    data: pd.DataFrame,
    x: str,
    y: Names,
    *,
    by: str | None = None,
    within: str | None = None,
    covariates: Names = (),
    ci: CorrelationCI = "bonett-wright",
    conf_level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
    cohort: str = "",
) -> Result:
    """Spearman correlation of one variable with one or many, with a confidence interval.

    Parameters
    ----------
    data : DataFrame
        samples x variables, numbers in any unit.
    x : str
        The exposure; stands in the column ``term``.
    y : str or sequence of str
        The variables it is correlated with; stand in the column ``outcome``.
    by : str, optional
        A factor: one correlation in each of its levels instead of one over all samples.
    within : str, optional
        A factor: one correlation over all samples of the ranks within its levels. What differs between the levels
        (hormone-receptor status goes with HER2 and with infiltration) is then no association.
    covariates : str or sequence of str
        Numbers (by rank) or factors: the correlation of what they and `within` leave of both ranks.
    ci : {"bonett-wright", "fieller", "caruso-cliff", "fisher", "sas", "bootstrap"}
        Interval: z = atanh(rho) with the squared standard error (1 + rho^2 / 2) / (n - 3), 1.06 / (n - 3),
        1 / (n - 2) + abs(z) / (6 n + 4 sqrt(n)), or 1 / (n - 3); "sas" is the last with z less rho / (2 (n - 1)), as
        PROC CORR; "bootstrap" the percentiles over `draws` resamples.
    conf_level : float
        Between 0 and 1.
    draws, seed : int
        Of the bootstrap.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        ``estimate`` rho; ``std_error`` of z; ``statistic`` t = rho sqrt((n - 2) / (1 - rho^2)) on ``df`` n - 2 and its
        two-sided p. Given `within`, van Elteren's z (a variable of 0 and 1 counts as it is, any other by rank); given
        covariates, t on n - 2 less their number; both in a column ``given``, and n less that number in the interval.
        Flags: "too few observations" below 4 pairs, "constant outcome", "constant exposure",
        "perfect correlation" (rho is given, nothing else can be).

    Raises
    ------
    DataError
        A column is absent or holds text, or an argument is not a choice; the bootstrap with `within` or covariates.

    References
    ----------
    Bonett and Wright 2000, doi:10.1007/BF02294183. Fieller, Hartley and Pearson 1957, doi:10.1093/biomet/44.3-4.470.
    Caruso and Cliff 1997, doi:10.1177/0013164497057004009.

    Examples
    --------
    >>> frame = pd.DataFrame({"her2": [1.0, 2, 3, 4, 5, 6], "cd8": [9.0, 7, 8, 5, 6, 1]})
    >>> correlate(frame, "her2", "cd8").table[["outcome", "term", "estimate", "n"]].round(3)
      outcome  term  estimate  n
    0     cd8  her2    -0.886  6
    """
    outcomes, adjusted = as_names(y), as_names(covariates)
    with telling_columns(data, x, outcomes, by, within, adjusted):
        spec = CorrelationSpec(
            cohort=cohort,
            x=x,
            y=outcomes,
            by="" if by is None else by,
            within="" if within is None else within,
            covariates=adjusted,
            ci=ci,
            conf_level=conf_level,
            draws=draws,
            seed=seed,
        )
    return answer_correlation(spec, data)


def answer_correlation(spec: CorrelationSpec, data: pd.DataFrame) -> Result:
    """Answer of `correlate` to a spec."""
    factors = [*as_names(spec.by), *as_names(spec.within)]
    frame = model_frame(data, numeric=[spec.x, *spec.y], factors=factors, either=spec.covariates, ranked=True)
    correlation = _given if spec.given else _correlation
    rows = [
        {
            "stratum": within.label,
            **correlation(frame, frame.complete([spec.x, outcome, *spec.given], within), outcome, spec),
        }
        for within in frame.strata(spec.by)
        for outcome in spec.y
    ]
    return Result.from_rows(rows, spec, frame.table)


def question(cases: Cases, outcome: str, spec: CorrelationSpec | DrawsSpec, what: str) -> Row:
    """What a row is about, whatever the answer."""
    return {
        "outcome": outcome,
        "term": spec.x,
        "role": "exposure",
        "measure": "rho",
        "conf_level": spec.conf_level,
        "n": cases.n,
        "n_missing": cases.n_missing,
        "method": f"{what}; {percent(spec.conf_level)} CI {interval(spec.ci).words}",
    }


def _why_not(frame: ModelFrame, cases: Cases, outcome: str, spec: CorrelationSpec) -> str:
    """Flag of pairs of which nothing can be said."""
    if absent := frame.without_value([spec.x, outcome, *spec.given]):
        return flag("missing variable", f"'{absent}' has no value")
    return flag("too few observations", f"{cases.n} pairs, {FEWEST} are needed") if cases.n < FEWEST else ""


def _correlation(frame: ModelFrame, cases: Cases, outcome: str, spec: CorrelationSpec) -> Row:
    row = question(cases, outcome, spec, "Spearman, t approximation")
    if why := _why_not(frame, cases, outcome, spec):
        return row | {"flag": why}
    rank_x, rank_y = doubled_ranks(cases[spec.x]), doubled_ranks(cases[outcome])
    if not rank_y.any():
        return row | {"flag": flag("constant outcome", f"'{outcome}' is {cases[outcome][0]:g} throughout")}
    if not rank_x.any():
        return row | {"flag": flag("constant exposure", f"'{spec.x}' is {cases[spec.x][0]:g} throughout")}
    row["df"] = cases.n - 2
    # Whole numbers as Python integers: rho and 1 - rho^2 are then right to the last digit, however close rho is to 1.
    xx, yy, xy = (int(left @ right) for left, right in ((rank_x, rank_x), (rank_y, rank_y), (rank_x, rank_y)))
    rho, unexplained = xy / math.sqrt(xx * yy), (xx * yy - xy**2) / (xx * yy)
    if unexplained == 0:
        return row | {"estimate": math.copysign(1, xy), "flag": flag("perfect correlation", "every rank is matched")}
    if interval(spec.ci).resamples:
        low, high = bootstrap_interval(
            cases[spec.x], cases[outcome], conf_level=spec.conf_level, draws=spec.draws, seed=spec.seed
        )
    else:
        low, high = z_interval(rho, cases.n, spec.ci, spec.conf_level)
    statistic = rho * math.sqrt((cases.n - 2) / unexplained)
    return row | {
        "estimate": rho,
        "std_error": z_std_error(rho, cases.n, spec.ci),
        "conf_low": low,
        "conf_high": high,
        "statistic": statistic,
        "p_value": t_two_sided(statistic, cases.n - 2),
    }


def _given(frame: ModelFrame, cases: Cases, outcome: str, spec: CorrelationSpec) -> Row:
    """Among samples that are alike in `within` and the covariates."""
    given, test = ", ".join(spec.given), "t of the residual ranks" if spec.covariates else "van Elteren"
    row = question(cases, outcome, spec, f"Spearman given {given}, {test}") | {"given": given}
    if why := _why_not(frame, cases, outcome, spec):
        return row | {"flag": why}
    if spec.covariates:
        ranked = {n: v if n in frame.levels else doubled_ranks(v) for n, v in cases.values.items()}
        columns = covariate_columns(frame, Cases(ranked, cases.rows, cases.n_missing), spec.given).columns
        found = given_columns(cases[spec.x], cases[outcome], columns)
    else:
        found = within_strata(cases[spec.x], cases[outcome], cases[spec.within])
    alike = " among samples that are alike in the rest"
    if found.constant == "y":
        return row | {"flag": flag("constant outcome", f"'{outcome}' does not vary{alike}")}
    if found.constant:
        return row | {"flag": flag("constant exposure", f"'{spec.x}' does not vary{alike}")}
    free = cases.n - found.taken
    if free < FEWEST:
        return row | {"flag": flag("too few observations", f"{cases.n} pairs for {found.taken} parameters")}
    if 1 - abs(found.rho) < PERFECT:
        return row | {"estimate": round(found.rho), "flag": flag("perfect correlation", "every rank is matched")}
    low, high = z_interval(found.rho, free, spec.ci, spec.conf_level)
    return row | {
        "estimate": found.rho,
        "std_error": z_std_error(found.rho, free, spec.ci),
        "conf_low": low,
        "conf_high": high,
        "statistic": found.statistic,
        "df": found.df,
        "p_value": found.p_value,
    }
