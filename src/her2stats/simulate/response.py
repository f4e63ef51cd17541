"""A simulated cohort with response only: Table 2 of the paper, exactly or in expectation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from her2stats.cohort import Cohort
from her2stats.notes import Note
from her2stats.simulate.clinical import draw_clinical
from her2stats.simulate.paper import paper_responses
from her2stats.simulate.targets import Margins, apportion

PATIENTS = 111
_LOW = {"1+": 0.7, "2+": 0.3}  # of HER2-low; not printed


def simulate_response(name: str, *, seed: int, n: int = PATIENTS, drawn: bool = False) -> Cohort:
    """Simulate a clinical-only cohort of HR-negative tumours treated with neoadjuvant immunotherapy.

    Parameters
    ----------
    name : str
        Name of the cohort; also the start of its sample ids.
    seed : int
        The same seed gives the same cohort.
    n : int
        Number of patients. With the 111 of the paper the evaluable patients and, unless `drawn`, the responses have
        exactly the counts of Table 2; other sizes have their proportions.
    drawn : bool
        Draw every response with the rate of Table 2 instead, so that its odds ratio is a population value around
        which cohorts vary.

    Returns
    -------
    Cohort
        No expression; `pcr` and `complete_response` are missing where they were not evaluable.

    Source
    ------
    Pizzamiglio et al., npj Breast Cancer 2025, doi 10.1038/s41523-025-00867-z, Table 2.

    Examples
    --------
    >>> simulate_response("response", seed=4).clinical["pcr"].value_counts().to_dict()
    {1.0: 59, 0.0: 27}
    """
    rng = np.random.default_rng([seed, n, 2])
    samples = pd.Index([f"{name}-{i + 1:04d}" for i in range(n)], name="sample")
    tables = paper_responses()
    evaluable = {outcome: {group: sum(cells) for group, cells in table.items()} for outcome, table in tables.items()}
    margins = Margins(hr={"negative": n, "positive": 0}, her2_ihc=_ihc(evaluable["pcr"], n))
    clinical = draw_clinical(rng, samples, margins, np.zeros(n, dtype=int), rng.standard_normal(n))
    groups = np.where(clinical["her2_ihc"] == "0", "HER2-0", "HER2-low")
    sensitivity = rng.standard_normal(n)  # who responds at mid-course tends to respond in the end
    for outcome, table in tables.items():
        clinical[outcome] = np.nan
        for group, (yes, no) in table.items():
            members = np.flatnonzero(groups == group)
            kept = apportion({"yes": yes, "no": no, "other": 0}, min(round((yes + no) * n / PATIENTS), len(members)))
            chosen = rng.choice(members, kept["yes"] + kept["no"], replace=False)
            latent = sensitivity[chosen] + rng.standard_normal(len(chosen))
            responders = rng.binomial(len(chosen), yes / (yes + no)) if drawn else kept["yes"]
            responded = np.zeros(len(chosen))
            responded[np.argsort(-latent)[:responders]] = 1.0
            clinical.loc[samples[chosen], outcome] = responded
    return Cohort(name=name, clinical=clinical, hr_definition="given", notes=(simulated_note(n, seed),))


def simulated_note(n: int, seed: int) -> Note:
    """Say in the cohort itself that nobody stands behind it."""
    return Note("reading", "Simulated cohort: no patient stands behind any number", count=n, detail=f"seed {seed}")


def _ihc(evaluable: dict[str, int], n: int) -> dict[str, int]:
    """Counts of IHC categories: HER2-0 and HER2-low as among the patients evaluable for pCR."""
    groups = apportion({"HER2-0": evaluable["HER2-0"], "HER2-low": evaluable["HER2-low"]}, n)
    shares = {level: round(1000 * share) for level, share in _LOW.items()}
    return {"0": groups["HER2-0"], **apportion(shares, groups["HER2-low"])}
