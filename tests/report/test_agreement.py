"""The badge never says more than R did."""

from __future__ import annotations

import pandas as pd
import pytest

from her2stats.report.agreement import UNSEEN, read_agreement


def crosscheck(*verdicts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": "a.correlation_by_hr.1",
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
        (("agree", "agree"), "agree", "R agrees on the models only (2 numbers), not checked on what goes into them"),
        (
            ("agree", "not checked"),
            "agree",
            "R agrees on the models only (1 numbers, 1 not checked), not checked on what goes into them",
        ),
        (("agree", "disagree"), "disagree", "R disagrees on 1 of 2 numbers"),
        (("agree", "perhaps"), "disagree", "R disagrees on 1 of 2 numbers"),
        (("not checked", "not checked"), "not checked", "Not checked in R"),
    ],
)
def test_badges(verdicts: tuple[str, ...], status: str, badge: str) -> None:
    found = read_agreement(crosscheck(*verdicts))
    assert (found.status, found.badge) == (status, badge)
    assert found.sentence.endswith(f" {UNSEEN}") == (status != "not checked")


def test_no_comparison_is_no_agreement() -> None:
    assert read_agreement(None).status == "not checked"
    assert read_agreement(crosscheck()).status == "not checked"


def test_disagreements_are_listed_and_reasons_counted() -> None:
    found = read_agreement(crosscheck("disagree", "not checked", "not checked"))
    assert found.disagreements is not None
    assert len(found.disagreements.frame) == 1
    assert found.reasons == ("R is not installed: 2",)


def test_the_largest_difference_of_each_model_is_shown_with_its_place() -> None:
    near, far = crosscheck("agree"), crosscheck("agree").assign(rel_diff=3e-11, quantity="p_value")
    other = crosscheck("not checked").assign(model="a.odds_ratios.1", rel_diff=float("nan"))
    found = read_agreement(pd.concat([near, far.assign(model="a.correlation_by_hr.2"), other], ignore_index=True))
    assert found.by_model is not None
    table = found.by_model.frame.set_index("question")
    assert table.loc["correlation by hr", ["fits", "compared", "largest", "quantity"]].tolist() == [
        *("2", "2", "3.0e\N{MINUS SIGN}11", "p_value")
    ]
    assert table.loc["odds ratios", ["compared", "unchecked", "largest"]].tolist() == ["0", "1", ""]


@pytest.mark.parametrize(
    ("disagreed", "status", "badge"),
    [
        (0, "agree", "R agrees on the models (2 numbers) and on 1200 of 1500 numbers from the raw files"),
        (3, "disagree", "R from the raw files disagrees on 3 numbers"),
    ],
)
def test_the_badge_says_what_the_witness_saw(disagreed: int, status: str, badge: str) -> None:
    witness = pd.DataFrame({"table": ["scores", "notes"], "numbers": [1300, 200], "agreed": [1200, 0]})
    witness = witness.assign(disagreed=[disagreed, 0])
    found = read_agreement(crosscheck("agree", "agree"), witness)
    assert (found.status, found.badge) == (status, badge)


def test_a_witness_that_saw_nothing_adds_nothing() -> None:
    witness = pd.DataFrame({"numbers": [10], "agreed": [0], "disagreed": [0]})
    assert read_agreement(crosscheck("agree"), witness).badge == read_agreement(crosscheck("agree")).badge


def test_what_stands_in_for_r_is_named_wherever_r_would_be() -> None:
    software = "statsmodels 0.14.4, not R"
    found = read_agreement(crosscheck("agree", "disagree", "not checked").assign(engine=software, r_version=""))
    assert found.who == software
    assert found.badge == f"{software} disagrees on 1 of 2 numbers"
    assert found.sentence == (
        f"What it has a routine for was fitted again in {software}: 1 of 2 numbers agreed within their tolerance, "
        f"1 not checked. {UNSEEN}"
    )
    assert found.by_model is not None
    assert found.by_model.caption == f"Agreement between Python and {software}, by model"
    assert found.disagreements is not None
    assert found.disagreements.caption == f"Numbers on which {software} disagrees"
    agreed = read_agreement(crosscheck("agree").assign(engine=software))
    assert agreed.badge == f"{software} agrees on the models only (1 numbers), not checked on what goes into them"
