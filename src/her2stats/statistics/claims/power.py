"""What a study of a size can find: power, the least effect that is found, and how many tumours an effect takes.

Of n, effect and power two are given. What was observed is no argument: the power to find what was found says nothing
that its p-value does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.fits import power as fits
from her2stats.statistics.flags import flag

Given = float | None
Pair = tuple[float, float]
Checks = Sequence[tuple[str, object, bool, str]]  # argument, its value, whether that is right, what it has to be


@dataclass(frozen=True)
class _Test:
    """A test: its power by effect (on the scale on which none is 0) and n, and the words around it."""

    power_at: Callable[[float, int], float]
    method: str
    least_n: int
    spread: float  # standard error of the effect times the root of n, about: where the search begins
    measure: str = "odds_ratio"
    sides: tuple[str, ...] = ("either",)  # directions that differ
    shares: Sequence[float] = ()
    pairs: Sequence[Pair] = ()
    draws: int | None = None  # simulated studies; None where the power is computed


def power_correlation(
    n: Given = None,
    rho: Given = None,
    power: Given = None,
    *,
    strata: int = 1,
    covariates: int = 0,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Power of a rank correlation, the least one that is found, or how many tumours it takes.

    Parameters
    ----------
    n, rho, power : float
        Tumours, Spearman's correlation, power: two of them, or one of the first two for a power of 0.8.
    strata, covariates : int
        Groups within which ranks are taken, and numbers adjusted for; each but the first stratum costs a tumour.
    alpha : float
        Two-sided threshold; for one of m tests of a Bonferroni family alpha / m.

    Returns
    -------
    DataFrame
        One row: ``measure``, ``side`` ("either": downwards the same), ``n``, ``effect``, ``power``, ``mc_error``
        (standard error of a simulated power, else 0), ``alpha``, ``method``, ``flag``.

    Raises
    ------
    DataError
        Not two of the three are given, or a number has no meaning; all that is wrong at once.

    References
    ----------
    Fieller, Hartley and Pearson 1957, doi:10.1093/biomet/44.3-4.470.

    Examples
    --------
    >>> power_correlation(n=63)[["effect", "power"]].round(3).values.tolist()
    [[0.356, 0.8]]
    """
    lost = 2 + strata + covariates

    def power_at(z: float, size: int) -> float:
        return fits.correlation_power(z, size - lost, alpha)

    test = _Test(power_at, "Fisher's z, variance 1.06 / (n - 3)", lost + 1, 1.0, "rho")
    return _answer(test, n, rho, power, alpha, [("strata", strata, strata >= 1 and covariates >= 0, "1 or more")])


