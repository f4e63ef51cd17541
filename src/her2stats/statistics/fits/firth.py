"""Firth's penalised likelihood for small or separated samples, by the firthmodels package."""

from __future__ import annotations

import math
import warnings

import numpy as np
from scipy.special import ndtri

from her2stats.errors import DataError, Problem
from her2stats.statistics.fits.odds_ratio import on_odds_scale
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array

TOLERANCES = (1e-9, 1e-8, 1e-7, 1e-6)
MOST_STEPS = 500


def require_firth() -> None:
    """Raise DataError, saying what to install, when the package is not there.

    Raises DataError when saying what to install.
    """
    try:
        import firthmodels  # noqa: F401
    except ImportError as error:
        remedy = "install it with: pip install 'her2stats[firth]'"
        raise DataError(Problem("penalty='firth' needs the package firthmodels", remedy=remedy)) from error


def firth_odds_ratios(design: Array, outcome: Array, conf_level: float) -> list[Row]:
    """Odds ratios of every column but the intercept (the first), with penalised profile likelihood intervals.

    The design has full rank; separation does no harm. ``std_error`` is that of firthmodels and logistf, from the
    information in which every observation counts one and its leverage (brglm2 counts it once and is larger). The p is
    that of the penalised likelihood ratio, as Heinze and Schemper advise (Wald's fails where Firth is needed most), and
    ``statistic`` its signed root, so that p, statistic and limits tell the same. Sources: Firth 1993,
    doi:10.1093/biomet/80.1.27; Heinze and Schemper 2002, doi:10.1002/sim.1047.
    """
    # The penalty does not depend on the unit of a column; unit spread keeps the package's step limit from biting.
    spread = design[:, 1:].std(axis=0)
    scaled = design[:, 1:] / spread
    fitted = _fit(scaled, outcome, conf_level)
    return [_odds_ratio(numbers, float(unit)) for numbers, unit in zip(fitted, spread, strict=True)]


def _fit(columns: Array, outcome: Array, conf_level: float) -> Array:
    """Coefficient, standard error, limits and p of each column (a row), by the first tolerance that can be reached.

    The package halves its steps until the likelihood rises, which at the very top rounding may not allow.
    """
    from firthmodels import FirthLogisticRegression

    places = list(range(columns.shape[1]))
    numbers = np.full((len(places), 5), np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what does not converge is NaN or says so, and is flagged by the caller
        for tolerance in TOLERANCES:
            model = FirthLogisticRegression(backend="numpy", gtol=tolerance, xtol=tolerance, max_iter=MOST_STEPS)
            model.fit(columns, outcome.astype(int))
            if not model.converged_:
                continue
            model.lrt(places)
            limits = model.conf_int(
                alpha=1 - conf_level, method="pl", features=places, max_iter=MOST_STEPS, tol=tolerance
            )
            slopes = slice(0, len(places))  # the intercept is the last
            numbers = np.column_stack([model.coef_, model.bse_[slopes], limits[slopes], model.lrt_pvalues_[slopes]])
            if np.isfinite(numbers).all():
                break
    return numbers


def _odds_ratio(numbers: Array, unit: float) -> Row:
    coefficient, error, low, high, p_value = map(float, numbers)
    if math.isnan(coefficient):
        return {"flag": flag("not converged", "penalised likelihood")}
    row = on_odds_scale(coefficient / unit, low / unit, high / unit) | {
        "std_error": error / unit,
        "statistic": math.copysign(float(-ndtri(p_value / 2)), coefficient),
        "p_value": p_value,
    }
    if math.isnan(low + high + p_value):
        row["flag"] = flag("not converged", "penalised profile likelihood")
    return row
