"""Odds ratios in strata of some sixty tumours, by two estimators: ``python -m benchmarks small_strata``.

Cell amounts are the true ones, so that what is seen is the estimator's and nothing else's. Writes
benchmarks/small_strata.md. A minute on two idle cores; needs the extra firth.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks.simulation_report import markdown
from her2stats.published import published_results
from her2stats.simulate import Targets, paper_targets, simulate_truth
from her2stats.statistics import fit_logistic

COHORTS = 400
FIRST_SEED = 10_000  # apart from the cohorts of the other benchmark
PAGE = Path(__file__).with_name("small_strata.md")
ESTIMATORS = {"maximum likelihood": "none", "Firth": "firth"}


def small_strata(targets: Targets, n: int, cohorts: int, jobs: int, *, stratum: str = "hr=negative") -> pd.DataFrame:
    """Bias on the log scale and coverage of 95 % intervals, a row an estimator and type of known odds ratio.

    Parameters
    ----------
    targets : Targets
        Their odds ratios in the stratum are the truth.
    n : int
        Tumours of a cohort.
    cohorts, jobs : int
        How many, and by how many processes.
    stratum : str
        Where the models are fitted.
    """
    true = dict(targets.odds_ratios[stratum])
    seeds = range(FIRST_SEED, FIRST_SEED + cohorts)
    found = pd.concat(Parallel(n_jobs=jobs)(delayed(_fits)(targets, n, seed, stratum, list(true)) for seed in seeds))
    truth = found["outcome"].map(true)
    found = found.assign(
        true=truth,
        bias=np.log(found["estimate"] / truth),
        covered=(found["conf_low"] <= truth) & (truth <= found["conf_high"]),
    )
    groups = found.groupby(["estimator", "outcome"], sort=False)
    table = groups.agg(
        tumours=("n", "mean"),
        true=("true", "first"),
        bias=("bias", "mean"),
        bias_error=("bias", "sem"),
        coverage=("covered", "mean"),
        cohorts=("bias", "count"),
    )
    factor = np.exp(table["bias"] * np.sign(np.log(table["true"])))  # above 1: too far from 1
    table.insert(4, "overstated", factor)
    return table.reset_index()


def _fits(targets: Targets, n: int, seed: int, stratum: str, types: list[str]) -> pd.DataFrame:
    truth = simulate_truth("sim", n, seed=seed, targets=targets)
    score = (truth.score - truth.score.mean()) / truth.score.std(ddof=1)
    amounts = truth.amounts[types]
    high = (amounts >= amounts.median()).astype(int)
    frame = pd.concat([truth.clinical["hr"].astype("str"), score, high], axis=1)
    inside = frame[frame["hr"] == stratum.removeprefix("hr=")]
    tables = [
        fit_logistic(inside, types, "score", per_sd=False, penalty=penalty).table.assign(estimator=name)  # type: ignore[arg-type]
        for name, penalty in ESTIMATORS.items()
    ]
    return pd.concat(tables, ignore_index=True)


def page(table: pd.DataFrame, n: int) -> str:
    """The whole page; every number on it was computed in this run."""
    return "\n".join(
        [
            "# Odds ratios in small strata",
            "",
            f"Written by `python -m benchmarks small_strata`. HR-negative tumours of simulated cohorts of {n}, with",
            "their true cell amounts. Bias on the log scale; `overstated`: the factor by which an odds ratio is too",
            "far from 1 on the average; coverage of 95 % intervals, Wald or penalised profile likelihood.",
            "",
            *markdown(table, 3),
            "",
        ]
    )


def main(cohorts: int = COHORTS, jobs: int = 2) -> None:
    """Run it and write the page."""
    n = int(published_results()["cohorts"]["abim"]["n"])
    PAGE.write_text(page(small_strata(paper_targets("abim"), n, cohorts, jobs), n), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