def power_odds_ratio(
    n: Given = None,
    odds_ratio: Given = None,
    power: Given = None,
    *,
    share: float = 0.5,
    alpha: float = 0.05,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Power of the odds ratio per standard deviation of a normal exposure, by simulation.

    Formulas promise too much: where Hsieh's says 0.80, Wald's test has 0.77 at an odds ratio of 1.5 and 0.60 at 3.

    Parameters
    ----------
    n, odds_ratio, power : float
        As in `power_correlation`.
    share, alpha : float
        Share of tumours with the outcome (0.5 after a split at the median), and two-sided threshold.
    draws, seed : int
        Simulated studies, and where the random numbers start.

    Returns
    -------
    DataFrame
        As from `power_correlation`; a study in which the exposure separates the outcomes has found nothing.

    Raises
    ------
    DataError
        As in `power_correlation`.

    References
    ----------
    Hsieh, Bloch and Larsen 1998, doi:10.1002/(SICI)1097-0258(19980730)17:14<1623::AID-SIM871>3.0.CO;2-S.

    Examples
    --------
    >>> power_odds_ratio(66, 2.0)[["power", "mc_error"]].round(2).values.tolist()
    [[0.71, 0.01]]
    """

    def power_at(slope: float, size: int) -> float:
        return fits.logistic_power([size], [slope], share, alpha, draws, seed)

    method = f"Wald, {draws} simulated studies, seed {seed}"
    test = _Test(power_at, method, 8, 2.0, shares=[share], draws=draws)
    return _answer(test, n, odds_ratio, power, alpha)


def power_interaction(
    n: Given = None,
    ratio: Given = None,
    power: Given = None,
    *,
    split: Pair = (1, 1),
    odds_ratio: float = 1.0,
    share: float = 0.5,
    alpha: float = 0.05,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Power of the interaction, a ratio of two odds ratios per standard deviation, by simulation.

    Parameters
    ----------
    n, ratio, power : float
        Tumours of both groups, odds ratio of the second group divided by the first's, power.
    split, odds_ratio : (float, float), float
        Sizes of the two groups, or their proportion; odds ratio of the first.
    share, alpha, draws, seed : float, int
        As in `power_odds_ratio`.

    Returns
    -------
    DataFrame
        As from `power_correlation`; where they differ, the least ratio below and above 1 has a row each (``side``).

    Raises
    ------
    DataError
        As in `power_correlation`.

    References
    ----------
    Demidenko 2008, doi:10.1002/sim.2980.

    Examples
    --------
    >>> power_interaction(318, 2.0, split=(63, 255), draws=500)["power"].round(1).tolist()
    [0.6]
    """

    def power_at(slope: float, size: int) -> float:
        first, ((one, other),) = math.log(odds_ratio), fits.group_sizes(size, [split])
        return fits.logistic_power([other, one], [first + slope, first], share, alpha, draws, seed)

    sides = ("either",) if odds_ratio == 1 else ("below", "above")
    method = f"Wald, {draws} simulated studies, seed {seed}"
    test = _Test(power_at, method, 16, 4.0, sides=sides, shares=[share], pairs=[split], draws=draws)
    return _answer(test, n, ratio, power, alpha, [("odds_ratio", odds_ratio, odds_ratio > 0, "above 0")])


def power_response(
    n: Given = None,
    odds_ratio: Given = None,
    power: Given = None,
    *,
    share: float | Sequence[float],
    split: Pair | Sequence[Pair] = (1, 1),
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Power of the odds ratio of response between two groups, over all tables that occur.

    Parameters
    ----------
    n, odds_ratio, power : float
        Patients of both groups, odds ratio of the second group against the first, power.
    share : float or sequence of float
        Share that responds in the first group; of several strata, the power is that of the adjusted odds ratio.
    split, alpha : (float, float) or several pairs, float
        Sizes of the two groups, or their proportion, a pair for each stratum; two-sided threshold.

    Returns
    -------
    DataFrame
        As from `power_correlation`; the least odds ratio below and above 1 has a row each (``side``). By Wald's test,
        to which a zero cell says nothing; of several strata by its formula, with a flag where that is rough.

    Raises
    ------
    DataError
        As in `power_correlation`, and where shares and pairs are not as many.

    References
    ----------
    Fagerland, Lydersen and Laake 2017, Statistical Analysis of Contingency Tables, doi:10.1201/9781315374116.

    Examples
    --------
    >>> power_response(585, share=0.3, split=(272, 313))[["side", "effect"]].round(2).values.tolist()
    [['below', 0.58], ['above', 1.63]]
    """
    shares = [float(one) for one in np.atleast_1d(share)]
    pairs: list[Pair] = [(float(a), float(b)) for a, b in np.reshape(np.asarray(split, dtype="float64"), (-1, 2))]
    several = len(shares) > 1

    def power_at(slope: float, size: int) -> float:
        sizes = fits.group_sizes(size, pairs)
        if several:
            return fits.stratified_power(sizes, shares, slope, alpha)[0]
        return fits.two_by_two_power(sizes[0], shares[0], slope, alpha)

    method = "Wald given the stratum, by its information" if several else "Wald, all tables that occur"
    test = _Test(power_at, method, 4 * len(shares), 4.0, sides=("below", "above"), shares=shares, pairs=pairs)
    found = _answer(test, n, odds_ratio, power, alpha, [("split", split, len(pairs) == len(shares), "a pair a share")])
    for place, size, effect in found.dropna(subset=["n", "effect"])[["n", "effect"]].itertuples() if several else ():
        if fits.stratified_power(fits.group_sizes(size, pairs), shares, math.log(effect), alpha)[1] < fits.FEWEST:
            found.loc[place, "flag"] = flag("too few observations", f"a count below {fits.FEWEST} is expected")
    return found


def _answer(test: _Test, n: Given, effect: Given, power: Given, alpha: float, checks: Checks = ()) -> pd.DataFrame:
    """Check what is given, and find what is not."""
    asked = 0.8 if power is None and (n is None) != (effect is None) else power
    known = sum(value is not None for value in (n, effect, asked))
    whole, rho = n is None or (test.least_n <= n <= fits.MOST and n == int(n)), test.measure == "rho"
    sound = effect is None or (0 < abs(effect) < 1 if rho else effect > 0 and effect != 1)
    problems = ProblemList()
    for name, value, right, remedy in (
        ("n, effect and power", (n, effect, power), known == 2, "two of the three, or one of the first two"),
        ("alpha", alpha, 0 < alpha < 0.5, "above 0 and below 0.5"),
        ("n", n, whole, f"a whole number from {test.least_n} to {fits.MOST}"),
        (test.measure, effect, sound, "between -1 and 1, and not 0" if rho else "above 0, and not 1"),
        ("power", asked, asked is None or alpha < asked < 1, "above alpha and below 1"),
        *(("share", share, 0 < share < 1, "between 0 and 1") for share in test.shares),
        *(("split", pair, min(pair) > 0, "two sizes above 0") for pair in test.pairs),
        ("draws", test.draws, test.draws is None or test.draws >= 100, "100 or more"),
        *checks,
    ):
        if not right:
            problems.add(DataError, f"{name}={value!r} has no meaning here", remedy=f"give {remedy}")
    problems.raise_if_any()
    if effect is None:
        assert n is not None and asked is not None  # noqa: PT018
        return pd.DataFrame([_least(test, side, int(n), asked, alpha) for side in test.sides]).astype({"n": "Int64"})
    strength, size, why = math.atanh(effect) if rho else math.log(effect), n, ""
    if asked is not None:
        size = fits.least_size(lambda some: test.power_at(strength, some), asked, test.least_n)
        why = "" if size else flag("not estimable", f"it takes more than {fits.MOST} for a power of {asked:g}")
    side = test.sides[-1 if strength > 0 else 0]
    return pd.DataFrame([_row(test, side, size, strength, alpha, why)]).astype({"n": "Int64"})


def _least(test: _Test, side: str, n: int, power: float, alpha: float) -> dict[str, Any]:
    first = float(-ndtri(alpha / 2) + ndtri(power)) * test.spread / math.sqrt(n)
    sign, within = -1 if side == "below" else 1, 0.002 if test.draws else 1e-9  # simulated power has more error
    found = fits.least_effect(lambda strength: test.power_at(sign * strength, n), power, first, within)
    why = "" if found else flag("not estimable", f"no effect on this side is found with a power of {power:g}")
    return _row(test, side, n, None if found is None else sign * found, alpha, why)


def _row(test: _Test, side: str, n: Given, strength: float | None, alpha: float, why: str) -> dict[str, Any]:
    power = math.nan if n is None or strength is None else test.power_at(strength, int(n))
    effect = math.nan if strength is None else math.tanh(strength) if test.measure == "rho" else math.exp(strength)
    error = math.sqrt(power * (1 - power) / test.draws) if test.draws else 0.0
    about = {"measure": test.measure, "side": side, "n": n, "effect": effect, "power": power, "mc_error": error}
    return {**about, "alpha": alpha, "method": test.method, "flag": why}
