"""Scores in columns of the clinical table: which of them are what, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from her2stats.errors import InputError
from her2stats.signatures.til import DEFAULT_MEMBERS, TOTAL
from her2stats.study import read_study
from her2stats.study.preparing import Prepared, prepare


def prepared(folder: Path, scores: dict[str, str], further: str = "", **columns: object) -> Prepared:
    table = {"sample": ["a", "b", "c"], "her2_status": ["negative"] * 3, "erbb2": [5.0, 6, 7], "one": [1.0, 2, 3]}
    table |= {f"d{place}": [place, place + 1.0, None] for place in range(len(DEFAULT_MEMBERS))} | columns
    pd.DataFrame(table).to_csv(folder / "clinical.csv", index=False)
    named = "\n".join(f'"{name}" = "{column}"' for name, column in scores.items())
    cohort = '[[cohorts]]\nname = "ours"\nclinical = "clinical.csv"'
    (folder / "study.toml").write_text(f'[study]\ntitle = "t"\n{cohort}\n{further}\n[cohorts.scores]\n{named}\n')
    return prepare(read_study(folder / "study.toml"))


DANAHER = {name: f"d{place}" for place, name in enumerate(DEFAULT_MEMBERS)}


def test_scores_of_the_clinical_table_are_exposure_total_and_cell_types(tmp_path):
    (one,) = prepared(tmp_path, {"ERBB2": "erbb2", "ESR1": "one", **DANAHER}).cohorts
    assert (one.scored.exposure, one.scored.also, one.scored.til) == ("ERBB2", ("ESR1",), TOTAL)
    assert one.scored.table[TOTAL].tolist()[:2] == [4.5, 5.5]
    assert one.scored.table[TOTAL].isna().tolist() == [False, False, True]
    assert list(one.given.fractions) == list(DEFAULT_MEMBERS)
    assert not one.given.additive
    assert list(one.cohort.clinical) == ["her2_status"]


def test_a_total_that_was_published_is_taken_as_it_is(tmp_path):
    (one,) = prepared(tmp_path, {"ERBB2": "erbb2", TOTAL: "one", **DANAHER}).cohorts
    assert one.scored.table[TOTAL].tolist() == [1, 2, 3]


def told(folder: Path, scores: dict[str, str], further: str = "", **columns: object) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as refused:
        prepared(folder, scores, further, **columns)
    return [(problem.what, problem.remedy) for problem in refused.value.problems]


def test_what_is_wrong_is_told_together(tmp_path):
    assert told(tmp_path, {"ERBB": "erbb2", "Plasma": "words"}, words=["x", "y", "z"]) == [
        ("the exposure 'ERBB2' is not among them", "did you mean 'ERBB'?"),
        ("holds words, not numbers", "correct the column, or leave the score out"),
    ]


@pytest.mark.parametrize(
    ("scores", "further", "what"),
    [
        ({"ERBB2": "erbb2", "age": "one"}, "", "scores: age names a variable"),
        ({"ERBB2": "erbb2"}, 'expression = "x.tsv"\nscale = "log2"', "scores stand beside an expression file"),
        ({"ERBB2": "nowhere"}, "", "there is no column 'nowhere' (wanted for ERBB2)"),
    ],
)
def test_no_score_takes_the_place_of_something_else(tmp_path, scores, further, what):
    assert what in " ".join(what for what, _ in told(tmp_path, scores, further))
