"""How far two correct programs may lie apart, and what "near 0" means for each quantity.

Differences are relative. The limits are far above what two correct programs show (about 1e-12) and far below what any
other convention would give (n for n - 1 is 1e-3 at n = 400). The same numbers stand in ``r/R/tolerances.R``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "statistic", "df", "p_value")
COUNTS = ("n", "n_events", "n_missing")
LOGISTIC = ("fit_logistic", "fit_ordinal", "fit_interaction", "fit_clinical", "response_odds", "pool")

LOGISTIC_ONLY = LOGISTIC[:-1]  # correlations and slopes are pooled, too, and they may be 0
POOLED_ZERO = 1e-3  # small beside any odds ratio, large beside rounding

LINEAR = 1e-9
LOGISTIC_WALD = 1e-7
PROFILE_LIMITS = 1e-4
RANKS = 1e-10
PERMUTED = 1e-7  # some of many permuted models are close to singular
FIRTH = 1e-6  # scoring converges line by line, not quadratically; limits are roots of a profile


def convention_of(spec: object) -> str:
    """What decides how exactly a question is answered beside its verb: the penalty, else the interval."""
    return "firth" if getattr(spec, "penalty", "") == "firth" else str(getattr(spec, "ci", ""))


def tolerance_of(verb: str, convention: str, quantity: str) -> float:
    """Largest relative difference that still counts as agreement.

    >>> tolerance_of("fit_logistic", "profile", "conf_low"), tolerance_of("fit_logistic", "profile", "estimate")
    (0.0001, 1e-07)
    """
    if quantity in (*COUNTS, "fewest", "flag", "conf_level"):
        return 0.0
    if verb == "fit_ancova":
        return LINEAR
    if convention == "firth" or quantity.startswith("firth_"):
        return FIRTH
    if verb == "study_wide":
        return PERMUTED
    if verb in LOGISTIC:
        return PROFILE_LIMITS if convention == "profile" and quantity in ("conf_low", "conf_high") else LOGISTIC_WALD
    return RANKS


# Quantities that live on a scale of 1.
OF_SIZE_ONE = (
    *("statistic", "df", "df_residual", "q", "i2", "tau2"),
    *("risk_difference", "rd_low", "rd_high", "sd_draws"),
)


def near_zero(quantity: str, verb: str, r: Mapping[str, Array]) -> Array:
    """Below this size a difference is judged against this size, shape (rows,); the scales are taken from R's columns.

    Statistics live on a scale of 1; an estimate and its limits on that of the standard error (odds ratios have no
    zero); the places of a curve on that of the largest place.
    """
    rows = len(r["estimate"])
    if quantity in OF_SIZE_ONE:
        return np.ones(rows)
    if quantity == "p_value":
        return np.full(rows, 1e-300)
    if quantity == "at":
        return np.full(rows, np.abs(r["at"][~np.isnan(r["at"])]).max(initial=0.0))
    if quantity in ("estimate", "conf_low", "conf_high", "pi_low", "pi_high") and verb not in LOGISTIC_ONLY:
        size = np.where(np.isnan(r["std_error"]), (r["conf_high"] - r["conf_low"]) / 4, r["std_error"])
        alone = float(verb == "specification_curve")  # z and shares of a joint test, of no error of their own
        return np.where(np.isfinite(size), size * (POOLED_ZERO if verb == "pool" else 1.0), alone)
    return np.zeros(rows)


def amplification(quantity: str, verb: str, r: Mapping[str, Array]) -> Array:
    """By how much a p-value may lie further apart than the statistic it comes from, shape (rows,).

    Far out, d log p = z dz = z^2 (dz / z) for z and t, and about half the statistic for chi-squared and F times df:
    a relative difference of the statistic grows by that factor in p.
    """
    rows = len(r["estimate"])
    if quantity != "p_value" or verb == "compare_groups":
        return np.ones(rows)
    statistic, df = r["statistic"], np.where(np.isnan(r["df"]), 1.0, r["df"])
    with np.errstate(over="ignore", invalid="ignore"):
        size = np.where(np.isnan(r["estimate"]), df * statistic, statistic**2)
    return np.maximum(1.0, np.where(np.isfinite(size), size, 1.0))
