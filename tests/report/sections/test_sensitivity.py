"""The report says beside an answer what the study could have found, and what the answer could not stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from her2stats.report.disclosure import FOLLOWING, for_public_page
from her2stats.report.first_answer import first_answer
from her2stats.report.sections.sensitivity import sensitivity_parts
from her2stats.results import read_folder
from her2stats.results.folder import ResultsFolder
from her2stats.statistics import power_correlation

from ..sample_folder import EXPOSURE, RESPONSE_COHORT

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def folder(sample: Path) -> ResultsFolder:
    return read_folder(sample)


def claims(folder: ResultsFolder, **numbers: float) -> list[str]:
    """All sentences of abim, whose correlation in HR-negative tumours is given."""
    tables = dict(folder.tables)
    table = tables["correlation_by_hr"].copy()
    own = table["cohort"].eq("abim") & table["outcome"].eq("Total TIL") & table["term"].eq(EXPOSURE)
    for name, value in numbers.items():
        table.loc[own & table["stratum"].eq("hr=negative"), name] = value
    found = [
        c for c in first_answer(replace(folder, tables=tables | {"correlation_by_hr": table})) if c.cohort == "abim"
    ]
    return [text.replace(NO_BREAK, " ") for one in found for text in one.strata]


def test_too_few_to_tell_has_a_number_and_what_is_found_has_none(folder: ResultsFolder) -> None:
    (n,) = folder.table("correlation_by_hr").query(
        f"cohort == 'abim' and outcome == 'Total TIL' and term == '{EXPOSURE}' and stratum == 'hr=negative'"
    )["n"]
    least = power_correlation(int(n))["effect"].iloc[0]
    open_ended = claims(folder, estimate=-0.2, conf_low=-0.5, conf_high=0.1)
    clause = f"; ρ ±{least:.2f} or more would be found in 80% of such studies."
    assert next(text for text in open_ended if text.startswith("HR-negative")).endswith(clause)
    found = claims(folder, estimate=-0.5, conf_low=-0.7, conf_high=-0.2)
    assert "would be found" not in next(text for text in found if text.startswith("HR-negative"))


def words_of(parts: list) -> str:
    return " ".join(part.text for part in parts if part.kind == "text")


def test_response_has_its_sentences_and_tables(folder: ResultsFolder) -> None:
    parts = sensitivity_parts(folder, {"pcr"})
    said = words_of(parts)
    assert "the interval holds no association already, so its E-value is 1" in said
    assert "HER2-low against HER2-0, not adjusted: OR 0.69 (0.27–1.72) as HER2 IHC was read; OR" in said
    assert "with a sensitivity of about 0.86 and a specificity of about 0.75. The counts refute" in said
    (more,) = [part for part in parts if part.kind == "more"]
    assert [table.data for table in more.parts] == ["detectable", "e_values", "misread_ihc"]
    least = more.parts[0].table.frame["Least effect"].tolist()
    assert least[0].startswith("OR 0.")
    assert least[0].endswith(" or less")
    assert set(more.parts[2].table.frame["Assumed"]) == {"as read", "given", "kappa", "priors", "priors and chance"}


def test_an_association_is_told_with_what_would_explain_it_away(folder: ResultsFolder) -> None:
    said = words_of(sensitivity_parts(folder, {"Total TIL"}))
    assert (
        "an unmeasured variable had to go with both by risk ratios of 2.04 each; to move the interval to none, of 1.70"
        in said
    )


def test_a_folder_without_the_tables_says_nothing(folder: ResultsFolder) -> None:
    tables = {name: table for name, table in folder.tables.items() if name not in FOLLOWING}
    bare = replace(folder, tables=tables)
    assert sensitivity_parts(bare, {"pcr", "Total TIL"}) == []
    assert "would be found" not in " ".join(text for claim in first_answer(bare) for text in claim.strata)


def test_a_public_page_hides_what_follows_from_hidden_counts(folder: ResultsFolder) -> None:
    response = folder.table("response").copy()
    shown = for_public_page(folder).tables
    for name in FOLLOWING:
        assert "pcr" in set(shown[name]["outcome"])
    response.loc[response["outcome"].eq("pcr"), "n_events_comparison"] = 3
    hidden = for_public_page(replace(folder, tables={**folder.tables, "response": response})).tables
    for name in FOLLOWING:
        assert "pcr" not in set(hidden[name]["outcome"])
    other = folder.table("detectable").assign(n=pd.array([4] * len(folder.table("detectable")), dtype="Int64"))
    assert not len(for_public_page(replace(folder, tables={**folder.tables, "detectable": other})).tables["detectable"])
    assert RESPONSE_COHORT[0] in set(shown["misread_ihc"]["cohort"])
