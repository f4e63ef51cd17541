"""`her2stats power`: the verbs' numbers, and mistakes told in words."""

from __future__ import annotations

import io
import subprocess
import sys

import pandas as pd
import pytest

from her2stats.statistics import power_correlation, power_interaction, power_odds_ratio, power_response


def power(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "her2stats.cli", "power", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


QUESTIONS = [
    (("correlation", "--n", "63", "--strata", "2"), power_correlation(63, strata=2)),
    (("odds-ratio", "--n", "66", "--effect", "2", "--draws", "300"), power_odds_ratio(66, 2, draws=300)),
    (
        ("interaction", "--n", "318", "--effect", "2", "--split", "63:255", "--draws", "300", "--seed", "4"),
        power_interaction(318, 2, split=(63, 255), draws=300, seed=4),
    ),
    (
        ("response", "--n", "585", "--share", "0.3", "--split", "272:313"),
        power_response(585, share=0.3, split=(272, 313)),
    ),
    (
        ("response", "--effect", "0.5", "--share", "0.2", "--share", "0.4", "--split", "1:1", "--split", "2:1"),
        power_response(odds_ratio=0.5, share=[0.2, 0.4], split=[(1, 1), (2, 1)]),
    ),
]


@pytest.mark.parametrize(("words", "theirs"), QUESTIONS, ids=[words[0] for words, _ in QUESTIONS])
def test_the_command_prints_what_the_verb_says(words: tuple[str, ...], theirs: pd.DataFrame) -> None:
    done = power(*words)
    assert (done.returncode, done.stderr) == (0, "")
    table, _, last = done.stdout.rpartition("By ")
    printed = pd.read_csv(io.StringIO(table), sep="\t")
    assert printed["n"].tolist() == theirs["n"].tolist()
    assert printed[["effect", "power", "mc_error"]].to_numpy() == pytest.approx(
        theirs[["effect", "power", "mc_error"]].to_numpy(float), abs=5.1e-5
    )
    assert last.strip() == f"{theirs['method'].iloc[0]}."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("corelation", "--n", "50"), "did you mean 'correlation'?"),
        (("correlation",), "give two of the three"),
        (("correlation", "--n", "50", "--draws", "500"), "draws: not asked of correlation"),
        (("response", "--n", "50"), "nothing says who responds"),
        (("response", "--n", "50", "--share", "0.3", "--split", "1-2"), "'1-2' is not two sizes"),
        (("odds-ratio", "--n", "50", "--share", "0.3", "--share", "0.4"), "share is given twice"),
        (("odds-ratio", "--n", "50", "--alpha", "0"), "alpha=0.0 has no meaning here"),
    ],
)
def test_a_mistake_is_told_in_words(words: tuple[str, ...], told: str) -> None:
    done = power(*words)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
