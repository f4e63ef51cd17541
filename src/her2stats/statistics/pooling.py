"""Estimates of several cohorts into one: inverse-variance pooling with the heterogeneity beside it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.arguments import percent
from her2stats.statistics.fits.reml import Mean, hartung_knapp, reml_variance, weighted_mean
from her2stats.statistics.fits.tails import t_two_sided, z_two_sided
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array
from her2stats.statistics.result import Result, as_result_table
from her2stats.statistics.rows import Rows, as_list, is_second_test
from her2stats.statistics.specs import PoolingModel, PoolingSpec
from her2stats.statistics.terms import PARTS
from her2stats.vocabulary.measures import measure

NAMES: dict[PoolingModel, str] = {
    "random": "random effects (REML), Hartung-Knapp, never narrower than Wald",
    "dersimonian-laird": "random effects (DerSimonian-Laird), Wald",
    "fixed": "fixed effect, Wald",
}
# Measure -> the scale on which its standard error counts, and back.
SCALES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "odds_ratio": (np.log, np.exp),
    "rho": (np.arctanh, np.tanh),
    "slope": (np.positive, np.positive),
}
KEY = ["stratum", "outcome", "term"]
POOLED = PoolingSpec().cohort
ABOUT = (*PARTS, "per")
CARRIED = ("role", "measure", *ABOUT)
HETEROGENEITY = ("k", "q", "q_p_value", "i2", "tau2", "pi_low", "pi_high")
FEWEST_PREDICTING = 4  # cohorts for a prediction interval
FEWEST_TELLING = 3  # of two an interval over cohorts says next to nothing: each of them is told by itself


def pool(results: Rows, *, model: PoolingModel = "random", conf_level: float = 0.95) -> Result:
    """Pool odds ratios, correlations or slopes of the same question over cohorts.

    Parameters
    ----------
    results : Result, DataFrame, or sequence of these
        From `fit_logistic`, `fit_interaction`, `correlate` or `fit_ancova`: odds ratios with their standard error on
        the log scale, correlations with that of z = atanh(rho), slopes with their own. Rows with the same stratum,
        outcome and term are pooled.
    model : {"random", "dersimonian-laird", "fixed"}
        "random": effects of the cohorts vary around their mean; the variance between them by restricted maximum
        likelihood, the interval by Hartung and Knapp on k - 1 degrees of freedom, and Wald's where that is wider.
        "dersimonian-laird": the same with their variance and Wald's interval, which is too narrow for few cohorts;
        "fixed": one effect in all. All weigh by the inverse of the variance.
    conf_level : float
        Of confidence and prediction intervals.

    Returns
    -------
    Result
        Rows of cohort "pooled": ``estimate`` and limits on the scale of the measure, ``std_error`` on that of the
        rows, ``statistic`` t on ``df``, or z without one, ``n`` of the cohorts pooled; ``role``, ``measure`` and the
        parts of the term are those of the rows. Second tests are left out. Its data are the rows that were pooled.
        Extra columns: ``k`` cohorts; Cochran's ``q`` with its ``q_p_value`` (chi-squared, k - 1 df); ``i2`` (0 to 1);
        ``tau2``, the variance between cohorts; ``pi_low`` and ``pi_high``, where the effect of another cohort is to be
        expected, from four cohorts. Flags: "not estimable" (fewer than two cohorts have an estimate), "few degrees of
        freedom" (two cohorts; the numbers stand).

    Raises
    ------
    DataError
        An argument is no choice, a cohort has two rows for one question, or a row holds another measure.

    Notes
    -----
    An odds ratio per SD counts in SDs of its own cohort, and high abundance is cut at the median of its own cohort.

    References
    ----------
    DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2; Higgins and Thompson 2002, doi:10.1002/sim.1186;
    Hartung and Knapp 2001, doi:10.1002/sim.791; Higgins, Thompson and Spiegelhalter 2009,
    doi:10.1111/j.1467-985X.2008.00552.x.

    Examples
    --------
    >>> row = {"stratum": "all", "outcome": "Monocytes", "term": "her2"}
    >>> rows = [{**row, "cohort": "A", "estimate": 0.5, "std_error": 0.2, "n": 100},
    ...         {**row, "cohort": "B", "estimate": 0.8, "std_error": 0.2, "n": 120}]
    >>> pool(pd.DataFrame(rows).assign(measure="odds_ratio")).table[["estimate", "n", "k", "tau2"]].round(4)
       estimate    n  k    tau2
    0    0.6325  220  2  0.0705
    """
    tables = [item.table if isinstance(item, Result) else as_result_table(item) for item in as_list(results)]
    filled = [table for table in tables if len(table)]
    rows = pd.concat(filled, ignore_index=True) if filled else as_result_table(pd.DataFrame())
    problems = ProblemList()
    with problems.collect():
        spec = PoolingSpec(model=model, conf_level=conf_level)
    rows = _of_one_scale(rows, problems)
    problems.raise_if_any()
    return _pool(spec, rows)


def answer_pooling(spec: PoolingSpec, data: pd.DataFrame) -> Result:
    """Answer of `pool` to a spec; the frame holds a row a cohort and question."""
    problems = ProblemList()
    rows = _of_one_scale(as_result_table(data), problems)
    problems.raise_if_any()
    return _pool(spec, rows)


def _pool(spec: PoolingSpec, rows: pd.DataFrame) -> Result:
    how = f"{NAMES[spec.model]}, inverse variance; {percent(spec.conf_level)} CI"
    pooled = []
    for key, part in rows.groupby(KEY, sort=False):
        about = part.sort_values("cohort", kind="stable").iloc[0]
        row = dict(zip(KEY, key, strict=True)) | {name: about[name] for name in CARRIED}
        row |= {"conf_level": spec.conf_level, "method": f"{measure(row['measure']).words}, {how}"}
        pooled.append(row | _pooled(part, spec))
    table = pd.DataFrame(pooled)
    table = table.reindex(columns=list(dict.fromkeys([*table.columns, *ABOUT, *HETEROGENEITY])))
    table = table.astype(dict.fromkeys(ABOUT, "str"))
    return Result(as_result_table(table, cohort=spec.cohort), spec, _model_frame(rows))


def _of_one_scale(rows: pd.DataFrame, problems: ProblemList) -> pd.DataFrame:
    """Rows that can be pooled, with the parts of their terms; what else is there is a problem."""
    rows = rows[~is_second_test(rows)].reset_index(drop=True)
    for name in ABOUT:
        rows[name] = rows[name].astype("object").fillna("").astype(str) if name in rows else ""
    for place in rows.index[rows.duplicated(["cohort", *KEY])]:
        row = rows.loc[place]
        where = f"cohort {row['cohort']!r}, stratum {row['stratum']!r}, outcome {row['outcome']!r}"
        problems.add(DataError, f"two rows for term {row['term']!r}", where=where, remedy="give one model a question")
    remedy = f"give rows of {', '.join(SCALES)}"
    for name in rows.loc[~rows["measure"].isin(list(SCALES)), "measure"].unique():
        problems.add(DataError, f"rows of measure {name!r} cannot be pooled", remedy=remedy)
    for key, part in rows.groupby(KEY, sort=False):
        if part["measure"].nunique() > 1:
            where = ", ".join(map(str, key))
            what = f"{' and '.join(part['measure'].unique())} are no one measure"
            problems.add(DataError, what, where=where, remedy="pool each measure by itself")
    return rows


def _model_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """What R needs of the rows: what identifies them as factors, in the order of their first appearance."""
    names = [*KEY, "cohort", *CARRIED]
    factors = {name: pd.Categorical(rows[name], list(dict.fromkeys(rows[name]))) for name in names}
    numbers = {name: rows[name].astype("float64").to_numpy() for name in ("estimate", "std_error", "n")}
    return pd.DataFrame(factors | numbers, index=[f"row {place + 1}" for place in range(len(rows))])


def _pooled(rows: pd.DataFrame, spec: PoolingSpec) -> Row:
    """One question over its cohorts; the order of the cohorts changes no digit."""
    scaled, back = SCALES[rows["measure"].iloc[0]]
    with np.errstate(divide="ignore", invalid="ignore"):
        on_scale = scaled(rows["estimate"].to_numpy(dtype=float))
    known = np.isfinite(on_scale) & (rows["std_error"] > 0) & np.isfinite(rows["std_error"])
    usable = rows.assign(effect=on_scale)[known].sort_values("cohort", kind="stable")
    k, n = len(usable), usable["n"].sum()
    if k < 2:
        return {"flag": flag("not estimable", f"{k} of {len(rows)} cohorts have an estimate"), "k": k, "n": n}
    effects, variances = usable["effect"].to_numpy(), usable["std_error"].to_numpy() ** 2
    q, tau2 = _heterogeneity(effects, variances, spec.model)
    if spec.model == "random":
        mean = hartung_knapp(effects, variances + tau2, spec.conf_level)
    else:
        mean = weighted_mean(effects, variances + tau2 * (spec.model != "fixed"))
    reach, statistic = mean.reach(spec.conf_level), mean.estimate / mean.std_error
    limits = [mean.estimate, mean.estimate - reach, mean.estimate + reach]
    if spec.model != "fixed" and k >= FEWEST_PREDICTING:
        error = math.sqrt(tau2 + weighted_mean(effects, variances + tau2).std_error ** 2)
        wide = Mean(mean.estimate, error, k - 2).reach(spec.conf_level)
        limits += [mean.estimate - wide, mean.estimate + wide]
    names = ("estimate", "conf_low", "conf_high", "pi_low", "pi_high")
    return dict(zip(names, map(float, back(np.array(limits))), strict=False)) | {
        "std_error": mean.std_error,
        "statistic": statistic,
        "df": math.nan if math.isinf(mean.df) else mean.df,
        "p_value": z_two_sided(statistic) if math.isinf(mean.df) else t_two_sided(statistic, mean.df),
        "n": n,
        "k": k,
        "q": q,
        "q_p_value": float(chdtrc(k - 1, q)),
        "i2": max(0.0, (q - k + 1) / q) if q > 0 else 0.0,
        "tau2": tau2,
        "flag": flag("few degrees of freedom", "two cohorts") if spec.model == "random" and k == 2 else "",
    }


def _heterogeneity(effects: Array, variances: Array, model: PoolingModel) -> tuple[float, float]:
    """Cochran's Q, and the variance between cohorts: of a fixed effect that of DerSimonian and Laird."""
    weights = 1 / variances
    q = float(weights @ (effects - effects @ weights / weights.sum()) ** 2)
    if model == "random":
        return q, reml_variance(effects, variances)
    return q, max(0.0, (q - len(effects) + 1) / float(weights.sum() - (weights**2).sum() / weights.sum()))
