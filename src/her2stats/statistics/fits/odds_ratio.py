"""A contrast of a logistic model as a row of a result: odds ratio, limits, z and p."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from her2stats.statistics.arguments import percent
from her2stats.statistics.fits.logit import LogitFit
from her2stats.statistics.fits.profile_likelihood import profile_limits
from her2stats.statistics.fits.tails import z_two_sided
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array
from her2stats.statistics.specs import OddsRatioCI

NAMES: dict[OddsRatioCI, str] = {"wald": "Wald", "profile": "profile likelihood"}
LARGEST = math.log(np.finfo(float).max)


def odds_ratio(fit: LogitFit, weights: Array, *, ci: OddsRatioCI = "wald", conf_level: float = 0.95) -> Row:
    """Odds ratio exp(L b) of a converged fit, its standard error on the log scale, limits, Wald z and p.

    `weights` is L, and the keys are the columns of a result row.
    """
    estimate, error = fit.contrast(weights)
    reach = float(ndtri(0.5 + conf_level / 2)) * error
    low, high = estimate - reach, estimate + reach
    if ci == "profile":
        low, high = profile_limits(fit, weights, conf_level)
    statistic = estimate / error
    row = on_odds_scale(estimate, low, high) | {
        "std_error": error,
        "statistic": statistic,
        "p_value": z_two_sided(statistic),
    }
    if math.isnan(low) or math.isnan(high):
        row["flag"] = flag("not converged", "a profile likelihood limit was not found")
    return row


def on_odds_scale(estimate: float, low: float, high: float) -> Row:
    """Exponentiate; an odds ratio beyond the largest or below the smallest number is flagged instead."""
    if abs(estimate) > LARGEST:
        return {"flag": flag("not estimable", "the odds ratio per unit leaves the range of numbers")}
    with np.errstate(over="ignore"):
        limits = np.exp([estimate, low, high])
    return dict(zip(("estimate", "conf_low", "conf_high"), map(float, limits), strict=True))


def interval_name(ci: OddsRatioCI, conf_level: float) -> str:
    """Interval and test as the `method` column names them.

    >>> interval_name("profile", 0.9)
    '90% CI profile likelihood; z and p Wald'
    """
    return f"{percent(conf_level)} CI {NAMES[ci]}; z and p Wald"
