"""outcome ~ exposure * moderator: one logistic model, read in five ways."""

from __future__ import annotations

import numpy as np

from her2stats.statistics.fits.covariates import centred, covariate_columns
from her2stats.statistics.fits.feasibility import is_separated, why_no_fit, why_no_model
from her2stats.statistics.fits.logit import fit_logit, likelihood_ratio
from her2stats.statistics.fits.odds_ratio import odds_ratio
from her2stats.statistics.fits.tails import chi2_upper
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array, Cases, ModelFrame
from her2stats.statistics.specs import ClinicalSpec, InteractionSpec


def five_rows(
    frame: ModelFrame,
    cases: Cases,
    outcome: str,
    exposure: str,
    spec: InteractionSpec | ClinicalSpec,
    unit: float,
) -> list[Row]:
    """Numbers of the rows of `fit_interaction`, or the same flag five times.

    Parameters
    ----------
    unit : float
        The exposure is divided by it.
    """
    why = _why_no_model(frame, cases, outcome, exposure, spec)
    if why:
        return [{"flag": why}] * 5
    exposed = centred(cases[exposure]) / unit
    moderated = cases[spec.moderator]
    adjusted = covariate_columns(frame, cases, spec.covariates).columns
    design = np.column_stack([np.ones(cases.n), exposed, moderated, exposed * moderated, adjusted])
    why = _why_no_fit(design, cases[outcome], moderated)
    if why:
        return [{"flag": why}] * 5
    full = fit_logit(design, cases[outcome])
    reduced = fit_logit(np.delete(design, 3, axis=1), cases[outcome])
    if not (full.converged and reduced.converged):
        return [{"flag": flag("not converged", "maximum likelihood")}] * 5
    zero = (0.0 - cases[exposure][0]) / unit + exposed[0]  # exposure 0 in the centred unit
    weights = np.zeros((4, design.shape[1]))
    weights[0, 1] = weights[1, 1] = weights[1, 3] = weights[2, 2] = weights[3, 3] = 1
    weights[2, 3] = zero
    statistic = likelihood_ratio(full, reduced)
    rows = [odds_ratio(full, row, ci=spec.ci, conf_level=spec.conf_level) for row in weights]
    return [*rows, {"statistic": statistic, "df": 1, "p_value": chi2_upper(statistic, 1)}]


def _why_no_model(
    frame: ModelFrame, cases: Cases, outcome: str, exposure: str, spec: InteractionSpec | ClinicalSpec
) -> str:
    moderator = spec.moderator
    present = np.unique(cases[moderator])
    if cases.n and len(present) < 2:
        absent = frame.levels[moderator][int(1 - present[0])]
        return flag("empty level", f"no case has '{moderator}' {absent}")
    return why_no_model(frame, cases, outcome, exposure, [exposure, moderator, outcome, *spec.covariates])


def _why_no_fit(design: Array, outcome: Array, moderated: Array) -> str:
    """Without covariates the model is two models, one a level, each of one exposure, where no programme is needed."""
    if design.shape[1] > 4:
        return why_no_fit(design, outcome)
    if why := why_no_fit(design, outcome, penalised=True):
        return why
    for level in (moderated == 0, moderated == 1):
        events = outcome[level]
        if events.min() == events.max() or is_separated(design[level][:, :2], events):
            return flag("separation", "events and non-events are divided within a level of the moderator")
    return ""
