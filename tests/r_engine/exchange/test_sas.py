"""The program for SAS, which is read and not run here: everything is named in it, and nothing can break out of it."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from her2stats.r_engine.exchange.sas import sas_program, write_sas
from her2stats.statistics import (
    Result,
    compare_groups,
    correlate,
    fit_ancova,
    fit_logistic,
    fit_ordinal,
    pool,
    response_odds,
)

from ..results import all_results, study_frame

RESULTS = all_results()
PROGRAM = sas_program(RESULTS)
FRAME = study_frame()
CELLS = str(FRAME.columns[1])


def steps(program: str) -> list[str]:
    """Every step from its PROC or DATA to the statement that ends it."""
    return re.findall(r"^(?:proc|data) .*?(?:run;|quit;)", program, re.M | re.S)


@pytest.mark.parametrize("name", RESULTS)
def test_every_frame_variable_and_level_is_named(name: str) -> None:
    result = RESULTS[name]
    if result.spec.verb in ("pool", "study_wide", "specification_curve", "correlate_draws", "agree_ranks"):
        assert f"/* {name}: {result.spec.verb} has no step here. */" in PROGRAM
        return
    own = PROGRAM.split(f"title '{name}';")[1].split("\ntitle '")[0]
    assert f'"&results/r/models/{name}.data.csv"' in own
    assert f'"&results/r/models/{name}.python.csv"' in own
    for place, column in enumerate(result.data.columns, start=1):
        quoted = str(column).replace("'", "''")
        assert f"label V{place} = '{quoted}';" in own
        is_text = isinstance(result.data[column].dtype, pd.CategoricalDtype)
        assert f" V{place} {'$200' if is_text else '8'}" in own
    by = getattr(result.spec, "by", "")
    for level in result.data[by].cat.categories if by else ():
        place = list(result.data.columns).index(by) + 1
        assert f"where V{place} = '{level}';" in own


def test_every_step_ends_and_nothing_of_the_template_is_left() -> None:
    assert len(steps(PROGRAM)) == len(re.findall(r"^(?:proc|data) ", PROGRAM, re.M))
    assert "{" not in PROGRAM
    assert "}" not in PROGRAM
    for statement in re.findall(r"model .*?;", PROGRAM, re.S):
        told = statement.count("(event='1')") + statement.count("(order=internal descending)")
        assert told == (0 if "ss3" in statement else 1)


def test_an_odds_ratio_counts_in_the_standard_deviations_of_python() -> None:
    by_cohort = sas_program({"m": fit_logistic(FRAME, "high", "ERBB2", by="hr")})
    assert re.findall(r"units V\d+ = (\S+);", by_cohort) == [repr(float(FRAME["ERBB2"].std()))] * 2
    of_each = [repr(float(FRAME.loc[FRAME["hr"] == level, "ERBB2"].std())) for level in FRAME["hr"].cat.categories]
    by_stratum = sas_program({"m": fit_logistic(FRAME, "high", "ERBB2", by="hr", sd="stratum")})
    assert re.findall(r"units V\d+ = (\S+);", by_stratum) == of_each
    assert "units" not in sas_program({"m": fit_logistic(FRAME, "high", "ERBB2", per_sd=False)})


def test_limits_level_and_reference_are_those_of_the_question() -> None:
    asked = response_odds(FRAME, "high", "hr", reference="+positive", ci="profile", conf_level=0.9)
    program = sas_program({"m": asked})
    assert "(ref='+positive')" in program
    assert "alpha=0.1 clodds=pl" in program
    assert "riskdiff(cl=newcombe column=2) alpha=0.1" in program


def test_tests_are_centred_and_slopes_are_means_at_two_places() -> None:
    found = fit_ancova(FRAME, CELLS, "ERBB2", factors=["hr"])
    tests, slopes = sas_program({"m": found.tests}), sas_program({"m": found.slopes})
    assert "proc stdize data=used method=mean out=used;" in tests
    assert "lsmeans" not in tests
    assert re.findall(r"lsmeans \S+ / at \S+=(\d)", slopes) == ["0", "1"]
    assert " om;" not in slopes
    assert " om;" in sas_program({"m": fit_ancova(FRAME, CELLS, "ERBB2", factors=["hr"], weights="outer").slopes})


def test_no_name_ends_a_comment_or_a_text() -> None:
    evil = "x'; */ %macro m; /*"
    frame = FRAME.rename(columns={"high": evil})
    program = sas_program({"m": fit_logistic(frame, evil, "ERBB2"), "g": compare_groups(frame, evil, group="hr")})
    assert program.count("= 'x''; */ %macro m; /*';") == 2
    rest = program.replace("'x''; */ %macro m; /*'", "")
    assert rest.count("/* x'; * / %macro m; /*") == 2
    assert "*/ %macro" not in rest


def test_proportional_odds_are_of_a_higher_value() -> None:
    program = sas_program({"m": fit_ordinal(FRAME, CELLS, "ERBB2", by="hr", covariates="her2_ihc")})
    assert program.count("(order=internal descending) = V") == 2
    assert program.count("units V") == 2
    product = sas_program({"m": fit_ordinal(FRAME, CELLS, "ERBB2", moderator="hr", per_sd=False)})
    assert re.search(r"= (V\d) \1\*(V\d) \2\n", product)
    assert "units" not in product


def test_what_sas_has_no_short_way_for_is_said() -> None:
    program = sas_program({"m": correlate(FRAME, "ERBB2", CELLS, within="hr")})
    assert "/* Given hr: PROC CORR takes no factor; compare by stratum instead. */" in program
    assert "proc corr" not in program


def test_it_is_written_where_it_is_told(tmp_path) -> None:
    ratios: list[Result] = [fit_logistic(FRAME, "high", "ERBB2", cohort=name) for name in "ab"]
    write_sas({"p": pool(ratios)}, tmp_path / "sas")
    text = (tmp_path / "sas" / "validate.sas").read_text(encoding="utf-8")
    assert text.startswith("/* The models of this results folder, fitted again in SAS.")
    assert "cannot run SAS: not tested by it" in text
    assert "/* p: pool has no step here. */" in text
