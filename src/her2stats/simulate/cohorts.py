"""Simulated cohorts: what is measured on their tumours, and what is true of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from her2stats.cohort import Cohort
from her2stats.simulate.calibration import Calibration, calibrate
from her2stats.simulate.paper import paper_targets
from her2stats.simulate.planted import CELL_TYPES
from her2stats.simulate.platform import measured_expression
from her2stats.simulate.response import simulated_note
from her2stats.simulate.targets import Targets
from her2stats.simulate.tumours import Tumours, draw_tumours


@dataclass(frozen=True, eq=False)
class SimulatedTruth:
    """What is true of a simulated cohort.

    Parameters
    ----------
    clinical : DataFrame
        samples x variables.
    score : Series
        HER2 score of each tumour, standardised over the population.
    amounts : DataFrame
        samples x cell types, in the units of absolute mode up to one factor; 0 where a tumour holds none.
    til : Series
        Total TIL, standardised given the score.
    targets : Targets
        What was asked for.
    model : Calibration
        The latent model that meets it.
    """

    clinical: pd.DataFrame
    score: pd.Series
    amounts: pd.DataFrame
    til: pd.Series
    targets: Targets
    model: Calibration


def simulate_cohort(
    name: str, n: int, *, seed: int, targets: Targets | None = None, platform_seed: int = 20, noise: float = 0.03
) -> Cohort:
    """Simulate a cohort of HER2-negative tumours whose associations are known.

    Targets hold for what the analysis measures: the score that is read back from its genes, total TIL from Danaher's
    markers, and cell amounts after deconvolution with `simulate_signature_matrix`. Score and total TIL are read back
    as planted. Deconvolution returns absent cells as zero, and the amounts with a rank correlation of 0.999 at the
    default noise (0.995 at a noise of 0.1), so that what it takes from an association is within the error of a
    benchmark of 200 cohorts.

    Parameters
    ----------
    name : str
        Name of the cohort; also the start of its sample ids.
    n : int
        Number of tumours, at least 10.
    seed : int
        The same seed gives the same cohort.
    targets : Targets, optional
        Correlations, odds ratios, zero shares and margins; default `paper_targets`, those of the paper's ABiM cohort.
        ``Targets.null()`` takes every association away.
    platform_seed : int
        Seed of the signature matrix and of the HER2 signature, shared by cohorts that are analysed together.
    noise : float
        Standard deviation of the log-normal measurement noise of each gene; more of it weakens associations.

    Returns
    -------
    Cohort
        Expression on the log2(x + 1) scale, clinical table, and a note that says it is simulated.

    Raises
    ------
    DataError
        Targets that cannot be met, or not together.
    ValueError
        Fewer than 10 tumours.

    Examples
    --------
    >>> simulate_cohort("toy", 30, seed=1).clinical["hr"].cat.categories.tolist()
    ['negative', 'positive']
    """
    return simulate_with_truth(name, n, seed=seed, targets=targets, platform_seed=platform_seed, noise=noise)[0]


def simulate_with_truth(
    name: str, n: int, *, seed: int, targets: Targets | None = None, platform_seed: int = 20, noise: float = 0.03
) -> tuple[Cohort, SimulatedTruth]:
    """Do as `simulate_cohort` and also return what is true of the cohort.

    Parameters
    ----------
    name, n, seed, targets, platform_seed, noise
        As for `simulate_cohort`.

    Returns
    -------
    Cohort, SimulatedTruth
        The same cohort as `simulate_cohort` gives; and its true cell amounts, score and total TIL, samples x types.

    Raises
    ------
    DataError, ValueError
        As by `simulate_cohort`.

    Examples
    --------
    >>> cohort, truth = simulate_with_truth("toy", 40, seed=1)
    >>> truth.amounts.index.equals(cohort.clinical.index), truth.amounts.shape
    (True, (40, 22))
    """
    if n < 10:
        raise ValueError(f"a simulated cohort needs at least 10 tumours, not {n}")
    rng = np.random.default_rng([seed, n])
    tumours, truth = _drawn(rng, name, n, targets)
    cohort = Cohort(
        name=name,
        expression=measured_expression(rng, tumours, platform_seed, noise),
        scale="log2",
        offset=1.0,
        clinical=tumours.clinical,
        hr_definition="given",
        notes=(simulated_note(n, seed),),
    )
    return cohort, truth


def simulate_truth(name: str, n: int, *, seed: int, targets: Targets | None = None) -> SimulatedTruth:
    """Draw tumours without measuring their expression: for population values, from cohorts of any size.

    Examples
    --------
    >>> simulate_truth("population", 1000, seed=1).amounts.shape
    (1000, 22)
    """
    return _drawn(np.random.default_rng([seed, n]), name, n, targets)[1]


def _drawn(rng: np.random.Generator, name: str, n: int, targets: Targets | None) -> tuple[Tumours, SimulatedTruth]:
    asked = paper_targets() if targets is None else targets
    model = calibrated(asked)
    samples = pd.Index([f"{name}-{i + 1:04d}" for i in range(n)], name="sample")
    tumours = draw_tumours(rng, samples, asked.margins, model)
    return tumours, SimulatedTruth(
        clinical=tumours.clinical,
        score=pd.Series(tumours.score, index=samples, name="score"),
        amounts=pd.DataFrame(tumours.amounts, index=samples, columns=list(CELL_TYPES)),
        til=pd.Series(tumours.til, index=samples, name="Total TIL"),
        targets=asked,
        model=model,
    )


def calibrated(targets: Targets) -> Calibration:
    """Calibrate once for all cohorts of the same targets."""
    key = json.dumps(asdict(targets), sort_keys=True)
    if key not in _CALIBRATIONS:
        _CALIBRATIONS[key] = calibrate(targets)
    return _CALIBRATIONS[key]


_CALIBRATIONS: dict[str, Calibration] = {}
