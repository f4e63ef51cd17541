"""The first screen answers the question: direction, size, interval and number in every sentence, never a silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from her2stats.report.first_answer import Claim, first_answer
from her2stats.results import read_folder
from her2stats.results.folder import ResultsFolder

from .sample_folder import EXPOSURE

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def folder(sample: Path) -> ResultsFolder:
    return read_folder(sample)


def answered(folder: ResultsFolder, stratum: str = "all", **numbers: object) -> Claim:
    """Claim of the cohort abim, whose row of a stratum says what is given."""
    tables = {name: table for name, table in folder.tables.items() if name != "pooled_correlations"}
    for name in ("correlation", "correlation_by_hr"):
        table = tables[name]
        table = table[table["cohort"].eq("abim")].copy()
        own = table["stratum"].eq(stratum) & table["outcome"].eq("Total TIL") & table["term"].eq(EXPOSURE)
        for column, value in numbers.items():
            table.loc[own, column] = value
        tables[name] = table
    return first_answer(replace(folder, tables=tables))[0]


def said(text: str) -> str:
    return text.replace(NO_BREAK, " ")


def test_a_direction_is_told_with_size_interval_and_number(folder: ResultsFolder) -> None:
    claim = answered(folder, estimate=-0.33, conf_low=-0.43, conf_high=-0.23, n=343)
    assert said(claim.lead) == (
        f"Total TIL is lower where {EXPOSURE} is higher: ρ −0.33 (−0.43 to −0.23), 95% interval, n = 343."
    )
    higher = answered(folder, estimate=0.33, conf_low=0.23, conf_high=0.43, n=343)
    assert said(higher.lead).startswith(f"Total TIL is higher where {EXPOSURE} is higher: ρ 0.33")


def test_three_cohorts_are_led_by_what_they_say_together_and_two_by_each(folder: ResultsFolder) -> None:
    claims = first_answer(folder)
    assert [claim.cohort for claim in claims] == ["All cohorts pooled", "discovery", "confirmatory", "abim"]
    pooled = folder.table("pooled_correlations")
    mine = pooled[(pooled["outcome"] == "Total TIL") & (pooled["term"] == EXPOSURE)]
    whole = mine[mine["given"].eq("") & mine["stratum"].eq("all")].iloc[0]
    assert f"ρ {whole['estimate']:.2f}".replace("-", "−") in said(claims[0].lead)
    assert said(claims[0].lead).endswith(f"n = {whole['n']}.")
    assert [text.split(":")[0] for text in claims[0].strata] == ["Given hormone receptor", "HR-negative", "HR-positive"]
    two = replace(folder, tables={**folder.tables, "pooled_correlations": pooled.assign(k=2)})
    assert "All cohorts pooled" not in [claim.cohort for claim in first_answer(two)]


def test_a_stratum_whose_corrected_p_is_above_alpha_keeps_its_direction(folder: ResultsFolder) -> None:
    numbers = {"estimate": -0.28, "conf_low": -0.49, "conf_high": -0.03, "n": 64, "p_adjusted": 0.055}
    claim = answered(folder, "hr=negative", **numbers)
    assert said(claim.strata[1]) == (
        f"HR-negative: Total TIL is lower where {EXPOSURE} is higher: ρ −0.28 (−0.49 to −0.03), 95% interval, n = 64."
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.29, 0.29, "No more than a weak association of Total TIL with"),
        (-0.30, 0.10, "Too few tumours to tell how Total TIL goes with"),
        (-0.10, 0.30, "Too few tumours to tell how Total TIL goes with"),
        (0.0, 0.20, "No more than a weak association of Total TIL with"),
        (-0.20, 0.0, "No more than a weak association of Total TIL with"),
    ],
)
def test_an_interval_over_zero_says_what_it_leaves_open(
    folder: ResultsFolder, low: float, high: float, words: str
) -> None:
    claim = answered(folder, estimate=(low + high) / 2, conf_low=low, conf_high=high)
    assert claim.lead.startswith(words)
    assert "ρ" in claim.lead


def test_what_cannot_be_estimated_says_so_with_its_reason(folder: ResultsFolder) -> None:
    gone = {"estimate": float("nan"), "conf_low": float("nan"), "conf_high": float("nan")}
    claim = answered(folder, **gone, n=3, flag="too few observations: 3 pairs, 4 are needed")
    assert said(claim.lead) == (
        f"How Total TIL goes with {EXPOSURE} could not be estimated (too few observations, n = 3)."
    )


def test_the_level_of_the_interval_is_that_of_the_row(folder: ResultsFolder) -> None:
    assert "99% interval" in answered(folder, conf_level=0.99).lead


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.049, "The groups differ"), (0.05, "No sign that the groups differ, which does not show that they are alike")],
)
def test_whether_the_groups_differ_follows_from_the_test_of_the_product(
    folder: ResultsFolder, p: float, words: str
) -> None:
    table = folder.table("infiltration_by_hr")
    table = table.assign(p_value=table["p_value"].mask(table["role"].eq("interaction"), p))
    claim = first_answer(replace(folder, tables={**folder.tables, "infiltration_by_hr": table}))[1]
    assert claim.difference.startswith(f"{words} (slope per standard deviation: HR-negative −0.")


def test_without_the_test_nothing_is_said_of_a_difference(folder: ResultsFolder) -> None:
    tables = {name: table for name, table in folder.tables.items() if name != "infiltration_by_hr"}
    assert {claim.difference for claim in first_answer(replace(folder, tables=tables))} == {""}


def test_cohorts_are_named_where_there_are_several(folder: ResultsFolder) -> None:
    tables = {name: table for name, table in folder.tables.items() if name != "pooled_correlations"}
    claims = first_answer(replace(folder, tables=tables))
    assert [claim.cohort for claim in claims] == ["discovery", "confirmatory", "abim"]
    assert answered(folder).cohort == ""


def test_without_a_total_there_is_no_claim(folder: ResultsFolder) -> None:
    rows = folder.table("correlation")
    tables = {**folder.tables, "correlation": rows[rows["outcome"] != "Total TIL"]}
    assert first_answer(replace(folder, tables=tables)) == ()


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.20, 0.90, "lower odds of response in HER2-low tumours: OR 0.70 (0.20"),
        (1.10, 3.00, "higher odds of response in HER2-low tumours: OR 0.70 ("),
        (0.51, 1.99, "the odds of response differ less than twofold between the HER2 groups, if at all: OR 0.70 ("),
        (0.50, 1.99, "too few patients to tell whether response differs between the HER2 groups: OR 0.70 ("),
        (0.51, 2.00, "too few patients to tell whether response differs between the HER2 groups: OR 0.70 ("),
    ],
)
def test_a_study_of_response_alone_is_answered_by_response(
    folder: ResultsFolder, low: float, high: float, words: str
) -> None:
    row = folder.table("response").head(1).assign(estimate=0.7, conf_low=low, conf_high=high, n=71, outcome="pcr")
    (claim,) = first_answer(replace(folder, tables={"response": row}))
    assert said(claim.lead).startswith(f"immunotherapy, Pathological complete response: {words}")
    assert said(claim.lead).endswith("95% interval, n = 71.")


def test_response_among_tumours_of_the_same_receptor_leads_and_the_crude_ratio_follows(folder: ResultsFolder) -> None:
    crude = folder.table("response").head(1).assign(estimate=1.02, conf_low=0.7, conf_high=1.49, n=585, outcome="pcr")
    numbers = {
        "all": (1.26, 0.85, 1.88, 585),
        "hr=negative": (1.21, 0.75, 1.96, 286),
        "hr=positive": (1.39, 0.67, 2.88, 299),
    }
    given = pd.concat(
        [
            crude.assign(stratum=stratum, estimate=estimate, conf_low=low, conf_high=high, n=n)
            for stratum, (estimate, low, high, n) in numbers.items()
        ]
    )
    (claim,) = first_answer(replace(folder, tables={"response": crude, "response_by_hr": given}))
    assert said(claim.lead) == (
        "immunotherapy, Pathological complete response, given hormone receptor: the odds of response differ less than "
        "twofold between the HER2 groups, if at all: OR 1.26 (0.85–1.88), 95% interval, n = 585."
    )
    assert [said(text) for text in claim.strata] == [
        "HR-negative: OR 1.21 (0.75–1.96), 95% interval, n = 286.",
        "HR-positive: OR 1.39 (0.67–2.88), 95% interval, n = 299.",
        "Not adjusted: OR 1.02 (0.70–1.49), 95% interval, n = 585.",
    ]


def test_an_odds_ratio_that_could_not_be_estimated_says_so(folder: ResultsFolder) -> None:
    gone = dict.fromkeys(("estimate", "conf_low", "conf_high"), float("nan"))
    row = folder.table("response").head(1).assign(**gone, n=9, outcome="pcr", flag="separation: x")
    (claim,) = first_answer(replace(folder, tables={"response": row}))
    assert said(claim.lead).endswith("no odds ratio could be estimated (separation, n = 9).")


def test_the_answer_stands_first_on_the_page(sample: Path) -> None:
    html = (sample / "report.html").read_text(encoding="utf-8")
    assert html.index('id="answer"') < html.index('id="figA_infiltration"') < html.index('class="trust"')
    assert html.index('class="trust"') < html.index('id="summary"')


def test_no_order_of_rows_changes_an_answer(folder: ResultsFolder) -> None:
    tables = {name: table.iloc[::-1] if name.startswith("infil") else table for name, table in folder.tables.items()}
    turned = first_answer(replace(folder, tables=tables))
    assert [claim.lead for claim in turned] == [claim.lead for claim in first_answer(folder)]
    assert isinstance(turned[0], Claim)
    assert pd.notna(turned[0].difference)
