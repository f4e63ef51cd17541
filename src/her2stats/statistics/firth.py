"""Firth's penalised likelihood for small or separated samples, by the firthmodels package."""

from __future__ import annotations

import math
import warnings

import numpy as np

from her2stats.errors import DataError, Problem
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array
from her2stats.statistics.odds_ratio import on_odds_scale

TOLERANCE = 1e-9
MOST_STEPS = 500


def require_firth() -> None:
    """Raise when the package is not installed.

    Raises
    ------
    DataError
        Saying what to install.
    """
    try:
        import firthmodels  # noqa: F401
    except ImportError as error:
        remedy = "install it with: pip install 'her2stats[firth]'"
        raise DataError(Problem("penalty='firth' needs the package firthmodels", remedy=remedy)) from error


def firth_odds_ratios(design: Array, outcome: Array, conf_level: float) -> list[Row]:
    """Odds ratios of every column but the intercept.

    Parameters
    ----------
    design : ndarray of shape (n, k)
        First column the intercept, full rank.
    outcome : ndarray of shape (n,)
        0 and 1, both present; separation does no harm.
    conf_level : float
        Of the penalised profile likelihood interval.

    Returns
    -------
    list of dict
        ``std_error`` is that of the unpenalised information at the penalised estimate; p is that of the penalised
        likelihood ratio, as Heinze and Schemper advise (Wald's fails where Firth is needed most), and
        ``statistic`` its signed root, so that p, statistic and limits tell the same.

    References
    ----------
    Firth 1993, doi:10.1093/biomet/80.1.27; Heinze and Schemper 2002, doi:10.1002/sim.1047.
    """
    from firthmodels import FirthLogisticRegression
    from scipy.special import ndtri

    # The penalty does not depend on the unit of a column; unit spread keeps the package's step limit from biting.
    spread = design[:, 1:].std(axis=0)
    model = FirthLogisticRegression(backend="numpy", gtol=TOLERANCE, xtol=TOLERANCE, max_iter=MOST_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what does not converge is NaN or says so, and is flagged below
        model.fit(design[:, 1:] / spread, outcome.astype(int))
        if not model.converged_:
            return [{"flag": flag("not converged", "penalised likelihood")}] * len(spread)
        columns = list(range(len(spread)))
        model.lrt(columns)
        limits = model.conf_int(alpha=1 - conf_level, method="pl", features=columns, max_iter=MOST_STEPS, tol=TOLERANCE)
    rows = []
    for column in columns:
        estimate, low, high = (float(value / spread[column]) for value in (model.coef_[column], *limits[column]))
        p_value = float(model.lrt_pvalues_[column])
        row = on_odds_scale(estimate, low, high) | {
            "std_error": float(model.bse_[column] / spread[column]),
            "statistic": math.copysign(float(-ndtri(p_value / 2)), estimate),
            "p_value": p_value,
        }
        if np.isnan([low, high, p_value]).any():
            row["flag"] = flag("not converged", "penalised profile likelihood")
        rows.append(row)
    return rows
