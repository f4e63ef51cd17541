"""The plain-language summary says what the tables say, and never why."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from her2stats.report.findings import judge
from her2stats.report.statements import Answer, name_list
from her2stats.report.summary import UNCORRECTED, plain_summary
from her2stats.results import key_findings, read_folder

CAUSAL = re.compile(
    r"\b(caus\w*|effects?|affect\w*|influenc\w*|impact\w*|leads?|led|driv\w+|because|due|induc\w+|reduc\w+|increas\w+|"
    r"decreas\w+|suppress\w*|promot\w+|protect\w*|results? in|responsible)\b",
    re.IGNORECASE,
)


def sentences(answer: Answer) -> list[str]:
    parts = [answer.question, answer.headline, answer.remark]
    for said in answer.statements:
        parts += [said.tally, *said.significant, said.nominal, *said.rest, *said.failed]
    return [part for part in parts if part]


@pytest.fixture(scope="module")
def answers(sample: Path) -> list[Answer]:
    return plain_summary(read_folder(sample))


def test_every_question_of_the_study_is_answered(answers: list[Answer]) -> None:
    assert len(answers) == 9


def test_no_sentence_speaks_of_causes(answers: list[Answer]) -> None:
    found = [text for answer in answers for text in sentences(answer) if CAUSAL.search(text)]
    assert found == []


def test_the_grid_marks_what_the_table_says(answers: list[Answer], sample: Path) -> None:
    table = pd.read_csv(sample / "tables" / "correlation.csv")
    own = table[(table["term"] == "HER2 20-gene (simulated)") & (table["outcome"] != "Total TIL")]
    grid = answers[0].grid
    assert grid is not None
    cohorts = [cohort for cohort, _ in grid.groups]
    for item, marks in grid.rows:
        for cohort, mark in zip(cohorts, marks, strict=True):
            row = own[(own["outcome"] == item) & (own["cohort"] == cohort)]
            if len(row):
                assert (mark == "below") == bool(row["p_adjusted"].item() < 0.05 and row["estimate"].item() < 0)
                assert (mark == "above") == bool(row["p_adjusted"].item() < 0.05 and row["estimate"].item() > 0)


def test_what_cannot_be_estimated_is_named_with_its_reason(answers: list[Answer]) -> None:
    failed = [text for answer in answers for said in answer.statements for text in said.failed]
    assert "Monocytes (separation)" in failed


def clinical_answer(sample: Path, p_adjusted: list[float]) -> Answer:
    """What is said of two odds ratios of age, in opposite directions."""
    folder = read_folder(sample)
    table = folder.table("clinical")
    own = table[(table["stratum"] == "hr=positive") & (table["cohort"] == "abim")].head(2)
    own = own.assign(outcome="age > 50 years", estimate=[0.4, 2.5], conf_low=[0.2, 1.2], conf_high=[0.8, 5.2])
    own = own.assign(p_value=[0.001, 0.002], p_adjusted=p_adjusted, flag="")
    answers = plain_summary(replace(folder, tables={**folder.tables, "clinical": own}))
    return next(answer for answer in answers if answer.question.startswith("Do age"))


def test_clinical_odds_ratios_are_named_with_direction_interval_and_corrected_p(sample: Path) -> None:
    answer = clinical_answer(sample, [0.017, 0.034])
    below, above = answer.statements[0].significant
    assert below.startswith("Less frequent where the cell type is abundant: age > 50 years with ")
    assert "HR-positive (OR 0.40 (0.20–0.80), p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}0.017)" in below
    assert above.startswith("More frequent where the cell type is abundant: ")
    assert "OR 2.50 (1.20–5.20)" in above
    assert answer.remark == ""


def test_uncorrected_clinical_odds_ratios_say_so(sample: Path) -> None:
    assert clinical_answer(sample, [float("nan")] * 2).remark.startswith(UNCORRECTED)


def test_response_is_given_with_counts(answers: list[Answer]) -> None:
    said = answers[-1].statements
    assert said[0].tally == "9 of 32 (28%) in HER2-low, 17 of 39 (44%) in HER2-0"
    assert said[0].significant == ()


def test_response_given_hormone_receptor_decides_and_the_crude_ratio_stands_beside_it(sample: Path) -> None:
    folder = read_folder(sample)
    crude = folder.table("response").head(1).assign(estimate=1.02, conf_low=0.7, conf_high=1.49, p_value=0.9)
    given = crude.assign(estimate=0.5, conf_low=0.3, conf_high=0.8, p_value=0.01)
    tables = {**folder.tables, "response": crude, "response_by_hr": given}
    (statement,) = plain_summary(replace(folder, tables=tables))[-1].statements
    assert statement.significant[0].replace("\N{NO-BREAK SPACE}", " ") == (
        "Lower odds of response: given hormone receptor OR 0.50 (0.30–0.80), p = 0.010; "
        "not adjusted OR 1.02 (0.70–1.49)."
    )
    within = plain_summary(replace(folder, tables={**tables, "response_by_hr": given.assign(stratum="hr=positive")}))
    assert within[-1].statements[0].rest[0].startswith("OR 1.02 (0.70–1.49)")


def rows(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"measure": "rho", "p_adjusted": float("nan"), "flag": "", **columns})


def test_without_a_correction_p_itself_decides_and_that_is_said() -> None:
    judged = judge(rows(estimate=[2.0, 0.5], p_value=[0.01, 0.2], measure="odds_ratio"), alpha=0.05)
    assert (len(judged.above), len(judged.rest), judged.corrected) == (1, 1, False)


def test_each_row_is_held_against_the_null_value_of_its_own_measure() -> None:
    judged = judge(rows(estimate=[0.9, 0.9], p_value=[0.01, 0.02], measure=["odds_ratio", "slope"]), alpha=0.05)
    assert ([row["measure"] for row in judged.below], len(judged.above)) == (["odds_ratio"], 1)


def test_second_tests_are_not_counted_whatever_the_term_is_called() -> None:
    both = rows(estimate=[0.5, 0.5], p_value=[0.01, 0.01], measure=["risk_difference", "second_test"])
    both["term"] = ["type (Fisher exact)", "x"]
    assert judge(both, alpha=0.05).tested == 1


def test_a_p_equal_to_alpha_is_not_significant() -> None:
    assert judge(rows(estimate=[1.0], p_value=[0.05]), alpha=0.05).significant == ()


def test_lists_are_counted_when_they_grow() -> None:
    assert name_list([]) == ""
    assert name_list(list("abcdefgh"), most=3) == "a, b, c and 5 more"


def test_key_findings_are_the_smallest_p_values(sample: Path) -> None:
    lines = key_findings(read_folder(sample))
    assert len(lines) == 3
    assert all(line.startswith(("abim: ", "discovery: ", "confirmatory: ")) for line in lines)


def headline(answers: list[Answer], beginning: str) -> str:
    return next(answer.headline for answer in answers if answer.question.startswith(beginning))


def test_pooled_odds_ratios_lead_where_cohorts_were_pooled(answers: list[Answer], sample: Path) -> None:
    said = headline(answers, "What are the odds")
    assert said.startswith(
        "Pooled over the cohorts, p-values not corrected: All tumours: lower odds of high abundance (n"
    )
    assert "Macrophages M1 (OR 0." in said
    assert said.index("Cohort by cohort:") > said.index("T cells CD8 (OR 0.")
    folder = read_folder(sample)
    tables = {name: table for name, table in folder.tables.items() if name != "pooled_odds_ratios"}
    assert "Pooled" not in headline(plain_summary(replace(folder, tables=tables)), "What are the odds")


def one_cohort(sample: Path, **columns: object) -> str:
    """Headline on the cell types of one cohort whose rows are changed."""
    folder = read_folder(sample)
    rows = folder.table("correlation")
    rows = rows[(rows["cohort"] == "abim") & (rows["measure"] == "rho")].assign(**columns)
    return headline(
        plain_summary(replace(folder, tables={**folder.tables, "correlation": rows})), "Which cell types go"
    )


def test_a_headline_gives_estimate_interval_and_number(sample: Path) -> None:
    said = one_cohort(sample, estimate=-0.3, conf_low=-0.4, conf_high=-0.2, p_adjusted=0.01, n=318)
    assert said.startswith("Less where the score is higher (n = 318): ")
    assert "B cells naive" in said or "more." in said
    assert (
        said.count("\N{GREEK SMALL LETTER RHO} \N{MINUS SIGN}0.30 (\N{MINUS SIGN}0.40 to \N{MINUS SIGN}0.20), p") == 6
    )


def test_where_nothing_passes_the_strongest_is_told_and_never_nothing(sample: Path) -> None:
    said = one_cohort(sample, p_adjusted=0.9, p_value=0.2, estimate=-0.1, conf_low=-0.2, conf_high=0.01, n=64)
    rho = "\N{GREEK SMALL LETTER RHO} \N{MINUS SIGN}0.10 (\N{MINUS SIGN}0.20 to 0.01)"
    assert said.startswith(f"None is significant (n = 64); strongest: B cells naive ({rho}, p")
    assert "nothing" not in said.lower()


def test_no_headline_counts_votes_or_says_nothing(answers: list[Answer]) -> None:
    assert any(answer.headline for answer in answers)
    for answer in answers:
        assert not re.search(r"\bnothing\b", answer.headline, re.IGNORECASE)
