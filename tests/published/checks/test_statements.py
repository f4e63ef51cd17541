"""What a paper says in words against its own numbers."""

from __future__ import annotations

import numpy as np
import pytest

from her2stats.errors import DataError
from her2stats.published import (
    audit_agreement,
    audit_direction,
    audit_enumeration,
    audit_model,
    audit_published,
    audit_reduction,
    audit_rules,
    audit_spread,
    audit_strength,
)

SCALE = {"weak": (0.1, 0.3), "moderate": (0.3, 0.5), "strong": (0.5, 1.0)}
LM22_T_CELLS = ["CD8", "CD4 naive", "CD4 memory resting", "CD4 memory activated", "follicular", "regulatory", "gd"]


def test_one_number_in_three_places() -> None:
    audit = audit_agreement({"Table 2": "0.506", "text": "0.51", "abstract": "0.5"}, item="odds ratio")
    assert audit["verdict"].tolist() == ["consistent", "consistent"]
    audit = audit_agreement({"Table 2": "72", "text": "70", "abstract": ""}, item="pCR")
    assert audit["verdict"].tolist() == ["inconsistent", "not determinable"]


def test_the_same_value_rounded_to_different_digits_never_disagrees() -> None:
    rng = np.random.default_rng(40)
    for value in rng.normal(0, 20, 500):
        printed = {f"place {d}": f"{value:.{d}f}" for d in range(5)}
        assert set(audit_agreement(printed)["verdict"]) == {"consistent"}


@pytest.mark.parametrize(
    ("claim", "evidence", "verdict"),
    [
        ("higher", [("OR", "0.56", "ratio")], "inconsistent"),
        ("lower", [("OR", "0.56", "ratio")], "consistent"),
        ("lower", [("OR", "1.00", "ratio")], "not determinable"),
        ("lower", [("rho", "-0.27", "correlation"), ("OR", "0.41", "ratio")], "consistent"),
        ("lower", [("rho", "0.27", "correlation"), ("OR", "0.41", "ratio")], "inconsistent"),
        ("lower", [], "not determinable"),
    ],
)
def test_directions(claim: str, evidence: list[tuple[str, str, str]], verdict: str) -> None:
    assert audit_direction(claim, evidence)["verdict"].item() == verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "rho", "verdict"),
    [
        ("moderate", "-0.27", "inconsistent"),
        ("moderate", "-0.39", "consistent"),
        ("moderate", "0.3", "consistent"),
        ("weak", "0.3", "consistent"),
        ("strong", "0.05", "inconsistent"),
        ("strong", "", "not determinable"),
    ],
)
def test_words_for_strength(word: str, rho: str, verdict: str) -> None:
    assert audit_strength(word, rho, SCALE)["verdict"].item() == verdict


def test_a_list_shorter_than_announced_names_what_is_missing() -> None:
    listed = [name for name in LM22_T_CELLS if name != "CD4 memory resting"]
    found = audit_enumeration(listed, "7", expected=LM22_T_CELLS).iloc[0]
    assert (found["verdict"], found["arithmetic"]) == (
        "inconsistent",
        "7 announced, 6 listed; missing: CD4 memory resting",
    )
    assert audit_enumeration(LM22_T_CELLS, "7")["verdict"].item() == "consistent"


def test_an_outcome_cannot_adjust_itself() -> None:
    assert audit_model("TIIC", ["age", "size", "HR:TIIC"])["verdict"].item() == "inconsistent"
    assert audit_model("TIIC", ["age", "size", "HR:age"])["verdict"].item() == "consistent"


def test_two_rules_differ_only_where_the_cut_can_be_hit() -> None:
    methods = {"place": "Methods", "zeros": "0.75", "at_cut": "kept"}
    results = {"place": "Results", "zeros": "0.75", "at_cut": "excluded"}
    found = audit_rules(methods, results, {"discovery": 104, "confirmatory": 81, "abim": 318}).iloc[0]
    assert found["verdict"] == "inconsistent"
    assert found["arithmetic"].endswith("possible in discovery (78 of 104)")
    assert audit_rules(methods, methods, {})["verdict"].item() == "consistent"
    assert audit_rules(methods, {**methods, "zeros": "0.8"}, {})["verdict"].item() == "inconsistent"


def test_a_span_of_reductions() -> None:
    five = ["0.41", "0.61", "0.64", "0.64", "0.65"]
    found = audit_reduction(five, "40", "60").iloc[0]
    assert (found["verdict"], found["recomputed"]) == ("inconsistent", "35 % to 59 %")
    assert found["arithmetic"].endswith("4 of 5 lie outside (it would hold only to the nearest ten)")
    assert audit_reduction(five, "35", "59")["verdict"].item() == "consistent"


def test_the_true_span_of_random_reductions_is_never_called_inconsistent() -> None:
    rng = np.random.default_rng(41)
    for _ in range(1000):
        ratios = rng.uniform(0.05, 0.99, int(rng.integers(1, 7)))
        low, high = 100 * (1 - ratios.max()), 100 * (1 - ratios.min())
        printed = [f"{ratio:.2f}" for ratio in ratios]
        assert audit_reduction(printed, f"{low:.0f}", f"{high:.0f}")["verdict"].item() == "consistent"


def test_a_true_range_is_never_called_an_interquartile_range() -> None:
    rng = np.random.default_rng(42)
    for _ in range(1000):
        ages = np.round(rng.normal(55, rng.uniform(5, 15), int(rng.integers(5, 300))))
        sd = ages.std(ddof=1)
        found = audit_spread(f"{ages.min():.0f}", f"{ages.max():.0f}", n=len(ages), least_sd=sd)
        assert found["verdict"].item() == "not determinable"


def test_an_interquartile_range_called_a_range_is_found_by_its_width() -> None:
    found = audit_spread("41", "55", n=104, least_sd=8, source="registry").iloc[0]
    assert found["verdict"] == "inconsistent"
    assert "at most 7.5; assumed at least 8 (registry)" in found["arithmetic"]
    assert audit_spread("48", "73", n=81, least_sd=8)["verdict"].item() == "not determinable"
    assert audit_spread("", "73", n=81, least_sd=8)["verdict"].item() == "not determinable"


def test_unknown_words_are_refused() -> None:
    with pytest.raises(DataError, match="'huge' is not on the scale"):
        audit_strength("huge", "0.4", SCALE)
    with pytest.raises(DataError, match="direction 'up'"):
        audit_direction("up", [])  # type: ignore[arg-type]


def test_a_direction_that_follows_only_shows_what_is_printed() -> None:
    row = audit_direction("higher", [("rho", "-0.27", "correlation")], because="read so", printed="lower odds")
    assert row[["printed", "recomputed", "verdict"]].to_numpy().tolist() == [["lower odds", "lower", "inconsistent"]]
    assert row["arithmetic"].item() == "read so: higher; rho -0.27 means lower"
    assert audit_direction("higher", [("rho", "-0.27", "correlation")])["printed"].item() == "higher"


def test_the_caption_of_fig_2b_is_shown_as_it_is_printed() -> None:
    table = audit_published()
    row = table[table["item"] == "what the odds ratios are odds of"].iloc[0]
    assert (row["printed"], row["verdict"]) == ("odds of lower abundance", "inconsistent")
