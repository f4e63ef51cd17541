"""The badge never says more than R did."""

from __future__ import annotations

import pandas as pd
import pytest

from her2stats.report.agreement import read_agreement


def crosscheck(*verdicts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "verb": "correlate",
            "cohort": "a",
            "stratum": "all",
            "outcome": "<b>CD8",
            "term": "x",
            "quantity": "estimate",
            "python": 1.0,
            "r": 1.0,
            "rel_diff": 1e-14,
            "tolerance": 1e-8,
            "verdict": list(verdicts),
            "reason": ["R is not installed" if verdict == "not checked" else "" for verdict in verdicts],
            "r_version": "4.2.2",
            "emmeans_version": "1.8.4",
        }
    )


@pytest.mark.parametrize(
    ("verdicts", "status", "badge"),
    [
        (("agree", "agree"), "agree", "R agrees on all 2 numbers"),
        (("agree", "not checked"), "agree", "R agrees on all 1 numbers, 1 not checked"),
        (("agree", "disagree"), "disagree", "R disagrees on 1 of 2 numbers"),
        (("agree", "perhaps"), "disagree", "R disagrees on 1 of 2 numbers"),
        (("not checked", "not checked"), "not checked", "Not checked in R"),
    ],
)
def test_badges(verdicts: tuple[str, ...], status: str, badge: str) -> None:
    found = read_agreement(crosscheck(*verdicts))
    assert (found.status, found.badge) == (status, badge)


def test_no_comparison_is_no_agreement() -> None:
    assert read_agreement(None).status == "not checked"
    assert read_agreement(crosscheck()).status == "not checked"


def test_disagreements_are_listed_and_reasons_counted() -> None:
    found = read_agreement(crosscheck("disagree", "not checked", "not checked"))
    assert found.disagreements is not None
    assert len(found.disagreements.frame) == 1
    assert found.reasons == ("R is not installed: 2",)
