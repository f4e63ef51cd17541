"""Simulate, analyse and compare with the truth, 200 cohorts of each kind: ``python -m benchmarks simulation``.

Writes benchmarks/simulation.md. About ten minutes on two idle cores.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed

from benchmarks.simulation_report import false_positives, hit, page, recovered
from benchmarks.simulation_study import Analysed, analyse, analyse_response, truths
from her2stats.published import published_results
from her2stats.simulate import Targets, paper_targets
from her2stats.simulate.paper import EXPRESSION_COHORTS

SEEDS = 200
PAGE = Path(__file__).with_name("simulation.md")


def many(targets: Targets, n: int, seeds: int, jobs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numbers and classes of the tumours of many cohorts."""
    found: list[Analysed] = Parallel(n_jobs=jobs)(delayed(analyse)(targets, n, seed) for seed in range(seeds))
    return pd.concat([one.numbers for one in found]), pd.concat([one.high for one in found])


def main(seeds: int = SEEDS, jobs: int = 2) -> None:
    """Run it all and write the page."""
    sizes = {name: int(cohort["n"]) for name, cohort in published_results()["cohorts"].items()}
    hits: dict[str, pd.DataFrame] = {}
    for name in EXPRESSION_COHORTS:
        targets = paper_targets(name)
        numbers, high = many(targets, sizes[name], seeds, jobs)
        hits[f"{name}, n = {sizes[name]}"] = hit(targets, numbers, high)
        print(f"{name}: {seeds} cohorts", flush=True)
    responses = pd.concat([analyse_response(seed) for seed in range(seeds)])
    rows = recovered(pd.concat([numbers, responses]), truths(targets))  # of ABiM, the last and largest
    null, _ = many(targets.null(), sizes[name], seeds, jobs)
    PAGE.write_text(page(seeds, hits, rows, false_positives(null)), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
