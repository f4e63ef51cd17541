"""Two-sided and upper tail probabilities, accurate far out.

Taken from scipy.special rather than scipy.stats: the same functions, without the second that importing
scipy.stats adds to the start of every command.
"""

from __future__ import annotations

from scipy.special import betainc, chdtrc, ndtr


def t_two_sided(statistic: float, df: float) -> float:
    """P(abs(T) >= abs(statistic)) for Student's t.

    >>> round(t_two_sided(2.0, 10), 6)
    0.073388
    """
    return float(betainc(df / 2, 0.5, df / (df + statistic**2)))


def f_upper(statistic: float, df: float, df_residual: float) -> float:
    """P(F >= statistic).

    >>> round(f_upper(4.0, 2, 30), 6)
    0.028845
    """
    return float(betainc(df_residual / 2, df / 2, df_residual / (df_residual + df * statistic)))


def z_two_sided(statistic: float) -> float:
    """P(abs(Z) >= abs(statistic)) for the normal distribution.

    >>> round(z_two_sided(-1.96), 6)
    0.049996
    """
    return float(2 * ndtr(-abs(statistic)))


def chi2_upper(statistic: float, df: float) -> float:
    """P(chi-squared >= statistic).

    >>> round(chi2_upper(3.84, 1), 6)
    0.050044
    """
    return float(chdtrc(df, statistic))
