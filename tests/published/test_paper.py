"""The whole audit: the paper's own contradictions come out, nothing true is called wrong, planted errors are found."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.published import audit_paper, audit_published, citation, published_results, verdict_counts

# (place, check, beginning of the item) of everything that the paper's own numbers contradict.
CONTRADICTIONS = [
    ("Table 2", "interval", "pCR"),
    ("Results, response", "agreement", "pCR of HER2-0"),
    ("Results, response", "agreement", "odds ratio of pCR"),
    ("Results, response", "odds of percentages", "pCR"),
    ("Table 1, discovery cohort", "percentage", "tumor size: <= 2 cm"),
    ("Table 1, confirmatory cohort", "percentage", "tumor size: <= 2 cm"),
    ("Table 1, confirmatory cohort", "percentage", "hormone receptor: positive"),
    ("Table 1, confirmatory cohort", "percentage", "hormone receptor: negative"),
    ("Table 1, confirmatory cohort", "percentage", "PAM50: Luminal A"),
    ("Table 1, discovery cohort", "spread", "age"),
    ("Fig. 2b caption", "direction", "what the odds ratios are odds of"),
    ("Results, multivariable analysis", "reduction", "reduction in the odds"),
    ("Discussion", "direction", "mast cells resting, HR-positive"),
    ("Discussion", "direction", "neutrophils, HR-negative"),
    ("Results, multivariable analysis", "model", "ANCOVA"),
    ("Materials and methods", "enumeration", "types of T cells"),
    ("Results, immune cell distribution", "rule", "cell types left out"),
    # "moderate" correlations of 0.27 and 0.25, where the caption of Fig. 1 calls 0.1 to 0.3 weak
    ("Results, HR subgroups", "strength", "Plasma cells"),
    ("Results, HR subgroups", "strength", "T cells CD8"),
]
OPEN = [
    ("Results and Fig. 2b", "claim", "HER2_20 and T cells gamma delta"),  # p 0.047 to 0.053 within rounding
    ("Results, HR subgroups", "sample size", "cell types, HR-positive"),  # n by HR is not printed
    ("Table 1, confirmatory cohort", "spread", "age"),
]


@pytest.fixture(scope="module")
def audit() -> pd.DataFrame:
    return audit_published()


def _found(audit: pd.DataFrame, verdict: str) -> list[tuple[str, str, str]]:
    rows = audit[audit["verdict"] == verdict]
    return list(zip(rows["place"], rows["check"], rows["item"], strict=True))


@pytest.mark.parametrize(("verdict", "expected"), [("inconsistent", CONTRADICTIONS), ("not determinable", OPEN)])
def test_every_contradiction_comes_out_and_nothing_else(
    audit: pd.DataFrame, verdict: str, expected: list[tuple[str, str, str]]
) -> None:
    found = _found(audit, verdict)
    for place, check, item in expected:
        assert sum(p == place and c == check and i.startswith(item) for p, c, i in found) == 1, (place, item)
    assert len(found) == len(expected)


def test_what_does_hold_is_said_to_hold(audit: pd.DataFrame) -> None:
    consistent = audit[audit["verdict"] == "consistent"]
    assert (consistent["check"] == "Wald symmetry").sum() == 11
    assert (consistent["check"] == "interaction").sum() == 2
    assert (consistent["check"] == "total").sum() == 21
    midcourse = consistent[(consistent["place"] == "Table 2") & consistent["item"].str.startswith("midcourse complete")]
    assert set(midcourse["check"]) == {"odds ratio", "interval", "total"}


def test_the_recomputed_numbers(audit: pd.DataFrame) -> None:
    def recomputed(place: str, check: str, item: str) -> str:
        chosen = (audit["place"] == place) & (audit["check"] == check) & audit["item"].str.startswith(item)
        return str(audit[chosen]["recomputed"].item())

    assert recomputed("Table 2", "interval", "pCR") == "0.275 to 1.724"
    assert recomputed("Results, multivariable analysis", "reduction", "reduction") == "35 % to 59 %"
    assert recomputed("Results and Fig. 2b", "claim", "HER2_20 and T cells gamma").startswith("p 0.052 ")
    first = "Table 1, confirmatory cohort"
    percents = [
        recomputed(first, "percentage", item)
        for item in ("tumor size: <= 2", "hormone receptor: p", "PAM50: Luminal A")
    ]
    assert percents == ["48.1", "84.0", "55.6"]


def test_the_frame_is_tidy(audit: pd.DataFrame) -> None:
    columns = ["item", "printed", "recomputed", "verdict", "arithmetic", "place", "check"]
    assert audit.columns.tolist() == columns
    assert not audit.isna().any(axis=None)
    assert (audit[["item", "verdict", "arithmetic", "place"]] != "").all(axis=None)
    assert verdict_counts(audit).sum() == len(audit)


def test_the_source_is_cited_with_its_licence() -> None:
    assert "10.1038/s41523-025-00867-z" in citation()
    assert "CC BY 4.0" in citation()


def test_the_data_file_holds_every_printed_number(shared: Path) -> None:
    given = json.loads((shared.parent / "paper" / "published_results.json").read_text(encoding="utf-8"))
    ours = published_results()
    for cohort, table in given["table1"].items():
        levels = next(e["levels"] for e in ours["counts"] if e["place"] == f"Table 1, {cohort} cohort")
        theirs = {"tumor size": "tumor_size", "grade": "grade", "hormone receptor": "hormone_receptor"}
        for variable, name in {**theirs, "HER2 IHC": "her2_ihc", "PAM50": "pam50"}.items():
            printed = [[int(c), float(p) if p else None] for _, c, p in levels[variable]]
            assert printed == [pair for pair in table[name].values() if pair is not None]
    strata = {e["stratum"]: e["outcomes"] for e in ours["odds_ratios"]}
    for stratum, name in (("HR-positive", "hr=positive"), ("HR-negative", "hr=negative")):
        theirs = given["odds_ratio_per_sd_her2_by_hr"][stratum]
        assert {key: [float(v) for v in value] for key, value in strata[name].items()} == theirs
    til = next(e for e in ours["correlations"] if e["stratum"] == "all")["exposures"]
    for name, numbers in til.items():
        assert [float(v) for v in numbers] == given["spearman_total_til"][name]
    by_hr = {e["stratum"]: e["outcomes"] for e in ours["correlations"] if "outcomes" in e}
    for stratum, name in (("HR-positive", "hr=positive"), ("HR-negative", "hr=negative")):
        printed = {key: [float(v) for v in value] for key, value in by_hr[name].items()}
        assert printed == given["spearman_by_hr"][stratum]
    assert {e["outcome"]: float(e["p"]) for e in ours["interactions"]} == given["odds_ratio_per_sd_her2_by_hr"][
        "p_interaction"
    ]


# ---------------------------------------------------------------- a hand-made paper, right in every number
# 2 x 2: 30/80 against 18/70; odds ratio, Wald interval and Pearson p computed with R's glm and chisq.test.
MADE: dict[str, Any] = {
    "counts": [
        {
            "place": "Table A",
            "n": 150,
            "levels": {
                "sex": [["women", "93", "62.0"], ["men", "57", "38.0"]],
                "stage": [["I", "41", "27.3"], ["II", "66", "44.0"], ["III", "38", "25.3"], ["missing", "5", "3.3"]],
            },
        }
    ],
    "totals": [{"item": "patients", "place": "text", "parts": ["80", "70"], "total": "150"}],
    "percentages": [{"item": "responders", "place": "text", "count": "48", "n": "150", "percent": "32"}],
    "two_by_two": [
        {
            "item": "response",
            "place": "Table B",
            "cells": [30, 50, 18, 52],
            "odds_ratio": ["1.73", "0.86", "3.50"],
            "p": "0.12",
        }
    ],
    "agreements": [{"item": "odds ratio", "values": {"Table B": "1.73", "abstract": "1.7"}}],
    "odds_from_percentages": [
        {"item": "response", "place": "abstract", "odds_ratio": "1.7", "percent": "38", "percent_reference": "26"}
    ],
    "correlations": [
        {
            "place": "Table C",
            "stratum": "all",
            "n": "150",
            "exposure": "x",
            "outcomes": {"a": ["0.42", "0.28", "0.54"], "b": ["-0.10", "-0.26", "0.06"]},
        }
    ],
    "odds_ratios": [
        {
            "place": "Fig. D",
            "stratum": "s=1",
            "exposure": "x",
            "ci": "wald",
            "outcomes": {"a": ["2.00", "1.20", "3.33"]},
        },
        {
            "place": "Fig. D",
            "stratum": "s=2",
            "exposure": "x",
            "ci": "wald",
            "outcomes": {"a": ["0.80", "0.45", "1.42"]},
        },
    ],
    "interactions": [
        {"outcome": "a", "place": "Fig. D", "exposure": "x", "strata": ["s=1", "s=2"], "ci": "wald", "p": "0.019"}
    ],
    "directions": [{"item": "a", "place": "text", "claim": "higher", "evidence": [["OR", "2.00", "ratio"]]}],
    "enumerations": [{"item": "sites", "place": "text", "printed": "3", "listed": ["Milan", "Modena", "Naples"]}],
    "reductions": [{"item": "odds", "place": "text", "odds_ratios": ["0.80", "0.55"], "low": "20", "high": "45"}],
    "models": [{"item": "adjusted", "place": "text", "outcome": "a", "terms": ["age", "s"]}],
}

PLANTED: list[tuple[list[Any], Any, list[tuple[str, str]]]] = [
    (["counts", 0, "levels", "sex", 0, 2], "62.5", [("Table A", "percentage")]),
    (["counts", 0, "levels", "stage", 1, 1], "65", [("Table A", "percentage"), ("Table A", "total")]),
    (["counts", 0, "levels", "stage", 2, 2], "25.4", [("Table A", "percentage")]),
    (["totals", 0, "total"], "151", [("text", "total")]),
    (["percentages", 0, "percent"], "33", [("text", "percentage")]),
    (["two_by_two", 0, "odds_ratio", 0], "1.37", [("Table B", "odds ratio")]),
    (["two_by_two", 0, "odds_ratio", 2], "3.05", [("Table B", "interval")]),
    (["two_by_two", 0, "p"], "0.012", [("Table B", "p")]),
    (["two_by_two", 0, "cells", 0], 33, [("Table B", "odds ratio"), ("Table B", "interval"), ("Table B", "p")]),
    (["agreements", 0, "values", "abstract"], "1.5", [("abstract", "agreement")]),
    (["odds_from_percentages", 0, "percent"], "48", [("abstract", "odds of percentages")]),
    (["correlations", 0, "outcomes", "a", 2], "0.45", [("Table C", "interval")]),
    (["correlations", 0, "n"], "510", [("Table C", "interval"), ("Table C", "interval")]),
    (["correlations", 0, "outcomes", "b", 0], "0.10", [("Table C", "order")]),
    (["odds_ratios", 0, "outcomes", "a", 1], "1.02", [("Fig. D", "Wald symmetry"), ("Fig. D", "interaction")]),
    (["interactions", 0, "p"], "0.19", [("Fig. D", "interaction")]),
    (["directions", 0, "claim"], "lower", [("text", "direction")]),
    (["enumerations", 0, "printed"], "4", [("text", "enumeration")]),
    (["reductions", 0, "high"], "55", [("text", "reduction")]),
    (["models", 0, "terms"], ["age", "s:a"], [("text", "model")]),
]


def test_a_right_paper_raises_no_alarm() -> None:
    assert set(audit_paper(MADE)["verdict"]) == {"consistent"}


@pytest.mark.parametrize(("path", "planted", "expected"), PLANTED)
def test_each_planted_error_is_found_and_nothing_else(path: list[Any], planted: Any, expected: list[Any]) -> None:
    paper = copy.deepcopy(MADE)
    entry: Any = paper
    for step in path[:-1]:
        entry = entry[step]
    entry[path[-1]] = planted
    audit = audit_paper(paper)
    found = [(place, check) for place, check, _ in _found(audit, "inconsistent")]
    assert found == expected, audit[audit["verdict"] == "inconsistent"].to_string()


def test_a_misspelt_section_and_a_missing_entry_are_reported_together() -> None:
    spreads = [{"low": "41", "high": "55"}]
    with pytest.raises(DataError) as caught:
        audit_paper({"count": [], "spreads": spreads, "totals": [{"parts": ["1"]}], "models": [{"outcome": "a"}]})
    assert [problem.what for problem in caught.value.problems] == [
        "section 'count' is not known",
        "'n' is missing",
        "'total' is missing",
        "'terms' is missing",
    ]
