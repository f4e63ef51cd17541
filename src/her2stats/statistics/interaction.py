"""Does an odds ratio differ between the two levels of a moderator: logistic regression with an interaction."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.statistics.arguments import Names, as_names
from her2stats.statistics.fits.covariates import standard_deviation
from her2stats.statistics.fits.interaction_model import five_rows
from her2stats.statistics.fits.odds_ratio import interval_name
from her2stats.statistics.flags import Row
from her2stats.statistics.frame import ModelFrame, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import ClinicalSpec, InteractionSpec, OddsRatioCI
from her2stats.statistics.terms import term_columns
from her2stats.vocabulary.names import stratum_of

LIKELIHOOD_RATIO = "(likelihood ratio)"


def fit_interaction(
    data: pd.DataFrame,
    outcome: Names,
    exposure: str,
    moderator: str,
    *,
    covariates: Names = (),
    per_sd: bool = True,
    ci: OddsRatioCI = "wald",
    conf_level: float = 0.95,
    cohort: str = "",
) -> Result:
    """Odds ratio of each outcome for the exposure in both levels of a moderator, and whether they differ.

    Parameters
    ----------
    data : DataFrame
        samples x variables.
    outcome : str or sequence of str
        Columns of 0 and 1.
    exposure : str
        A column of numbers.
    moderator : str
        A factor of two levels (text, categories or 0/1), the first the reference.
    covariates : str or sequence of str
        Adjusted for, without rows of their own.
    per_sd : bool
        Odds ratio per standard deviation (n - 1) over every row of the frame that has the exposure, or per unit.
    ci : {"wald", "profile"}
        Of the odds ratios; p is Wald's either way.
    conf_level : float
        Between 0 and 1.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        Five rows an outcome, all from one model: the exposure in the reference level and in the second level
        (``stratum`` "<moderator>=<level>"), "<moderator>[<second>]" (at the mean of the exposure),
        "<exposure>:<moderator>[<second>]" (ratio of the two odds ratios), and its likelihood ratio test
        "... (likelihood ratio)". Extra columns
        ``exposure``, and ``variable``, ``level``, ``variable_2``, ``level_2``: the term taken apart. Flags as
        `fit_logistic`, "empty level" where a level of the moderator has no case. Where the model cannot be fitted, a
        level that can be by itself keeps its odds ratio, with the level's own ``n``, ``n_events`` and ``n_missing``.
        ``fewest`` and Firth's numbers as `fit_logistic`, of each level by itself; of the interaction from the one
        model, its ``firth_p`` the penalised likelihood ratio, with ``fewest`` of the smaller level.

    Raises
    ------
    DataError
        A column is absent or of the wrong type, or the moderator has not two levels.

    References
    ----------
    Pizzamiglio et al. 2025, Methods, doi:10.1038/s41523-025-00867-z; sparse levels: Heinze and Schemper 2002,
    doi:10.1002/sim.1047.

    Examples
    --------
    >>> frame = pd.DataFrame({"her2": [1, 2, 3, 4, 5, 6] * 2, "hr": ["neg"] * 6 + ["pos"] * 6})
    >>> frame["high"] = [0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0]
    >>> fit_interaction(frame, "high", "her2", "hr", per_sd=False).table[["stratum", "term", "estimate"]].round(3)
      stratum                             term  estimate
    0  hr=neg                             her2     1.435
    1  hr=pos                             her2     0.697
    2     all                          hr[pos]     1.000
    3     all                     her2:hr[pos]     0.485
    4     all  her2:hr[pos] (likelihood ratio)       NaN
    """
    outcomes, adjusted = as_names(outcome), as_names(covariates)
    with telling_columns(data, outcomes, exposure, moderator, adjusted):
        spec = InteractionSpec(
            cohort=cohort,
            outcomes=outcomes,
            exposure=exposure,
            moderator=moderator,
            covariates=adjusted,
            per_sd=per_sd,
            ci=ci,
            conf_level=conf_level,
        )
    return answer_interaction(spec, data)


def answer_interaction(spec: InteractionSpec, data: pd.DataFrame) -> Result:
    """Answer of `fit_interaction` to a spec."""
    frame = _frame(data, spec, (spec.exposure,))
    rows = [row for name in spec.outcomes for row in _interaction(frame, name, spec.exposure, spec, per_sd=spec.per_sd)]
    return Result.from_rows(rows, spec, frame.table)


def fit_clinical(
    data: pd.DataFrame,
    outcome: Names,
    exposure: Names,
    *,
    moderator: str,
    covariates: Names = (),
    ci: OddsRatioCI = "wald",
    conf_level: float = 0.95,
    cohort: str = "",
) -> Result:
    """Odds ratio of each clinical outcome for each exposure in both levels of a moderator.

    The model is that of `fit_interaction`, per unit of the exposure (high against low abundance), for every outcome and
    every exposure.

    Parameters
    ----------
    data : DataFrame
        samples x variables.
    outcome : str or sequence of str
        Columns of 0 and 1: age > 50, grade III, size > 2 cm.
    exposure : str or sequence of str
        Columns of numbers, here the 0/1 abundance of cell types.
    moderator : str
        A factor of two levels, the first the reference.
    covariates, ci, conf_level, cohort
        As `fit_interaction`.

    Returns
    -------
    Result
        Rows as `fit_interaction`, outcome by outcome, within it exposure by exposure; the moderator's odds ratio is
        that at exposure 0, and the extra column ``exposure`` tells those of different exposures apart.

    Raises
    ------
    DataError
        A column is absent or of the wrong type, or the moderator has not two levels.

    References
    ----------
    Pizzamiglio et al. 2025, Methods, doi:10.1038/s41523-025-00867-z.

    Examples
    --------
    >>> frame = pd.DataFrame({"cd8": [0, 1] * 8, "hr": ["neg"] * 8 + ["pos"] * 8})
    >>> frame["older"] = [0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0]
    >>> fit_clinical(frame, "older", "cd8", moderator="hr").table["estimate"].round(3).tolist()
    [9.0, 0.333, 3.0, 0.037, nan]
    """
    outcomes, exposures, adjusted = as_names(outcome), as_names(exposure), as_names(covariates)
    with telling_columns(data, outcomes, exposures, moderator, adjusted):
        spec = ClinicalSpec(
            cohort=cohort,
            outcomes=outcomes,
            exposures=exposures,
            moderator=moderator,
            covariates=adjusted,
            ci=ci,
            conf_level=conf_level,
        )
    return answer_clinical(spec, data)


def answer_clinical(spec: ClinicalSpec, data: pd.DataFrame) -> Result:
    """Answer of `fit_clinical` to a spec."""
    frame = _frame(data, spec, spec.exposures)
    rows = [
        row
        for name in spec.outcomes
        for exposed in spec.exposures
        for row in _interaction(frame, name, exposed, spec, per_sd=False)
    ]
    return Result.from_rows(rows, spec, frame.table)


def _frame(data: pd.DataFrame, spec: InteractionSpec | ClinicalSpec, exposures: tuple[str, ...]) -> ModelFrame:
    frame = model_frame(data, numeric=exposures, binary=spec.outcomes, factors=[spec.moderator], either=spec.covariates)
    levels = frame.levels[spec.moderator]
    if len(levels) != 2:
        what = f"moderator '{spec.moderator}' has {len(levels)} levels: {', '.join(levels) or 'none'}"
        raise DataError(Problem(what, remedy="give a factor of two levels"))
    return frame


def _interaction(
    frame: ModelFrame, outcome: str, exposure: str, spec: InteractionSpec | ClinicalSpec, *, per_sd: bool
) -> Iterator[Row]:
    moderator = spec.moderator
    first, second = frame.levels[moderator]
    cases = frame.complete([exposure, moderator, outcome, *spec.covariates], frame.everything)
    unit = "SD of the exposure (cohort, n-1)" if per_sd else "unit of the exposure"
    adjusted = f"; adjusted for {', '.join(spec.covariates)}" if spec.covariates else ""
    model = f"logistic with interaction, odds ratio per {unit}{adjusted}"
    shared: Row = {
        "outcome": outcome,
        "exposure": exposure,
        "measure": "odds_ratio",
        "conf_level": spec.conf_level,
        "per": "sd" if per_sd else "unit",
        "n": cases.n,
        "n_events": int(cases[outcome].sum()),
        "n_missing": cases.n_missing,
        "method": f"{model}; {interval_name(spec.ci, spec.conf_level)}",
    }
    own = {"role": "exposure"} | term_columns((exposure, ""))
    product = {"role": "interaction"} | term_columns((exposure, ""), (moderator, second))
    second_test = {
        "term": f"{product['term']} {LIKELIHOOD_RATIO}",
        "measure": "second_test",
        "conf_level": math.nan,
        "method": f"{model}; likelihood ratio test",
    }
    keys: list[Row] = [
        {"stratum": stratum_of(moderator, first)} | own,
        {"stratum": stratum_of(moderator, second)} | own,
        {"stratum": "all", "role": "moderator"} | term_columns((moderator, second)),
        {"stratum": "all"} | product,
        {"stratum": "all"} | product | second_test,
    ]
    unit_size = standard_deviation(frame, exposure, frame.everything) if per_sd else 1.0
    numbers = five_rows(frame, cases, outcome, exposure, spec, unit_size)
    for key, row in zip(keys, numbers, strict=True):
        yield shared | key | row
