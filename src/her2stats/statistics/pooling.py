"""Odds ratios of several cohorts into one: inverse-variance pooling with the heterogeneity beside it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtri

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.arguments import percent
from her2stats.statistics.fits.odds_ratio import on_odds_scale
from her2stats.statistics.fits.tails import z_two_sided
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array
from her2stats.statistics.result import Result, as_result_table
from her2stats.statistics.rows import Rows, as_list, is_second_test
from her2stats.statistics.specs import PoolingModel, PoolingSpec
from her2stats.statistics.terms import PARTS

NAMES: dict[PoolingModel, str] = {"random": "random effects (DerSimonian-Laird)", "fixed": "fixed effect"}
KEY = ["stratum", "outcome", "term"]
POOLED = PoolingSpec().cohort
ABOUT = (*PARTS, "per")
CARRIED = ("role", *ABOUT)
HETEROGENEITY = ("k", "q", "q_p_value", "i2", "tau2")


def pool(results: Rows, *, model: PoolingModel = "random", conf_level: float = 0.95) -> Result:
    """Pool odds ratios of the same question over cohorts.

    Parameters
    ----------
    results : Result, DataFrame, or sequence of these
        From `fit_logistic` or `fit_interaction`: odds ratios with their standard error on the log scale. Rows with
        the same stratum, outcome and term are pooled.
    model : {"random", "fixed"}
        "random": effects of the cohorts vary around their mean, with DerSimonian and Laird's variance; "fixed": one
        effect in all. Both weigh by the inverse of the variance.
    conf_level : float
        Of the Wald interval, normal quantile.

    Returns
    -------
    Result
        Rows of cohort "pooled": ``estimate`` and limits as odds ratios, ``std_error`` on the log scale, ``statistic``
        z, ``n`` of the cohorts pooled; ``role`` and the parts of the term are those of the rows. Second tests are left
        out. Its data are the rows that were pooled. Extra columns: ``k`` cohorts; Cochran's ``q`` with its
        ``q_p_value`` (chi-squared, k - 1 df); ``i2`` (0 to 1); ``tau2``, the variance between cohorts on the log
        scale. With fewer than two cohorts that have an estimate the row is flagged.

    Raises
    ------
    DataError
        An argument is no choice, a cohort has two rows for one question, or a row holds another measure.

    Notes
    -----
    An odds ratio per SD counts in SDs of its own cohort, and high abundance is cut at the median of its own cohort.
    With two to four cohorts the variance between them is poorly known, and the interval of the random-effects model
    tends to be too short.

    References
    ----------
    DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2; Higgins and Thompson 2002, doi:10.1002/sim.1186.

    Examples
    --------
    >>> row = {"stratum": "all", "outcome": "Monocytes", "term": "her2"}
    >>> rows = [{**row, "cohort": "A", "estimate": 0.5, "std_error": 0.2, "n": 100},
    ...         {**row, "cohort": "B", "estimate": 0.8, "std_error": 0.2, "n": 120}]
    >>> pool(pd.DataFrame(rows)).table[["estimate", "n", "k", "tau2"]].round(4)
       estimate    n  k    tau2
    0    0.6325  220  2  0.0705
    """
    tables = [item.table if isinstance(item, Result) else as_result_table(item) for item in as_list(results)]
    filled = [table for table in tables if len(table)]
    rows = pd.concat(filled, ignore_index=True) if filled else as_result_table(pd.DataFrame())
    problems = ProblemList()
    with problems.collect():
        spec = PoolingSpec(model=model, conf_level=conf_level)
    rows = _odds_ratios(rows, problems)
    problems.raise_if_any()
    return _pool(spec, rows)


def answer_pooling(spec: PoolingSpec, data: pd.DataFrame) -> Result:
    """Answer of `pool` to a spec; the frame holds odds ratios, a row a cohort and question."""
    problems = ProblemList()
    rows = _odds_ratios(as_result_table(data), problems)
    problems.raise_if_any()
    return _pool(spec, rows)


def _pool(spec: PoolingSpec, rows: pd.DataFrame) -> Result:
    method = f"odds ratio, {NAMES[spec.model]}, inverse variance; {percent(spec.conf_level)} CI, z and p Wald"
    shared = {"measure": "odds_ratio", "conf_level": spec.conf_level, "method": method}
    pooled = []
    for key, part in rows.groupby(KEY, sort=False):
        about = part.sort_values("cohort", kind="stable").iloc[0]
        row = dict(zip(KEY, key, strict=True)) | {name: about[name] for name in CARRIED}
        pooled.append(shared | row | _pooled(part, spec.model, spec.conf_level))
    table = pd.DataFrame(pooled, columns=None if pooled else [*ABOUT, *HETEROGENEITY])
    table = table.astype(dict.fromkeys(ABOUT, "str"))
    return Result(as_result_table(table, cohort=spec.cohort), spec, _model_frame(rows))


def _odds_ratios(rows: pd.DataFrame, problems: ProblemList) -> pd.DataFrame:
    """Rows that can be pooled, with the parts of their terms; what else is there is a problem."""
    rows = rows[~is_second_test(rows)].reset_index(drop=True)
    for name in ABOUT:
        rows[name] = rows[name].astype("object").fillna("").astype(str) if name in rows else ""
    for place in rows.index[rows.duplicated(["cohort", *KEY])]:
        row = rows.loc[place]
        where = f"cohort {row['cohort']!r}, stratum {row['stratum']!r}, outcome {row['outcome']!r}"
        problems.add(DataError, f"two rows for term {row['term']!r}", where=where, remedy="give one model a question")
    for measure in rows.loc[~rows["measure"].isin(["odds_ratio", ""]), "measure"].unique():
        problems.add(DataError, f"rows of measure {measure!r} cannot be pooled", remedy="give odds ratios")
    return rows


def _model_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """What R needs of the rows: what identifies them as factors, in the order of their first appearance."""
    names = [*KEY, "cohort", *CARRIED]
    factors = {name: pd.Categorical(rows[name], list(dict.fromkeys(rows[name]))) for name in names}
    numbers = {name: rows[name].astype("float64").to_numpy() for name in ("estimate", "std_error", "n")}
    return pd.DataFrame(factors | numbers, index=[f"row {place + 1}" for place in range(len(rows))])


def _pooled(rows: pd.DataFrame, model: PoolingModel, conf_level: float) -> Row:
    """One question over its cohorts; the order of the cohorts changes no digit."""
    usable = rows[(rows["estimate"] > 0) & (rows["std_error"] > 0) & np.isfinite(rows["std_error"])]
    usable = usable.sort_values("cohort", kind="stable")
    if len(usable) < 2:
        found = f"{len(usable)} of {len(rows)} cohorts have an estimate"
        return {"flag": flag("not estimable", found), "k": len(usable), "n": usable["n"].sum()}
    effects, errors = np.log(usable["estimate"].to_numpy()), usable["std_error"].to_numpy()
    weights = 1 / errors**2
    q = _q(effects, weights)
    df = len(usable) - 1
    tau2 = max(0.0, (q - df) / (weights.sum() - (weights**2).sum() / weights.sum()))
    if model == "random":
        weights = 1 / (errors**2 + tau2)
    estimate, error = float(effects @ weights / weights.sum()), float(1 / math.sqrt(weights.sum()))
    reach = float(ndtri(0.5 + conf_level / 2)) * error
    return on_odds_scale(estimate, estimate - reach, estimate + reach) | {
        "std_error": error,
        "statistic": estimate / error,
        "p_value": z_two_sided(estimate / error),
        "n": usable["n"].sum(),
        "k": len(usable),
        "q": q,
        "q_p_value": float(chdtrc(df, q)),
        "i2": max(0.0, (q - df) / q) if q > 0 else 0.0,
        "tau2": tau2,
    }


def _q(effects: Array, weights: Array) -> float:
    """Cochran's Q."""
    return float(weights @ (effects - effects @ weights / weights.sum()) ** 2)
