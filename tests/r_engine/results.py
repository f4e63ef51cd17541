"""Results of every shape for the tests of this room."""

from __future__ import annotations

import numpy as np
import pandas as pd

from her2stats.statistics import (
    Result,
    adjust,
    compare_groups,
    correlate,
    fit_ancova,
    fit_clinical,
    fit_interaction,
    fit_logistic,
    response_odds,
)

STRANGE = "T cells regulatory (Tregs), =max +1"


def study_frame(n: int = 60) -> pd.DataFrame:
    """A small cohort with strange names, strange levels and missing values."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "ERBB2": rng.normal(7, 1, n),
            STRANGE: rng.normal(0, 1, n),
            "high": rng.integers(0, 2, n).astype("float64"),
            "hr": pd.Categorical(rng.choice(["=negative", "+positive"], n), ["=negative", "+positive"]),
            "her2_ihc": pd.Categorical(rng.choice(["0", "1+", "2+"], n), ["0", "1+", "2+"]),
        },
        index=pd.Index([f"-sample {k}" for k in range(n)], name="tumour"),
    )
    frame.loc[frame.index[3], "ERBB2"] = np.nan
    frame.loc[frame.index[5], "hr"] = np.nan
    return frame


def all_results() -> dict[str, Result]:
    """One result of every verb, and an adjusted one."""
    frame = study_frame()
    ancova = fit_ancova(frame, STRANGE, "ERBB2", points=3)
    correlation = correlate(frame, "ERBB2", [STRANGE, "high"], by="hr", ci="sas")
    return {
        "toy.correlation": correlation,
        "toy.adjusted": adjust(correlation),
        "toy.group_comparison": compare_groups(frame, [STRANGE, "high"], group="hr"),
        "toy.odds_ratios": fit_logistic(frame, "high", "ERBB2", by="hr", covariates="her2_ihc"),
        "toy.interaction": fit_interaction(frame, "high", "ERBB2", "hr"),
        "toy.clinical": fit_clinical(frame, "high", [STRANGE], moderator="hr"),
        "toy.ancova_tests": ancova.tests,
        "toy.ancova_slopes": ancova.slopes,
        "toy.ancova_curves": ancova.curve,
        "toy.response": response_odds(frame, "high", "her2_ihc", reference="1+"),
    }
