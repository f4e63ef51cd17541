"""Power, E-values and corrections for misreading agree with the numbers that R has stored, without R."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from her2stats.statistics import bias_ihc, e_value, power_correlation, power_response
from tests.reference.stored import HERE

STORED = pd.read_csv(HERE / "closed_forms.csv")
GIVEN: Any = {"share": [0.45, 0.2], "split": [(150, 95), (160, 180)]}


def counted(measure: str, stratum: str, a: int, b: int, n: int, m: int) -> dict[str, Any]:
    row = {"stratum": stratum, "outcome": "pcr", "term": "her2", "measure": measure, "conf_level": 0.95, "n": n + m}
    row |= {"n_events_comparison": a, "n_events_reference": b, "n_comparison": n, "n_reference": m}
    return row | {"estimate": a * (m - b) / (b * (n - a)), "conf_low": 1.0, "conf_high": 1.0}


def corrected(*rows: dict[str, Any]) -> list[float]:
    """Numbers of all rows, column by column."""
    found = bias_ihc(pd.DataFrame(rows), sensitivity=[0.8, 0.95], specificity=[0.7, 0.97], kappa=0.49, draws=100)
    found = found[~found["assumed"].str.startswith("priors")]
    return [value for name in ("estimate", "conf_low", "conf_high") for value in found[name]]


RESPONSE = [("all", 126, 92, 197, 316), ("hr=negative", 23, 36, 36, 50)]
SHIFT = counted("shift", "all", 126, 92, 197, 316) | {"estimate": -0.4, "conf_low": -1.0, "conf_high": 0.1}
ASKED: dict[str, Any] = {
    "correlation_least": lambda: [
        power_correlation(n, strata=2, covariates=1)["effect"].iloc[0] for n in (10, 63, 318)
    ],
    "correlation_power": lambda: power_correlation(81, -0.25, alpha=0.01)["power"],
    "correlation_size": lambda: power_correlation(rho=0.17, power=0.9)["n"],
    "response_least": lambda: power_response(585, share=0.3, split=(272, 313))["effect"],
    "response_power": lambda: power_response(53, 3, share=0.4, split=(20, 33))["power"],
    "response_size": lambda: power_response(odds_ratio=0.5, share=0.3, split=(2, 1))["n"],
    "response_given": lambda: power_response(585, **GIVEN)["effect"],
    "e_value_rare": lambda: e_value(0.6, 0.42, 0.86, share=0.1).values(),
    "e_value_common": lambda: e_value(1.26, 0.85, 1.88).values(),
    "e_value_rho": lambda: e_value(-0.3, -0.4, -0.19, measure="rho").values(),
    "misread_response": lambda: corrected(*(counted("odds_ratio", *row) for row in RESPONSE)),
    "misread_shift": lambda: corrected(SHIFT),
}


@pytest.mark.parametrize("question", ASKED)
def test_every_closed_form_agrees_with_r(question: str) -> None:
    """The same formula by other steps: 1e-9; a root and a sum over tables without those rarer than 1e-12: 1e-7."""
    theirs = STORED.loc[STORED["question"] == question, "value"].tolist()
    ours = [float(value) for value in ASKED[question]()]
    assert len(ours) == len(theirs)
    exact = question.startswith(("e_value", "misread"))
    for mine, value in zip(ours, theirs, strict=True):
        assert math.isnan(mine) == math.isnan(value)
        assert math.isnan(mine) or mine == pytest.approx(value, rel=1e-9 if exact else 1e-7)


def test_every_stored_question_is_asked() -> None:
    assert set(STORED["question"]) == set(ASKED)
