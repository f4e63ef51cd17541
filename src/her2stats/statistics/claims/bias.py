"""How much misreading of HER2 IHC would change a comparison of HER2-low and HER2-0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit, ndtri

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array
from her2stats.statistics.rows import Rows, records, result_rows

COUNTS = ("n_events_comparison", "n_events_reference", "n_comparison", "n_reference")
NAMING = ("cohort", "stratum", "outcome", "term", "reference", "comparison", "measure", "conf_level", "n")
NOTHING = 1e-9


def bias_ihc(
    results: Rows,
    *,
    sensitivity: Sequence[float] = (0.75, 0.85, 0.95),
    specificity: Sequence[float] = (0.6, 0.75, 0.9),
    kappa: float | None = None,
    priors: tuple[tuple[float, float], tuple[float, float]] = ((18, 3), (12, 4)),
    draws: int = 20_000,
    seed: int = 0,
) -> pd.DataFrame:
    """Correct comparisons of two groups for readers who take HER2-0 for low and low for 0, whatever the outcome.

    Parameters
    ----------
    results : Result or DataFrame
        Of `response_odds` without covariates (odds ratios, by their counts) or of `compare_groups` (differences of a
        measurement), the comparison HER2-low and the reference HER2-0.
    sensitivity, specificity : sequence of float
        Chance that a low tumour, and a 0 tumour, is read as what it is; every pair is a row.
    kappa : float, optional
        Agreement of two readers who err independently, and as often with low as with 0: a row more.
    priors : ((float, float), (float, float))
        Beta distributions of sensitivity and specificity.
    draws, seed : int
        Draws from them, and where the random numbers start.

    Returns
    -------
    DataFrame
        What names a result row, and ``assumed``: "as read", "given", "kappa", "priors" (the true group of each patient
        is drawn), "priors and chance" (and the sampling error of such groups); ``sensitivity``, ``specificity`` (of
        priors the mean), ``estimate`` (of draws the median), ``conf_low``, ``conf_high``, ``share_impossible`` of the
        draws, which the counts refute and which are left out, ``flag``, which says why a correction is impossible, and
        ``method``.

    Raises
    ------
    DataError
        Rows that are adjusted, are no such comparison or lack counts; a number that has no meaning.

    References
    ----------
    Greenland 1988, doi:10.1002/sim.4780070704; Fox, MacLehose and Lash 2023, doi:10.1093/ije/dyad053 (draws).

    Examples
    --------
    >>> from her2stats.statistics import response_odds
    >>> frame = pd.DataFrame({"her2": ["low"] * 215 + ["0"] * 1449 + ["low"] * 668 + ["0"] * 4296})
    >>> odds = response_odds(frame.assign(pcr=[1] * 1664 + [0] * 4964), "pcr", "her2", reference="0")
    >>> found = bias_ihc(odds, sensitivity=[0.78], specificity=[0.99])
    >>> found[["assumed", "estimate", "conf_low", "conf_high"]].head(2).round(3).values.tolist()
    [['as read', 0.954, 0.809, 1.125], ['given', 0.949, 0.79, 1.141]]
    """
    rows, problems = records(result_rows(results, "measure")), ProblemList()
    for share in (*sensitivity, *specificity, 1.0 if kappa is None else kappa):
        if not 0 < share <= 1:
            problems.add(DataError, f"{share!r} is no sensitivity, specificity or kappa", remedy="give 0 to 1")
    if min(map(min, priors)) <= 0 or draws < 100:
        problems.add(DataError, "priors are not positive, or draws below 100", remedy="20000 draws are usual")
    for row in rows:
        if not _is_comparison(row):
            what = f"{row['outcome']}, {row['stratum']}: no unadjusted comparison of two groups with their counts"
            problems.add(DataError, what, remedy="give response_odds without covariates, or compare_groups")
    problems.raise_if_any()
    pairs = [("as read", 1.0, 1.0), *(("given", se, sp) for se in sensitivity for sp in specificity)]
    found: list[Row] = []
    for row in rows:
        about = {name: row.get(name, "") for name in NAMING}
        if pd.isna(row["estimate"]) or pd.isna(row["conf_low"]):
            found.append(about | {"assumed": "as read", "flag": row["flag"]})
            continue
        skew = (2 * row["n_comparison"] / (row["n_comparison"] + row["n_reference"]) - 1) ** 2
        right = [] if kappa is None else [("kappa", *(0.5 + math.sqrt(skew + kappa * (1 - skew)) / 2,) * 2)]
        found += [about | one for one in (*_given(row, [*pairs, *right]), *_drawn(row, priors, draws, seed))]
    drawn = f"{draws} draws from {' and '.join(f'Beta({a:g}, {b:g})' for a, b in priors)}, seed {seed}"
    told = {
        "as read": "",
        "given": "corrected by sensitivity and specificity",
        "kappa": f"two readers of kappa {kappa}",
    }
    return pd.DataFrame([row | {"method": told.get(row["assumed"], drawn)} for row in found])


def _is_comparison(row: Row) -> bool:
    """Whether a row is a difference between two groups, or an odds ratio that is that of its counts."""
    if row["measure"] == "shift" and set(COUNTS[2:]) <= set(row):
        return True
    a, b, n, m = (row.get(name, math.nan) for name in COUNTS)
    adjusted = not abs(np.log(row["estimate"]) - logit(a / n) + logit(b / m)) < 1e-6 if row["estimate"] > 0 else False
    return row["measure"] == "odds_ratio" and set(COUNTS) <= set(row) and not adjusted


def _printed(row: Row, values: Any) -> Row:
    """Limits and estimate on the scale of the measure."""
    low, middle, high = map(float, np.exp(values) if row["measure"] == "odds_ratio" else values)
    return {"estimate": middle, "conf_low": low, "conf_high": high}


def _given(row: Row, pairs: Sequence[tuple[str, float, float]]) -> list[Row]:
    z, found = np.array([-1, 0, 1]) * float(ndtri(0.5 + row["conf_level"] / 2)), []
    for assumed, se, sp in pairs:
        (effect,), (error,) = _effect(row, np.array([se]), np.array([sp]))
        why = "" if effect == effect else flag("not estimable", _why(row, se, sp))
        found.append({"assumed": assumed, "sensitivity": se, "specificity": sp, "flag": why})
        limits = effect + z * error
        if row["measure"] != "odds_ratio":  # its own limits need not be symmetric
            own = np.array([row["conf_low"], row["estimate"], row["conf_high"]])
            limits = own * error * (z[2] - z[0]) / (own[2] - own[0])
        found[-1] |= _printed(row, limits)
    return found


def _drawn(row: Row, priors: Sequence[tuple[float, float]], draws: int, seed: int) -> list[Row]:
    rng, tail = np.random.default_rng(seed), 0.5 - row["conf_level"] / 2
    se, sp = (rng.beta(*prior, draws) for prior in priors)
    effect, error = _effect(row, se, sp, rng)
    kept, chance = np.isfinite(effect), effect + error * rng.standard_normal(draws)
    about: Row = {name: a / (a + b) for name, (a, b) in zip(("sensitivity", "specificity"), priors, strict=True)}
    about |= {"share_impossible": 1 - float(kept.mean())}
    if not kept.any():
        return [about | {"assumed": "priors", "flag": flag("not estimable", "the counts refute every draw")}]
    return [
        about | {"assumed": assumed, "flag": ""} | _printed(row, np.quantile(values[kept], (tail, 0.5, 1 - tail)))
        for assumed, values in (("priors", effect), ("priors and chance", chance))
    ]


def _true_share(read: float, se: Array, sp: Array) -> Array:
    """Share of HER2-low tumours behind a share that is read so; NaN where there is none between 0 and 1.

    A share of patients is told from 0 and 1 by more than `NOTHING`: what is less is the rounding of floating numbers.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        true = (read - (1 - sp)) / (se + sp - 1)
    return np.where((se + sp > 1 + NOTHING) & (true > NOTHING) & (true < 1 - NOTHING), true, np.nan)


