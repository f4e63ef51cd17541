"""Every quantity of every case agrees with the numbers that R has stored, without R."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from her2stats.r_engine.process import find_rscript
from her2stats.r_engine.two_answers import compare_answers
from her2stats.statistics import adjust, answer
from her2stats.statistics.flags import code_of

from .stored import HERE, read_answers, read_frame, read_specs

SPECS = read_specs()
ANSWERS = read_answers()


@pytest.mark.parametrize("case", SPECS)
def test_every_quantity_agrees_with_r(case: str) -> None:
    frame, spec = SPECS[case]
    found = compare_answers(answer(spec, read_frame(frame)), ANSWERS[case], case)
    wrong = found[found["verdict"] != "agree"]
    assert wrong.empty, wrong[["stratum", "outcome", "term", "quantity", "python", "r", "reason"]].to_string()


def test_all_that_a_row_can_say_is_compared() -> None:
    frame, spec = SPECS["fit_logistic.well"]
    found = compare_answers(answer(spec, read_frame(frame)), ANSWERS["fit_logistic.well"], "case")
    said = {
        "estimate",
        "std_error",
        "conf_low",
        "conf_high",
        "statistic",
        "p_value",
        "n",
        "n_events",
        "n_missing",
        "flag",
    }
    assert said <= set(found["quantity"])


def test_the_cases_cover_every_verb_and_every_flag() -> None:
    codes = {code_of(flag) for table in ANSWERS.values() for flag in table["flag"]}
    assert {spec.verb for _, spec in SPECS.values()} == {
        *("correlate", "compare_groups", "fit_logistic", "fit_interaction", "fit_clinical", "fit_ancova"),
        *("response_odds", "study_wide", "fit_ordinal", "specification_curve", "correlate_draws", "agree_ranks"),
    }
    assert codes >= {
        *("", "separation", "constant outcome", "constant exposure", "rank deficient", "not estimable"),
        *("too few observations", "perfect correlation", "empty level", "missing variable"),
    }


@pytest.mark.parametrize(
    ("quantity", "factor"), [("estimate", 1 + 1e-6), ("std_error", 1 + 1e-6), ("p_value", 1 + 1e-5)]
)
def test_a_number_that_is_slightly_off_is_found(quantity: str, factor: float) -> None:
    frame, spec = SPECS["fit_logistic.well"]
    result = answer(spec, read_frame(frame))
    bent = result.with_table(result.table.assign(**{quantity: result.table[quantity] * factor}))
    found = compare_answers(bent, ANSWERS["fit_logistic.well"], "case")
    assert set(found.loc[found["verdict"] == "disagree", "quantity"]) == {quantity}


@pytest.mark.parametrize("method", ["bonferroni", "holm"])
def test_corrections_are_those_of_p_adjust(method: Literal["bonferroni", "holm"]) -> None:
    rows = pd.read_csv(HERE / "corrections.csv")
    template = answer(SPECS["fit_logistic.well"][1], read_frame("well"))
    table = template.table.iloc[[0] * len(rows)].reset_index(drop=True)
    flags = rows["p_value"].isna().map({True: "separation", False: ""})
    table = table.assign(stratum=rows["family"], p_value=rows["p_value"], flag=flags)
    found = adjust(template.with_table(table), by=["stratum"], method=method).table
    np.testing.assert_allclose(found["p_adjusted"], rows[method], rtol=1e-12, atol=0)
    np.testing.assert_allclose(found["p_bh"], rows["bh"], rtol=1e-12, atol=0)


@pytest.mark.r
def test_the_script_still_writes_the_stored_numbers(tmp_path: Path) -> None:
    command = [find_rscript(), "--vanilla", str(HERE / "generate.R"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    for path in sorted(HERE.glob("frame_*.csv")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert (tmp_path / "corrections.csv").read_bytes() == (HERE / "corrections.csv").read_bytes()
    again = read_answers(tmp_path)
    assert list(again) == list(ANSWERS)
    for case, table in ANSWERS.items():
        numbers = table.select_dtypes("number").astype("float64").to_numpy()
        new = again[case].select_dtypes("number").astype("float64").to_numpy()
        limits = 1e-5 if "profile" in case or "firth" in case else 1e-9
        np.testing.assert_allclose(new, numbers, rtol=limits, atol=1e-12, err_msg=case)
        assert again[case]["flag"].map(code_of).tolist() == table["flag"].map(code_of).tolist()
