"""Odds of response by group: counts, shares, odds ratio against a reference level; within strata, or adjusted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.statistics.arguments import Names, as_names
from her2stats.statistics.fits.covariates import covariate_columns
from her2stats.statistics.fits.feasibility import why_no_fit
from her2stats.statistics.fits.logit import fit_logit
from her2stats.statistics.fits.odds_ratio import interval_name, odds_ratio
from her2stats.statistics.fits.two_by_two import mid_p, newcombe
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array, Cases, ModelFrame, Stratum, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import OddsRatioCI, ResponseSpec
from her2stats.statistics.terms import term_columns


def response_odds(
    data: pd.DataFrame,
    outcome: Names,
    group: str,
    *,
    reference: str,
    by: str | None = None,
    covariates: Names = (),
    ci: OddsRatioCI = "wald",
    conf_level: float = 0.95,
    cohort: str = "",
) -> Result:
    """Odds ratio of each binary response for every level of a group against a reference level.

    Parameters
    ----------
    data : DataFrame
        patients x variables.
    outcome : str or sequence of str
        Columns of 0 and 1: pathological complete response, complete response at mid-course.
    group : str
        A factor (text, categories or 0/1).
    reference : str
        The level that the others are compared with.
    by : str, optional
        A factor: the question within each of its levels. Where the mix of its levels differs between the groups, the
        odds ratio over all patients is not that of patients who are alike.
    covariates : str or sequence of str
        Numbers or factors that the odds ratio is adjusted for, in one model of all levels of the group.
    ci : {"wald", "profile"}
        Limits on the log scale, or profile likelihood; z and p are Wald's.
    conf_level : float
        Between 0 and 1.
    cohort : str
        Written into the result.

    Returns
    -------
    Result
        A row "<group>[<level>]" for every other level and stratum; ``estimate`` odds ratio, ``std_error`` on the log
        scale; extra columns ``group``, ``reference``, ``comparison`` (levels), ``variable`` and ``level``,
        ``n_reference``, ``n_events_reference``, ``n_comparison``, ``n_events_comparison``, ``risk_difference`` (share
        of the level minus that of the reference, never adjusted) with Newcombe's limits ``rd_low`` and ``rd_high``,
        and ``p_mid``, the exact mid-p of the 2 x 2 table, for small ones. Without covariates the odds ratios are those
        of the 2 x 2 tables. Flags: "empty level", "constant outcome", "separation" (a zero cell, or by the covariates).

    Raises
    ------
    DataError
        A column is absent, an outcome is not 0/1, or the group has no such reference level.

    References
    ----------
    Pizzamiglio et al. 2025, Methods, doi:10.1038/s41523-025-00867-z and Table 2.

    Examples
    --------
    >>> frame = pd.DataFrame({"her2_group": ["HER2-0"] * 50 + ["HER2-low"] * 36})
    >>> frame["pcr"] = [1] * 36 + [0] * 14 + [1] * 23 + [0] * 13
    >>> result = response_odds(frame, "pcr", "her2_group", reference="HER2-0")
    >>> result.table[["estimate", "conf_low", "conf_high"]].round(3).to_numpy().tolist()
    [[0.688, 0.275, 1.724]]
    """
    outcomes, adjusted = as_names(outcome), as_names(covariates)
    with telling_columns(data, outcomes, group, by, adjusted):
        spec = ResponseSpec(
            cohort=cohort,
            outcomes=outcomes,
            group=group,
            reference=reference,
            by="" if by is None else by,
            covariates=adjusted,
            ci=ci,
            conf_level=conf_level,
        )
    return answer_response(spec, data)


def answer_response(spec: ResponseSpec, data: pd.DataFrame) -> Result:
    """Answer of `response_odds` to a spec."""
    factors = [spec.group, *as_names(spec.by)]
    frame = model_frame(data, binary=spec.outcomes, factors=factors, either=spec.covariates)
    levels = frame.levels[spec.group]
    if spec.reference not in levels:
        what = f"'{spec.group}' has no level {spec.reference!r}"
        raise DataError(Problem(what, remedy=f"levels are {', '.join(levels) or 'none'}"))
    rows = [
        {"stratum": within.label, **row}
        for within in frame.strata(spec.by)
        for name in spec.outcomes
        for row in _response(frame, within, name, spec)
    ]
    return Result.from_rows(rows, spec, frame.table)


def _response(frame: ModelFrame, within: Stratum, outcome: str, spec: ResponseSpec) -> Iterator[Row]:
    cases = frame.complete([spec.group, outcome, *spec.covariates], within)
    events = cases[outcome]
    levels = frame.levels[spec.group]
    of_level = {level: events[cases[spec.group] == position] for position, level in enumerate(levels)}
    absent = frame.without_value([spec.group, outcome, *spec.covariates])
    adjusted = f", adjusted for {', '.join(spec.covariates)}" if spec.covariates else ""
    model = f"logistic, odds ratio against {spec.reference}{adjusted}"
    answers = _odds_ratios(frame, cases, outcome, of_level, spec)
    base = of_level.pop(spec.reference)
    for level, compared in of_level.items():
        row: Row = {
            "outcome": outcome,
            **term_columns((spec.group, level)),
            "role": "group",
            "measure": "odds_ratio",
            "conf_level": spec.conf_level,
            "group": spec.group,
            "reference": spec.reference,
            "comparison": level,
            "n": cases.n,
            "n_events": int(events.sum()),
            "n_missing": cases.n_missing,
            "method": f"{model}; {interval_name(spec.ci, spec.conf_level)}",
            **_shares(base, compared, spec.conf_level),
        }
        if absent:
            yield row | {"flag": flag("missing variable", f"'{absent}' has no value")}
        else:
            yield row | (_why_not(base, compared, events) or answers[level])


def _shares(base: Array, compared: Array, conf_level: float) -> Row:
    """Counts of the two groups, and what they say without a model."""
    events, sizes = (int(base.sum()), int(compared.sum())), (len(base), len(compared))
    names = "risk_difference", "rd_low", "rd_high", "p_mid"
    numbers = (*newcombe(events, sizes, conf_level), mid_p(events, sizes)) if all(sizes) else (math.nan,) * 4
    return {
        "n_reference": sizes[0],
        "n_events_reference": events[0],
        "n_comparison": sizes[1],
        "n_events_comparison": events[1],
        **dict(zip(names, numbers, strict=True)),
    }


def _why_not(base: Array, compared: Array, events: Array) -> Row:
    """What keeps two groups from being compared, whatever the model."""
    if not len(base) or not len(compared):
        return {"flag": flag("empty level", "one of the two groups has no complete case")}
    if events.min() == events.max():
        return {"flag": flag("constant outcome", f"the outcome is {events[0]:g} in all {len(events)} cases")}
    if not (_varies(base) and _varies(compared)):
        return {"flag": flag("separation", "a cell of the 2 x 2 table is 0")}
    return {}


def _varies(events: Array) -> bool:
    return bool(len(events)) and events.min() < events.max()


def _odds_ratios(
    frame: ModelFrame, cases: Cases, outcome: str, of_level: Mapping[str, Array], spec: ResponseSpec
) -> dict[str, Row]:
    """Odds ratios of all levels in one model.

    A level in which all respond, or none, is fitted without error by its own coefficient and tells the others nothing;
    the model is over the rest, where it has a finite maximum.
    """
    usable = [level for level, events in of_level.items() if _varies(events) and level != spec.reference]
    places = [frame.levels[spec.group].index(level) for level in (spec.reference, *usable)]
    kept = np.isin(cases[spec.group], places)
    cases = Cases({name: values[kept] for name, values in cases.values.items()}, cases.rows[kept], cases.n_missing)
    if not usable or not _varies(of_level[spec.reference]):
        return {}
    indicators = [(cases[spec.group] == place).astype("float64") for place in places[1:]]
    covariates = covariate_columns(frame, cases, spec.covariates).columns
    design = np.column_stack([np.ones(cases.n), *indicators, covariates])
    if why := why_no_fit(design, cases[outcome]):
        return {level: {"flag": why} for level in usable}
    fit = fit_logit(design, cases[outcome])
    if not fit.converged:
        return {level: {"flag": flag("not converged", "maximum likelihood")} for level in usable}
    contrasts = np.eye(design.shape[1])
    return {
        level: odds_ratio(fit, contrasts[place], ci=spec.ci, conf_level=spec.conf_level)
        for place, level in enumerate(usable, start=1)
    }
