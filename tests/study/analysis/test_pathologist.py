"""The pathologist's count beside the scores of a study, and published scores that stand in for expression."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.statistics import agree_ranks, correlate
from her2stats.study import StudyResults, run, run_study

TYPES = ("CD8 T cells", "B-cells")
COHORT = """
[study]
title = "t"
[scores]
also = ["Index"]
[analysis]
crosscheck = false
permutations = 0
robustness = 0
[[cohorts]]
name = "trial"
clinical = "clinical.csv"
columns = { sample = "id" }
[cohorts.scores]
ERBB2 = "erbb2"
Index = "index"
"Total TIL" = "total"
"""


def patients(n: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    hr = rng.choice(["negative", "positive"], n)
    frame = pd.DataFrame({"id": [f"p{k:02d}" for k in range(n)], "hr": hr, "her2_status": "negative"})
    frame["stil"] = rng.gamma(1.5, 15, n).clip(0, 95).round()
    frame["erbb2"], frame["index"] = rng.normal(8, 1, n), rng.normal(size=n)
    frame["pcr"] = rng.integers(0, 2, n)
    for name in ("total", "d0", "d1"):
        frame[name] = frame["stil"] / 30 + rng.normal(size=n)
    return frame


def study_of(folder: Path, table: pd.DataFrame, text: str = COHORT) -> Path:
    table.to_csv(folder / "clinical.csv", index=False)
    named = "".join(f'"{name}" = "d{place}"\n' for place, name in enumerate(TYPES))
    (folder / "study.toml").write_text(text + named)
    return folder / "study.toml"


def run_without_figures(path: Path) -> StudyResults:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "all_drawings", lambda *_: [])
        return run_study(path)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> StudyResults:
    return run_without_figures(study_of(tmp_path_factory.mktemp("count"), patients()))


def test_the_count_is_held_against_every_score_and_type(results: StudyResults) -> None:
    frame = patients().set_index("id")
    frame["Total TIL"] = frame["total"]
    rows = results.tables["pathologist"]
    rho = rows[rows["measure"] == "rho"]
    assert set(rho["outcome"]) == {"ERBB2", "Index", "Total TIL", *TYPES}
    assert set(zip(rho["stratum"], rho["given"].fillna(""), strict=True)) == {
        *(("all", ""), ("hr=negative", ""), ("hr=positive", ""), ("all", "hr"))
    }
    for given, within in (("", None), ("hr", "hr")):
        told = rho[(rho["stratum"] == "all") & (rho["given"].fillna("") == given)].set_index("outcome")
        alone = correlate(frame, "stil", ["erbb2", "Total TIL"], within=within).table["estimate"]
        assert told.loc[["ERBB2", "Total TIL"], "estimate"].tolist() == pytest.approx(alone.tolist(), rel=1e-12)
        assert told["family_size"].unique().tolist() == [5]
    ranks = rows[(rows["measure"] == "rank_difference") & (rows["outcome"] == "Total TIL")].set_index("stratum")
    assert ranks["p_adjusted"].isna().all()
    whole = agree_ranks(frame, "stil", "Total TIL").table.iloc[0]
    assert ranks.loc["all", "loa_high"] == pytest.approx(whole["loa_high"], rel=1e-12)
    assert set(ranks.index) == {"all", "hr=negative", "hr=positive"}


def test_the_report_shows_both_and_the_limits_in_words(results: StudyResults) -> None:
    page = (results.folder / "report.html").read_text()
    for words in (
        "Scores and cell types against Stromal TIL, %, trial",
        "Ranks of scores less those of Stromal TIL, %, trial",
        "Total TIL: limits of agreement ",
        "held against the pathologist",
    ):
        assert words in page


def test_response_is_asked_per_sd_of_exposure_total_and_count(results: StudyResults) -> None:
    rows = results.tables["response_further"].query("role == 'exposure'")
    assert set(rows["term"]) == {"stil", "ERBB2", "Total TIL"}
    assert (rows["given"] == "hr").all()
    assert (rows["per"] == "sd").all()


def test_without_receptors_and_without_a_total_what_is_known_is_asked(tmp_path: Path) -> None:
    table = patients().drop(columns="hr")
    found = run_without_figures(study_of(tmp_path, table, COHORT.replace('"Total TIL" = "total"\n', ""))).tables
    rows = found["pathologist"]
    assert set(rows["stratum"]) == {"all"}
    assert set(rows.loc[rows["measure"] == "rank_difference", "outcome"]) == set(TYPES)
    omitted = found["omitted"].set_index("part")["reason"]
    assert omitted["total TIL"] == "not every type of Danaher's total is among the scores"
