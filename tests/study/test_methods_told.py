"""The methods say of a study what its tables hold: nothing that was not there, and the numbers that are."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from her2stats.report.trust import count_tests
from her2stats.results import read_folder
from her2stats.study import StudyResults, run_study
from tests.report.test_manuscript import texts_of

CLINICAL_ONLY = """
[study]
title = "two cohorts of which each tells HER2 in its way"
[[cohorts]]
name = "by_status"
clinical = "status.csv"
[[cohorts]]
name = "by_level"
clinical = "level.csv"
[analysis]
crosscheck = false
"""


def paragraphs(folder: Path) -> dict[str, str]:
    lines = texts_of(folder)["methods.docx"].splitlines()
    return {heading: text for heading, _, text in (line.partition(". ") for line in lines)}


def test_her2_is_told_by_what_each_cohort_has(tmp_path: Path) -> None:
    rows = range(60)
    status = pd.DataFrame({"sample": [f"s{row}" for row in rows], "hr": "positive"})
    status["her2_status"] = ["positive" if row < 11 else "negative" for row in rows]
    status["pcr"] = ["yes" if row % 3 else "no" for row in rows]
    status.to_csv(tmp_path / "status.csv", index=False)
    level = status.drop(columns="her2_status").assign(her2_ihc=["0" if row % 2 else "1+" for row in rows])
    level.to_csv(tmp_path / "level.csv", index=False)
    (tmp_path / "study.toml").write_text(CLINICAL_ONLY)
    results = run_study(tmp_path / "study.toml")
    said = paragraphs(results.folder)
    assert (
        "HER2-negative by HER2 status (by_status); "
        "HER2 IHC (0, 1+, or 2+ without ERBB2 amplification) (by_level)." in said["Study population"]
    )
    assert "Of 60 samples in the clinical table of by_status, 11 were left out" in said["Study population"]
    assert "by_level, " not in said["Study population"], "nobody was left out there"
    assert {"Cell fractions", "Total infiltration", "Clinical variables", "Odds ratios"}.isdisjoint(said)
    assert "corrected: " not in said["Multiple testing"], "no p-value of response is corrected"


def test_numbers_of_the_methods_are_those_of_the_tables(small_results: StudyResults) -> None:
    said, tables = paragraphs(small_results.folder), small_results.tables
    assert re.search(r"(\d+) of the (\d+) genes of the matrix", said["Cell fractions"])
    share = tables["fractions"]["coverage"].iloc[0]
    found, total = map(int, re.search(r"(\d+) of the (\d+) genes", said["Cell fractions"]).groups())
    assert found / total == share
    total_til = tables["coverage"].set_index("score").loc["Total TIL"]
    genes = re.findall(r"\(([A-Z][^()]*)\)", said["Total infiltration"])
    assert sum(len(part.split(", ")) for part in genes) == total_til["genes_found"]
    corrected, families, alone = count_tests(read_folder(small_results.folder))
    assert f"{corrected} tests stood in {families} families. {alone} p-values" in said["Multiple testing"]
    outcomes = set(tables["clinical"]["outcome"])
    assert outcomes
    assert all(outcome in said["Clinical variables"] for outcome in outcomes)
    for cohort, steps in tables["flow"].groupby("cohort"):
        n = steps.groupby("step")["n"].sum()
        assert n["start"] - n.get("left out", 0) == n["analysed"]
        assert f"{cohort} (n = {n['analysed']})" in said["Study population"]
