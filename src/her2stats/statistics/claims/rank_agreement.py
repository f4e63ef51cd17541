"""How far the ranks that two measurements give the same tumours lie apart: Bland and Altman's limits, on ranks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import ndtri

from her2stats.statistics.arguments import Names, as_names, percent
from her2stats.statistics.correlation import FEWEST
from her2stats.statistics.fits.rank_tests.given_ranks import doubled_ranks
from her2stats.statistics.fits.tails import t_two_sided
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import ModelFrame, Stratum, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import AgreementSpec

NEAR = 25  # percentage points: a quarter of all tumours


def agree_ranks(
    data: pd.DataFrame, x: str, y: Names, *, by: str | None = None, conf_level: float = 0.95, cohort: str = ""
) -> Result:
    """Differences between the ranks that one measurement and others of the same thing give the same tumours.

    A score and a pathologist's count have no unit in common, so that only their order can agree. Ranks are taken over
    all tumours that have both, in percent of them, also where the question is asked by group: of everybody the mean
    difference is 0, in a group it says whether the score puts it higher than the count does.

    Parameters
    ----------
    data : DataFrame
        samples x variables, numbers in any unit.
    x : str
        The measurement that the others are held against; stands in the column ``term``.
    y : str or sequence of str
        The others; stand in the column ``outcome``.
    by : str, optional
        A factor: the differences in each of its levels.
    conf_level : float
        Between 0 and 1, of the interval and of the limits of agreement.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        ``estimate`` mean of the rank of y less that of x, percentage points; with `by` its t interval and p. Extra
        columns ``rank_sd`` (of the differences), ``loa_low`` and ``loa_high`` (limits of agreement: mean and z times
        the SD), ``loa_error`` (their standard error) and ``share_near`` (of tumours whose ranks lie within 25 points).
        Flags: "too few observations" below 4 pairs, "constant outcome", "constant exposure".

    Raises
    ------
    DataError
        A column is absent or holds text, or an argument is not a choice.

    References
    ----------
    Bland and Altman 1986, doi:10.1016/S0140-6736(86)90837-8, and 1999, doi:10.1177/096228029900800204.

    Examples
    --------
    >>> frame = pd.DataFrame({"stil": [1.0, 5, 10, 40, 60], "TIL": [2.0, 1, 4, 3, 5]})
    >>> agree_ranks(frame, "stil", "TIL").table[["estimate", "loa_low", "loa_high", "share_near"]].round(1)
       estimate  loa_low  loa_high  share_near
    0       0.0    -39.2      39.2         1.0
    """
    outcomes = as_names(y)
    with telling_columns(data, x, outcomes, by):
        spec = AgreementSpec(cohort=cohort, x=x, y=outcomes, by=by or "", conf_level=conf_level)
    return answer_agreement(spec, data)


def answer_agreement(spec: AgreementSpec, data: pd.DataFrame) -> Result:
    """Answer of `agree_ranks` to a spec."""
    frame = model_frame(data, numeric=[spec.x, *spec.y], factors=as_names(spec.by), ranked=True)
    rows = [_row(frame, within, name, spec) for within in frame.strata(spec.by) for name in spec.y]
    return Result.from_rows(rows, spec, frame.table)


def _row(frame: ModelFrame, within: Stratum, outcome: str, spec: AgreementSpec) -> Row:
    cases, both = (frame.complete([spec.x, outcome], part) for part in (within, frame.everything))
    level = f"{percent(spec.conf_level)} "
    row: Row = {"stratum": within.label, "outcome": outcome, "term": spec.x, "role": "exposure"}
    row |= {"measure": "rank_difference", "conf_level": spec.conf_level, "n": cases.n, "n_missing": cases.n_missing}
    row |= {
        "method": f"difference of ranks in percent, {level}limits of agreement{f'; {level}CI t' if spec.by else ''}"
    }
    row |= dict.fromkeys(("rank_sd", "loa_low", "loa_high", "loa_error", "share_near"), math.nan)
    if absent := frame.without_value([spec.x, outcome]):
        return row | {"flag": flag("missing variable", f"'{absent}' has no value")}
    if cases.n < FEWEST:
        return row | {"flag": flag("too few observations", f"{cases.n} pairs, {FEWEST} are needed")}
    ranks = [doubled_ranks(both[name]) for name in (outcome, spec.x)]
    if not ranks[0].any():
        return row | {"flag": flag("constant outcome", f"'{outcome}' is {both[outcome][0]:g} throughout")}
    if not ranks[1].any():
        return row | {"flag": flag("constant exposure", f"'{spec.x}' is {both[spec.x][0]:g} throughout")}
    apart = (ranks[0] - ranks[1])[np.isin(both.rows, cases.rows)]
    return row | _numbers(apart, 50 / both.n, spec)


def _numbers(apart: np.ndarray, unit: float, spec: AgreementSpec) -> Row:
    """From differences of doubled ranks, whole numbers whose sums are exact; `unit` makes them percentage points."""
    n, total, squares = len(apart), int(apart.sum()), int(apart @ apart)
    mean, sd = unit * total / n, unit * math.sqrt((n * squares - total**2) / (n * (n - 1)))
    z = float(ndtri((1 + spec.conf_level) / 2))
    found: Row = {"estimate": mean, "rank_sd": sd, "loa_low": mean - z * sd, "loa_high": mean + z * sd}
    found |= {"loa_error": sd * math.sqrt(1 / n + z**2 / (2 * (n - 1)))}
    found |= {"share_near": float(np.mean(np.abs(apart) * unit <= NEAR * (1 + 1e-12)))}
    if not spec.by or not sd:
        return found
    from scipy.stats import t

    error = sd / math.sqrt(n)
    reach = float(t.isf((1 - spec.conf_level) / 2, n - 1)) * error
    limits = {"std_error": error, "conf_low": mean - reach, "conf_high": mean + reach, "df": n - 1}
    return found | limits | {"statistic": mean / error, "p_value": t_two_sided(mean / error, n - 1)}
