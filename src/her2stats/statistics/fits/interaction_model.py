"""outcome ~ exposure * moderator: one logistic model, read in five ways.

Without covariates it is two models, one a level of the moderator. Where the one model cannot be fitted, each level is
fitted by itself, so that the level that can be is not lost with the other; what compares the two keeps the flag. Where
a level has few events or few without, Firth's likelihood stands beside: each level by itself, and what compares them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from her2stats.statistics.fits.covariates import centred, covariate_columns
from her2stats.statistics.fits.feasibility import is_separated, why_no_fit, why_no_model
from her2stats.statistics.fits.firth import fewest, firth_beside
from her2stats.statistics.fits.logit import fit_logit, likelihood_ratio
from her2stats.statistics.fits.odds_ratio import odds_ratio
from her2stats.statistics.fits.tails import chi2_upper
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array, Cases, ModelFrame, Stratum
from her2stats.statistics.specs import ClinicalSpec, InteractionSpec


def five_rows(
    frame: ModelFrame, cases: Cases, outcome: str, exposure: str, spec: InteractionSpec | ClinicalSpec, unit: float
) -> list[Row]:
    """Numbers of the rows of `fit_interaction`, or flags; the exposure is divided by `unit`."""
    rows = _likeliest(frame, cases, outcome, exposure, spec, unit)
    levels = [_cases_in(frame, within, outcome, exposure, spec) for within in frame.strata(spec.moderator)]
    few = [fewest(own[outcome]) for own in levels]
    for place, own, m in zip((0, 1, 3), (*levels, cases), (*few, min(few)), strict=True):
        # of a level where all have the event, or none, nothing is known, and Firth's ratio would be made up
        design = _design(frame, own, exposure, spec, unit, alone=place < 2) if m else None
        rows[place] = firth_beside(rows[place], design, own[outcome], max(1, place), spec.conf_level, m)
    return rows


def _likeliest(
    frame: ModelFrame, cases: Cases, outcome: str, exposure: str, spec: InteractionSpec | ClinicalSpec, unit: float
) -> list[Row]:
    """The five rows by maximum likelihood."""
    why = _why_no_model(frame, cases, outcome, exposure, spec)
    if why:
        return _level_by_level(frame, outcome, exposure, spec, unit, why)
    design = _design(frame, cases, exposure, spec, unit)
    why = _why_no_fit(design, cases[outcome], cases[spec.moderator], frame.levels[spec.moderator], spec.moderator)
    if why:
        return _level_by_level(frame, outcome, exposure, spec, unit, why)
    full = fit_logit(design, cases[outcome])
    reduced = fit_logit(np.delete(design, 3, axis=1), cases[outcome])
    if not (full.converged and reduced.converged):
        why = flag("not converged", "maximum likelihood")
        return _level_by_level(frame, outcome, exposure, spec, unit, why)
    weights = np.zeros((4, design.shape[1]))
    weights[0, 1] = weights[1, 1] = weights[1, 3] = weights[2, 2] = weights[3, 3] = 1
    if isinstance(spec, ClinicalSpec):  # the moderator at exposure 0, low abundance; else at the mean of the exposure
        weights[2, 3] = (0.0 - cases[exposure][0]) / unit + design[0, 1]
    statistic = likelihood_ratio(full, reduced)
    rows = [odds_ratio(full, row, ci=spec.ci, conf_level=spec.conf_level) for row in weights]
    return [*rows, {"statistic": statistic, "df": 1, "p_value": chi2_upper(statistic, 1)}]


def _design(
    frame: ModelFrame,
    cases: Cases,
    exposure: str,
    spec: InteractionSpec | ClinicalSpec,
    unit: float,
    *,
    alone: bool = False,
) -> Array:
    """Intercept, exposure, moderator, their product, covariates; of a level `alone` without what compares the two."""
    exposed, moderated = centred(cases[exposure]) / (unit or 1.0), cases[spec.moderator]
    compared = [] if alone else [moderated, exposed * moderated]
    adjusted = covariate_columns(frame, cases, spec.covariates).columns
    return np.column_stack([np.ones(cases.n), exposed, *compared, adjusted])


def _why_no_model(
    frame: ModelFrame, cases: Cases, outcome: str, exposure: str, spec: InteractionSpec | ClinicalSpec
) -> str:
    moderator = spec.moderator
    present = np.unique(cases[moderator])
    if cases.n and len(present) < 2:
        absent = frame.levels[moderator][int(1 - present[0])]
        return flag("empty level", f"no case has '{moderator}' {absent}")
    return why_no_model(frame, cases, outcome, exposure, [exposure, moderator, outcome, *spec.covariates])


def _level_by_level(
    frame: ModelFrame, outcome: str, exposure: str, spec: InteractionSpec | ClinicalSpec, unit: float, joint: str
) -> list[Row]:
    """The exposure in each level of the moderator by itself, then three times the flag of the one model."""
    levels = [_in_level(frame, within, outcome, exposure, spec, unit) for within in frame.strata(spec.moderator)]
    return [*levels, *[{"flag": joint}] * 3]


def _cases_in(
    frame: ModelFrame, within: Stratum, outcome: str, exposure: str, spec: InteractionSpec | ClinicalSpec
) -> Cases:
    return frame.complete([exposure, spec.moderator, outcome, *spec.covariates], within)


def _in_level(
    frame: ModelFrame, within: Stratum, outcome: str, exposure: str, spec: InteractionSpec | ClinicalSpec, unit: float
) -> Row:
    names = [exposure, spec.moderator, outcome, *spec.covariates]
    cases = _cases_in(frame, within, outcome, exposure, spec)
    row: Row = {"n": cases.n, "n_events": int(cases[outcome].sum()), "n_missing": cases.n_missing}
    if not cases.n and not frame.without_value(names):
        return row | {"flag": flag("empty level", f"no complete case has {within.label}")}
    if why := why_no_model(frame, cases, outcome, exposure, names):
        return row | {"flag": why}
    design = _design(frame, cases, exposure, spec, unit, alone=True)
    if why := why_no_fit(design, cases[outcome]):
        return row | {"flag": why}
    fit = fit_logit(design, cases[outcome])
    if not fit.converged:
        return row | {"flag": flag("not converged", "maximum likelihood")}
    return row | odds_ratio(fit, np.eye(design.shape[1])[1], ci=spec.ci, conf_level=spec.conf_level)


def _why_no_fit(design: Array, outcome: Array, moderated: Array, levels: Sequence[str], moderator: str) -> str:
    """Without covariates the model is two models, one a level, each of one exposure, where no programme is needed."""
    if design.shape[1] > 4:
        return why_no_fit(design, outcome)
    if why := why_no_fit(design, outcome, penalised=True):
        return why
    for position, name in enumerate(levels):
        level = moderated == position
        events = outcome[level]
        if events.min() == events.max():
            return flag("separation", f"the outcome is {events[0]:g} in all cases of {moderator}={name}")
        if is_separated(design[level][:, :2], events):
            return flag("separation", f"events and non-events are divided in {moderator}={name}")
    return ""