def _effect(row: Row, se: Array, sp: Array, rng: np.random.Generator | None = None) -> tuple[Array, Array]:
    """Log odds ratio or difference with its standard error, for every pair; with `rng` of patients drawn anew."""
    a, b, n, m = (row.get(name, 0) for name in COUNTS)
    if row["measure"] != "odds_ratio":
        read = n / (n + m)
        true = _true_share(read, se, sp)
        kept = (se + sp - 1) * true * (1 - true) / (read * (1 - read))  # of the true difference: PPV + NPV - 1
        width = (row["conf_high"] - row["conf_low"]) / (2 * float(ndtri(0.5 + row["conf_level"] / 2)))
        return row["estimate"] / kept, width / kept
    effect, variance = np.zeros(len(se)), np.zeros(len(se))
    for sign, low, zero in ((1, a, b), (-1, n - a, m - b)):
        read, size = low / (low + zero), low + zero
        true = _true_share(read, se, sp)
        if rng is None:
            effect = effect + sign * logit(true)
            variance = variance + read * (1 - read) / (size * ((se + sp - 1) * true * (1 - true)) ** 2)
            continue
        # the true share has sampling error, too: its beta distribution, then each patient by the predictive values
        known = np.where(np.isnan(true), 0.5, true) * size
        known = np.clip(rng.beta(known, size - known), 1e-9, 1 - 1e-9)
        drawn = rng.binomial(low, se * known / (se * known + (1 - sp) * (1 - known)))
        drawn = drawn + rng.binomial(zero, (1 - se) * known / ((1 - se) * known + sp * (1 - known)))
        cells = np.stack([drawn, size - drawn]) + 0.5 * ((drawn == 0) | (drawn == size))
        effect = effect + np.where(np.isnan(true), np.nan, sign * np.log(cells[0] / cells[1]))
        variance = variance + (1 / cells).sum(axis=0)
    return effect, np.sqrt(variance)


def _why(row: Row, se: float, sp: float) -> str:
    """Reason why a correction is impossible."""
    a, b, n, m = (row.get(name, 0) for name in COUNTS)
    groups = [(n, m)] if row["measure"] != "odds_ratio" else [(a, b), (n - a, m - b)]
    if se + sp <= 1 + NOTHING:
        return "such a reading tells no more than chance"
    few = any(low / (low + zero) <= 1 - sp + NOTHING for low, zero in groups)
    taken, read = ("0", "low") if few else ("low", "0")
    return f"more {taken} tumours would be misread than were read {read}"
