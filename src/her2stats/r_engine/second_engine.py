"""The engine for where there is no R: statsmodels and scipy answer what they have a routine for."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from her2stats.errors import Her2statsError
from her2stats.r_engine.engines import START, Engine, Versions
from her2stats.r_engine.exchange.fields import Question
from her2stats.r_engine.families import ADJUSTED, Correction
from her2stats.r_engine.second_ancova import ancovas
from her2stats.r_engine.second_fits import Row, correlations, groups, interactions, logistic, responses
from her2stats.r_engine.two_answers import KEY
from her2stats.statistics.result import Result

NO_ROUTINE = "statsmodels and scipy have no routine for it"
FITS: dict[str, Callable[[Result], Iterator[Row]]] = {
    "correlate": correlations,
    "compare_groups": groups,
    "fit_logistic": logistic,
    "fit_interaction": interactions,
    "fit_clinical": interactions,
    "response_odds": responses,
    "fit_ancova": ancovas,
}


class SecondEngine(Engine):
    """Asked as R is; what an answer leaves out it could not check, and its `silence` says why."""

    name = "statsmodels"
    silence = NO_ROUTINE
    alive = True

    def __init__(self, functions: Path | None = None, *, start: float = START) -> None:
        self.versions = Versions("", "", ())
        self.software = f"statsmodels {version('statsmodels')}, not R"

    def _answer(self, question: Question, timeout: float) -> pd.DataFrame | str:
        """Rows of the question's own result with what was found, or why there are none."""
        if isinstance(question, Correction):
            return _corrected(question)
        if not isinstance(question, Result) or question.spec.verb not in FITS:
            return f"{NO_ROUTINE}: {question.spec.verb}"
        keys = question.table[[name for name in (*KEY, "exposure") if name in question.table]]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # a fit that does not exist: ours says so in its flag, and is not compared
            try:
                found = list(FITS[question.spec.verb](question))
            except (ArithmeticError, ValueError, LookupError, np.linalg.LinAlgError, Her2statsError) as error:
                return f"statsmodels stopped: {error}"
        return keys.reset_index(drop=True).join(pd.DataFrame(found, index=range(len(found))))

    def close(self) -> None:
        """Nothing runs beside us."""


def _corrected(question: Correction) -> pd.DataFrame:
    """Corrected p-values of each family; a test without a p counts in its family."""
    from statsmodels.stats.multitest import multipletests

    found = question.data.copy()
    for column, method in zip(ADJUSTED, (question.spec.method, "fdr_bh"), strict=True):
        found[column] = question.data.groupby("family", observed=True)["p_value"].transform(
            lambda p, method=method: multipletests(p.fillna(1.0), method=method)[1]
        )
    return found
