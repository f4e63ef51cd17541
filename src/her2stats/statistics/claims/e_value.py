"""How strong a third variable had to be to make an association out of nothing."""

from __future__ import annotations

import math

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.arguments import check_choice

RARE = 0.15
MEASURES = ("odds_ratio", "risk_ratio", "rho")


def e_value(
    estimate: float,
    conf_low: float = math.nan,
    conf_high: float = math.nan,
    *,
    measure: str = "odds_ratio",
    share: float = 0.5,
) -> dict[str, float]:
    """E-value of an odds ratio, risk ratio or correlation, and of the limit of its interval nearer to nothing.

    Parameters
    ----------
    estimate, conf_low, conf_high : float
        On the scale of the measure.
    measure : {"odds_ratio", "risk_ratio", "rho"}
        Spearman's rho becomes Pearson's r = 2 sin(pi rho / 6), that the difference d = r / sqrt(1 - r^2) between
        tumours a standard deviation apart, in standard deviations within them, and that the risk ratio exp(0.91 d).
    share : float
        Share of tumours with the outcome: up to 15 % the risk ratio is the odds ratio, above it its square root.

    Returns
    -------
    dict
        ``risk_ratio``; ``e_value``, the least risk ratio that an unmeasured variable needs with the exposure and with
        the outcome, beyond what is adjusted for, to explain the estimate away; ``e_value_limit``, to move the interval
        to no association: 1 where it holds that already, NaN without limits.

    Raises
    ------
    DataError
        No such measure, or a number that it cannot have; all that is wrong at once.

    References
    ----------
    VanderWeele and Ding 2017, doi:10.7326/M16-2607; of correlations Borenstein et al. 2009, doi:10.1002/9780470743386.

    Examples
    --------
    >>> {name: round(value, 2) for name, value in e_value(0.8, 0.71, 0.91, measure="risk_ratio").items()}
    {'risk_ratio': 0.8, 'e_value': 1.81, 'e_value_limit': 1.43}
    """
    problems, (least, most) = ProblemList(), (-1, 1) if measure == "rho" else (0, math.inf)
    check_choice(problems, "measure", measure, MEASURES)
    for value in (conf_low, estimate, conf_high):
        if value <= least or value >= most:
            problems.add(DataError, f"{value!r} is no {measure}", remedy=f"give one above {least} and below {most:g}")
    if conf_low > estimate or conf_high < estimate or not 0 < share < 1:
        what = f"{estimate!r} is outside its interval, or share={share!r} is none"
        problems.add(DataError, what, remedy="give estimate, lower and upper limit, and a share between 0 and 1")
    problems.raise_if_any()
    low, ratio, high = (_risk_ratio(value, measure, share) for value in (conf_low, estimate, conf_high))
    limit = 1.0 if low <= 1 <= high else _e_value(high if ratio < 1 else low)
    return {"risk_ratio": ratio, "e_value": _e_value(ratio), "e_value_limit": limit}


def _risk_ratio(value: float, measure: str, share: float) -> float:
    if measure == "rho":
        r = 2 * math.sin(math.pi * value / 6)
        return math.exp(0.91 * r / math.sqrt(1 - r**2))
    return math.sqrt(value) if measure == "odds_ratio" and share > RARE else value


def _e_value(ratio: float) -> float:
    ratio = 1 / ratio if ratio < 1 else ratio
    return ratio + math.sqrt(ratio * (ratio - 1))
